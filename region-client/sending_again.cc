#include "region-client/sending_again.h"

#include <algorithm>

namespace envej::region {

void SendingAgain::Hear(const v1::WatchNoticesResponse& answer) {
  if (answer.begins_anew()) lacking_.all = true;
  for (const v1::NoticeChange& change : answer.changes()) {
    if (change.kind() != v1::CHANGE_KIND_MISSING || change.region_code() != region_code_) continue;
    lacking_.names.emplace(change.municipality_code(), change.notice_id());
  }
  if (lacking_.names.size() > kLackingNamesMost) lacking_.all = true;
  if (lacking_.all) lacking_.names.clear();
  const absl::Time now = surroundings_.now();
  if (!lacking_.any() || now < next_round_) return;
  if (now >= next_round_ + kRoundPauseMost) window_ = absl::ZeroDuration();
  window_ = std::clamp(2 * window_, kRoundPauseFirst, kRoundPauseMost);
  lacking_ = round_(lacking_);
  next_round_ = surroundings_.now() + window_ * (0.5 + surroundings_.random() / 2);
}

}  // namespace envej::region
