#include "broker/wire/stored_content.h"

#include <string>

#include "envej/v1/inbox_service.pb.h"

namespace envej::wire {

bool IsItem(absl::string_view content) {
  v1::InboxItem item;
  return item.ParseFromArray(content.data(), static_cast<int>(content.size())) &&
         (item.has_notice() || item.has_withdrawal());
}

void LogUnreadable(const inbox::UnreadableItem& unreadable, const Log& log) {
  const std::string error(unreadable.why.message());
  const auto untold = static_cast<int64_t>(unreadable.untold);
  const std::string next = "keep the store's files, look with envej-broker journal verify, and restore a backup";
  if (!unreadable.item.has_value()) {
    return log.Error("notice_unreadable", {{"error", error}, {"untold", untold}, {"next", next}});
  }
  const store::NoticeKey& notice = unreadable.item->notice;
  log.Error("notice_unreadable", {{"municipality", notice.municipality_code},
                                  {"region", notice.region_code},
                                  {"notice_id", notice.id.ToString()},
                                  {"revision", int64_t{unreadable.item->revision}},
                                  {"error", error},
                                  {"untold", untold},
                                  {"next", next}});
}

}  // namespace envej::wire
