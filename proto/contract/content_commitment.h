#ifndef ENVEJ_PROTO_CONTRACT_CONTENT_COMMITMENT_H_
#define ENVEJ_PROTO_CONTRACT_CONTENT_COMMITMENT_H_

#include <string>

#include "proto/contract/notice.h"

namespace envej::contract {

// The secret behind commitments: at least 32 random bytes. A region has its own; the broker has one for plain
// notices.
struct CommitmentSecret {
  std::string key_id;
  std::string bytes;
};

// HMAC-SHA-256 under `secret` over the region, the envelope and the content in canonical form. Two notices have the
// same commitment exactly if they say the same; without the secret nothing can be guessed from it, which a bare hash of
// a name and a number would allow.
ContentCommitment CommitTo(const CommitmentSecret& secret, absl::string_view region_code, const Notice& notice);

}  // namespace envej::contract

#endif  // ENVEJ_PROTO_CONTRACT_CONTENT_COMMITMENT_H_
