#ifndef ENVEJ_REGION_CLIENT_AGENT_RANDOM_IDS_H_
#define ENVEJ_REGION_CLIENT_AGENT_RANDOM_IDS_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"

namespace envej::region {

// INTERNAL if none can be had.
absl::StatusOr<std::string> RandomBytes(size_t count);

// A random UUID as the contract asks for; empty, which no broker takes, if no random bytes can be had.
std::string RandomNoticeId();

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_RANDOM_IDS_H_
