#include "region-client/agent/agent_engine.h"

#include <fcntl.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/merge_operator.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/table_properties_collectors.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "region-client/agent/agent_keys.h"
#include "region-client/private_folder.h"

namespace envej::region {
namespace {

constexpr double kFilterBitsPerKey = 10;
constexpr size_t kProtectionBytes = 8;
constexpr size_t kWriteBufferBytes = size_t{8} << 20;
// What a start may write: the log's records as a table, and a new log. Without the room RocksDB ends the process
// itself.
constexpr uint64_t kRoomAtStart = 2 * kWriteBufferBytes;
constexpr size_t kInfoLogFiles = 4;
constexpr size_t kInfoLogBytes = size_t{4} << 20;
// A file with this many deletions in such a window is compacted soon: the outbox's head must stay quick to find.
constexpr size_t kDeletionWindow = 1024;
constexpr size_t kDeletionTrigger = 512;

// Counts add up, so that two threads can count at once.
class Adding : public rocksdb::AssociativeMergeOperator {
 public:
  const char* Name() const override { return "envej.agent.adding"; }
  bool Merge(const rocksdb::Slice& /*key*/, const rocksdb::Slice* existing, const rocksdb::Slice& value,
             std::string* sum, rocksdb::Logger* /*logger*/) const override {
    const auto count = [](const rocksdb::Slice& slice) { return DecodeCount({slice.data(), slice.size()}); };
    *sum = EncodeCount((existing == nullptr ? 0 : count(*existing)) + count(value));
    return true;
  }
};

rocksdb::Options EngineOptions() {
  rocksdb::BlockBasedTableOptions table;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kFilterBitsPerKey));
  rocksdb::Options options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.table_properties_collector_factories = {
      rocksdb::NewCompactOnDeletionCollectorFactory(kDeletionWindow, kDeletionTrigger)};
  options.merge_operator = std::make_shared<Adding>();
  // What was damaged must not open as if it were whole.
  options.paranoid_checks = true;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.avoid_flush_during_recovery = false;
  options.track_and_verify_wals_in_manifest = true;
  options.memtable_protection_bytes_per_key = kProtectionBytes;
  // After a failed write nothing is tried again: the store stops.
  options.max_bgerror_resume_count = 0;
  options.write_buffer_size = kWriteBufferBytes;
  options.keep_log_file_num = kInfoLogFiles;
  options.max_log_file_size = kInfoLogBytes;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.compression = rocksdb::kNoCompression;
  // A log's bytes go with its file.
  options.recycle_log_file_num = 0;
  options.WAL_ttl_seconds = 0;
  options.WAL_size_limit_MB = 0;
  return options;
}

// By what the engine says: it has no code of its own for it, and the file LOCK may fail otherwise too.
bool IsLockedByAnother(const rocksdb::Status& status) {
  const std::string text = status.ToString();
  return status.IsIOError() && (text.find("While lock file") != text.npos || text.find("lock hold by") != text.npos);
}

// Whether there is anything that an engine has written data to.
absl::StatusOr<bool> HoldsData(const std::string& folder) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::filesystem::path extension = entry->path().extension();
    if (extension == ".log" || extension == ".sst") return true;
  }
  if (error) return absl::UnavailableError(absl::StrCat("cannot read ", folder, ": ", error.message()));
  return false;
}

absl::Status CheckRoom(const std::string& folder) {
  std::error_code error;
  const uint64_t free_bytes = std::filesystem::space(folder, error).available;
  if (error) return absl::UnavailableError(absl::StrCat("cannot read ", folder, ": ", error.message()));
  if (free_bytes >= kRoomAtStart) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(folder, " has ", free_bytes >> 20, " MiB left, and ", kRoomAtStart >> 20,
                                             " are needed: make room, and start it again"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<rocksdb::DB>> OpenAgentEngine(const std::string& folder) {
  const std::string path = absl::StrCat(folder, "/store");
  for (const std::string& each : {folder, path}) {
    const absl::StatusOr<int> opened = OpenPrivateFolder(AT_FDCWD, each, each);
    if (!opened.ok()) return opened.status();
    close(*opened);
  }
  if (absl::Status status = CheckRoom(path); !status.ok()) return status;
  const absl::StatusOr<bool> holds_data = HoldsData(path);
  if (!holds_data.ok()) return holds_data.status();
  std::error_code error;
  const bool has_beginning = std::filesystem::exists(absl::StrCat(path, "/CURRENT"), error);
  if (*holds_data && !has_beginning) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " lacks the file CURRENT: put the store's backup in its place"));
  }
  rocksdb::Options options = EngineOptions();
  options.create_if_missing = true;
  rocksdb::DB* engine = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(options, path, &engine);
  if (status.ok()) return std::unique_ptr<rocksdb::DB>(engine);
  if (IsLockedByAnother(status)) {
    return absl::UnavailableError(absl::StrCat(folder, " is in use: another agent runs with it"));
  }
  return FromEngine(status, absl::StrCat("cannot open ", path));
}

absl::Status FromEngine(const rocksdb::Status& status, absl::string_view what) {
  if (status.ok()) return absl::OkStatus();
  const std::string text = absl::StrCat(what, ": ", status.ToString());
  return status.IsCorruption() ? absl::DataLossError(absl::StrCat(text, kWhatHelpsDamage))
                               : absl::UnavailableError(text);
}

rocksdb::WriteOptions SyncedWrite() {
  rocksdb::WriteOptions options;
  options.sync = true;
  options.protection_bytes_per_key = kProtectionBytes;
  return options;
}

}  // namespace envej::region
