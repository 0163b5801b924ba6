#ifndef ENVEJ_REGION_CLIENT_AGENT_CASE_NOTICE_ID_H_
#define ENVEJ_REGION_CLIENT_AGENT_CASE_NOTICE_ID_H_

#include <string>

#include "envej/ward/v1/case.pb.h"
#include "region-client/agent/at_rest.h"
#include "region-client/ward/site.h"

namespace envej::region {

// The id of the notice that was made last of a case: a UUID that looks random to whoever has not the agent's secret,
// and is the same whenever the same is made again. So an agent that was restored from an older backup, and is told
// again what it forgot, makes the notices that the broker has, and none beside them. It is found from the number by
// which the site identifies the patient, whichever was told first, the stay's number, its day of discharge, and how
// many notices were made.
std::string CaseNoticeId(const AtRest& at_rest, const ward::Site& site, const ward::v1::Case& known);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_CASE_NOTICE_ID_H_
