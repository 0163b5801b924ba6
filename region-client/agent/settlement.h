#ifndef ENVEJ_REGION_CLIENT_AGENT_SETTLEMENT_H_
#define ENVEJ_REGION_CLIENT_AGENT_SETTLEMENT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "envej/v1/intake_service.pb.h"
#include "region-client/agent/agent_store.h"
#include "region-client/agent/case_work.h"
#include "region-client/agent/outgoing.h"
#include "region-client/submission_client.h"

namespace envej::region {

// What is to become of something in the outbox.
enum class Fate {
  kDone,           // the broker has it, and there is a receipt
  kOver,           // the broker refused it by the contract
  kAsk,            // the broker has something else of the notice: what, is to be asked
  kAskedAndOther,  // and was: `newest` says it
  kHeldUp,         // until people mend something
  kStays,          // until the broker can be reached
};

// Something that was sent, and how it ended.
struct Settled {
  StoredOutgoing sent;
  Outcome outcome;
  Fate fate = Fate::kStays;
  std::optional<v1::GetNoticeResponse> newest = {};  // of kAskedAndOther: what the broker has; nothing if it has none
};

// By how it ended.
Fate FateOf(const ward::v1::Outgoing& outgoing, const Outcome& outcome);

// Takes it into the case of its notice and out of the outbox, or makes of it what can be sent, with what the ward is to
// be told. Whether anything is to be told. What stays changes nothing; nor does what was taken out of the outbox
// meanwhile, since a withdrawal is there in its place, but that a receipt is kept.
absl::StatusOr<bool> Apply(const Settled& settled, absl::Time now, CaseWork& work);

// A notice of the case; nullptr where it has none with this id.
ward::v1::CaseNotice* NoticeIn(ward::v1::Case& known, const std::string& notice_id);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_SETTLEMENT_H_
