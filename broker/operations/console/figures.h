#ifndef ENVEJ_BROKER_OPERATIONS_CONSOLE_FIGURES_H_
#define ENVEJ_BROKER_OPERATIONS_CONSOLE_FIGURES_H_

#include <google/protobuf/timestamp.pb.h>

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "envej/v1/operations_service.pb.h"

namespace envej::console {

// A length of time in its two largest units: "45 s", "12 min", "3 h 5 min", "53 d 4 h". Less than a second is "0 s"; a
// negative one counts as its opposite.
std::string RoughDuration(absl::Duration duration);

// A length of time as is measured: "0.21 ms", "14 ms", "3.2 s", then as above.
std::string FineDuration(absl::Duration duration);

// "12 min ago", "in 53 d"; within a second "now".
std::string Ago(absl::Time time, absl::Time now);

// "2026-11-23 14:05:09" in `zone`.
std::string LocalTime(absl::Time time, const absl::TimeZone& zone);

// "2026-11-23 14:05:09 (12 min ago)"; empty where the message does not have it.
std::string LocalTimeAndAgo(bool present, const google::protobuf::Timestamp& time, const absl::TimeZone& zone,
                            absl::Time now);

// "512 bytes", "1.5 KiB", "12.3 GiB".
std::string Bytes(uint64_t bytes);

// "1 notice", "2 notices".
std::string Counted(uint64_t count, absl::string_view one, absl::string_view more);

// "p50 0.2 ms, p95 1.1 ms, p99 3.2 ms of 1200"; "none" where there was nothing.
std::string Percentiles(const v1::DurationPercentiles& percentiles);

}  // namespace envej::console

#endif  // ENVEJ_BROKER_OPERATIONS_CONSOLE_FIGURES_H_
