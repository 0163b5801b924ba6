#include "broker/operations/late_index.h"

#include <algorithm>
#include <iterator>

namespace envej::operations {

LateIndex::Entry LateIndex::EntryOf(const LateNotice& late) {
  Entry entry{.entered_at = absl::ToUnixMicros(late.entered_at), .region_code = {}, .id = late.notice.id};
  std::copy_n(late.notice.region_code.begin(), std::min(late.notice.region_code.size(), entry.region_code.size()),
              entry.region_code.begin());
  return entry;
}

void LateIndex::Add(const LateNotice& late) {
  ++size_;
  kept_.insert(EntryOf(late));
  if (kept_.size() > kKeptMost) kept_.erase(std::prev(kept_.end()));
}

void LateIndex::Remove(const LateNotice& late) {
  kept_.erase(EntryOf(late));
  if (size_ > kept_.size()) --size_;
}

bool LateIndex::Read(const std::string& municipality_code, const LateNotice* after, size_t most,
                     std::vector<LateNotice>& page) const {
  auto entry = after == nullptr ? kept_.begin() : kept_.upper_bound(EntryOf(*after));
  for (; entry != kept_.end() && page.size() < most; ++entry) {
    page.push_back({.entered_at = absl::FromUnixMicros(entry->entered_at),
                    .notice = {.municipality_code = municipality_code,
                               .region_code = std::string(entry->region_code.data(), entry->region_code.size()),
                               .id = entry->id}});
  }
  return entry != kept_.end();
}

}  // namespace envej::operations
