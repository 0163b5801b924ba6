#ifndef ENVEJ_MUNICIPALITY_CLIENT_NOTICE_FOLDER_H_
#define ENVEJ_MUNICIPALITY_CLIENT_NOTICE_FOLDER_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "municipality-client/durable_file.h"
#include "municipality-client/folder_binding.h"
#include "municipality-client/item_files.h"
#include "municipality-client/ledger.h"
#include "municipality-client/step.h"

namespace envej::municipality_client {

// A notice or a withdrawal to be kept. `item` has been checked: four digits and a UUID, so that it can be part of a
// file's name.
struct Arrival {
  ItemName item;
  EntryKind kind = EntryKind::kNotice;
  bool sealed_by_broker = false;  // else by the region; has been proven
  uint32_t replaces = 0;          // the revision that the municipality has, as the broker says; 0 for none
  absl::Time accepted_at;
  std::string line;  // as proto3 JSON, without a newline
};

// Why an arrival is not kept. Then it is nowhere on the disk and must not be acknowledged.
enum class Unkept {
  kNo,  // it is
  // The folder has had something else under this name, or cannot tell that it was the same.
  kOtherContent,
  // The notice was withdrawn, and nothing comes after that.
  kWithdrawn,
  // The broker sealed it, and would replace or erase with it what the region sealed.
  kNotAuthentic,
};

// What became of it.
struct Kept {
  ItemName item;
  EntryKind kind = EntryKind::kNotice;
  bool written = false;   // false: the folder has had it, or something newer, before
  bool present = false;   // its file is there; false once it was consumed
  bool unknown = false;   // a withdrawal of a notice of which the folder never had anything
  bool disputed = false;  // written although the broker had said that it is withdrawn, which the region never signed
  uint32_t replaces = 0;  // the newest revision before it that the municipality had; 0 for none
  uint32_t newer = 0;     // the newer revision that the folder has had; 0 for none
  Unkept unkept = Unkept::kNo;
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
// Of a notice the folder holds the newest item only: a revision, or the word that it is withdrawn, which names no
// citizen and is the consumer's to delete. What it supersedes is removed, its names synced, after it was put in place
// and before `Keep` returns; `Open` completes that too. So at any moment there is the older, the newer, or both. An
// item that is older than one which the folder has had is not written. What the region sealed gives way only to what
// the region sealed, also where it comes after a withdrawal that the broker sealed: then it is disputed.
//
// A withdrawal of what the folder never had stands in the ledger, so that a late copy is not taken. One that the region
// sealed is a file too, since others may have taken the notice elsewhere; the broker's own word is none.
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

  // One result an arrival, in order. OK means durable, but for what is unkept. An item that stands twice is kept once.
  absl::StatusOr<std::vector<Kept>> Keep(const std::vector<Arrival>& arrivals);

  std::string PathOf(const ItemName& item, EntryKind kind = EntryKind::kNotice) const;
  bool failed() const { return failed_; }
  int completed_files() const { return completed_files_; }
  int damaged_ledger_lines() const { return ledger_.damaged_lines(); }

 private:
  struct Temporary {
    std::string name;
    std::string final_name;
  };
  // What is written and put in place together: of each notice one item at the most.
  struct Round {
    std::vector<Temporary> temporaries;
    std::vector<LedgerEntry> entries;
    std::set<std::pair<std::string, std::string>> notices;  // region and id
    bool supersedes = false;                                // something there may be older
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
  absl::StatusOr<bool> IsSame(const KnownItem& known, const ItemName& item, absl::string_view bytes) const;
  // What becomes of an arrival, before anything is done.
  absl::StatusOr<Kept> Judge(const Arrival& arrival) const;
  absl::Status Write(const Arrival& arrival, Round& round);
  void Remember(const Arrival& arrival, Round& round) const;
  absl::Status PutInPlace(const Round& round);
  bool IsSuperseded(absl::string_view name) const;
  absl::Status EraseSuperseded();
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
