#include "broker/wire/notice_watches.h"

#include <utility>

#include "broker/wire/change_messages.h"

namespace envej::wire {

journal::EventFilter NoticeWatches::FilterOf(const certs::Identity& caller) const {
  return journal::OfRegions(trust_.Get()->admission().SpeaksFor(caller, clock_.Now()));
}

NoticeWatches::Reactor* NoticeWatches::Watch(grpc::CallbackServerContext& context,
                                             const v1::WatchNoticesRequest& request) {
  const absl::StatusOr<Caller> caller = gate_.Enter(context, admission::Method::kWatchNotices);
  if (!caller.ok()) return watches_.Refuse(refusals_.OfEntry(caller.status()));
  return watches_.Watch(*caller, request.resume_token(), WatchFrom::kOldest,
                        {.filter = [this, identity = caller->identity] { return FilterOf(identity); },
                         .add = [](const journal::Event& event, uint64_t,
                                   v1::WatchNoticesResponse& answer) { *answer.add_changes() = ToMessage(event); }});
}

}  // namespace envej::wire
