#include "broker/wire/event_watches.h"

#include <set>
#include <string>
#include <utility>

#include "broker/wire/event_messages.h"
#include "proto/contract/rejection.h"

namespace envej::wire {
namespace {

constexpr int kKindsMost = 32;

absl::StatusOr<journal::EventFilter> FilterOf(const v1::WatchEventsRequest& request) {
  if (request.kinds_size() > kKindsMost) return contract::Refusal(contract::Reason::kRequestOutOfRange, "kinds");
  std::set<int> kinds;
  for (const int kind : request.kinds()) {
    if (kind == v1::EVENT_KIND_UNSPECIFIED || !v1::EventKind_IsValid(kind)) {
      return contract::Refusal(contract::Reason::kRequestOutOfRange, "kinds");
    }
    kinds.insert(kind);
  }
  return journal::EventFilter(
      [kinds = std::move(kinds), municipality_code = request.municipality_code()](const journal::Event& event) {
        if (!kinds.empty() && !kinds.contains(static_cast<int>(event.type))) return false;
        return municipality_code.empty() || !journal::IsOfANotice(event.type) ||
               event.item.notice.municipality_code == municipality_code;
      });
}

}  // namespace

EventWatches::Reactor* EventWatches::Watch(grpc::CallbackServerContext& context,
                                           const v1::WatchEventsRequest& request) {
  const absl::StatusOr<Caller> caller = gate_.Enter(context, admission::Method::kWatchEvents);
  if (!caller.ok()) return watches_.Refuse(refusals_.OfEntry(caller.status()));
  if (!request.municipality_code().empty()) {
    const absl::Status known = answers_.CheckMunicipality(request.municipality_code());
    if (!known.ok()) return watches_.Refuse(refusals_.OfCall(*caller, known));
  }
  const absl::StatusOr<journal::EventFilter> filter = FilterOf(request);
  if (!filter.ok()) return watches_.Refuse(refusals_.OfCall(*caller, filter.status()));
  const WatchFrom from = request.from_the_beginning() ? WatchFrom::kOldest : WatchFrom::kNow;
  return watches_.Watch(*caller, request.resume_token(), from,
                        {.filter = [filter = *filter] { return filter; },
                         .add = [](const journal::Event& event, uint64_t batch,
                                   v1::WatchEventsResponse& answer) { *answer.add_events() = ToMessage(event, batch); },
                         .token_at_once = request.resume_token().empty() && from == WatchFrom::kNow});
}

}  // namespace envej::wire
