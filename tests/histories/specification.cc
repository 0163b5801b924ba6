#include "tests/histories/specification.h"

#include "absl/strings/str_cat.h"

namespace envej::histories {
namespace {

using State = Notice::State;

// The receipt of a revision is the first one, for ever.
bool HasReceipt(Notice& notice, uint32_t revision, const Call& call) {
  std::string& known = notice.receipts[revision];
  if (call.answer == Answer::kNone) return true;
  if (known.empty()) known = call.receipt;
  return known == call.receipt;
}

// What the region sent becomes the item.
void Enter(Notice& notice, const Call& call) {
  notice.state = State::kWaiting;
  notice.revision = call.revision;
  notice.content = call.content;
  notice.token.clear();
}

// The answer that a call gets; what it changes is changed in `next`.
Answer Submit(const Call& call, Notice& next) {
  if (next.state == State::kUnseen) {
    Enter(next, call);
    next.first_content = call.content;
    return Answer::kDone;
  }
  if (next.first_content == 0) return Answer::kWithdrawn;
  return next.first_content == call.content ? Answer::kDone : Answer::kReused;
}

Answer Revise(const Call& call, Notice& next) {
  if (next.state == State::kUnseen) return Answer::kNotFound;
  if (next.is_withdrawal) return Answer::kWithdrawn;
  if (call.revision == next.revision && call.content == next.content) return Answer::kDone;
  if (call.revision <= next.revision) return Answer::kStale;
  Enter(next, call);
  return Answer::kDone;
}

Answer Withdraw(const Call& call, Notice& next) {
  if (next.is_withdrawal) return call.revision == next.revision ? Answer::kDone : Answer::kWithdrawn;
  if (call.revision <= next.revision) return Answer::kStale;
  Enter(next, call);
  next.content = 0;
  next.is_withdrawal = true;
  if (!next.was_leased) next.state = State::kWithdrawn;
  return Answer::kDone;
}

// Whether the newest lease may be over by the time of this call.
bool MayBeOver(const Notice& notice, const Call& call) {
  return call.answer == Answer::kNone || call.end + kClockSlack >= notice.lease_may_end;
}

std::optional<Notice> Lease(const Call& call, Notice next) {
  const bool waits = next.state == State::kWaiting || (next.state == State::kLeased && MayBeOver(next, call));
  if (!waits) return std::nullopt;
  if (call.answer == Answer::kDone) {
    if (call.revision != next.revision || call.content != next.content) return std::nullopt;
    next.lease_ends = call.end + call.lease;
  } else {
    next.lease_ends = absl::InfiniteFuture();
  }
  next.state = State::kLeased;
  next.was_leased = true;
  next.token = call.token;
  next.lease_may_end = call.begin + call.lease;
  return next;
}

// Of a claim on the newest item while it is under way.
Answer Claim(const Call& call, const Notice& notice) {
  if (notice.state == State::kWaiting || call.token != notice.token) return Answer::kNotHeld;
  // In between, either answer may come.
  if (call.begin > notice.lease_ends + kClockSlack) return Answer::kNotHeld;
  if (call.answer == Answer::kNotHeld && MayBeOver(notice, call)) return Answer::kNotHeld;
  return Answer::kDone;
}

Answer Conclude(const Call& call, Notice& next) {
  const bool acknowledges = call.kind == CallKind::kAcknowledge;
  const bool delivered =
      next.delivered_revision != 0 && call.revision == next.delivered_revision && call.token == next.delivered_token;
  if (acknowledges && delivered) return Answer::kDone;
  if (next.state == State::kUnseen || call.revision > next.revision) return Answer::kNotFound;
  if (next.state == State::kWithdrawn) return Answer::kWithdrawn;
  if (call.revision < next.revision) return next.is_withdrawal ? Answer::kWithdrawn : Answer::kRevised;
  if (next.state == State::kAcknowledged) return Answer::kAcknowledged;
  if (next.state == State::kReturned) {
    const bool same = !acknowledges && call.token == next.token && call.content == next.return_reason;
    return same ? Answer::kDone : Answer::kReturned;
  }
  const Answer answer = Claim(call, next);
  if (answer != Answer::kDone) return answer;
  if (acknowledges) {
    next.delivered_revision = call.revision;
    next.delivered_token = call.token;
    next.state = next.is_withdrawal ? State::kWithdrawn : State::kAcknowledged;
  } else {
    next.state = State::kReturned;
    next.return_reason = call.content;
  }
  return Answer::kDone;
}

}  // namespace

std::string Notice::Key() const {
  std::string key =
      absl::StrCat(static_cast<int>(state), " ", revision, " ", is_withdrawal ? 1 : 0, " ", was_leased ? 1 : 0, " ",
                   content, " ", first_content, " ", token, " ", delivered_revision, " ", delivered_token, " ");
  absl::StrAppend(&key, return_reason, " ", absl::ToUnixMicros(lease_may_end), " ", absl::ToUnixMicros(lease_ends));
  for (const auto& [of, receipt] : receipts) absl::StrAppend(&key, " ", of, "=", receipt);
  return key;
}

std::optional<Notice> After(const Notice& notice, const Call& call) {
  if (call.kind == CallKind::kLease) return Lease(call, notice);
  Notice next = notice;
  Answer answer = Answer::kNone;
  switch (call.kind) {
    case CallKind::kSubmit:
      answer = Submit(call, next);
      break;
    case CallKind::kRevise:
      answer = Revise(call, next);
      break;
    case CallKind::kWithdraw:
      answer = Withdraw(call, next);
      break;
    default:
      answer = Conclude(call, next);
      break;
  }
  if (call.answer != Answer::kNone && call.answer != answer) return std::nullopt;
  if (answer != Answer::kDone) return notice;
  const bool is_claim = call.kind == CallKind::kAcknowledge || call.kind == CallKind::kReturn;
  const uint32_t of = call.kind == CallKind::kSubmit ? 1 : call.revision;
  if (!is_claim && !HasReceipt(next, of, call)) return std::nullopt;
  return next;
}

}  // namespace envej::histories
