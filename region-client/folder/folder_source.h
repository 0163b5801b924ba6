#ifndef ENVEJ_REGION_CLIENT_FOLDER_FOLDER_SOURCE_H_
#define ENVEJ_REGION_CLIENT_FOLDER_FOLDER_SOURCE_H_

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "region-client/agent/at_rest.h"
#include "region-client/agent/desk.h"
#include "region-client/agent/stopping.h"
#include "region-client/folder/file_item.h"
#include "region-client/folder/file_outcome.h"
#include "region-client/folder/folder_files.h"

namespace envej::region {

// What becomes of a file after all of it was taken. What a medium keeps of blocks that were overwritten, as flash and
// copying file systems do, is reached by neither.
enum class AfterTaking {
  kWipe = 0,  // overwritten, truncated and removed
  kSeal = 1,  // the same, after what it held was put beside its outcome, sealed (sealed_file.h)
};

// What it has just done: a process that is killed there goes on in the same way.
enum class FolderStep { kItemTaken, kSealed, kOutcomeWritten, kMoved, kOverwritten, kRemoved };

// By the ending of a file's name (".hl7"), in lower case, how it is read.
using FileDecoders = std::map<std::string, FileDecoder, std::less<>>;

struct FolderOptions {
  std::string folder;
  AfterTaking after_taking = AfterTaking::kWipe;
  absl::Duration look_every = absl::Seconds(1);
  absl::Duration unchanged_for = absl::Seconds(5);       // a file that was not written to for so long is whole
  absl::Duration processed_kept = absl::Hours(24 * 30);  // outcomes, and what was sealed; as long as answers are
  absl::Duration rejected_kept = absl::Hours(24 * 14);   // files of which something was refused, and their reasons
  size_t file_bytes_most = size_t{16} << 20;
  size_t files_a_look = 1000;
  size_t items_most = 10'000;  // of one file
  // What became of a file; an error that keeps files from being taken, when it is another one than before; how many
  // rejected files were wiped because nobody had seen to them for so long; and that a folder is named as a file is,
  // once while it lies there. None names a file or a citizen. Called on the thread that looks. May be empty.
  std::function<void(const FileOutcome& outcome)> on_file = {};
  std::function<void(const absl::Status& error)> on_error = {};
  std::function<void(size_t files)> on_wiped = {};
  std::function<void()> on_folder = {};
  std::function<void(FolderStep step)> on_step = {};  // for tests
};

// Takes what systems write into a folder: each file whole, once it has its name and is not written to any more, and
// each thing that it says by itself. Then
//   a file of which nothing was refused is wiped or sealed; processed/WHEN-HASH.outcome.json says what came of it, by
//   the second in UTC in which it was last written, since its own name may say whose it is; any other is moved to
//   rejected/NAME, with the reasons in NAME.reason.json: there it stays until people have seen to it, or else for
//   rejected_kept, and then both are wiped. What of it was taken is taken. Put back into the folder, mended or not,
//   that is known again.
// Where another file of that name lies there, NAME gets a hash behind it; one that is too long is its hash.
// Rejected are also names without a decoder, links, devices, files with a second name, and those that are empty, too
// large, or may not be read. Folders are passed over.
//
// Durability: a file leaves the folder only after all that it says is durable, or its reasons are. Killed anywhere, it
// is taken again, and what was taken before is known by its id, or by a hash under the agent's secret.
// What fails for the agent's own sake (a full disk, a full store) leaves the file where it is until a later look, and
// ends this one; where it is a matter of one file (a damaged record of its patient), the others are taken.
//
// Thread safety: none; one thread looks.
class FolderSource {
 public:
  // What it is given must outlive it. Errors are those of FolderFiles::Open.
  static absl::StatusOr<FolderSource> Open(FolderOptions options, FileDecoders decoders, Desk& desk,
                                           const AtRest& at_rest, std::function<absl::Time()> now);

  // Looks once: takes up to files_a_look files that are as they were unchanged_for ago. Errors as above, and the
  // first that is of one file; looking again goes on. Once a stop is requested, it begins no other file.
  absl::Status Look(const std::stop_token& stop = {});

  // Looks until the agent stops.
  void Run(Stopping& stopping);

 private:
  struct Waiting {
    SeenFile file;
    absl::Time since;  // it is so
  };

  FolderSource(FolderOptions options, FileDecoders decoders, Desk& desk, const AtRest& at_rest,
               std::function<absl::Time()> now, FolderFiles files)
      : options_(std::move(options)),
        decoders_(std::move(decoders)),
        desk_(desk),
        at_rest_(at_rest),
        now_(std::move(now)),
        files_(std::move(files)) {}

  std::vector<SeenFile> Unchanged(const std::vector<SeenFile>& seen, absl::Time now);
  absl::Status Take(const SeenFile& file);
  absl::StatusOr<std::vector<FileItem>> Decode(const SeenFile& file, absl::string_view bytes) const;
  absl::Status Process(const SeenFile& file, absl::string_view bytes, const FileOutcome& outcome);
  absl::Status Reject(const SeenFile& file, const FileOutcome& outcome);
  absl::Status RejectWhole(const SeenFile& file, FileProblem problem);
  absl::Status Wipe(const std::string& name);
  void PassOverFolders(std::vector<SeenFile>& seen);
  absl::Status Clear(absl::Time now);
  absl::Status ClearProcessed(absl::Time now);
  absl::Status ClearRejected(absl::Time now);
  std::string HashOf(absl::string_view bytes) const;
  std::string HashOf(const SeenFile& file) const;
  std::string NameOnProcessed(const SeenFile& file) const;
  std::string NameOnRejected(const SeenFile& file) const;
  void Passed(FolderStep step) const {
    if (options_.on_step) options_.on_step(step);
  }

  const FolderOptions options_;
  const FileDecoders decoders_;
  Desk& desk_;
  const AtRest& at_rest_;
  const std::function<absl::Time()> now_;
  FolderFiles files_;
  std::map<std::string, Waiting> waiting_;  // by name
  std::set<std::string> passed_over_;       // folders that are named as files are
  absl::Time clear_at_ = absl::InfinitePast();
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_FOLDER_FOLDER_SOURCE_H_
