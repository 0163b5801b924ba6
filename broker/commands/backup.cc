#include "broker/commands/backup.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "broker/commands/backup_manifest.h"
#include "broker/commands/check_store.h"
#include "broker/commands/exit_codes.h"
#include "broker/commands/files.h"
#include "broker/commands/old_backups.h"
#include "broker/commands/progress.h"
#include "broker/commands/reader_view.h"
#include "broker/options/broker_options.h"
#include "broker/store/high_water_mark.h"
#include "broker/store/key_layout.h"
#include "broker/store/rocksdb_copy.h"
#include "broker/store/rocksdb_examination.h"
#include "broker/store/rocksdb_reader.h"

namespace envej::commands {
namespace {

namespace fs = std::filesystem;

using store::RocksDbReader;

constexpr char kLock[] = "/backup.lock";

// Whether the store has all that was answered as durable: of one that is cut or older no backup is made.
absl::Status CheckMark(const RocksDbReader& reader) {
  if (!reader.log_damage().empty()) {
    return absl::DataLossError(
        absl::StrCat("the end of the store's log cannot be read, so this is no backup: ", reader.log_damage()));
  }
  const absl::StatusOr<std::optional<store::HighWaterMark>>& mark = reader.mark();
  if (!mark.ok()) return mark.status();
  if (!mark->has_value()) return absl::FailedPreconditionError("there is no high-water mark beside the store");
  const absl::StatusOr<std::optional<store::BatchHead>> head = reader.Head();
  if (!head.ok()) return head.status();
  const absl::StatusOr<uint64_t> epoch = reader.Epoch();
  if (!epoch.ok()) return epoch.status();
  return store::CheckAgainstMark(**mark, *head, *epoch,
                                 [&reader](uint64_t batch) { return reader.Get(store::JournalKey(batch)); });
}

// Copies, reads again and describes, in the folder `made`, which the caller removes if that fails.
absl::StatusOr<BackupManifest> Make(const RocksDbReader& from, const std::string& made, absl::Time now) {
  const std::string engine = EngineOf(made);
  if (absl::Status status = MakeFolder(made); !status.ok()) return status;
  if (absl::Status status = MakeFolder(engine); !status.ok()) return status;
  Progress progress = Progress::OnStandardError();
  const auto tell = [&progress](const store::CopiedKeys& so_far) {
    progress.Tell([&] { return absl::StrCat("copied: ", so_far.keys, " keys, ", InMebibytes(so_far.bytes)); });
  };
  const absl::StatusOr<store::CopiedKeys> copied = store::CopyKeys(from, engine, {.progress = tell});
  if (!copied.ok()) return copied.status();
  const absl::StatusOr<std::unique_ptr<RocksDbReader>> copy = RocksDbReader::OpenEngine(engine);
  if (!copy.ok()) return copy.status();
  const absl::StatusOr<CheckedStore> checked = CheckStore(ViewOf(**copy, progress));
  if (!checked.ok()) {
    return absl::Status(checked.status().code(),
                        absl::StrCat("the store is not sound, so this is no backup; run envej-broker journal verify: ",
                                     checked.status().message()));
  }
  const absl::StatusOr<std::optional<store::BatchHead>> head = (*copy)->Head();
  if (!head.ok()) return head.status();
  const absl::StatusOr<uint64_t> epoch = (*copy)->Epoch();
  if (!epoch.ok()) return epoch.status();
  BackupManifest manifest{.head = **head,
                          .start_epoch = *epoch,
                          .made_at = now,
                          .keys = copied->keys,
                          .notices = checked->notices,
                          .under_way = checked->under_way,
                          .unreadable = checked->unreadable,
                          .files = {}};
  absl::StatusOr<std::vector<BackupFile>> files = SumFiles(engine);
  if (!files.ok()) return files.status();
  manifest.files = *std::move(files);
  if (absl::Status status = WriteManifest(ManifestOf(made), manifest); !status.ok()) return status;
  if (absl::Status status = store::SyncDirectory(made); !status.ok()) return status;
  return manifest;
}

void Tell(const std::string& backup, const BackupManifest& manifest, const OldBackups& old, const std::string& output) {
  for (const std::string& unusable : old.unusable) std::cerr << "envej-broker: " << unusable << std::endl;
  if (output == "json") {
    nlohmann::ordered_json json;
    json["backup"] = backup;
    json["store_incarnation"] = absl::BytesToHexString(manifest.head.store_incarnation);
    json["batch"] = manifest.head.batch;
    json["keys"] = manifest.keys;
    json["notices"] = manifest.notices;
    json["under_way"] = manifest.under_way;
    json["unreadable"] = manifest.unreadable;
    json["removed"] = old.removed;
    json["unusable"] = old.unusable.size();
    std::cout << json.dump(-1, ' ', /*ensure_ascii=*/false, nlohmann::ordered_json::error_handler_t::replace) << "\n";
    return;
  }
  std::cout << backup << ": good, up to batch " << manifest.head.batch << ", " << manifest.notices << " notices, "
            << manifest.under_way << " of them under way";
  if (manifest.unreadable > 0) std::cout << ", " << manifest.unreadable << " UNREADABLE as in the store";
  std::cout << "; old ones removed: " << old.removed
            << "\nIt holds neither keys of certificates nor secrets nor configuration: keep those elsewhere.\n";
}

bool IsInside(const std::string& path, const std::string& folder) {
  if (folder.empty()) return false;
  std::error_code error;
  const fs::path inner = fs::weakly_canonical(path, error) / "";
  const fs::path outer = fs::weakly_canonical(folder, error) / "";
  return absl::StartsWith(inner.string(), outer.string());
}

}  // namespace

bool ParseAge(const std::string& text, absl::Duration& age) {
  int number = 0;
  if (text.empty()) return false;
  const std::string digits = text.substr(0, text.size() - 1);
  const bool are_digits = std::all_of(digits.begin(), digits.end(), absl::ascii_isdigit);
  if (!are_digits || !absl::SimpleAtoi(digits, &number) || number < 1) return false;
  switch (text.back()) {
    case 'd':
      age = absl::Hours(24) * number;
      return true;
    case 'h':
      age = absl::Hours(number);
      return true;
    case 'm':
      age = absl::Minutes(number);
      return true;
    default:
      return false;
  }
}

int MakeBackup(const BackupOptions& options, absl::Time now) {
  umask(077);
  absl::Duration keep;
  if (!ParseAge(options.keep, keep)) {
    return Refuse(kCopyUsage, absl::InvalidArgumentError("--keep is a number and d, h or m, such as 7d"));
  }
  const absl::StatusOr<options::BrokerOptions> broker = options::ReadBrokerOptions(options.config);
  if (!broker.ok()) return Refuse(kCopyConfigurationRefused, broker.status());
  for (const std::string& folder : {broker->data_directory, broker->journal.mirror}) {
    if (IsInside(options.to, folder)) {
      return Refuse(kCopyUsage, absl::InvalidArgumentError(absl::StrCat(
                                    "--to lies in ", folder, ", which a backup is to outlive: take another disk")));
    }
  }
  if (absl::Status status = MakeFolder(options.to); !status.ok() && !absl::IsAlreadyExists(status)) {
    return RefuseCopy(status);
  }
  const absl::StatusOr<FileLock> lock = FileLock::Take(options.to + kLock);
  if (!lock.ok()) return RefuseCopy(lock.status());
  if (absl::Status status = RemoveUnfinished(options.to); !status.ok()) return RefuseCopy(status);

  const absl::StatusOr<std::unique_ptr<RocksDbReader>> reader = RocksDbReader::Open(broker->data_directory);
  if (!reader.ok()) return RefuseCopy(reader.status());
  if (absl::Status status = CheckMark(**reader); !status.ok()) return RefuseCopy(status);
  const std::string unfinished = UnfinishedFolder(options.to, now);
  const absl::StatusOr<BackupManifest> manifest = Make(**reader, unfinished, now);
  const std::string backup = BackupFolder(options.to, now, manifest.ok() ? manifest->head.batch : 0);
  absl::Status named = manifest.status();
  if (named.ok()) named = Rename(unfinished, backup);
  if (named.ok()) named = store::SyncDirectory(options.to);
  if (!named.ok()) {
    const absl::Status removed = RemoveAll(unfinished);
    if (!removed.ok()) std::cerr << "envej-broker: " << removed.message() << std::endl;
    return RefuseCopy(named);
  }
  const absl::StatusOr<OldBackups> old = RemoveOldBackups(options.to, now - keep, backup, now);
  Tell(backup, *manifest, old.ok() ? *old : OldBackups(), options.output);
  if (!old.ok()) return Refuse(kCopyCannot, old.status());
  if (std::cout.flush().good()) return kCopyDone;
  return Refuse(kCopyCannot, absl::DataLossError("standard output cannot be written"));
}

}  // namespace envej::commands
