#ifndef ENVEJ_REGION_CLIENT_AGENT_MESSAGE_CONTENT_H_
#define ENVEJ_REGION_CLIENT_AGENT_MESSAGE_CONTENT_H_

#include <string>
#include <vector>

#include "envej/ward/v1/case.pb.h"
#include "region-client/ward/event.h"

namespace envej::region {

// What a message says, in parts: no two that say different things have the same, and what was not read of a message is
// in none. They name a citizen: only their keyed hash is kept (AtRest::NamesOf).
std::vector<std::string> ContentOf(const std::vector<ward::Event>& events);
// `consent` as a source gave it; nullptr where the citizen withdrew it.
std::vector<std::string> ContentOf(const ward::v1::PatientId& patient, const ward::v1::RegisteredConsent* consent);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_MESSAGE_CONTENT_H_
