#ifndef ENVEJ_REGION_CLIENT_AGENT_FOLLOWED_FILES_H_
#define ENVEJ_REGION_CLIENT_AGENT_FOLLOWED_FILES_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "certs/file_changes.h"
#include "certs/tls_files.h"

namespace envej::region {

// The certificates, keys and authorities that the agent's parts began with: each part takes its own anew when they have
// changed, or goes on with what it has, which is said once until it is another reason.
//
// Thread safety: none.
class FollowedFiles {
 public:
  // `log` writes a line.
  explicit FollowedFiles(std::function<void(const std::string& line)> log) : log_(std::move(log)) {}

  // Call it before the part reads the files for the first time. `take` reads them again, and changes nothing if it
  // fails; it is called by Look.
  void Follow(std::string name, const certs::TlsFiles& files, std::function<absl::Status()> take);

  // Looks at all of them (certs/file_changes.h). With `at_once` all are read again, changed or not.
  void Look(bool at_once);

 private:
  struct Part {
    std::string name;
    certs::FileChanges changes;
    std::function<absl::Status()> take;
    absl::Status last;
  };

  const std::function<void(const std::string& line)> log_;
  std::vector<Part> parts_;
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_FOLLOWED_FILES_H_
