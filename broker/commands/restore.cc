#include "broker/commands/restore.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "broker/commands/backup_manifest.h"
#include "broker/commands/check_store.h"
#include "broker/commands/exit_codes.h"
#include "broker/commands/files.h"
#include "broker/commands/new_incarnation.h"
#include "broker/commands/progress.h"
#include "broker/commands/reader_view.h"
#include "broker/commands/recovery_text.h"
#include "broker/commands/replay_mirror.h"
#include "broker/commands/restore_place.h"
#include "broker/commands/signature_check.h"
#include "broker/journal/journal_source.h"
#include "broker/journal/mirror_folder.h"
#include "broker/journal/recovery_mark.h"
#include "broker/options/broker_options.h"
#include "broker/store/batch_record.h"
#include "broker/store/key_layout.h"
#include "broker/store/rocksdb_incarnation.h"
#include "broker/store/rocksdb_offline.h"
#include "broker/store/rocksdb_reader.h"
#include "proto/contract/whole_microseconds.h"

namespace envej::commands {
namespace {

namespace fs = std::filesystem;
using journal::RecoveryMark;

int Failed(const absl::Status& status) {
  return absl::IsNotFound(status) ? Refuse(kCopyRefused, status) : RefuseCopy(status);
}

absl::Status CopyEngine(const std::string& backup, const BackupManifest& manifest, const std::string& engine,
                        Progress& progress) {
  uint64_t bytes = 0;
  for (const BackupFile& file : manifest.files) {
    if (file.name == "LOCK") continue;
    const std::string from = absl::StrCat(EngineOf(backup), "/", file.name);
    if (absl::Status status = CopySynced(from, absl::StrCat(engine, "/", file.name)); !status.ok()) return status;
    bytes += file.bytes;
    progress.Tell([&] { return absl::StrCat("copied: ", InMebibytes(bytes)); });
  }
  return store::SyncDirectory(engine);
}

absl::Status CheckSound(const std::string& engine, Progress& progress) {
  const absl::StatusOr<std::unique_ptr<store::RocksDbReader>> reader = store::RocksDbReader::OpenEngine(engine);
  if (!reader.ok()) return reader.status();
  return CheckStore(ViewOf(**reader, progress)).status();
}

std::string MirrorOf(const RestoreOptions& options, const options::BrokerOptions& broker) {
  if (options.no_mirror) return std::string();
  return options.mirror.empty() ? broker.journal.mirror : options.mirror;
}

// What the mirror has of checkpoints over the journals of former incarnations.
absl::Status TakeCheckpointsOfFormer(store::OfflineStore& store, const std::string& mirror,
                                     const journal::CheckSignatureFunction& check) {
  if (mirror.empty()) return absl::OkStatus();
  const auto open =
      [&mirror](const std::string& incarnation) -> absl::StatusOr<std::unique_ptr<journal::JournalSource>> {
    const std::string folder = journal::MirrorFolder(mirror, incarnation);
    std::error_code error;
    if (!fs::is_directory(folder, error)) return nullptr;
    return journal::SourceOfMirror(folder);
  };
  return TakeFormerCheckpoints(store, open, check);
}

// Where the mirror has the journal of the backup's store; empty if there is no mirror. One that is named must have it.
absl::StatusOr<std::string> FolderToReplay(const RestoreOptions& options, const options::BrokerOptions& broker,
                                           const std::string& incarnation) {
  const std::string mirror = MirrorOf(options, broker);
  if (mirror.empty()) return std::string();
  const std::string folder = journal::MirrorFolder(mirror, incarnation);
  std::error_code error;
  if (fs::is_directory(folder, error)) return folder;
  return absl::NotFoundError(absl::StrCat("the mirror ", mirror,
                                          " has no folder of the backup's store: mount it, or name the right one "
                                          "(--mirror); if it is lost, restore with --no-mirror: what was acknowledged "
                                          "and withdrawn since the backup is then forgotten; nothing was changed"));
}

// What could not be read of a mirror, with what to do.
absl::Status WithWayOut(const absl::Status& status) {
  if (!absl::IsUnavailable(status)) return status;
  return absl::UnavailableError(absl::StrCat(status.message(),
                                             "; mend that and restore again; if the mirror is lost for good, restore "
                                             "with --no-mirror"));
}

// The last batch that the lost store is known to have had, and whether it was its last: the broker was stopped.
struct KnownEnd {
  uint64_t batch = 0;  // 0 if nobody knows
  bool is_end = false;
};
absl::StatusOr<KnownEnd> ReadKnownEnd(const std::string& lost_data, const std::string& incarnation) {
  if (lost_data.empty()) return KnownEnd();
  const absl::StatusOr<std::optional<store::HighWaterMark>> mark =
      store::HighWaterMarkFile::Read(store::StorePaths(lost_data).mark);
  if (!mark.ok()) return mark.status();
  if (!mark->has_value()) return absl::NotFoundError(absl::StrCat("there is no high-water mark in ", lost_data));
  if ((*mark)->store_incarnation != incarnation) {
    return absl::FailedPreconditionError(absl::StrCat("the high-water mark in ", lost_data, " is another store's"));
  }
  return KnownEnd{.batch = (*mark)->batch, .is_end = (*mark)->is_end};
}

// Whether the mirror has the journal of a store that was once restored from this one's history: what happened there is
// in no part of what is replayed here.
absl::StatusOr<bool> LivedOn(const std::string& folder, const std::string& incarnation) {
  if (folder.empty()) return false;
  const absl::StatusOr<std::vector<std::string>> folders =
      journal::ListIncarnations(fs::path(folder).parent_path().string());
  if (!folders.ok()) return folders.status();
  for (const std::string& other : *folders) {
    const absl::StatusOr<std::unique_ptr<journal::JournalSource>> source = journal::SourceOfMirror(other);
    if (!source.ok()) return source.status();
    const absl::StatusOr<std::optional<journal::StoredValue>> first = (*source)->NextRecord();
    if (!first.ok()) return first.status();
    if (!first->has_value()) continue;
    const absl::StatusOr<store::BatchRecord> record = store::DecodeBatchRecord((*first)->value);
    if (record.ok() && journal::LeadsOnFrom({incarnation, record->batch - 1}, *record)) return true;
  }
  return false;
}

// From when on pulls are served. By themselves only if the mirror reaches beyond the backup: one that ends before it
// was not written to for a while, and says nothing of what came after.
void SayUntilWhen(const Reached& reached, bool end_known, bool lived_on, absl::Duration wait, absl::Time now,
                  RecoveryMark& mark) {
  const bool is_whole = reached.unfitting == 0 && !lived_on && reached.head.batch >= mark.known_end;
  if (is_whole && end_known) {
    mark.end = RecoveryMark::End::kNothingLost;
    mark.ended_at = contract::WholeMicroseconds(now);
  } else if (is_whole && mark.mirror_read && reached.mirror_end >= mark.backup_batch) {
    mark.wait = wait;
  }
}

// Everything that is asked, read and checked before anything is made.
struct Order {
  options::BrokerOptions broker;
  BackupManifest manifest;
  std::string folder;  // of the mirror; may be empty
  KnownEnd known_end;
  absl::Duration wait;
  journal::CheckSignatureFunction check;
  absl::Time now;
};

// Makes the restored store in the folder `making`.
absl::StatusOr<RecoveryMark> Make(const RestoreOptions& options, const Order& order, const std::string& making,
                                  Progress& progress) {
  const std::string engine = store::StorePaths(making).engine;
  if (absl::Status status = MakeFolder(engine); !status.ok()) return status;
  if (absl::Status status = CopyEngine(options.from, order.manifest, engine, progress); !status.ok()) return status;
  if (absl::Status status = CheckSound(engine, progress); !status.ok()) return status;
  const absl::StatusOr<std::unique_ptr<store::RocksDbOffline>> opened = store::RocksDbOffline::Open(engine);
  if (!opened.ok()) return opened.status();
  store::RocksDbOffline& store = **opened;
  Reached reached{.head = order.manifest.head, .mirror_end = 0, .unfitting = 0, .why_not_further = ""};
  if (!order.folder.empty()) {
    absl::StatusOr<Reached> replayed =
        ReplayMirror(store, order.manifest.head, order.folder, order.check, order.now, [&](uint64_t batch) {
          progress.Tell([&] { return absl::StrCat("replayed: the journal up to batch ", batch); });
        });
    if (!replayed.ok()) return WithWayOut(replayed.status());
    reached = *std::move(replayed);
    if (!reached.why_not_further.empty()) {
      progress.End();
      std::cerr << "envej-broker: the mirror could not be replayed to its end: " << reached.why_not_further
                << std::endl;
    }
  }
  const absl::Status taken = TakeCheckpointsOfFormer(store, MirrorOf(options, order.broker), order.check);
  if (!taken.ok()) return WithWayOut(taken);
  RecoveryMark mark;
  mark.backup_batch = order.manifest.head.batch;
  mark.backup_time = order.manifest.head.time;
  mark.mirror_read = !order.folder.empty();
  mark.reached_batch = reached.head.batch;
  mark.reached_time = reached.head.time;
  mark.known_end = std::max(order.known_end.batch, reached.mirror_end);
  mark.unfitting = reached.unfitting;
  const absl::StatusOr<bool> lived_on = LivedOn(order.folder, order.manifest.head.store_incarnation);
  if (!lived_on.ok()) return WithWayOut(lived_on.status());
  if (*lived_on) {
    progress.End();
    std::cerr << "envej-broker: the mirror also has the journal of a store that was restored from this one's backups "
                 "before: what was acknowledged and withdrawn there is not replayed. A backup of that store has it"
              << std::endl;
  }
  SayUntilWhen(reached, order.known_end.is_end, *lived_on, order.wait, order.now, mark);
  const absl::StatusOr<std::string> incarnation = store::NameIncarnation();
  if (!incarnation.ok()) return incarnation.status();
  absl::StatusOr<NewIncarnation> begun = Begin(store, reached,
                                               {.store_incarnation = *incarnation,
                                                .broker = order.broker.broker_name,
                                                .now = order.now,
                                                .backup_epoch = order.manifest.start_epoch},
                                               std::move(mark));
  if (!begun.ok()) return begun.status();
  if (absl::Status status = store.Finish(); !status.ok()) return status;
  if (absl::Status status = CheckSound(engine, progress); !status.ok()) return status;
  const absl::Status marked = store::HighWaterMarkFile::Create(store::StorePaths(making).mark, begun->mark);
  if (!marked.ok()) return marked;
  if (absl::Status status = store::SyncDirectory(engine); !status.ok()) return status;
  return std::move(begun->recovery);
}

absl::StatusOr<Order> ReadOrder(const RestoreOptions& options, const options::BrokerOptions& broker, absl::Time now,
                                Progress& progress) {
  Order order{.broker = broker,
              .manifest = {},
              .folder = {},
              .known_end = {},
              .wait = {},
              .check = [](const contract::SignedCheckpoint&) { return absl::OkStatus(); },
              .now = now};
  if (!absl::ParseDuration(options.wait, &order.wait) || order.wait < absl::ZeroDuration() ||
      order.wait > absl::Hours(24 * 7)) {
    return absl::InvalidArgumentError("--wait is a duration up to 168h, such as 10m");
  }
  absl::StatusOr<BackupManifest> manifest = ReadManifest(ManifestOf(options.from));
  if (!manifest.ok()) return manifest.status();
  order.manifest = *std::move(manifest);
  const absl::Status whole = CheckFiles(options.from, order.manifest, [&progress](uint64_t bytes) {
    progress.Tell([&] { return absl::StrCat("checked: ", InMebibytes(bytes), " of the backup"); });
  });
  if (!whole.ok()) return whole;
  const std::string& incarnation = order.manifest.head.store_incarnation;
  absl::StatusOr<std::string> folder = FolderToReplay(options, broker, incarnation);
  if (!folder.ok()) return folder.status();
  order.folder = *std::move(folder);
  const absl::StatusOr<KnownEnd> known_end = ReadKnownEnd(options.lost_data, incarnation);
  if (!known_end.ok()) return known_end.status();
  order.known_end = *known_end;
  if (options.authorities.empty()) return order;
  absl::StatusOr<journal::CheckSignatureFunction> check = ReadSignatureCheck(
      {.authorities = options.authorities, .revocation_lists = "", .authorities_for_lists = ""}, now);
  if (!check.ok()) return check.status();
  order.check = *std::move(check);
  return order;
}

}  // namespace

int Restore(const RestoreOptions& options, absl::Time now) {
  umask(077);
  const absl::StatusOr<options::BrokerOptions> broker = options::ReadBrokerOptions(options.config);
  if (!broker.ok()) return Refuse(kCopyConfigurationRefused, broker.status());
  Progress progress = Progress::OnStandardError();
  const absl::StatusOr<Order> order = ReadOrder(options, *broker, now, progress);
  progress.End();
  if (absl::IsInvalidArgument(order.status())) return Refuse(kCopyUsage, order.status());
  if (!order.ok()) return Failed(order.status());
  absl::StatusOr<RestorePlace> place = RestorePlace::Take(broker->data_directory);
  if (!place.ok()) return Failed(place.status());
  const absl::StatusOr<RecoveryMark> mark = Make(options, *order, place->making(), progress);
  progress.End();
  if (!mark.ok()) {
    const absl::Status left = place->GiveUp();
    if (!left.ok()) std::cerr << "envej-broker: " << left.message() << std::endl;
    return Failed(mark.status());
  }
  if (absl::Status status = place->Finish(); !status.ok()) return Refuse(kCopyCannot, status);
  if (options.output != "json") std::cout << "restored into " << broker->data_directory << "\n";
  std::cout << (options.output == "json" ? ToJson(*mark) : ToText(*mark)) << std::flush;
  if (std::cout.good()) return kCopyDone;
  return Refuse(kCopyCannot, absl::DataLossError("standard output cannot be written"));
}

}  // namespace envej::commands
