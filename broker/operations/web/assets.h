#ifndef ENVEJ_BROKER_OPERATIONS_WEB_ASSETS_H_
#define ENVEJ_BROKER_OPERATIONS_WEB_ASSETS_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace envej::operations {

// A file that the pages are made of, as it is served.
struct Asset {
  std::string content_type;
  std::string bytes;
  std::string etag;  // with its quotes
};

// The files that the pages are made of: our own, which are part of the program, and those of Debian's packages, which
// are read once. Never changes; safe from any thread.
class Assets {
 public:
  static constexpr char kDebianDirectory[] = "/usr/share/javascript";

  // NOT_FOUND, in one line that names the package to install, if a file below `directory` is not there.
  static absl::StatusOr<Assets> Read(const std::string& directory = kDebianDirectory);

  // By name, such as "pages.css"; null if there is none.
  const Asset* Find(absl::string_view name) const;

 private:
  std::map<std::string, Asset, std::less<>> assets_;
};

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_WEB_ASSETS_H_
