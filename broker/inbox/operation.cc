#include "broker/inbox/operation.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "broker/inbox/content.h"
#include "broker/inbox/index_moves.h"
#include "broker/journal/recovery_mark.h"
#include "proto/contract/limits.h"
#include "proto/contract/rejection.h"

namespace envej::inbox {
namespace {

using store::Mutation;

int64_t ReadForgottenUntil(store::OrderedStore& store) {
  const absl::StatusOr<std::optional<std::string>> value = store.Get(store::ForgottenKey());
  if (!value.ok() || !value->has_value()) return std::numeric_limits<int64_t>::min();
  // One that is damaged is as none: then the rules of the day alone hold off what is forgotten.
  return absl::ToUnixMicros(store::DecodeTime(**value).value_or(absl::InfinitePast()));
}

journal::Event MakeEvent(const Operation& operation, const Record& before, const Record& next,
                         const Decision::Told& told, absl::Time now) {
  const bool by_broker = journal::IsByBroker(told.type);
  return {.type = told.type,
          .item = {.notice = operation.notice, .revision = next.newest.revision},
          .at = now,
          .actor = by_broker ? std::string() : operation.actor,
          .origin = next.origin,
          .commitment = next.newest.commitment,
          .token = told.type == journal::EventType::kLeased ? next.token : before.token,
          .detail = told.detail};
}

// Adds what is told to what happened to the notice, so that its record and the journal say the same.
void AddHops(const Operation& operation, const std::optional<Record>& before, Decision& decision, absl::Time now) {
  if (!decision.next.has_value()) return;
  Record& next = *decision.next;
  for (const Decision::Told& told : decision.effects.events) {
    AddHop(next.trail, HopOf(MakeEvent(operation, before.value_or(Record()), next, told, now)));
  }
}

// One that is damaged is as one of just now, so that withdrawals are told.
absl::Time ReadUnknownUntil(store::OrderedStore& store) {
  const absl::StatusOr<std::optional<journal::RecoveryMark>> mark = journal::ReadRecoveryMark(store);
  if (!mark.ok()) return absl::InfiniteFuture();
  return mark->has_value() ? (*mark)->restored_at + contract::kClockSkew : absl::InfinitePast();
}

// Whether a withdrawal goes on although the municipality cannot be told of it now, since it has no certificate to seal
// that to: what is under way must leave the inbox.
bool GoesOnUntold(const std::optional<Record>& before, Operation& operation, const absl::Status& status) {
  auto* const withdraw = std::get_if<Withdraw>(&operation.happening);
  if (withdraw == nullptr || withdraw->lacks_content || !before.has_value() || !IsUnderWay(before->state) ||
      contract::RejectionOf(status).reason != contract::Reason::kInboxCertificateMissing) {
    return false;
  }
  withdraw->lacks_content = true;
  return true;
}

void Add(store::BatchWrite write, std::vector<Mutation>& mutations) {
  const auto kind = write.value.has_value() ? Mutation::Kind::kPut : Mutation::Kind::kDelete;
  mutations.push_back({.kind = kind, .key = std::move(write.key), .value = std::move(write.value).value_or("")});
}

}  // namespace

// A record, and the bytes that it is stored as; nothing of either if there is none.
struct Operations::Found {
  std::optional<std::string> stored;
  std::optional<Record> record;
};

Operations::Operations(store::OrderedStore& store, ThresholdsOf thresholds, Changed changed)
    : store_(store),
      thresholds_(std::move(thresholds)),
      changed_(std::move(changed)),
      unknown_until_(ReadUnknownUntil(store)),
      forgotten_until_micros_(ReadForgottenUntil(store)) {}

absl::StatusOr<Operations::Found> Operations::Find(const store::NoticeKey& notice) {
  Found found;
  absl::StatusOr<std::optional<std::string>> stored = store_.Get(store::RecordKey(notice));
  if (!stored.ok()) return stored.status();
  found.stored = *std::move(stored);
  if (!found.stored.has_value()) return found;
  absl::StatusOr<Record> record = DecodeRecord(*found.stored);
  if (!record.ok()) return record.status();
  found.record = *std::move(record);
  return found;
}

// The raised bound counts at once, and stays if its commit fails: then it is a little too high, and of what is so old
// nothing new is sent.
absl::Time Operations::RaiseForgottenUntil(absl::Time accepted_at) {
  const int64_t micros = absl::ToUnixMicros(accepted_at + contract::kClockSkew);
  int64_t until = forgotten_until_micros_;
  while (until < micros && !forgotten_until_micros_.compare_exchange_weak(until, micros)) {
  }
  return absl::FromUnixMicros(std::max(until, micros));
}

store::Transition Operations::MakeForgetting(const Operation& operation, const Found& before, const Decision& decision,
                                             absl::Time now) {
  const Record& record = *before.record;
  const std::string record_key = store::RecordKey(operation.notice);
  const absl::Time until = RaiseForgottenUntil(record.newest.accepted_at);
  store::Transition transition;
  transition.conditions.push_back({.key = record_key, .value = before.stored});
  transition.mutations.push_back({.kind = Mutation::Kind::kDelete, .key = record_key, .value = {}});
  for (std::string& key : IndexKeys(operation.notice, record)) {
    transition.mutations.push_back({.kind = Mutation::Kind::kDelete, .key = std::move(key), .value = {}});
  }
  transition.mutations.push_back(
      {.kind = Mutation::Kind::kPut, .key = store::ForgottenKey(), .value = store::EncodeTime(until)});
  for (const Decision::Told& told : decision.effects.events) {
    transition.events.push_back(journal::EncodeEvent(MakeEvent(operation, record, record, told, now)));
  }
  return transition;
}

absl::StatusOr<store::Transition> Operations::MakeTransition(const Operation& operation, const Found& before,
                                                             const Decision& decision, absl::Time now) {
  if (decision.kind == Decision::Kind::kForgotten) return MakeForgetting(operation, before, decision, now);
  if (decision.kind != Decision::Kind::kChanged) return store::Transition();
  const Record& next = *decision.next;
  const std::string record_key = store::RecordKey(operation.notice);
  store::Transition transition;
  transition.conditions.push_back({.key = record_key, .value = before.stored});
  const auto put = next.newest.position.has_value() ? Mutation::Kind::kPut : Mutation::Kind::kPutWithPosition;
  transition.mutations.push_back({.kind = put, .key = record_key, .value = EncodeRecord(next)});
  for (store::BatchWrite& write : MoveIndexes(operation.notice, before.record, next)) {
    Add(std::move(write), transition.mutations);
  }
  if (decision.effects.destroy_content && before.record.has_value()) {
    transition.mutations.push_back(
        {.kind = Mutation::Kind::kDelete, .key = ContentKeyOf(operation.notice, *before.record), .value = {}});
  }
  if (decision.effects.store_content) {
    absl::StatusOr<Kept> kept = operation.keep();
    if (!kept.ok()) return kept.status();
    transition.mutations.push_back({.kind = Mutation::Kind::kPut,
                                    .key = ContentKeyOf(operation.notice, next),
                                    .value = EncodeContent(kept->content)});
    for (store::KeyValue& besides : kept->besides) {
      transition.mutations.push_back(
          {.kind = Mutation::Kind::kPut, .key = std::move(besides.key), .value = std::move(besides.value)});
    }
  }
  for (const Decision::Told& told : decision.effects.events) {
    transition.events.push_back(
        journal::EncodeEvent(MakeEvent(operation, before.record.value_or(Record()), next, told, now)));
  }
  return transition;
}

Keep KeepAsItIs(std::string content) {
  return [content = std::move(content)] { return Kept{.content = content, .besides = {}}; };
}

std::string ContentKeyOf(const store::NoticeKey& notice, const Record& record) {
  return store::ContentKey(record.entered_at, {.notice = notice, .revision = record.newest.revision});
}

std::vector<std::string> IndexKeys(const store::NoticeKey& notice, const Record& record) {
  if (!IsUnderWay(record.state)) return {store::ForgetKey(record.due_at, notice)};
  const store::ItemKey item{.notice = notice, .revision = record.newest.revision};
  std::vector<std::string> keys = {store::DueKey(record.due_at, notice)};
  if (record.state == State::kParked) {
    keys.push_back(store::ParkedKey(record.entered_at, item));
  } else if (record.state == State::kWaiting && !record.held_until.has_value()) {
    keys.push_back(store::WaitingKey(record.entered_at, item));
  }
  return keys;
}

struct Operations::Round {
  std::vector<Operation> operations;
  std::vector<Result> results;
  std::vector<std::optional<Record>> before;  // as each was found, if changes are told; of what is forgotten none
  std::vector<size_t> open;                   // operations not settled yet
  std::vector<size_t> committed;              // those in the commit under way, in its order
  absl::Time now;
  int round = 0;
  Done done;
  Repeated repeated;
};

absl::StatusOr<std::optional<Record>> Operations::Read(const store::NoticeKey& notice) {
  absl::StatusOr<Found> found = Find(notice);
  if (!found.ok()) return found.status();
  return std::move(found->record);
}

void Operations::Run(std::vector<Operation> operations, absl::Time now, Done done, Repeated repeated) {
  auto round = std::make_shared<Round>();
  round->results.resize(operations.size());
  if (changed_) round->before.resize(operations.size());
  round->open.resize(operations.size());
  for (size_t index = 0; index < operations.size(); ++index) round->open[index] = index;
  round->operations = std::move(operations);
  round->now = now;
  round->done = std::move(done);
  round->repeated = std::move(repeated);
  RunRound(round);
}

void Operations::RunRound(const std::shared_ptr<Round>& round) {
  std::vector<store::Transition> transitions;
  store::Durability durability = store::Durability::kUnsynced;
  round->committed.clear();
  for (const size_t index : round->open) {
    Operation& operation = round->operations[index];
    Result& result = round->results[index];
    absl::StatusOr<Found> before = Find(operation.notice);
    if (!before.ok()) {
      result.status = before.status();
      continue;
    }
    const Circumstances circumstances{
        .now = round->now,
        .thresholds = thresholds_ ? thresholds_(operation.notice) : contract::Thresholds(),
        .id = operation.notice.id,
        .forgotten_until = absl::FromUnixMicros(forgotten_until_micros_),
        .unknown_until = unknown_until_};
    Decision decision = Decide(before->record, operation.happening, circumstances);
    AddHops(operation, before->record, decision, round->now);
    absl::StatusOr<store::Transition> transition = MakeTransition(operation, *before, decision, round->now);
    if (!transition.ok() && GoesOnUntold(before->record, operation, transition.status())) {
      decision = Decide(before->record, operation.happening, circumstances);
      AddHops(operation, before->record, decision, round->now);
      transition = MakeTransition(operation, *before, decision, round->now);
    }
    result.repeated = decision.kind == Decision::Kind::kRepeated;
    if (decision.kind == Decision::Kind::kRejected) {
      result.status = contract::ToStatus(*decision.rejection);
      continue;
    }
    if (decision.kind != Decision::Kind::kChanged && decision.kind != Decision::Kind::kForgotten) {
      if (before->record.has_value()) result.record = *std::move(before->record);
      if (result.repeated && round->repeated) round->repeated(index, result);
      continue;
    }
    if (!transition.ok()) {
      result.status = transition.status();
      continue;
    }
    if (decision.effects.durability == store::Durability::kSynced) durability = store::Durability::kSynced;
    transitions.push_back(*std::move(transition));
    const bool is_forgotten = !decision.next.has_value();
    result.record = is_forgotten ? *std::move(before->record) : *std::move(decision.next);
    if (changed_ && !is_forgotten) round->before[index] = std::move(before->record);
    result.told = std::move(decision.effects.events);
    round->committed.push_back(index);
  }
  if (transitions.empty()) {
    round->done(std::move(round->results));
    return;
  }
  store_.Commit(std::move(transitions), durability, round->now,
                [this, round](std::vector<store::Outcome> outcomes) { Settle(round, std::move(outcomes)); });
}

void Operations::TellChange(const Round& round, size_t index) const {
  const Result& result = round.results[index];
  const std::optional<Record>& before = round.before[index];
  const bool is_forgotten = std::any_of(result.told.begin(), result.told.end(), [](const Decision::Told& told) {
    return told.type == journal::EventType::kForgotten;
  });
  const Record* const was = before.has_value() ? &*before : nullptr;
  changed_({.notice = round.operations[index].notice,
            .before = is_forgotten ? &result.record : was,
            .after = is_forgotten ? nullptr : &result.record,
            .told = result.told,
            .at = round.now});
}

void Operations::Settle(const std::shared_ptr<Round>& round, std::vector<store::Outcome> outcomes) {
  round->open.clear();
  for (size_t place = 0; place < round->committed.size(); ++place) {
    const size_t index = round->committed[place];
    Result& result = round->results[index];
    switch (outcomes[place].kind) {
      case store::Outcome::Kind::kCommitted:
        result.changed = true;
        result.outcome = std::move(outcomes[place]);
        if (!result.record.newest.position.has_value()) result.record.newest.position = result.outcome.position;
        if (changed_) TellChange(*round, index);
        break;
      case store::Outcome::Kind::kConditionFailed:
        round->open.push_back(index);
        break;
      case store::Outcome::Kind::kRefused:
        result.status = contract::Refusal(contract::Reason::kBrokerBusy);
        break;
      case store::Outcome::Kind::kIndeterminate:
        result.status =
            absl::UnavailableError("the store failed; whether this was carried out is not known: repeat it");
        break;
    }
  }
  if (round->open.empty()) {
    round->done(std::move(round->results));
  } else if (++round->round < kRounds) {
    RunRound(round);
  } else {
    for (const size_t index : round->open)
      round->results[index].status = contract::Refusal(contract::Reason::kBrokerBusy);
    round->done(std::move(round->results));
  }
}

}  // namespace envej::inbox
