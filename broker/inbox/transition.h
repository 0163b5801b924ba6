#ifndef ENVEJ_BROKER_INBOX_TRANSITION_H_
#define ENVEJ_BROKER_INBOX_TRANSITION_H_

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "broker/inbox/decision.h"
#include "broker/inbox/happening.h"
#include "broker/inbox/record.h"
#include "broker/store/key_layout.h"
#include "proto/contract/limits.h"
#include "proto/contract/thresholds.h"

namespace envej::inbox {

// Which notice, and how long it may take: what a decision depends on beside what happened.
struct Circumstances {
  absl::Time now;
  contract::Thresholds thresholds = {};
  contract::NoticeId id = {};  // spreads what is held back, so that not all of it comes back at the same moment
  // What was made until then may have been here and be forgotten: it is not taken as new.
  absl::Time forgotten_until = absl::InfinitePast();
  // What happened until then may not all be known: the store was restored.
  absl::Time unknown_until = absl::InfinitePast();
};

// The one transition function: what becomes of a notice whose record is `state` (nothing: never seen) when
// `happening` happens. Pure. Its table stands in ARCHITECTURE.md. Of a `next`, due_at is set.
Decision Decide(const std::optional<Record>& state, const Happening& happening, const Circumstances& circumstances);

// After so many leases of an item that ran out it is parked: whoever takes it cannot handle it.
inline constexpr uint32_t kFailuresMost = 20;

// The first lease that runs out puts the item back at once, since a consumer that dies is nothing to wait for; those
// after it hold it back for longer and longer, half of it by chance.
inline constexpr absl::Duration kHoldLeast = absl::Seconds(5);
inline constexpr absl::Duration kHoldMost = absl::Minutes(10);

// What is undelivered is told each day, and only what was told for as many days as the thresholds leave for it is
// destroyed.
inline constexpr absl::Duration kUndeliveredToldEvery = absl::Hours(24);

// So long another operator may carry out what one has proposed.
inline constexpr absl::Duration kReturnProposalStands = absl::Hours(24);

// What is proposed of a notice, if another operator may still carry it out.
std::optional<ReturnProposal> StandingProposal(const Record& record, absl::Time now);

// Names one of all the proposals that are ever made of a notice: at most 16 letters and digits.
std::string ProposalId(const ReturnProposal& proposal);

// So long a notice is remembered that is under way no more: never less than the seven months of the contract and a day.
// It counts from the latest of: what was accepted of it last, since what was made at that time could be sent again for
// seven months; its conclusion and the acknowledgement of its outcome, which their callers may repeat; and the end of
// its day of discharge, since consent may be withdrawn while the municipality's course lasts, which is up to six months
// from then, and of what is forgotten the municipality can no more be told.
inline constexpr absl::Duration kRemembered = absl::Hours(24 * (31 * contract::kIdMemoryMonths + 1));

// So long after a notice was accepted its day of discharge has ended at the latest: with its own 24 hours, and one more
// where the clocks go back. It stands for the day of what was delivered and of which only the journal is left.
inline constexpr absl::Duration kDischargeDayEndsAtMost = absl::Hours(24 * (contract::kDischargeDaysAhead + 1) + 1);

}  // namespace envej::inbox

#endif  // ENVEJ_BROKER_INBOX_TRANSITION_H_
