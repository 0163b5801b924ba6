#ifndef ENVEJ_BROKER_INBOX_RECORD_H_
#define ENVEJ_BROKER_INBOX_RECORD_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "broker/inbox/trail.h"
#include "proto/contract/notice.h"
#include "proto/contract/receipt.h"

namespace envej::inbox {

// Where a notice is. Numbers as in envej.v1.NoticeState; on disk.
enum class State : uint8_t {
  kWaiting = 1,
  kLeased = 2,
  kAcknowledged = 3,
  kReturned = 4,
  kWithdrawn = 5,
  kParked = 6,
  kUndelivered = 7,
  kMissing = 8,  // accepted, but its content was lost with the store: its region must send it again
};

// Whether the inbox still has an item of it to be delivered, or would, were it not lost.
inline bool IsUnderWay(State state) {
  return state == State::kWaiting || state == State::kLeased || state == State::kParked || state == State::kMissing;
}

// What an inbox's item is. Numbers as in envej.v1.ItemKind; on disk.
enum class ItemKind : uint8_t { kNotice = 1, kRevision = 2, kWithdrawal = 3 };

// Why a municipality returned it. Numbers as in envej.v1.ReturnReason; on disk.
enum class ReturnReason : uint8_t {
  kNone = 0,
  kNotResident = 1,
  kCannotBeOpened = 2,
  kRulesBroken = 3,
  kUnsupported = 4,
  kDeceased = 5,
  kNotAuthentic = 6,
  kNotDeliverable = 7,  // by two operators; a municipality cannot give it
};

// Why a region withdrew it. Numbers as in envej.v1.WithdrawalReason; on disk.
enum class WithdrawalReason : uint8_t {
  kNone = 0,
  kConsentWithdrawn = 1,
  kDeceased = 2,
  kNotInTargetGroup = 3,
  kSentInError = 4,
  kReadmitted = 5,
};

// In which way an item is late; each is told once. Numbers as in envej.v1.Lateness; on disk, and in the journal.
enum class Late : uint8_t {
  kNotFetched = 1,
  kNotAcknowledged = 2,
  kPastDischarge = 3,
};
inline constexpr uint8_t BitOf(Late late) { return static_cast<uint8_t>(1 << (static_cast<uint8_t>(late) - 1)); }

// Something of a notice that was accepted from its region, and where the journal has it.
struct Acceptance {
  uint32_t revision = 1;
  absl::Time accepted_at;
  contract::ContentCommitment commitment;  // a withdrawal has none
  // Known to the store alone when the record is first written, and to everybody who reads it.
  std::optional<contract::JournalPosition> position;

  bool operator==(const Acceptance&) const = default;
};

// That an operator would return a notice. It stands for kReturnProposalStands (transition.h), as long as nothing else
// becomes of the item; that it is told as late or undelivered leaves it.
struct ReturnProposal {
  std::string operator_uri;  // who: a URI name
  absl::Time proposed_at;

  bool operator==(const ReturnProposal&) const = default;
};

// All that is known of one notice; never its content. Its item is the newest that the inbox has of it: a notice
// has at most one at a time.
struct Record {
  State state = State::kWaiting;
  ItemKind kind = ItemKind::kNotice;
  std::string origin;
  std::string discharge_date;  // empty where only the journal is left of it
  absl::Time discharge_day_ends;
  Acceptance newest;
  std::optional<Acceptance> first;  // of revision 1, once there is a newer one
  WithdrawalReason withdrawal_reason = WithdrawalReason::kNone;

  // When the item came into the inbox: its place among those that wait, and from when on it can be late. A revision of
  // what the municipality does not have yet takes the place of what it replaces.
  absl::Time entered_at;

  // The newest lease on the item: its token stays known after it ended, so that a late call is recognised.
  uint32_t lease_count = 0;
  std::string token;
  absl::Time first_leased_at;            // valid when lease_count > 0
  absl::Time lease_expires_at;           // valid while leased
  uint32_t failure_count = 0;            // leases on the item that ran out
  std::optional<absl::Time> held_until;  // waiting, and not handed out before

  uint8_t late = 0;                // what was told: BitOf
  uint32_t undelivered_told = 0;   // how many times it was told that it is undelivered
  absl::Time undelivered_told_at;  // the last time; valid when told
  absl::Time due_at;               // when something is next to be done about it, or when it is to be forgotten

  // An item of it before this one was leased; or may have been, by a store that is lost.
  bool leased_before = false;
  // What the municipality has: the revision that it acknowledged last, under which token. 0: nothing.
  uint32_t delivered_revision = 0;
  std::string delivered_token;
  absl::Time delivered_at;

  absl::Time concluded_at;  // valid when it is no longer under way
  ReturnReason return_reason = ReturnReason::kNone;
  std::optional<absl::Time> outcome_acknowledged_at;  // by the region: of what was returned or undelivered

  std::optional<ReturnProposal> return_proposal;  // the newest; it may stand no more
  Trail trail;                                    // what happened, since records keep that

  bool operator==(const Record&) const = default;
};

// Whether the municipality may hold something of it, acknowledged or not: whoever was given a lease was given content.
inline bool MayBeHeld(const Record& record) {
  return record.delivered_revision != 0 || record.lease_count > 0 || record.leased_before;
}

// Framed (store/record_codec.h); the newest position, framed for itself, ends the value, so that the store can add it.
// Equal records give equal bytes, so that a transition's condition can compare them. A value without a position is
// malformed. One that was written before records had a trail is read, and has none.
std::string EncodeRecord(const Record& record);
absl::StatusOr<Record> DecodeRecord(absl::string_view value);

}  // namespace envej::inbox

#endif  // ENVEJ_BROKER_INBOX_RECORD_H_
