#ifndef ENVEJ_REGION_CLIENT_AGENT_OUTGOING_H_
#define ENVEJ_REGION_CLIENT_AGENT_OUTGOING_H_

#include <cstdint>
#include <string>

#include "envej/ward/v1/case.pb.h"

namespace envej::region {

// What something in the outbox is about.
const std::string& NoticeOf(const ward::v1::Outgoing& outgoing);
const std::string& MunicipalityOf(const ward::v1::Outgoing& outgoing);
uint32_t RevisionOf(const ward::v1::Outgoing& outgoing);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_OUTGOING_H_
