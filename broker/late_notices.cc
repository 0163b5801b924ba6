#include "broker/late_notices.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace envej {
namespace {

using journal::EventType;

// What is said of one way of being late.
struct Words {
  EventType type;
  std::optional<inbox::Late> late;  // of what is overdue: in which way
  absl::string_view line;
  absl::string_view what;
  absl::string_view next;
};

constexpr std::array<Words, 6> kWords = {{
    {EventType::kOverdue, inbox::Late::kNotFetched, "notice_overdue", "not_fetched",
     "does the municipality empty its inbox? phone its contact"},
    {EventType::kOverdue, inbox::Late::kNotAcknowledged, "notice_overdue", "not_acknowledged",
     "phone the municipality's contact"},
    {EventType::kOverdue, inbox::Late::kPastDischarge, "notice_overdue", "past_discharge",
     "the citizen is discharged: phone the municipality's contact"},
    {EventType::kParked, std::nullopt, "notice_parked", "parked",
     "no consumer of the municipality could handle it: mend theirs, then put it back"},
    {EventType::kUndelivered, std::nullopt, "notice_undelivered", "undelivered",
     "its region must see to the citizen in another way, and acknowledge that it does"},
    {EventType::kDestroyed, std::nullopt, "notice_destroyed", "destroyed",
     "nobody took it and its region acknowledged nothing: escalate to whoever is responsible for both"},
}};

const Words* WordsFor(const inbox::Decision::Told& told) {
  const auto* const found = std::find_if(kWords.begin(), kWords.end(), [&told](const Words& words) {
    return words.type == told.type && (!words.late.has_value() || static_cast<uint32_t>(*words.late) == told.detail);
  });
  return found == kWords.end() ? nullptr : found;
}

}  // namespace

LateNotices::LateNotices(const Log& log, operations::Metrics& metrics, const Clock& clock)
    : log_(log), metrics_(metrics), lines_(clock) {
  for (const Words& words : kWords) metrics_.CountLate(words.what, 0);
}

void LateNotices::Tell(const inbox::LateItem& late) {
  const Words* const words = WordsFor(late.told);
  if (words == nullptr) return;
  metrics_.CountLate(words->what);
  const std::optional<int64_t> left_out = lines_.Admit();
  if (!left_out.has_value()) return;
  const store::NoticeKey& notice = late.item.notice;
  const auto write = late.told.type == EventType::kOverdue ? &Log::Warning : &Log::Error;
  (log_.*write)(words->line, {{"what", std::string(words->what)},
                              {"municipality", notice.municipality_code},
                              {"region", notice.region_code},
                              {"notice_id", notice.id.ToString()},
                              {"revision", int64_t{late.item.revision}},
                              {"next", std::string(words->next)},
                              {"left_out", *left_out}});
}

}  // namespace envej
