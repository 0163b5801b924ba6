#ifndef ENVEJ_BROKER_WIRE_STORED_CONTENT_H_
#define ENVEJ_BROKER_WIRE_STORED_CONTENT_H_

#include "absl/strings/string_view.h"
#include "broker/inbox/unreadable_reports.h"
#include "broker/log.h"

namespace envej::wire {

// Whether it is an item's message, as this program stores it (content_keeper.h).
bool IsItem(absl::string_view content);

// The error line by which operations learn that a notice cannot be handed out. It names the notice, so that the ward
// can be told to send it again under another id: it was accepted, and nobody else will miss it.
void LogUnreadable(const inbox::UnreadableItem& unreadable, const Log& log);

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_STORED_CONTENT_H_
