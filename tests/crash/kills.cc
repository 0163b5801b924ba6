#include "tests/crash/kills.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "broker/commands/backup_manifest.h"
#include "broker/commands/check_store.h"
#include "broker/inbox/forgetting.h"
#include "broker/store/rocksdb_reader.h"
#include "tests/support/exit_codes.h"
#include "tests/support/sanitizer.h"

namespace envej::crash {
namespace {

namespace fs = std::filesystem;
using support::Ended;
using Clock = std::chrono::steady_clock;

constexpr int kKilled = 128 + SIGKILL;
constexpr int kCopyRefused = 1;
constexpr int kLoadMilliseconds = support::kUnderSanitizer ? 1500 : 400;   // between two kills, at most
constexpr int kStartMilliseconds = support::kUnderSanitizer ? 3000 : 250;  // that a start takes, more or less
constexpr int kCompactionMilliseconds = 60;                                // that a compaction of this store takes
constexpr int kRetentionMilliseconds = 1500;                               // some steps of it
constexpr int kCheckpointsPerKill = 4;                                     // that retention removes until it is killed
constexpr int kSkippedMinutes = 61;                                        // all upkeep has begun by then
const absl::Duration kAheadMost = absl::Hours(20);
constexpr std::chrono::seconds kSoon(90);

std::set<std::string> PathsIn(const std::string& folder, absl::string_view prefix, absl::string_view suffix) {
  std::set<std::string> paths;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  for (const fs::directory_iterator end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename();
    if (absl::StartsWith(name, prefix) && absl::EndsWith(name, suffix)) paths.insert(entry->path());
  }
  return paths;
}

template <typename Condition>
bool WaitFor(const Condition& holds) {
  const Clock::time_point at_latest = Clock::now() + kSoon;
  while (!holds()) {
    if (Clock::now() > at_latest) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

Ended RunBroker(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), support::ProgramPath("envej-broker"));
  return support::RunProgram(arguments);
}

}  // namespace

void IssueForLong(const support::BrokerProcess& broker, const std::string& name, certs::LeafRequest request) {
  request.not_after += kAheadMost;
  support::SharedAuthority().IssueFiles(broker.folder(), name, request);
}

support::BrokerSettings Kills::SettingsOf(const std::string& listen, const support::SkippedTime& skipped) {
  // A library that is loaded before all others does not go with a sanitizer.
  return {.listen = listen,
          .more = "journal: {mirror: mirror, checkpoint_seconds: 1, keep_months: 8}\n",
          .environment = support::kUnderSanitizer ? std::vector<std::string>() : skipped.Environment()};
}

Kills::Kills(support::BrokerProcess& broker, const support::SkippedTime& skipped, int upkeep_kills, unsigned seed)
    : broker_(broker),
      skipped_(skipped),
      random_(seed),
      mirror_(broker.folder().Path("mirror")),
      backups_(broker.folder().Path("backups")),
      restored_(broker.folder().Path("restored")) {
  fs::create_directory(mirror_);
  IssueForLong(broker_, "broker", certs::ServerRequest());
  old_ = MakeOldStore(broker_.data(), mirror_, kCheckpointsPerKill * upkeep_kills, absl::Now());
  authorities_ = broker_.folder().Write("both.authorities.pem",
                                        absl::StrCat(support::SharedAuthority().CertificatePem(), old_.authority_pem));
  std::string config = certs::ReadFile(broker_.config());
  config = absl::StrReplaceAll(config, {{"data_directory: data", "data_directory: restored"}});
  restoring_config_ = broker_.folder().Write("restored.yaml", config.substr(0, config.find("journal:")));
  config = certs::ReadFile(broker_.config());
  store_config_ = broker_.folder().Write("store.yaml", config.substr(0, config.find("journal:")));
  retained_ = LookAtStore();
  EXPECT_EQ(retained_.to_be_forgotten, old_.to_be_forgotten.size());
  EXPECT_EQ(retained_.oldest_batch, 1u);
}

void Kills::SleepUpTo(int milliseconds) {
  std::uniform_int_distribution<int> microseconds(0, 1000 * milliseconds);
  std::this_thread::sleep_for(std::chrono::microseconds(microseconds(random_)));
}

bool Kills::UnderLoad() {
  SleepUpTo(kLoadMilliseconds);
  broker_.Kill();
  ++counts_.load;
  return broker_.Start();
}

bool Kills::UnderLoadAndWhileItStarts() {
  SleepUpTo(kLoadMilliseconds);
  broker_.Kill();
  ++counts_.load;
  broker_.Begin();
  SleepUpTo(kStartMilliseconds);
  broker_.Kill();
  ++counts_.start;
  return broker_.Start();
}

bool Kills::DuringBackup() {
  SleepUpTo(kLoadMilliseconds);
  const bool kills_broker = random_() % 3 != 0;
  const bool kills_backup = !kills_broker || random_() % 2 == 0;
  support::Process backup(BackupArguments());
  EXPECT_TRUE(WaitFor([this] { return !Unfinished().empty(); }));
  SleepUpTo(backup_milliseconds_);
  if (kills_broker) broker_.Kill();
  if (kills_broker && !Unfinished().empty()) ++counts_.broker_in_backup;
  if (kills_backup) backup.Signal(SIGKILL);
  const bool serves = !kills_broker || broker_.Start();
  const Ended ended = backup.Wait();
  const std::set<std::string> unfinished = Unfinished();
  if (kills_backup && ended.code == kKilled && !unfinished.empty()) {
    ++counts_.backup;
    ExpectRefused(*unfinished.begin());
  } else if (ended.code != kKilled) {
    EXPECT_EQ(ended.code, support::kDone) << ended.err;
    EXPECT_TRUE(unfinished.empty());
  }
  if (serves) ExpectNextBackup();
  return serves;
}

bool Kills::DuringUpkeep(Upkeep what) {
  SleepUpTo(kLoadMilliseconds);
  const std::set<std::string> tables = Tables();
  const auto writes_tables = [&] {
    const std::set<std::string> now = Tables();
    return !std::includes(tables.begin(), tables.end(), now.begin(), now.end());
  };
  skipped_.Skip(kSkippedMinutes);
  if (what == Upkeep::kCompaction) {
    EXPECT_TRUE(WaitFor(writes_tables));
    SleepUpTo(kCompactionMilliseconds);
  } else {
    SleepUpTo(kRetentionMilliseconds);
  }
  broker_.Kill();
  if (writes_tables() && !absl::StrContains(broker_.Log(), "destroyed_content_erased")) ++counts_.compaction;
  const Retained left = LookAtStore();
  if (left.to_be_forgotten < retained_.to_be_forgotten && left.to_be_forgotten > 0) ++counts_.forgetting;
  if (left.oldest_batch > retained_.oldest_batch && left.oldest_batch <= old_.last_old_batch) ++counts_.pruning;
  retained_ = left;
  // Without the mirror, which may lack the last checkpoint.
  const Ended verified = VerifyJournal(store_config_);
  EXPECT_EQ(verified.code, support::kDone) << verified.out << verified.err;
  return broker_.Start();
}

void Kills::ForgetTheRest() {
  if (!support::kUnderSanitizer) skipped_.Skip(kSkippedMinutes);
}

void Kills::ExpectTheRestIsForgotten() {
  if (support::kUnderSanitizer) return;
  EXPECT_TRUE(WaitFor([this] { return LookAtStore().to_be_forgotten == 0; }));
  // One that goes too far goes on at its pace.
  std::this_thread::sleep_for(absl::ToChronoMilliseconds(2 * inbox::Forgetting::kInterval));
  LookAtStore();
}

Kills::Retained Kills::LookAtStore() const {
  const absl::StatusOr<std::unique_ptr<store::RocksDbReader>> reader = store::RocksDbReader::Open(broker_.data());
  EXPECT_TRUE(reader.ok()) << reader.status();
  if (!reader.ok()) return {};
  const store::RocksDbReader& store = **reader;
  const auto checked =
      commands::CheckStore({.get = [&store](absl::string_view key) { return store.Get(key); },
                            .scan = [&store](const store::ScanRange& range) { return store.Scan(range); }});
  EXPECT_TRUE(checked.ok()) << checked.status();
  Retained retained;
  for (const store::NoticeKey& notice : old_.to_be_forgotten) {
    retained.to_be_forgotten += store.Get(store::RecordKey(notice))->has_value() ? 1 : 0;
  }
  size_t forgotten_too_early = 0;
  for (const store::NoticeKey& notice : old_.to_be_remembered) {
    forgotten_too_early += store.Get(store::RecordKey(notice))->has_value() ? 0 : 1;
  }
  EXPECT_EQ(forgotten_too_early, 0u);
  const auto oldest =
      store.Scan({.from = store::JournalPrefix(), .to = store::EndOfPrefix(store::JournalPrefix()), .entries = 1});
  EXPECT_TRUE(oldest.ok() && !oldest->entries.empty());
  if (oldest.ok() && !oldest->entries.empty()) {
    retained.oldest_batch = *store::ParseBatchKey(oldest->entries.front().key);
  }
  return retained;
}

std::set<std::string> Kills::Unfinished() const { return PathsIn(backups_, "unfinished-", ""); }

std::set<std::string> Kills::Tables() const { return PathsIn(broker_.data() + "/rocksdb", "", ".sst"); }

std::vector<std::string> Kills::BackupArguments() const {
  return {support::ProgramPath("envej-broker"),
          "backup",
          "--config",
          broker_.config(),
          "--to",
          backups_,
          "--output",
          "json"};
}

Ended Kills::Restore(const std::string& backup) const {
  return RunBroker({"restore", "--config", restoring_config_, "--from", backup});
}

void Kills::ExpectRefused(const std::string& unfinished) const {
  // It is written when all else was read again; then only its name is missing.
  if (fs::exists(commands::ManifestOf(unfinished))) return;
  const Ended ended = Restore(unfinished);
  EXPECT_EQ(ended.code, kCopyRefused) << unfinished << ": " << ended.err;
  EXPECT_FALSE(fs::exists(restored_ + "/rocksdb"));
}

void Kills::ExpectNextBackup() {
  const Clock::time_point began = Clock::now();
  const Ended made = support::RunProgram(BackupArguments());
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
  backup_milliseconds_ = std::max(1, static_cast<int>(took.count()));
  EXPECT_EQ(made.code, support::kDone) << made.err;
  EXPECT_TRUE(Unfinished().empty()) << "what was cut is removed";
  const nlohmann::json said = nlohmann::json::parse(made.out, nullptr, /*allow_exceptions=*/false);
  if (!said.is_object()) return;
  if (!newest_backup_.empty()) fs::remove_all(newest_backup_);
  newest_backup_ = said.value("backup", "");
}

void Kills::ExpectNewestBackupRestores() {
  ExpectNextBackup();
  const Ended restored = Restore(newest_backup_);
  EXPECT_EQ(restored.code, support::kDone) << restored.err;
  const Ended verified = VerifyJournal(restoring_config_);
  EXPECT_EQ(verified.code, support::kDone) << verified.out << verified.err;
}

Ended Kills::VerifyJournal(const std::string& config) const {
  return RunBroker({"journal", "verify", "--config", config, "--authorities", authorities_});
}

}  // namespace envej::crash
