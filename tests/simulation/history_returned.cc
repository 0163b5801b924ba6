// What operators return of their own: it takes two of them, within a day, and the second one means what the first one
// proposed.

#include "tests/simulation/history.h"

namespace envej::simulation {
namespace {

using inbox::IsUnderWay;
using inbox::State;
using journal::Event;

constexpr absl::Duration kProposalStands = absl::Hours(24);

}  // namespace

void History::ReturnProposed(Story& story, const Event& event) {
  const store::NoticeKey& notice = event.item.notice;
  if (!IsUnderWay(story.state)) findings_.Add("proposed to return what is not under way", notice);
  const bool stands = !story.proposer.empty() && event.at < story.proposed_at + kProposalStands;
  if (stands) findings_.Add("proposed to return it although that is proposed", notice);
  story.proposer = event.actor;
  story.proposed_at = event.at;
}

void History::ReturnedByOperations(Story& story, const Event& event) {
  const store::NoticeKey& notice = event.item.notice;
  if (!IsUnderWay(story.state)) findings_.Add("returned by operations, and not under way", notice);
  if (story.proposer.empty() || story.proposer == event.actor) {
    findings_.Add("returned by one operator alone", notice);
  }
  if (event.at >= story.proposed_at + kProposalStands) findings_.Add("returned on a proposal that was over", notice);
  const auto known = notices_.find(store::RecordKey(notice));
  const Confirmation needed{.actor = event.actor, .proposed_at = story.proposed_at};
  if (known == notices_.end() || !known->second.confirmations.contains(needed)) {
    findings_.Add("returned on a proposal that its operator did not confirm", notice);
  }
  if (event.token != story.token) findings_.Add("returned by operations with another token", notice);
  story.state = State::kReturned;
  story.last = event.at;
}

}  // namespace envej::simulation
