#ifndef ENVEJ_BROKER_JOURNAL_EVENT_H_
#define ENVEJ_BROKER_JOURNAL_EVENT_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "broker/store/key_layout.h"
#include "proto/contract/receipt.h"

namespace envej::journal {

// What the journal records. The numbers are on disk and are never given another meaning.
enum class EventType : uint8_t {
  kAccepted = 1,      // a notice, or a revision of it; written as contract::AcceptedEvent has it: a receipt proves it
  kLeased = 2,        // content was handed to the municipality
  kAcknowledged = 3,  // the municipality has it safely
  kReturned = 4,      // the municipality refused it
  kLeaseExpired = 5,  // back in the inbox
  kCallsRefused = 6,  // calls, and items of batches, that were refused, counted; of no notice
  kWithdrawn = 7,     // its region withdrew it; written as contract::AcceptedEvent has it
  kParked = 8,        // too many leases ran out: it is handed out no more until somebody has looked
  kRedriven = 9,      // operations put it back into the inbox
  kOverdue = 10,      // late, in the way that the detail says
  kUndelivered = 11,  // not delivered for so long that its region is told, so many times
  kDestroyed = 12,    // its content was destroyed without ever being delivered: its time was over
  kOutcomeAcknowledged = 13,  // its region took note that it was returned or is undelivered
  kForgotten = 14,            // the time for which its id is remembered was over: nothing is left of it but the journal
  kMissing = 15,              // accepted, but its content was lost with the store: its region must send it again
  kRestored = 16,        // the store was made from a backup: a new incarnation, whose journal leads on from another's
  kReturnProposed = 17,  // an operator proposed to return it; a second one carries that out
  kParticipantSuspended = 18,  // operations refuse every call of a participant; of no notice
  kParticipantResumed = 19,    // and take that back; of no notice
};

// One thing that happened to one notice or one participant, or calls that were refused, or that the store was restored.
// It holds no direct identifier; with a notice's id and time it is pseudonymous.
struct Event {
  EventType type = EventType::kAccepted;
  store::ItemKey item;                     // if IsOfANotice
  absl::Time at;                           // whole microseconds; calls refused: the last one
  std::string actor;                       // fingerprint of the certificate with which it was done; IsByBroker: none
  std::string origin;                      // accepted, withdrawn
  contract::ContentCommitment commitment;  // accepted
  std::string token;                       // leased, acknowledged, returned, lease expired
  // Returned, withdrawn: number of envej.v1.ReturnReason, of envej.v1.WithdrawalReason. Overdue: in which way, a number
  // of inbox::Late. Undelivered: how many times it was told, this one included.
  uint32_t detail = 0;

  // Of calls refused. With an actor and no caller, as where the certificate is revoked, it is not said who that is.
  // With neither: all whose certificates name no participant, or, of reason 0, all who were too many to be counted
  // apart.
  std::string caller = {};      // its URI; also of who is suspended or resumed
  uint32_t refusal_reason = 0;  // number of envej.v1.RejectionReason
  uint64_t count = 0;           // from 1
  absl::Time from = {};         // the first one; whole microseconds

  // Of what is restored: which journal it leads on from, up to which of its batches, and up to which one the backup
  // went.
  std::string former_incarnation = {};  // 16 bytes
  uint64_t former_batch = 0;
  uint64_t backup_batch = 0;
};

// A certificate's fingerprint, SHA-256.
inline constexpr size_t kActorBytes = 32;

// Whether it happened to one notice.
bool IsOfANotice(EventType type);
// Whether it is what the broker does by itself, in nobody's name.
bool IsByBroker(EventType type);
// Whether it has a receipt.
bool HasReceipt(EventType type);

// What a receipt says of an acceptance or a withdrawal, still without its place in the journal.
contract::Receipt ReceiptOf(const Event& accepted);

std::string EncodeEvent(const Event& event);
// DATA_LOSS if the bytes are no event; one that does not say who did it is none.
absl::StatusOr<Event> DecodeEvent(absl::string_view bytes);

}  // namespace envej::journal

#endif  // ENVEJ_BROKER_JOURNAL_EVENT_H_
