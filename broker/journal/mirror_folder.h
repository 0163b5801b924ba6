#ifndef ENVEJ_BROKER_JOURNAL_MIRROR_FOLDER_H_
#define ENVEJ_BROKER_JOURNAL_MIRROR_FOLDER_H_

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace envej::journal {

// What a mirror's file names say: the batches that a checkpoint covers.
struct MirroredRange {
  uint64_t first_batch = 0;
  uint64_t last_batch = 0;

  bool operator==(const MirroredRange&) const = default;
};

// A mirror on the disk. In the given directory, each store incarnation has a folder of its own, called by its 32
// hexadecimal digits; in it, each checkpoint has two files called FIRST-LAST.checkpoint and FIRST-LAST.journal (20
// digits each). The first holds the stored checkpoint, the second the stored journal records, each behind its length of
// 32 bits. A checkpoint's file comes after its journal's: where it is, both are whole.
std::string MirrorFolder(absl::string_view directory, absl::string_view store_incarnation);
std::string CheckpointFile(absl::string_view folder, const MirroredRange& range);
std::string JournalFile(absl::string_view folder, const MirroredRange& range);

// The ranges of all checkpoint files, or of all journal files, in a folder, in order. UNAVAILABLE if it cannot be read.
absl::StatusOr<std::vector<MirroredRange>> ListCheckpoints(const std::string& folder);
absl::StatusOr<std::vector<MirroredRange>> ListJournals(const std::string& folder);

// A mirror's folders, in order of their names. UNAVAILABLE if the directory cannot be read.
absl::StatusOr<std::vector<std::string>> ListIncarnations(const std::string& directory);

struct CloseMirrorFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using OpenedMirrorFile = std::unique_ptr<std::FILE, CloseMirrorFile>;
// Opens a file to be read, and never waits for whoever might write it. NOT_FOUND if there is none; UNAVAILABLE if it
// cannot be opened, or is something else than a file, as a pipe is.
absl::StatusOr<OpenedMirrorFile> OpenMirrorFile(const std::string& path);

// The whole of a file; nothing if there is none. UNAVAILABLE if it cannot be read, DATA_LOSS beyond `most` bytes.
absl::StatusOr<std::optional<std::string>> ReadMirrorFile(const std::string& path, size_t most);
inline constexpr size_t kCheckpointFileBytes = size_t{256} << 10;
inline constexpr size_t kRecordBytes = size_t{64} << 20;

// Writes a file that has its name only when all of it is on the disk.
class NewMirrorFile {
 public:
  static absl::StatusOr<NewMirrorFile> Create(const std::string& path);

  absl::Status Append(absl::string_view bytes);
  // The file and its name are on the disk when this returns OK. A file that had the name is gone.
  absl::Status Finish();

 private:
  NewMirrorFile(std::string path, std::FILE* file) : path_(std::move(path)), file_(file) {}

  std::string path_;
  OpenedMirrorFile file_;
};

// Makes a folder that only its owner may enter, if it is not there; its parent must be.
absl::Status MakeMirrorFolder(const std::string& path);

}  // namespace envej::journal

#endif  // ENVEJ_BROKER_JOURNAL_MIRROR_FOLDER_H_
