#ifndef ENVEJ_MUNICIPALITY_CLIENT_REVOCATION_LISTS_H_
#define ENVEJ_MUNICIPALITY_CLIENT_REVOCATION_LISTS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "certs/certificate.h"
#include "certs/revocation_set.h"

namespace envej::municipality_client {

// The revocation lists in a file or folder, read again when they change there: a program that runs for weeks outlives
// every list.
//
// Thread safety: none.
class RevocationLists {
 public:
  // As RevocationSet::Load, with its errors.
  static absl::StatusOr<RevocationLists> Read(std::string path, std::vector<certs::Certificate> authorities);

  // Looks whether a file was changed, added or removed since, and if so reads all of them again: all or nothing. OK if
  // what the files say is in force. Otherwise what was in force stays so, and the error, one line, says what is wrong
  // with the files: one is broken, none is left, or they are older than those in force. The same error again, without
  // reading anything, for as long as the files stay as they are.
  absl::Status Refresh();

  const certs::RevocationSet& in_force() const { return in_force_; }
  // How many times lists have come into force; 1 at first.
  int generation() const { return generation_; }

 private:
  RevocationLists(std::string path, std::vector<certs::Certificate> authorities, std::string stamp,
                  certs::RevocationSet in_force)
      : path_(std::move(path)),
        authorities_(std::move(authorities)),
        stamp_(std::move(stamp)),
        in_force_(std::move(in_force)) {}

  absl::Status ReadAgain();

  std::string path_;
  std::vector<certs::Certificate> authorities_;
  std::string stamp_;  // of what was read last
  certs::RevocationSet in_force_;
  int generation_ = 1;
  absl::Status last_;  // what came of reading it
};

}  // namespace envej::municipality_client

#endif  // ENVEJ_MUNICIPALITY_CLIENT_REVOCATION_LISTS_H_
