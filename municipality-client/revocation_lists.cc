#include "municipality-client/revocation_lists.h"

#include "absl/strings/str_cat.h"
#include "certs/file_stamp.h"

namespace envej::municipality_client {

absl::StatusOr<RevocationLists> RevocationLists::Read(std::string path, std::vector<certs::Certificate> authorities) {
  // Before they are read: what changes meanwhile is seen to have changed.
  std::string stamp = certs::StampOf({path});
  absl::StatusOr<certs::RevocationSet> read = certs::RevocationSet::Load(path, authorities);
  if (!read.ok()) return read.status();
  return RevocationLists(std::move(path), std::move(authorities), std::move(stamp), *std::move(read));
}

absl::Status RevocationLists::Refresh() {
  std::string stamp = certs::StampOf({path_});
  if (stamp == stamp_) return last_;
  stamp_ = std::move(stamp);
  last_ = ReadAgain();
  return last_;
}

absl::Status RevocationLists::ReadAgain() {
  absl::StatusOr<certs::RevocationSet> read = certs::RevocationSet::Load(path_, authorities_);
  if (!read.ok()) return read.status();
  if (absl::Status newer = read->CheckNoOlderThan(in_force_); !newer.ok()) {
    return absl::Status(newer.code(), absl::StrCat(path_, ": ", newer.message()));
  }
  in_force_ = *std::move(read);
  ++generation_;
  return absl::OkStatus();
}

}  // namespace envej::municipality_client
