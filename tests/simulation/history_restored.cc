// What the journal says of a store that was restored: which journal it leads on from, what is missing, and what came
// again of that.

#include "tests/simulation/history.h"

namespace envej::simulation {

using inbox::Late;
using inbox::State;
using journal::Event;

// Every lease is over, and what was under way may have been given to somebody in a moment that no journal tells of;
// what a restored store had accepted may have been there before that too. Of what was accepted after the backup the day
// of discharge is lost, and with it whether it was told as past it.
void History::Restored(const Event& event) {
  if (event.former_batch != batch_) findings_.Add("a restored store leads on from another batch than it says");
  if (event.backup_batch > event.former_batch) findings_.Add("a restored store has less than its backup");
  backup_batch_ = event.backup_batch;
  restored_at_ = event.at;
  ++restores_;
  for (auto& [key, story] : stories_) {
    if (story.state == State::kLeased) story.state = State::kWaiting;
    story.handed_out_from = absl::InfinitePast();
    story.proposer.clear();
    story.was_leased =
        story.was_leased || inbox::IsUnderWay(story.state) || (restores_ > 1 && story.first_batch > backup_batch_);
    if (story.accepted_batch <= backup_batch_) continue;
    story.discharge_day_ends = absl::InfinitePast();
    story.date_lost = true;
  }
}

void History::Missing(Story& story, const Event& event) {
  const store::NoticeKey& notice = event.item.notice;
  const bool is_to_be_told = story.state == State::kWithdrawn && story.delivered < story.revision && story.was_leased &&
                             story.accepted_batch > backup_batch_;
  if (is_to_be_told) {
    story.entered_at = story.accepted_at;
    story.leases = 0;
    story.late.clear();
    story.undelivered = 0;
  } else if (!inbox::IsUnderWay(story.state)) {
    findings_.Add("what had ended is missing", notice);
  }
  const bool was_in_backup = story.state != State::kMissing && story.accepted_batch <= backup_batch_;
  if (was_in_backup) findings_.Add("what the backup has is missing", notice);
  story.state = State::kMissing;
}

bool History::IsAnew(const Story& story, const Event& event) {
  return story.state == State::kMissing && event.item.revision == story.revision;
}

// The same again, in its place.
void History::AcceptedAnew(Story& story, const Event& event) {
  story.state = State::kWaiting;
  story.accepted_at = story.last = event.at;
  story.accepted_batch = batch_ + 1;
  story.token.clear();
  story.failures = 0;
  story.handed_out_from = absl::InfinitePast();
  story.outcome_noted = false;
  if (story.is_withdrawal) return;
  story.date_lost = false;
  story.late.erase(static_cast<uint32_t>(Late::kPastDischarge));
}

}  // namespace envej::simulation
