// How a run brings about what it is armed for: a call on a notice that is ready for it, or else the step before.

#include <optional>

#include "tests/simulation/simulation.h"

namespace envej::simulation {
namespace {

using inbox::IsUnderWay;
using inbox::State;

constexpr size_t kNoticesMost = 30;

bool IsEnded(const Story& story) { return story.state == State::kReturned || story.state == State::kUndelivered; }

}  // namespace

KnownNotice* Simulation::AnyWith(const std::function<bool(const Story&)>& wanted) {
  return line_.Any([&](const KnownNotice& notice) {
    const auto story = history_.stories().find(store::RecordKey(notice.key));
    return notice.said.size() < 8 && story != history_.stories().end() && wanted(story->second);
  });
}

// A notice under way, and in somebody's hands.
void Simulation::ProvokeLease() {
  if (KnownNotice* const waiting = AnyWith([](const Story& story) { return story.state == State::kWaiting; })) {
    municipalities_.PullFrom(waiting->key.municipality_code, 5, absl::ZeroDuration());
  } else if (line_.notices().size() < kNoticesMost) {
    regions_.SubmitNew();
  }
}

void Simulation::ProvokeConclusion(bool acknowledge) {
  KnownNotice* const leased = AnyWith([](const Story& story) { return story.state == State::kLeased; });
  if (leased == nullptr || leased->claims.empty()) return ProvokeLease();
  if (acknowledge) {
    municipalities_.AcknowledgeNewest(*leased);
  } else {
    municipalities_.ReturnNewest(*leased);
  }
}

void Simulation::ProvokeWithdrawal() {
  KnownNotice* const delivered =
      AnyWith([](const Story& story) { return story.delivered > 0 && !story.is_withdrawal; });
  if (delivered == nullptr) return ProvokeConclusion(/*acknowledge=*/true);
  regions_.WithdrawOne(*delivered);
}

void Simulation::ProvokeWithdrawalsAcknowledgement() {
  const auto with = [&](State state) {
    return AnyWith([state](const Story& story) { return story.is_withdrawal && story.state == state; });
  };
  KnownNotice* const leased = with(State::kLeased);
  if (leased != nullptr && !leased->claims.empty()) return municipalities_.AcknowledgeNewest(*leased);
  if (KnownNotice* const waiting = with(State::kWaiting)) {
    return municipalities_.PullFrom(waiting->key.municipality_code, 5, absl::ZeroDuration());
  }
  ProvokeWithdrawal();
}

void Simulation::ProvokeOutcome(bool under_way) {
  KnownNotice* const told = AnyWith([&](const Story& story) {
    if (story.outcome_noted) return false;
    return under_way ? IsUnderWay(story.state) && story.undelivered > 0 : IsEnded(story);
  });
  if (told != nullptr) return regions_.AcknowledgeOutcomeOf(*told);
  if (!under_way) return ProvokeConclusion(/*acknowledge=*/false);
  ProvokeTime(absl::Hours(6), absl::Hours(12));
}

void Simulation::ProvokeTime(absl::Duration least, absl::Duration most) {
  const bool any = AnyWith([](const Story& story) { return IsUnderWay(story.state); }) != nullptr;
  if (!any && line_.notices().size() < kNoticesMost) regions_.SubmitNew();
  LetTimePass(least, most);
}

void Simulation::ProvokeRevision(State state) {
  KnownNotice* const ready = AnyWith([&](const Story& story) { return story.state == state && !story.is_withdrawal; });
  if (ready != nullptr) return regions_.ReviseOne(*ready);
  ProvokeConclusion(/*acknowledge=*/state == State::kAcknowledged);
}

// Of what is proposed already, the return itself.
void Simulation::ProvokeReturnByOperations(bool is_proposed) {
  KnownNotice* const ready =
      AnyWith([&](const Story& story) { return IsUnderWay(story.state) && story.proposer.empty() != is_proposed; });
  if (ready != nullptr && !is_proposed) return operators_.ProposeReturn(*ready);
  if (ready != nullptr) {
    const Story& story = history_.stories().at(store::RecordKey(ready->key));
    return operators_.ConfirmReturn(*ready, story.proposer, story.proposed_at);
  }
  if (is_proposed) return ProvokeReturnByOperations(/*is_proposed=*/false);
  if (line_.notices().size() < kNoticesMost) regions_.SubmitNew();
}

void Simulation::Provoke(Row row) {
  switch (row) {
    case Row::kReviseDelivered:
      return ProvokeRevision(State::kAcknowledged);
    case Row::kReviseReturned:
      return ProvokeRevision(State::kReturned);
    case Row::kWithdrawUnderWay: {
      KnownNotice* const untouched =
          AnyWith([](const Story& story) { return IsUnderWay(story.state) && !story.was_leased; });
      if (untouched != nullptr) return regions_.WithdrawOne(*untouched);
      if (line_.notices().size() < kNoticesMost) regions_.SubmitNew();
      return;
    }
    case Row::kWithdrawGiven: {
      KnownNotice* const given = AnyWith([](const Story& story) {
        return IsUnderWay(story.state) && story.was_leased && story.delivered == 0 && !story.is_withdrawal;
      });
      return given != nullptr ? regions_.WithdrawOne(*given) : ProvokeLease();
    }
    case Row::kWithdrawDelivered:
      return ProvokeWithdrawal();
    case Row::kWithdrawEnded: {
      KnownNotice* const ended =
          AnyWith([](const Story& story) { return IsEnded(story) && story.delivered == 0 && !story.is_withdrawal; });
      if (ended != nullptr) return regions_.WithdrawOne(*ended);
      return ProvokeConclusion(/*acknowledge=*/false);
    }
    case Row::kAcknowledge:
      return ProvokeConclusion(/*acknowledge=*/true);
    case Row::kReturn:
      return ProvokeConclusion(/*acknowledge=*/false);
    case Row::kAcknowledgeWithdrawal:
      return ProvokeWithdrawalsAcknowledgement();
    case Row::kOutcomeNoted:
      return ProvokeOutcome(/*under_way=*/false);
    case Row::kOutcomeEnds:
      return ProvokeOutcome(/*under_way=*/true);
    case Row::kTakeLease:
      return ProvokeLease();
    case Row::kExtend: {
      KnownNotice* const leased = AnyWith([](const Story& story) { return story.state == State::kLeased; });
      if (leased == nullptr || leased->claims.empty()) return ProvokeLease();
      return municipalities_.ExtendNewest(*leased);
    }
    case Row::kRedrive: {
      KnownNotice* const failed = AnyWith([](const Story& story) {
        return story.state == State::kParked || (story.state == State::kWaiting && story.failures > 1);
      });
      if (failed != nullptr) return operators_.RedriveOne(*failed);
      return FailWithAll(4);
    }
    case Row::kReturnProposed:
      return ProvokeReturnByOperations(/*is_proposed=*/false);
    case Row::kReturnByOperations:
      return ProvokeReturnByOperations(/*is_proposed=*/true);
    case Row::kParked:
      if (random_.OneIn(4)) FailWithAll(24);
      return;
    case Row::kLeaseOver:
    case Row::kLeaseOverHeld:
    case Row::kHeldOver:
      ProvokeLease();
      return LetTimePass(absl::Seconds(20), absl::Minutes(12));
    case Row::kOverdue:
    case Row::kUndelivered:
      return ProvokeTime(absl::Hours(1), absl::Hours(26));
    case Row::kDestroyed:
      return ProvokeTime(absl::Hours(24), absl::Hours(30));
    case Row::kSubmitMissing:
    case Row::kReviseMissing:
    case Row::kWithdrawMissing:
      return ProvokeMissing(row);
    case Row::kForgotten:
      return ProvokeForgetting();
    default:
      return;
  }
}

}  // namespace envej::simulation
