#include "broker/store/rocksdb_reader.h"

#include <rocksdb/db.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "broker/store/rocksdb_engine.h"
#include "broker/store/rocksdb_examination.h"

namespace envej::store {
namespace {

constexpr std::chrono::milliseconds kBetweenTries(50);
constexpr size_t kReaderCacheBytes = size_t{8} << 20;

absl::StatusOr<std::unique_ptr<rocksdb::DB>> OpenOnce(const std::string& engine, LogEnd log_end) {
  rocksdb::Options options = ExaminationOptions({.block_cache_bytes = kReaderCacheBytes}, nullptr, log_end);
  options.max_open_files = -1;
  // A manifest may name logs (track_and_verify_wals_in_manifest): RocksDB aborts where it would have to strike them out
  // for reading. That the running broker deleted one meanwhile is seen as damage, and tried again.
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status = rocksdb::DB::OpenForReadOnly(options, engine, &opened);
  if (!status.ok()) return FromEngine(status, "the store cannot be opened for reading");
  return std::unique_ptr<rocksdb::DB>(opened);
}

// The write-ahead logs that are there.
std::set<std::string> LogsIn(const std::string& engine) {
  std::set<std::string> logs;
  std::error_code error;
  std::filesystem::directory_iterator entry(engine, error);
  for (const std::filesystem::directory_iterator end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".log") logs.insert(entry->path().filename().string());
  }
  return logs;
}

// Opens it as it is at one moment. RocksDB first reads which tables there are and then the logs: a log that was written
// to a table and deleted in between would be missing, unseen. Logs are deleted oldest first, so none was if all that
// were there before are there afterwards.
absl::StatusOr<std::unique_ptr<rocksdb::DB>> OpenWhole(const std::string& engine) {
  const std::set<std::string> before = LogsIn(engine);
  absl::StatusOr<std::unique_ptr<rocksdb::DB>> opened = OpenOnce(engine, LogEnd::kWhole);
  if (!opened.ok()) return opened;
  const std::set<std::string> after = LogsIn(engine);
  if (std::includes(after.begin(), after.end(), before.begin(), before.end())) return opened;
  return absl::UnavailableError("the store changes too quickly to be read as it is at one moment: try again");
}

}  // namespace

absl::StatusOr<std::unique_ptr<RocksDbReader>> RocksDbReader::Open(const std::string& directory) {
  const StorePaths paths(directory);
  std::error_code error;
  if (!std::filesystem::exists(paths.engine + "/CURRENT", error)) {
    return absl::NotFoundError(absl::StrCat("there is no store that can be read in ", directory));
  }
  absl::StatusOr<std::optional<HighWaterMark>> mark = absl::UnknownError("");
  absl::Status why;
  for (int tried = 0; tried < kOpeningTries; ++tried) {
    if (tried > 0) std::this_thread::sleep_for(kBetweenTries);
    mark = HighWaterMarkFile::Read(paths.mark);
    absl::StatusOr<std::unique_ptr<rocksdb::DB>> engine = OpenWhole(paths.engine);
    if (engine.ok()) {
      return std::unique_ptr<RocksDbReader>(new RocksDbReader(*std::move(engine), std::move(mark), ""));
    }
    why = engine.status();
  }
  if (!absl::IsDataLoss(why)) return why;
  absl::StatusOr<std::unique_ptr<rocksdb::DB>> engine = OpenOnce(paths.engine, LogEnd::kUpToDamage);
  if (!engine.ok()) return why;
  return std::unique_ptr<RocksDbReader>(
      new RocksDbReader(*std::move(engine), std::move(mark), std::string(why.message())));
}

absl::StatusOr<std::unique_ptr<RocksDbReader>> RocksDbReader::OpenEngine(const std::string& engine) {
  absl::StatusOr<std::unique_ptr<rocksdb::DB>> opened = OpenOnce(engine, LogEnd::kWhole);
  if (!opened.ok()) return opened.status();
  return std::unique_ptr<RocksDbReader>(new RocksDbReader(*std::move(opened), std::optional<HighWaterMark>(), ""));
}

RocksDbReader::RocksDbReader(std::unique_ptr<rocksdb::DB> engine, absl::StatusOr<std::optional<HighWaterMark>> mark,
                             std::string log_damage)
    : engine_(std::move(engine)), mark_(std::move(mark)), log_damage_(std::move(log_damage)) {}

RocksDbReader::~RocksDbReader() = default;

absl::StatusOr<std::optional<BatchHead>> RocksDbReader::Head() const { return ReadHead(*engine_); }

absl::StatusOr<uint64_t> RocksDbReader::Epoch() const { return ReadEpoch(*engine_); }

absl::StatusOr<std::optional<std::string>> RocksDbReader::Get(absl::string_view key) const {
  return ReadKey(*engine_, key);
}

absl::StatusOr<ScanResult> RocksDbReader::Scan(const ScanRange& range) const {
  return ScanEngine(*engine_, range, /*fill_cache=*/false);
}

}  // namespace envej::store
