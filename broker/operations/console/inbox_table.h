#ifndef ENVEJ_BROKER_OPERATIONS_CONSOLE_INBOX_TABLE_H_
#define ENVEJ_BROKER_OPERATIONS_CONSOLE_INBOX_TABLE_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "broker/operations/console/table.h"
#include "envej/v1/operations_service.pb.h"

namespace envej::console {

// How times are shown: alone as how long ago, where there is little room.
enum class TimeForm { kTimeAndAgo, kAgo };

// One row for each inbox, in the order given.
Table InboxTable(const std::vector<v1::InboxStatus>& inboxes, TimeForm form, const absl::TimeZone& zone,
                 absl::Time now);

// What all of them have: "98 inboxes, 2 silent; 1204 waiting, 3 leased, ...".
std::string Totals(const std::vector<v1::InboxStatus>& inboxes);

}  // namespace envej::console

#endif  // ENVEJ_BROKER_OPERATIONS_CONSOLE_INBOX_TABLE_H_
