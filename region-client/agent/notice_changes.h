#ifndef ENVEJ_REGION_CLIENT_AGENT_NOTICE_CHANGES_H_
#define ENVEJ_REGION_CLIENT_AGENT_NOTICE_CHANGES_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "envej/v1/intake_service.pb.h"
#include "envej/ward/v1/case.pb.h"
#include "region-client/agent/case_work.h"

namespace envej::region {

// How often a notice is sealed and sent again that the municipality could not open.
inline constexpr uint32_t kSealedAgainMost = 3;

// What a change has led to.
struct Followed {
  bool tells = false;  // there is something new to tell the ward
  bool sends = false;  // there is something new in the outbox
  bool seals_again = false;
};

// Takes what the broker says has happened to a notice into its case. Taken again, it changes nothing.
Followed TakeChange(const v1::NoticeChange& change, absl::Time now, OpenCase& known, AgentBatch& batch);

// What is to be sent so that a broker that may have lost the notice has it again; nothing where that is nothing.
std::optional<ward::v1::Outgoing> AgainOf(const ward::v1::CaseNotice& notice, const std::string& case_id,
                                          absl::Time now);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_NOTICE_CHANGES_H_
