// What is late, and how it ends at last.

#include <algorithm>

#include "tests/simulation/history.h"

namespace envej::simulation {
namespace {

using inbox::IsUnderWay;
using inbox::Late;
using inbox::State;
using journal::Event;

constexpr absl::Duration kDay = absl::Hours(24);

}  // namespace

void History::Overdue(Story& story, const Event& event) {
  const store::NoticeKey& notice = event.item.notice;
  const contract::Thresholds thresholds = ThresholdsOf(notice);
  if (!IsUnderWay(story.state)) findings_.Add("overdue, and not under way", notice);
  if (!story.late.insert(event.detail).second) findings_.Add("told twice that it is overdue", notice);
  const absl::Time not_fetched = story.entered_at + thresholds.not_fetched;
  absl::Time from = absl::InfiniteFuture();
  switch (static_cast<Late>(event.detail)) {
    case Late::kNotFetched:
      if (story.leases == 0) from = not_fetched;
      break;
    case Late::kNotAcknowledged:
      from = story.entered_at + thresholds.not_acknowledged;
      break;
    case Late::kPastDischarge:
      if (story.is_withdrawal) break;
      from = std::max(not_fetched, NewestSaid(event)->discharge_day_ends + thresholds.past_discharge);
      break;
  }
  if (event.at < from) findings_.Add("told too early that it is overdue", notice);
}

void History::Undelivered(Story& story, const Event& event) {
  const store::NoticeKey& notice = event.item.notice;
  if (!IsUnderWay(story.state)) findings_.Add("undelivered, and not under way", notice);
  if (event.detail != story.undelivered + 1) findings_.Add("told a wrong number of times of the undelivered", notice);
  const absl::Time from =
      story.undelivered == 0 ? story.entered_at + ThresholdsOf(notice).undelivered : story.undelivered_at + kDay;
  if (event.at < from) findings_.Add("told too early that it is undelivered", notice);
  story.undelivered = event.detail;
  story.undelivered_at = event.at;
}

void History::Destroyed(Story& story, const Event& event) {
  const store::NoticeKey& notice = event.item.notice;
  const contract::Thresholds thresholds = ThresholdsOf(notice);
  const int64_t days = (thresholds.destroyed - thresholds.undelivered) / kDay;
  if (story.state == State::kLeased || !IsUnderWay(story.state)) findings_.Add("destroyed in somebody's hands", notice);
  if (story.undelivered < days) findings_.Add("destroyed without being told of day after day", notice);
  if (event.at < story.undelivered_at + kDay) findings_.Add("destroyed on the day that it was told of", notice);
  if (event.at < story.entered_at + thresholds.destroyed) findings_.Add("destroyed before its time", notice);
  story.state = State::kUndelivered;
  story.last = event.at;
}

void History::OutcomeAcknowledged(Story& story, const Event& event) {
  const bool has_outcome = story.state == State::kReturned || story.state == State::kUndelivered ||
                           (IsUnderWay(story.state) && story.undelivered > 0);
  if (!has_outcome) findings_.Add("an outcome was noted before there was one", event.item.notice);
  if (story.outcome_noted) findings_.Add("an outcome was noted twice", event.item.notice);
  story.outcome_noted = true;
  story.last = event.at;
  story.ended = event.item.revision;
  if (IsUnderWay(story.state)) story.state = State::kUndelivered;
}

}  // namespace envej::simulation
