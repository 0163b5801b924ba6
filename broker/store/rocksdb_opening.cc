#include "broker/store/rocksdb_opening.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "broker/store/key_layout.h"
#include "broker/store/rocksdb_engine.h"
#include "broker/store/rocksdb_examination.h"
#include "broker/store/rocksdb_incarnation.h"

namespace envej::store {
namespace {

constexpr mode_t kDirectoryMode = 0700;

// What failed was the medium, or somebody else has the store: nothing that was answered is gone.
absl::Status StartAgain(const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(status.message(),
                                                  "; mend that, then start again: nothing that was answered is lost"));
}

absl::Status MakeDirectory(const std::string& path) {
  if (mkdir(path.c_str(), kDirectoryMode) == 0) {
    return SyncDirectory(std::filesystem::path(path).parent_path().string());
  }
  std::error_code error;
  if (errno != EEXIST) return absl::ErrnoToStatus(errno, absl::StrCat("cannot create ", path));
  if (std::filesystem::is_directory(path, error)) return absl::OkStatus();
  if (error) return absl::UnavailableError(absl::StrCat("cannot read ", path, ": ", error.message()));
  return absl::FailedPreconditionError(absl::StrCat(path, " is not a folder"));
}

absl::Status PutSynced(rocksdb::DB& engine, const std::string& key, const std::string& value) {
  rocksdb::WriteOptions options;
  options.sync = true;
  options.protection_bytes_per_key = kProtectionBytes;
  return FromEngine(engine.Put(options, key, value), "cannot write the store");
}

// Opening writes what the log holds into tables, and then the new epoch. The engine ends the process where it cannot.
absl::Status CheckSpace(const StorePaths& paths, size_t opening_bytes) {
  std::error_code error;
  uintmax_t needed = opening_bytes;
  for (std::filesystem::directory_iterator entry(paths.engine, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() != ".log") continue;
    const uintmax_t bytes = entry->file_size(error);
    if (!error) needed += bytes;
  }
  const std::filesystem::space_info space = std::filesystem::space(paths.directory, error);
  if (error) return absl::UnavailableError(absl::StrCat("cannot read ", paths.directory, ": ", error.message()));
  if (space.available >= needed) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("the disk of ", paths.directory, " has ", space.available >> 10,
                                             " KiB free, and opening the store may need ", needed >> 10,
                                             " KiB: make room"));
}

absl::StatusOr<std::unique_ptr<rocksdb::DB>> OpenFiles(const RocksDbStoreOptions& options, const StorePaths& paths,
                                                       bool create, LogEnd log_end) {
  rocksdb::Options engine_options =
      EngineOptions({.write_buffer_bytes = options.write_buffer_bytes, .block_cache_bytes = options.block_cache_bytes},
                    options.env, log_end);
  engine_options.create_if_missing = create;
  rocksdb::DB* engine = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(engine_options, paths.engine, &engine);
  if (!status.ok()) return FromEngine(status, "cannot open the store");
  return std::unique_ptr<rocksdb::DB>(engine);
}

// Makes the store, or ends what a crash left unfinished: the mark gets its name last, and nothing is answered before.
absl::StatusOr<std::unique_ptr<rocksdb::DB>> MakeStore(const RocksDbStoreOptions& options, const StorePaths& paths,
                                                       const Finding& finding) {
  HighWaterMark mark = finding.mark;
  if (finding.kind == Finding::Kind::kNew) {
    const absl::StatusOr<std::string> incarnation = NameIncarnation();
    if (!incarnation.ok()) return incarnation.status();
    mark = MarkOf(FirstHead(*incarnation), 0);
    if (absl::Status status = HighWaterMarkFile::Create(paths.mark_in_making, mark); !status.ok()) return status;
    if (absl::Status status = MakeDirectory(paths.engine); !status.ok()) return status;
  }
  absl::StatusOr<std::unique_ptr<rocksdb::DB>> engine = OpenFiles(options, paths, true, LogEnd::kWhole);
  if (!engine.ok()) return engine.status();
  const std::string schema = EncodeSchema(kSchemaVersion);
  if (absl::Status status = PutSynced(**engine, SchemaKey(), schema); !status.ok()) return status;
  const BatchHead first = FirstHead(mark.store_incarnation);
  if (absl::Status status = PutSynced(**engine, HeadKey(), EncodeBatchHead(first)); !status.ok()) return status;
  if (std::rename(paths.mark_in_making.c_str(), paths.mark.c_str()) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot rename ", paths.mark_in_making));
  }
  if (absl::Status status = SyncDirectory(paths.directory); !status.ok()) return status;
  return engine;
}

