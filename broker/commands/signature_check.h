#ifndef ENVEJ_BROKER_COMMANDS_SIGNATURE_CHECK_H_
#define ENVEJ_BROKER_COMMANDS_SIGNATURE_CHECK_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "broker/journal/checkpoint.h"

namespace envej::commands {

// By what signatures of checkpoints are judged: paths of files; lists may be a folder.
struct SignatureFiles {
  std::string authorities;            // PEM: those whose brokers' signatures count
  std::string revocation_lists;       // empty: revocation is not asked
  std::string authorities_for_lists;  // PEM: further ones whose lists may be among them; may be empty
};

// Reads the files, and answers what judges a signature: it is the signer's, who was the broker at the checkpoint's
// time. With lists, a signer who was revoked by then does not count, nor one of whom no list says anything that is
// current at `now`. An error is one line that names the file.
absl::StatusOr<journal::CheckSignatureFunction> ReadSignatureCheck(const SignatureFiles& files, absl::Time now);

}  // namespace envej::commands

#endif  // ENVEJ_BROKER_COMMANDS_SIGNATURE_CHECK_H_
