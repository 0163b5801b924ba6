// What was promised by a store that is no more.

#include <algorithm>

#include "broker/journal/receipts.h"
#include "tests/simulation/history.h"
#include "tests/simulation/promises.h"

namespace envej::simulation {

// What the restored store's journal has of it is promised still; but no lease counts any more.
void Promises::Restored(const History& history, store::OrderedStore& store) {
  journal::ReceiptReader receipts(store);
  for (auto& [key, notice] : notices_) {
    const auto entry = history.stories().find(key);
    const Story story = entry == history.stories().end() ? Story() : entry->second;
    for (auto& [revision, said] : notice.said) {
      const bool is_missing = story.state == inbox::State::kMissing && story.revision == revision;
      said.anew = is_missing || said.AwaitsAnew();
      if (is_missing) said.former = said.receipt;
      if (!said.receipt.has_value()) continue;
      const absl::StatusOr<contract::Receipt> kept =
          receipts.Read({.notice = notice.key, .revision = revision}, said.receipt->position);
      if (kept.ok() && *kept == *said.receipt) continue;
      said.lost = true;
      said.receipt.reset();
    }
    notice.had = std::min(notice.had, story.had);
    if (story.ended < notice.ended) notice.outcome_acknowledged.reset();
    notice.ended = std::min(notice.ended, story.ended);
    notice.returned_by_operators.reset();
    for (Claim& claim : notice.claims) {
      claim.lost = true;
      claim.in_doubt = true;
      claim.expires_at = claim.first_expires_at = claim.expires_at_most = absl::InfinitePast();
      if (story.concluded.contains(claim.token)) continue;
      claim.acknowledged.reset();
      claim.returned.reset();
    }
  }
}

}  // namespace envej::simulation
