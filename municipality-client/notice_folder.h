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
};

// The folder into which notices are received. Each item is written once, also when it is delivered again after its
// file was consumed and deleted, and a crash at any point neither loses nor doubles one:
//
//   temporary files written and synced, their names synced (the folder), the ledger's lines appended and synced, the
//   files renamed into place, the folder synced; only then does `Keep` return, and only then may the caller
//   acknowledge.
//
// `Open` completes what a crash left: a temporary file that the ledger knows is put in place, any other is removed
// (its item was never acknowledged, so it comes again). The ledger keeps no plain hash of a file, from which a name or
// number could be guessed after the file is gone: the digest covers random text too that only the temporary file's
// name holds.
//
// After any error nothing further is written; the folder must be opened again. One process a folder.
// Thread safety: none; one thread at a time.
class NoticeFolder {
 public:
  // Errors as PrivateFolder's, and FAILED_PRECONDITION when another process works in the folder.
  static absl::StatusOr<NoticeFolder> Open(absl::string_view path, StepCallback on_step);

  // One result an arrival, in order. OK means durable. An item that stands twice is kept once.
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

  NoticeFolder(PrivateFolder folder, FileDescriptor lock, Ledger ledger, StepCallback on_step)
      : folder_(std::move(folder)), lock_(std::move(lock)), ledger_(std::move(ledger)), on_step_(std::move(on_step)) {}

  absl::Status Recover();
  absl::Status RecoverTemporary(const std::string& name);
  absl::StatusOr<Temporary> WriteTemporary(const Arrival& arrival, LedgerEntry& entry);
  absl::Status PutInPlace(const std::vector<Temporary>& temporaries, const std::vector<LedgerEntry>& entries);
  absl::StatusOr<std::vector<Kept>> KeepAll(const std::vector<Arrival>& arrivals);
  void Passed(Step step) const {
    if (on_step_) on_step_(step);
  }

  PrivateFolder folder_;
  FileDescriptor lock_;
  Ledger ledger_;
  StepCallback on_step_;
  int completed_files_ = 0;
  bool failed_ = false;
};

}  // namespace envej::municipality_client

#endif  // ENVEJ_MUNICIPALITY_CLIENT_NOTICE_FOLDER_H_
