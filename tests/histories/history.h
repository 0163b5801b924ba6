#ifndef ENVEJ_TESTS_HISTORIES_HISTORY_H_
#define ENVEJ_TESTS_HISTORIES_HISTORY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace envej::histories {

enum class CallKind {
  kSubmit,
  kRevise,
  kWithdraw,
  kLease,  // a pull that handed out this notice; without an answer: a pull that may have
  kAcknowledge,
  kReturn,
};

// How it was answered.
enum class Answer {
  kNone,          // not, or not for certain: it may have been carried out at any time since it began, or never
  kDone,          // accepted, leased, acknowledged, returned
  kReused,        // NOTICE_ID_REUSED
  kNotFound,      // NOTICE_NOT_FOUND
  kStale,         // REVISION_STALE
  kWithdrawn,     // NOTICE_WITHDRAWN
  kRevised,       // NOTICE_REVISED
  kNotHeld,       // LEASE_NOT_HELD, LEASE_EXPIRED or LEASE_SUPERSEDED
  kAcknowledged,  // NOTICE_ALREADY_ACKNOWLEDGED
  kReturned,      // NOTICE_ALREADY_RETURNED
};

// One call, or the part of one, that concerns one notice.
struct Call {
  int client = 0;
  CallKind kind = CallKind::kSubmit;
  absl::Time begin = {};
  absl::Time end = {};  // of a call without an answer: not looked at
  uint32_t revision = 1;
  // Of a submission, revision or lease: what the notice said, as a number; 0 of a withdrawal. Of a return: the reason.
  int content = 0;
  std::string token = {};     // of a lease, or the one that is claimed
  absl::Duration lease = {};  // of a lease: how long it was asked for
  Answer answer = Answer::kNone;
  std::string receipt = {};  // of a submission, revision or withdrawal that is done: its place in the journal
};

// In words, for a failure.
std::string Describe(const Call& call);

}  // namespace envej::histories

#endif  // ENVEJ_TESTS_HISTORIES_HISTORY_H_
