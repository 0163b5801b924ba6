#ifndef ENVEJ_BROKER_INBOX_TRANSITIONS_H_
#define ENVEJ_BROKER_INBOX_TRANSITIONS_H_

#include <optional>

#include "absl/time/time.h"
#include "broker/inbox/decision.h"
#include "broker/inbox/happening.h"
#include "broker/inbox/record.h"
#include "broker/inbox/transition.h"
#include "proto/contract/thresholds.h"

namespace envej::inbox {

// The parts of the transition function, by who makes it happen. Pure; due_at of a next record is set by Decide.

// region_transitions.cc
Decision On(const std::optional<Record>& state, const Submit& submit, const Circumstances& circumstances);
Decision On(const std::optional<Record>& state, const Revise& revise, const Circumstances& circumstances);
Decision On(const std::optional<Record>& state, const Withdraw& withdraw, const Circumstances& circumstances);
Decision On(const std::optional<Record>& state, const AcknowledgeOutcome& acknowledge,
            const Circumstances& circumstances);

// municipality_transitions.cc
Decision On(const std::optional<Record>& state, const TakeLease& lease, const Circumstances& circumstances);
Decision On(const std::optional<Record>& state, const ExtendLease& extend, const Circumstances& circumstances);
Decision On(const std::optional<Record>& state, const Acknowledge& acknowledge, const Circumstances& circumstances);
Decision On(const std::optional<Record>& state, const Return& refusal, const Circumstances& circumstances);

// operations_transitions.cc
Decision On(const std::optional<Record>& state, const Redrive& redrive, const Circumstances& circumstances);
Decision On(const std::optional<Record>& state, const ReturnByOperations& call, const Circumstances& circumstances);
// Whether a notice is another than it was when somebody proposed to return it, once this has happened to it.
bool EndsProposal(journal::EventType type);

// time_transitions.cc
Decision On(const std::optional<Record>& state, const PassTime& pass, const Circumstances& circumstances);
Decision On(const std::optional<Record>& state, const Forget& forget, const Circumstances& circumstances);

// When something is next to be done about an item that is under way.
absl::Time NextDue(const Record& record, const contract::Thresholds& thresholds);
// When one that is not is to be forgotten.
absl::Time ForgetAt(const Record& record);

// region_transitions.cc, and for what is replayed.
// The item as it is when it comes into the inbox.
void Enter(Record& record, absl::Time now);
// The item is another one than before, so that nobody has claimed it and nobody has failed with it. It waits.
void Renew(Record& record, absl::Time now);
// What the region had said becomes what it first said, if it is that.
void Supersede(Record& record, Acceptance newest);

}  // namespace envej::inbox

#endif  // ENVEJ_BROKER_INBOX_TRANSITIONS_H_
