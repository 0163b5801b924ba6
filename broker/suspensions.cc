#include "broker/suspensions.h"

#include <utility>

#include "broker/journal/event.h"
#include "broker/store/key_layout.h"
#include "broker/store/record_codec.h"
#include "proto/contract/byte_codec.h"
#include "proto/contract/rejection.h"

namespace envej {
namespace {

using store::Mutation;

constexpr uint8_t kVersion = 1;
// More participants than a register can have.
constexpr size_t kMost = 10'000;

std::string EventOf(journal::EventType type, const std::string& participant, const std::string& actor, absl::Time at) {
  journal::Event event;
  event.type = type;
  event.caller = participant;
  event.actor = actor;
  event.at = at;
  return journal::EncodeEvent(event);
}

// ABORTED: it was changed meanwhile.
absl::Status StatusOf(const store::Outcome& outcome) {
  switch (outcome.kind) {
    case store::Outcome::Kind::kCommitted:
      return absl::OkStatus();
    case store::Outcome::Kind::kConditionFailed:
      return absl::AbortedError("another operator changed it at the same moment");
    case store::Outcome::Kind::kRefused:
      return contract::Refusal(contract::Reason::kBrokerBusy);
    case store::Outcome::Kind::kIndeterminate:
      break;
  }
  return absl::UnavailableError("the store failed");
}

absl::StatusOr<absl::Time> SinceOf(absl::string_view stored) {
  const absl::StatusOr<Suspension> suspension = DecodeSuspension(stored);
  if (!suspension.ok()) return suspension.status();
  return suspension->since;
}

}  // namespace

std::string EncodeSuspension(const Suspension& suspension) {
  contract::ByteWriter payload;
  payload.Time(suspension.since);
  payload.Bytes(suspension.by);
  return store::Frame(kVersion, payload.bytes());
}

absl::StatusOr<Suspension> DecodeSuspension(absl::string_view value) {
  const absl::StatusOr<std::string> payload = store::UnframeOf(value, kVersion);
  if (!payload.ok()) return payload.status();
  contract::ByteReader reader(*payload);
  Suspension suspension;
  suspension.since = reader.Time();
  suspension.by = reader.Bytes();
  if (!reader.AtEnd() || suspension.by.size() != journal::kActorBytes) {
    return absl::DataLossError("a stored suspension is malformed");
  }
  return suspension;
}

absl::Status Suspensions::Load() {
  const std::string prefix = store::SuspensionPrefix();
  const absl::StatusOr<store::ScanResult> scan =
      store_.Scan({.from = prefix, .to = store::EndOfPrefix(prefix), .entries = kMost, .bytes = kMost << 10});
  if (!scan.ok()) return scan.status();
  if (scan->more) return absl::DataLossError("the store holds more suspensions than there can be participants");
  const MutexLock lock(mutex_);
  for (const store::KeyValue& entry : scan->entries) {
    absl::StatusOr<Suspension> suspension = DecodeSuspension(entry.value);
    if (!suspension.ok()) return suspension.status();
    suspended_.emplace(entry.key.substr(prefix.size()), *std::move(suspension));
  }
  count_ = suspended_.size();
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> Suspensions::Stored(const std::string& participant) const {
  return store_.Get(store::SuspensionKey(participant));
}

absl::StatusOr<std::optional<std::string>> Suspensions::FirstNotSuspended(
    const std::vector<std::string>& participants) const {
  for (const std::string& participant : participants) {
    const absl::StatusOr<std::optional<std::string>> stored = Stored(participant);
    if (!stored.ok()) return stored.status();
    if (!stored->has_value()) return std::optional<std::string>(participant);
  }
  return std::optional<std::string>();
}

// Only what was read while nothing else was taken over is taken over: else something newer may be known already. Each
// round another one has succeeded.
absl::Status Suspensions::Refresh(const std::string& participant) {
  for (int round = 0; round < kRoundsMost; ++round) {
    const uint64_t before = taken_over_;
    const absl::StatusOr<std::optional<std::string>> stored = Stored(participant);
    if (!stored.ok()) return stored.status();
    std::optional<Suspension> suspension;
    if (stored->has_value()) {
      absl::StatusOr<Suspension> decoded = DecodeSuspension(**stored);
      if (!decoded.ok()) return decoded.status();
      suspension = *std::move(decoded);
    }
    const MutexLock lock(mutex_);
    if (taken_over_ != before) continue;
    TakeOver(participant, std::move(suspension));
    return absl::OkStatus();
  }
  return contract::Refusal(contract::Reason::kBrokerBusy);
}

void Suspensions::TakeOver(const std::string& participant, std::optional<Suspension> suspension) {
  if (suspension.has_value()) {
    suspended_[participant] = *std::move(suspension);
  } else {
    suspended_.erase(participant);
  }
  count_ = suspended_.size();
  ++taken_over_;
}

void Suspensions::Commit(const std::string& participant, store::Transition transition, absl::Time now,
                         std::function<void(absl::Status status)> done) {
  std::vector<store::Transition> transitions;
  transitions.push_back(std::move(transition));
  store_.Commit(std::move(transitions), store::Durability::kSynced, now,
                [this, participant, done = std::move(done)](const std::vector<store::Outcome>& outcomes) {
                  absl::Status status = StatusOf(outcomes.front());
                  if (status.ok()) status = Refresh(participant);
                  done(std::move(status));
                });
}

void Suspensions::Suspend(const std::string& participant, const std::string& actor, absl::Time now,
                          const OneStays& one_stays, SuspendDone done) {
  Suspend(participant, actor, now, one_stays, kRoundsMost, std::move(done));
}

void Suspensions::Suspend(const std::string& participant, const std::string& actor, absl::Time now,
                          const OneStays& one_stays, int rounds, SuspendDone done) {
  if (rounds == 0) return done(contract::Refusal(contract::Reason::kBrokerBusy));
  const absl::StatusOr<std::optional<std::string>> stored = Stored(participant);
  if (!stored.ok()) return done(stored.status());
  if (stored->has_value()) {
    if (absl::Status known = Refresh(participant); !known.ok()) return done(known);
    return done(SinceOf(**stored));
  }
  const std::string key = store::SuspensionKey(participant);
  const Suspension suspension{.since = absl::FromUnixMicros(absl::ToUnixMicros(now)), .by = actor};
  store::Transition transition;
  transition.conditions.push_back({.key = key, .value = std::nullopt});
  if (one_stays.has_value()) {
    const absl::StatusOr<std::optional<std::string>> stays = FirstNotSuspended(*one_stays);
    if (!stays.ok()) return done(stays.status());
    if (!stays->has_value()) return done(contract::Refusal(contract::Reason::kOperationsLeftToCaller, "participant"));
    transition.conditions.push_back({.key = store::SuspensionKey(**stays), .value = std::nullopt});
  }
  transition.mutations.push_back({.kind = Mutation::Kind::kPut, .key = key, .value = EncodeSuspension(suspension)});
  transition.events.push_back(EventOf(journal::EventType::kParticipantSuspended, participant, actor, suspension.since));
  Commit(participant, std::move(transition), now,
         [this, participant, actor, now, one_stays, rounds, done = std::move(done),
          since = suspension.since](const absl::Status& status) {
           if (absl::IsAborted(status)) return Suspend(participant, actor, now, one_stays, rounds - 1, done);
           if (!status.ok()) return done(status);
           done(since);
         });
}

void Suspensions::Resume(const std::string& participant, const std::string& actor, absl::Time now, ResumeDone done) {
  Resume(participant, actor, now, kRoundsMost, std::move(done));
}

void Suspensions::Resume(const std::string& participant, const std::string& actor, absl::Time now, int rounds,
                         ResumeDone done) {
  if (rounds == 0) return done(contract::Refusal(contract::Reason::kBrokerBusy));
  absl::StatusOr<std::optional<std::string>> stored = Stored(participant);
  if (!stored.ok()) return done(stored.status());
  if (!stored->has_value()) {
    if (absl::Status known = Refresh(participant); !known.ok()) return done(known);
    return done(false);
  }
  const std::string key = store::SuspensionKey(participant);
  store::Transition transition;
  transition.conditions.push_back({.key = key, .value = **stored});
  transition.mutations.push_back({.kind = Mutation::Kind::kDelete, .key = key, .value = {}});
  transition.events.push_back(EventOf(journal::EventType::kParticipantResumed, participant, actor,
                                      absl::FromUnixMicros(absl::ToUnixMicros(now))));
  Commit(participant, std::move(transition), now,
         [this, participant, actor, now, rounds, done = std::move(done)](const absl::Status& status) {
           if (absl::IsAborted(status)) return Resume(participant, actor, now, rounds - 1, done);
           if (!status.ok()) return done(status);
           done(true);
         });
}

std::optional<Suspension> Suspensions::Find(const std::string& participant) const {
  if (count_ == 0) return std::nullopt;
  const MutexLock lock(mutex_);
  const auto found = suspended_.find(participant);
  if (found == suspended_.end()) return std::nullopt;
  return found->second;
}

std::map<std::string, Suspension> Suspensions::All() const {
  const MutexLock lock(mutex_);
  return suspended_;
}

bool Suspensions::Suspended(const certs::Identity& caller) const {
  return count_ != 0 && Find(certs::ParticipantUri(caller)).has_value();
}

}  // namespace envej
