#include "broker/inbox/transition.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "broker/inbox/transitions.h"

namespace envej::inbox {

Decision Decision::Repeated() {
  Decision decision;
  decision.kind = Kind::kRepeated;
  return decision;
}

Decision Decision::Rejected(contract::Reason reason) {
  return Rejected(contract::Rejection{.reason = reason, .violations = {}});
}

Decision Decision::Rejected(const contract::Rejection& rejection) {
  Decision decision;
  decision.kind = Kind::kRejected;
  decision.rejection = rejection;
  return decision;
}

Decision Decision::Changed(Record next, Effects effects) {
  Decision decision;
  decision.kind = Kind::kChanged;
  decision.next = std::move(next);
  decision.effects = std::move(effects);
  return decision;
}

Decision Decision::Forgotten() {
  Decision decision;
  decision.kind = Kind::kForgotten;
  // What was not synced is forgotten again: nobody waits for it.
  decision.effects = {.events = {{journal::EventType::kForgotten}}, .durability = store::Durability::kUnsynced};
  return decision;
}

Decision Decide(const std::optional<Record>& state, const Happening& happening, const Circumstances& circumstances) {
  Decision decision = std::visit([&](const auto& happened) { return On(state, happened, circumstances); }, happening);
  if (decision.next.has_value()) {
    Record& next = *decision.next;
    const std::vector<Decision::Told>& events = decision.effects.events;
    const bool ends_proposal =
        std::any_of(events.begin(), events.end(), [](const Decision::Told& told) { return EndsProposal(told.type); });
    if (ends_proposal) next.return_proposal.reset();
    next.due_at = IsUnderWay(next.state) ? NextDue(next, circumstances.thresholds) : ForgetAt(next);
  }
  return decision;
}

}  // namespace envej::inbox
