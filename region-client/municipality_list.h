#ifndef ENVEJ_REGION_CLIENT_MUNICIPALITY_LIST_H_
#define ENVEJ_REGION_CLIENT_MUNICIPALITY_LIST_H_

#include <functional>
#include <variant>

#include "absl/time/time.h"
#include "envej/v1/intake_service.pb.h"
#include "region-client/call_failure.h"
#include "region-client/command_context.h"

namespace envej::region {

// What the broker says of the municipalities; or why it said nothing until `deadline`. What is retriable is tried again,
// and each time told.
std::variant<v1::ListMunicipalitiesResponse, CallFailure> FetchMunicipalities(
    const CommandContext& context, absl::Time deadline, const std::function<void(const CallFailure&)>& trying_again);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_MUNICIPALITY_LIST_H_
