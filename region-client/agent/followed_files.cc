#include "region-client/agent/followed_files.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/file_stamp.h"

namespace envej::region {

void FollowedFiles::Follow(std::string name, const certs::TlsFiles& files, std::function<absl::Status()> take) {
  std::vector<std::string> paths = {files.certificate_chain, files.private_key, files.authorities};
  std::string stamp = certs::StampOf(paths);
  parts_.push_back({.name = std::move(name),
                    .changes = certs::FileChanges(std::move(paths), std::move(stamp)),
                    .take = std::move(take),
                    .last = absl::OkStatus()});
}

void FollowedFiles::Look(bool at_once) {
  for (Part& part : parts_) {
    if (!part.changes.Look(at_once)) continue;
    const absl::Status taken = part.take();
    if (taken.ok()) {
      part.changes.Taken();
      log_(absl::StrCat(part.name, ": certificate, key and authorities were read again"));
    } else {
      part.changes.Refused();
      if (taken != part.last) log_(absl::StrCat(part.name, ": goes on with the former certificate: ", taken.message()));
    }
    part.last = taken;
  }
}

}  // namespace envej::region
