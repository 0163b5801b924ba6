#ifndef ENVEJ_CERTS_NEW_FILE_H_
#define ENVEJ_CERTS_NEW_FILE_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace envej::certs {

inline constexpr mode_t kKeyFileMode = 0600;
inline constexpr mode_t kCertificateFileMode = 0644;

struct NewFile {
  std::string path;
  std::string contents;
  mode_t mode = kKeyFileMode;
};

enum class WhenThere { kRefuse, kReplace };

// Writes the files, each whole or not at all: beside its place under another name, synced, then moved in. With
// kRefuse, ALREADY_EXISTS if any of them is there, and none is written. A crash between two moves can leave the
// first of them new and the second old. Errors name the file.
absl::Status WriteFiles(const std::vector<NewFile>& files, WhenThere when_there);

// Makes the directory (mode 0700) with the files in it, whole or not at all. ALREADY_EXISTS if it is there. The paths
// of `files` are names within it.
absl::Status WriteDirectory(absl::string_view directory, const std::vector<NewFile>& files);

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_NEW_FILE_H_