absl::StatusOr<OpenedEngine> OpenExamined(const RocksDbStoreOptions& options, const StorePaths& paths,
                                          const Finding& finding) {
  if (absl::Status status = CheckSpace(paths, options.opening_bytes); !status.ok()) return status;
  const bool is_sound = finding.kind == Finding::Kind::kSound;
  const LogEnd log_end = finding.log_damage.empty() ? LogEnd::kWhole : LogEnd::kUpToDamage;
  absl::StatusOr<std::unique_ptr<rocksdb::DB>> engine =
      is_sound ? OpenFiles(options, paths, false, log_end) : MakeStore(options, paths, finding);
  if (!engine.ok()) return engine.status();
  const absl::StatusOr<std::optional<BatchHead>> head = ReadHead(**engine);
  if (!head.ok()) return head.status();
  const absl::StatusOr<uint64_t> last_epoch = ReadEpoch(**engine);
  if (!last_epoch.ok()) return last_epoch.status();
  if (!head->has_value() || (is_sound && MarkOf(**head, *last_epoch) != MarkOf(*finding.head, finding.epoch))) {
    return absl::DataLossError("the store changed between its examination and its opening");
  }
  // The engine before the mark: a crash between the two leaves an epoch that nobody was given.
  const uint64_t epoch = std::max(*last_epoch, finding.mark.epoch) + 1;
  if (absl::Status status = PutSynced(**engine, EpochKey(), EncodeEpoch(epoch)); !status.ok()) return status;
  absl::StatusOr<std::unique_ptr<HighWaterMarkFile>> mark = HighWaterMarkFile::Open(paths.mark);
  if (!mark.ok()) return mark.status();
  // What the opening found was flushed by it, so it is on the disk.
  if (absl::Status status = (*mark)->Write(MarkOf(**head, epoch)); !status.ok()) return status;
  if (!finding.log_damage.empty() && options.log_end_dropped)
    options.log_end_dropped(head->value().batch, finding.log_damage);
  return OpenedEngine{.engine = *std::move(engine), .head = **head, .epoch = epoch, .mark = *std::move(mark)};
}

}  // namespace

absl::StatusOr<OpenedEngine> OpenEngine(const RocksDbStoreOptions& options) {
  const StorePaths paths(options.directory);
  if (absl::Status status = MakeDirectory(paths.directory); !status.ok()) return StartAgain(status);
  std::error_code error;
  if (std::filesystem::exists(paths.restoring, error)) {
    return absl::FailedPreconditionError(
        absl::StrCat("a restore into ", paths.directory, " did not end: run the same `envej-broker restore` again"));
  }
  const RocksDbSizes sizes{.write_buffer_bytes = options.write_buffer_bytes,
                           .block_cache_bytes = options.block_cache_bytes};
  const absl::StatusOr<Finding> finding = Examine(paths, sizes, options.env);
  if (absl::IsUnavailable(finding.status())) return StartAgain(finding.status());
  if (!finding.ok()) return finding.status();
  absl::StatusOr<OpenedEngine> opened = OpenExamined(options, paths, *finding);
  if (opened.ok() || absl::IsDataLoss(opened.status())) return opened;
  return StartAgain(opened.status());
}

}  // namespace envej::store
