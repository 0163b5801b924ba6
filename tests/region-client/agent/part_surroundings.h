#ifndef ENVEJ_TESTS_REGION_CLIENT_AGENT_PART_SURROUNDINGS_H_
#define ENVEJ_TESTS_REGION_CLIENT_AGENT_PART_SURROUNDINGS_H_

#include <sstream>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "region-client/agent/stopping.h"
#include "region-client/command_context.h"

namespace envej::region {

// What one part of an agent runs in, without the rest of it: waits end, and time is over, once it is to stop.
struct PartSurroundings {
  Stopping stopping_;
  std::istringstream in_;
  std::ostringstream out_;
  const Streams streams_{.in = in_, .out = out_, .err = out_};
  const Surroundings surroundings_{.now = [this] { return stopping_.stopped() ? absl::InfiniteFuture() : absl::Now(); },
                                   .sleep = [this](absl::Duration duration) { stopping_.Sleep(duration); },
                                   .random = [] { return 0.0; },
                                   .stop = stopping_.token()};
};

}  // namespace envej::region

#endif  // ENVEJ_TESTS_REGION_CLIENT_AGENT_PART_SURROUNDINGS_H_
