#include "broker/wire/pull_reactor.h"

#include <utility>

#include "broker/wire/inbox_messages.h"
#include "broker/wire/status.h"
#include "broker/wire/stored_content.h"

namespace envej::wire {

PullReactor* PullReactor::Start(inbox::Inboxes& inboxes, inbox::PullRequest request, v1::PullNoticesResponse* response,
                                const Log& log) {
  auto* reactor = new PullReactor(inboxes, log);
  const std::shared_ptr<Waiting> waiting = reactor->waiting_;
  waiting->handle = inboxes.Pull(
      std::move(request),
      [reactor, response](absl::StatusOr<std::vector<inbox::PulledItem>> items) { reactor->Answer(items, response); });
  if (waiting->cancelled) inboxes.CancelPull(waiting->handle);
  return reactor;
}

void PullReactor::Answer(const absl::StatusOr<std::vector<inbox::PulledItem>>& items,
                         v1::PullNoticesResponse* response) {
  if (!items.ok()) return Finish(ToCallStatus(items.status(), log_));
  for (const inbox::PulledItem& item : *items) {
    absl::StatusOr<v1::InboxItem> message = ToMessage(item);
    if (message.ok()) {
      *response->add_items() = *std::move(message);
    } else {  // IsNotice held of it, so this is a fault of ours; its neighbours are leased and must arrive
      LogUnreadable({.item = item.item, .why = message.status()}, log_);
    }
  }
  Finish(grpc::Status::OK);
}

void PullReactor::OnCancel() {
  waiting_->cancelled = true;
  const uint64_t handle = waiting_->handle;
  if (handle != 0) inboxes_.CancelPull(handle);
}

}  // namespace envej::wire
