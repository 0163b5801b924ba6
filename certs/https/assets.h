#ifndef ENVEJ_CERTS_HTTPS_ASSETS_H_
#define ENVEJ_CERTS_HTTPS_ASSETS_H_

#include <httplib.h>

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "certs/https/own_files.h"

namespace envej::https {

// A file that the pages are made of, as it is served.
struct Asset {
  std::string content_type;
  std::string bytes;
  std::string etag;  // with its quotes
};

// A file of one of Debian's packages.
struct DebianFile {
  absl::string_view name;  // under which it is served
  absl::string_view path;
  absl::string_view package;
};

// The files that the pages are made of: our own, which are part of the program, and those of Debian's packages, which
// are read once. Never changes; safe from any thread.
class Assets {
 public:
  static constexpr char kDebianDirectory[] = "/usr/share/javascript";

  // NOT_FOUND, in one line that names the package to install, if a file below `directory` is not there.
  static absl::StatusOr<Assets> Read(const std::vector<OwnFile>& own, const std::vector<DebianFile>& others,
                                     const std::string& directory = kDebianDirectory);

  // By name, such as "pages.css"; null if there is none.
  const Asset* Find(absl::string_view name) const;

 private:
  std::map<std::string, Asset, std::less<>> assets_;
};

// Answers with what a page is made of; or that the client has it already.
void GiveAsset(const Asset& asset, const httplib::Request& request, httplib::Response& response);

// Answers with a page, in Danish or with ?lang=en in English: {{language}} in it is replaced.
void GivePage(const Asset& page, const httplib::Request& request, httplib::Response& response);

// No script, style, picture or connection but of this server, and in nobody's frame.
httplib::Headers SecurityHeaders();

}  // namespace envej::https

#endif  // ENVEJ_CERTS_HTTPS_ASSETS_H_
