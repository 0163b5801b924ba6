#include "broker/late_notices.h"

#include <optional>
#include <string>

namespace envej {
namespace {

using journal::EventType;

// What is said of one kind of lateness.
struct Words {
  absl::string_view line;
  absl::string_view what;
  absl::string_view next;
};

std::optional<Words> WordsFor(const inbox::Decision::Told& told) {
  switch (told.type) {
    case EventType::kOverdue:
      switch (static_cast<inbox::Late>(told.detail)) {
        case inbox::Late::kNotFetched:
          return Words{"notice_overdue", "not_fetched", "does the municipality empty its inbox? phone its contact"};
        case inbox::Late::kNotAcknowledged:
          return Words{"notice_overdue", "not_acknowledged", "phone the municipality's contact"};
        case inbox::Late::kPastDischarge:
          return Words{"notice_overdue", "past_discharge",
                       "the citizen is discharged: phone the municipality's contact"};
      }
      return std::nullopt;
    case EventType::kParked:
      return Words{"notice_parked", "parked",
                   "no consumer of the municipality could handle it: mend theirs, then put it back"};
    case EventType::kUndelivered:
      return Words{"notice_undelivered", "undelivered",
                   "its region must see to the citizen in another way, and acknowledge that it does"};
    case EventType::kDestroyed:
      return Words{"notice_destroyed", "destroyed",
                   "nobody took it and its region acknowledged nothing: escalate to whoever is responsible for both"};
    default:
      return std::nullopt;
  }
}

}  // namespace

void LateNotices::Tell(const inbox::LateItem& late) {
  const std::optional<Words> words = WordsFor(late.told);
  if (!words.has_value()) return;
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
