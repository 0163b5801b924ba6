#include "tests/simulation/rocksdb_medium.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>
#include <stdlib.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <iostream>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "broker/store/rocksdb_engine.h"
#include "broker/store/rocksdb_examination.h"
#include "tests/simulation/offline_copy.h"
#include "tests/support/losing_file_system.h"

namespace envej::simulation {
namespace {

namespace fs = std::filesystem;

using support::LosingDisk;

constexpr size_t kBuffer = size_t{1} << 20;
constexpr uint64_t kOpeningMost = 80;  // operations of one opening, more or less
constexpr char kLog[] = ".log";

std::string NewFolder() {
  const char* const given = std::getenv("TEST_TMPDIR");
  std::string pattern = (given != nullptr ? fs::path(given) : fs::temp_directory_path()) / "simulation_XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) std::abort();
  const fs::path folder = fs::canonical(pattern);
  fs::create_directory(folder / "disk");
  return folder.string();
}

LosingDisk::Remains RemainsOf(Remains remains) {
  switch (remains) {
    case Remains::kNothing:
      return LosingDisk::Remains::kNothing;
    case Remains::kSome:
      return LosingDisk::Remains::kSome;
    case Remains::kAll:
      break;
  }
  return LosingDisk::Remains::kAll;
}

// By the kind of a file, so that what the engine does by itself meanwhile changes nothing for the log and the mark.
LosingDisk::ChanceOf ChanceOf(Random& random) {
  return [seed = random.Below(uint64_t{1} << 62)](const std::string& path) -> LosingDisk::Chance {
    uint64_t name = seed;
    for (const char letter : fs::path(path).filename().string()) {
      if (!absl::ascii_isdigit(static_cast<unsigned char>(letter))) name = name * 31 + static_cast<uint64_t>(letter);
    }
    return [own = std::make_shared<Random>(name)](uint64_t below) { return own->Below(below); };
  };
}

absl::Status MakeEngine(const std::string& engine, const std::map<std::string, std::string>& entries,
                        rocksdb::Env* env) {
  rocksdb::Options options =
      store::EngineOptions({.write_buffer_bytes = kBuffer, .block_cache_bytes = kBuffer}, env, store::LogEnd::kWhole);
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  if (const rocksdb::Status status = rocksdb::DB::Open(options, engine, &opened); !status.ok()) {
    return absl::UnavailableError(status.ToString());
  }
  const std::unique_ptr<rocksdb::DB> made(opened);
  rocksdb::WriteBatch batch;
  for (const auto& [key, value] : entries) {
    if (const rocksdb::Status status = batch.Put(key, value); !status.ok()) {
      return absl::UnavailableError(status.ToString());
    }
  }
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const rocksdb::Status status = made->Write(synced, &batch);
  return status.ok() ? absl::OkStatus() : absl::UnavailableError(status.ToString());
}

bool AnyCommitted(const std::vector<store::Outcome>& outcomes) {
  return std::any_of(outcomes.begin(), outcomes.end(),
                     [](const store::Outcome& outcome) { return outcome.kind == store::Outcome::Kind::kCommitted; });
}

}  // namespace

std::unique_ptr<Medium> RocksDbMedium::Make(uint64_t seed) {
  return std::unique_ptr<Medium>(new RocksDbMedium(NewFolder(), seed));
}

RocksDbMedium::RocksDbMedium(const std::string& folder, uint64_t seed)
    : folder_(folder), disk_(folder + "/disk"), directory_(folder + "/disk/store") {
  Random random(seed);
  env_ = rocksdb::NewCompositeEnv(std::make_shared<support::LosingFileSystem>(disk_));
  // The power may go while the store is made.
  if (random.OneIn(2) && OpenAndLosePower(random)) return;
  const absl::Status made = Open();
  if (made.ok()) return;
  std::cerr << "the store cannot be made: " << made << std::endl;
  std::abort();
}

RocksDbMedium::~RocksDbMedium() {
  store_.reset();
  env_.reset();
  std::error_code error;
  fs::remove_all(folder_, error);
}

absl::Status RocksDbMedium::Open() {
  store::RocksDbStoreOptions options;
  options.directory = directory_;
  options.broker = "broker-1";
  options.quiet = absl::InfiniteDuration();
  options.opening_bytes = 1;
  options.write_buffer_bytes = kBuffer;
  options.block_cache_bytes = kBuffer;
  options.env = env_.get();
  options.fail_stop = [this](const absl::Status&) { ++fail_stops_; };
  fail_stops_ = 0;
  absl::StatusOr<std::unique_ptr<store::RocksDbStore>> opened = store::RocksDbStore::Open(options);
  if (!opened.ok()) return opened.status();
  store_ = *std::move(opened);
  durable_ = store_->LastDurableBatch();
  mark_waits_ = false;
  return absl::OkStatus();
}

// The mark of the synced batch before is written beside the sync of this one: it goes first, and whether it remains is
// for LosePower to say.
void RocksDbMedium::Arm(bool is_synced) {
  if (!failing_.has_value()) return;
  using Operation = LosingDisk::Operation;
  using Failure = LosingDisk::Failure;
  LosingDisk::Fault fault{.operation = is_synced ? Operation::kSync : Operation::kWrite,
                          .failure = Failure::kAfter,
                          .suffix = kLog,
                          .on_disk = false,
                          .beside_first = is_synced && mark_waits_ ? uint64_t{1} : 0};
  switch (*failing_) {
    case Failing::kRead:  // what is read is in memory
    case Failing::kWrite:
      fault.operation = Operation::kWrite;
      fault.failure = Failure::kBefore;
      break;
    case Failing::kSync:
      if (is_synced) fault.failure = Failure::kBefore;
      break;
    case Failing::kAnswer:
      fault.on_disk = true;
      break;
  }
  disk_.Arm(fault);
}

void RocksDbMedium::Carry(std::vector<store::PendingCommit> commits) {
  std::vector<store::Transition> transitions;
  store::Durability durability = store::Durability::kUnsynced;
  absl::Time now = absl::InfinitePast();
  std::vector<size_t> sizes;
  for (store::PendingCommit& commit : commits) {
    sizes.push_back(commit.transitions.size());
    std::move(commit.transitions.begin(), commit.transitions.end(), std::back_inserter(transitions));
    if (commit.durability == store::Durability::kSynced) durability = store::Durability::kSynced;
    now = std::max(now, commit.now);
  }
  const bool is_synced = durability == store::Durability::kSynced;
  disk_.BeginBatch("/high-water-mark");
  Arm(is_synced);
  std::promise<bool> answered;
  store_->Commit(std::move(transitions), durability, now, [&](std::vector<store::Outcome> outcomes) {
    const bool any = AnyCommitted(outcomes);
    auto next = outcomes.begin();
    for (size_t place = 0; place < commits.size(); ++place) {
      const auto end = next + static_cast<std::ptrdiff_t>(sizes[place]);
      commits[place].done({std::make_move_iterator(next), std::make_move_iterator(end)});
      next = end;
    }
    answered.set_value(any);
  });
  const bool any_committed = answered.get_future().get();
  if (any_committed && is_synced) {
    mark_waits_ = store_->LastDurableBatch() > durable_;
    durable_ = store_->LastDurableBatch();
  }
  if (!disk_.HasFailed()) disk_.EndBatch();
  disk_.Disarm();
  failing_.reset();
}

bool RocksDbMedium::OpenAndLosePower(Random& random) {
  disk_.PowerOffAfter(random.Below(kOpeningMost));
  if (Open().ok() && disk_.PowerOn()) return true;
  disk_.PowerOffAfter(0);
  store_.reset();
  disk_.LosePower(RemainsOf(Remains(random.Below(3))), ChanceOf(random));
  return false;
}

absl::Status RocksDbMedium::CheckFailStop() {
  if (!disk_.HasFailed()) return absl::OkStatus();
  if (fail_stops_ != 1) return absl::InternalError("a failed write or sync did not stop the process");
  if (disk_.WrittenAfterFailure() > 0) return absl::InternalError("something was written after a failed write or sync");
  return absl::OkStatus();
}

// On a part of the disk of its own, where all is as if it had been synced: a restore that is cut short is made anew.
absl::Status RocksDbMedium::Restore(const Copy& copy, const Restoring& restoring) {
  disk_.PowerOffAfter(0);
  store_.reset();
  KeepAll();
  OfflineCopy made(copy.entries);
  const absl::StatusOr<store::HighWaterMark> mark = restoring(made);
  if (!mark.ok()) return mark.status();
  directory_ = absl::StrCat(folder_, "/disk/restored-", ++restored_);
  const store::StorePaths paths(directory_);
  fs::create_directories(paths.engine);
  if (absl::Status status = MakeEngine(paths.engine, made.entries(), env_.get()); !status.ok()) return status;
  if (absl::Status status = store::HighWaterMarkFile::Create(paths.mark, *mark); !status.ok()) return status;
  KeepAll();
  return Open();
}

void RocksDbMedium::KeepAll() {
  disk_.LosePower(LosingDisk::Remains::kAll,
                  [](const std::string&) -> LosingDisk::Chance { return [](uint64_t) { return uint64_t{0}; }; });
}

absl::Status RocksDbMedium::LosePower(Remains remains, Random& random) {
  absl::Status stopped = CheckFailStop();
  disk_.PowerOffAfter(0);
  store_.reset();
  disk_.LosePower(RemainsOf(remains), ChanceOf(random));
  if (random.OneIn(4) && OpenAndLosePower(random)) return stopped;
  absl::Status opened = Open();
  stopped.Update(opened);
  return stopped;
}

}  // namespace envej::simulation
