#ifndef ENVEJ_REGION_CLIENT_AGENT_RANDOM_IDS_H_
#define ENVEJ_REGION_CLIENT_AGENT_RANDOM_IDS_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"

namespace envej::region {

// INTERNAL if none can be had.
absl::StatusOr<std::string> RandomBytes(size_t count);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_RANDOM_IDS_H_
