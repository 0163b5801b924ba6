#include "broker/wire/pull_reactor.h"

#include <utility>

#include "broker/wire/inbox_messages.h"
#include "broker/wire/status.h"

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
  absl::Status status = items.status();
  for (size_t index = 0; status.ok() && index < items->size(); ++index) {
    absl::StatusOr<v1::InboxItem> message = ToMessage((*items)[index]);
    status = message.status();
    if (message.ok()) *response->add_items() = *std::move(message);
  }
  Finish(ToCallStatus(status, log_));
}

void PullReactor::OnCancel() {
  waiting_->cancelled = true;
  const uint64_t handle = waiting_->handle;
  if (handle != 0) inboxes_.CancelPull(handle);
}

}  // namespace envej::wire
