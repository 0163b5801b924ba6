// What was told outside, held against the journal.

#include <algorithm>

#include "broker/journal/receipts.h"
#include "tests/simulation/history.h"

namespace envej::simulation {

using journal::Event;
using journal::EventType;

void History::CheckReceipts(store::OrderedStore& store) {
  journal::ReceiptReader receipts(store);
  for (const auto& [key, notice] : notices_) {
    for (const auto& [revision, said] : notice.said) {
      if (!said.receipt.has_value()) continue;
      const absl::StatusOr<contract::Receipt> receipt =
          receipts.Read({.notice = notice.key, .revision = revision}, said.receipt->position);
      if (!receipt.ok() || *receipt != *said.receipt) findings_.Add("a receipt cannot be rebuilt", notice.key);
    }
  }
}

void History::CheckTold(const std::vector<inbox::LateItem>& late) {
  for (const inbox::LateItem& told : late) {
    const bool happened = std::any_of(events_.begin(), events_.end(), [&](const Event& event) {
      return event.type == told.told.type && event.detail == told.told.detail && event.item == told.item;
    });
    if (!happened) findings_.Add("operations were told of what came not to have happened", told.item.notice);
  }
}

void History::CheckStreamed(const std::string& region_code, const std::vector<Event>& streamed) {
  size_t next = 0;
  for (const Event& event : events_) {
    if (next == streamed.size()) return;
    const bool is_told = event.type != EventType::kForgotten && event.type != EventType::kReturnProposed;
    if (event.item.notice.region_code != region_code || !is_told) continue;
    const Event& told = streamed[next++];
    if (told.type != event.type || told.item != event.item || told.at != event.at || told.detail != event.detail) {
      return findings_.Add("a region was told of what came not to have happened", event.item.notice);
    }
  }
  if (next < streamed.size()) findings_.Add("a region was told of more than happened");
}

}  // namespace envej::simulation
