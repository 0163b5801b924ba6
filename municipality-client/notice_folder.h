#ifndef ENVEJ_MUNICIPALITY_CLIENT_NOTICE_FOLDER_H_
#define ENVEJ_MUNICIPALITY_CLIENT_NOTICE_FOLDER_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "municipality-client/durable_file.h"
#include "municipality-client/folder_binding.h"
#include "municipality-client/ledger.h"
#include "municipality-client/step.h"

namespace envej::municipality_client {

// The name of an item's file: notice-REGION-ID-REVISION.json.
std::string FileNameOf(const ItemName& item);

// A notice to be kept. `item` has been checked: four digits and a UUID, so that it can be part of a file's name.
struct Arrival {
  ItemName item;
  absl::Time accepted_at;
  std::string line;  // the notice as proto3 JSON, without a newline
};

// What became of it.
struct Kept {
  ItemName item;
  bool written = false;  // false: the folder has had it before
  bool present = false;  // its file is there; false once it was consumed
  // The folder has had something else under this name, or cannot tell that it was the same. The arrival is nowhere on
  // the disk and must not be acknowledged.
  bool other_content = false;
};

// The folder into which one municipality's notices are received. Each item is written once, also when it is delivered
// again after its file was consumed and deleted, and a crash at any point neither loses nor doubles one:
//
//   temporary files written and synced, their names synced (the folder), the ledger's lines appended and synced, the
//   files renamed into place, the folder synced; only then does `Keep` return, and only then may the caller
//   acknowledge.
//
// `Open` completes what a crash left: a temporary file that the ledger knows is put in place, any other is removed
// (its item was never acknowledged, so it comes again). The ledger keeps no plain hash of a file, from which a name or
// number could be guessed after the file is gone: its digests are keyed, and the key stands in another file, with the
// municipality (`FolderBinding`).
//
// An item is the same as before if its file's bytes are: by the ledger's digest or, where the ledger has one of its
// first version only, by the file itself while it is there.
//
// After any error nothing further is written; the folder must be opened again. One process a folder.
// Thread safety: none; one thread at a time.
class NoticeFolder {
 public:
  // Errors as PrivateFolder's, and FAILED_PRECONDITION when another process works in the folder, when it is bound to
  // another municipality, or when its binding is damaged or gone. A folder without one is bound by the first `Keep`,
  // durably and before anything else is written.
  static absl::StatusOr<NoticeFolder> Open(absl::string_view path, absl::string_view municipality_code,
                                           StepCallback on_step);

  // One result an arrival, in order. OK means durable, but for `other_content`. An item that stands twice is kept once.
  absl::StatusOr<std::vector<Kept>> Keep(const std::vector<Arrival>& arrivals);

  std::string PathOf(const ItemName& item) const;
  bool failed() const { return failed_; }
  int completed_files() const { return completed_files_; }
  int damaged_ledger_lines() const { return ledger_.damaged_lines(); }

 private:
  struct Temporary {
    std::string name;
    std::string final_name;
  };

  NoticeFolder(PrivateFolder folder, FileDescriptor lock, Ledger ledger, std::string municipality_code,
               std::optional<FolderBinding> binding, StepCallback on_step)
      : folder_(std::move(folder)),
        lock_(std::move(lock)),
        ledger_(std::move(ledger)),
        municipality_code_(std::move(municipality_code)),
        binding_(std::move(binding)),
        on_step_(std::move(on_step)) {}

  absl::Status Recover();
  absl::Status RecoverTemporary(const std::string& name);
  absl::Status BindAtFirst();
  std::string KeyedDigest(absl::string_view bytes) const;
  absl::StatusOr<bool> IsSame(const LedgerDigest& known, const ItemName& item, absl::string_view bytes) const;
  absl::StatusOr<Temporary> WriteTemporary(const ItemName& item, absl::string_view bytes);
  absl::Status PutInPlace(const std::vector<Temporary>& temporaries, const std::vector<LedgerEntry>& entries);
  absl::StatusOr<std::vector<Kept>> KeepAll(const std::vector<Arrival>& arrivals);
  void Passed(Step step) const {
    if (on_step_) on_step_(step);
  }

  PrivateFolder folder_;
  FileDescriptor lock_;
  Ledger ledger_;
  std::string municipality_code_;
  std::optional<FolderBinding> binding_;
  StepCallback on_step_;
  int completed_files_ = 0;
  bool failed_ = false;
};

}  // namespace envej::municipality_client

#endif  // ENVEJ_MUNICIPALITY_CLIENT_NOTICE_FOLDER_H_
