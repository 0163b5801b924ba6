#ifndef ENVEJ_PROTO_CONTRACT_RECEIPT_H_
#define ENVEJ_PROTO_CONTRACT_RECEIPT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "proto/contract/content_commitment.h"
#include "proto/contract/merkle_tree.h"

namespace envej::contract {

// A place in a broker's journal; never used twice.
struct JournalPosition {
  std::string store_incarnation;  // 16 bytes
  std::string broker;
  uint64_t batch = 0;        // from 1
  uint32_t event_index = 0;  // from 0

  bool operator==(const JournalPosition&) const = default;
};

// Proof that a notice, a revision of it, or its withdrawal was accepted: its event stands at `position`, and
// `inclusion` proves it.
struct Receipt {
  std::string region_code;
  std::string origin;
  std::string municipality_code;
  std::string notice_id;
  uint32_t revision = 0;
  absl::Time accepted_at;          // whole microseconds
  std::string actor;               // SHA-256 of the certificate with which it was submitted, 32 bytes
  ContentCommitment commitment;    // empty of a withdrawal
  uint32_t withdrawal_reason = 0;  // number of envej.v1.WithdrawalReason; 0: it is no withdrawal
  JournalPosition position;
  InclusionProof inclusion;

  bool operator==(const Receipt&) const = default;
};

// The canonical form of the event that a receipt proves: the leaf of its batch's tree. The journal writes exactly
// this form, so that a region can check a receipt with nothing but the receipt.
std::string AcceptedEvent(const Receipt& receipt);

// OK if the receipt's own fields lead to its own root. (Whether that root is the journal's is for a signed
// checkpoint to say.)
absl::Status CheckReceipt(const Receipt& receipt);

}  // namespace envej::contract

#endif  // ENVEJ_PROTO_CONTRACT_RECEIPT_H_
