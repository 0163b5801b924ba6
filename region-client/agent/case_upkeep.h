#ifndef ENVEJ_REGION_CLIENT_AGENT_CASE_UPKEEP_H_
#define ENVEJ_REGION_CLIENT_AGENT_CASE_UPKEEP_H_

#include "absl/time/time.h"
#include "envej/ward/v1/case.pb.h"

namespace envej::region {

// What time alone does to a case, but for its erasure (agent_batch.h).

// Contact details are kept so long after a notice is over, or the municipality has it, and after the discharge: as long
// as the contract lets a notice of it be made or revised.
inline constexpr absl::Duration kContactKept = absl::Hours(24 * 31);

// When the day is over for which a discharge is planned that the ward was not told of as passed; InfiniteFuture where
// nothing is planned, or there is no notice of it. By UTC, where a day ends an hour or two after Copenhagen's.
absl::Time PlanPassedAt(const ward::v1::Case& known);

// When no notice can come any more of the names, numbers and addresses that a case holds: at once, InfinitePast, where
// the consent is withdrawn or the citizen is dead; kContactKept after all of it where the stay is over, too; else, or
// where it holds none, InfiniteFuture.
absl::Time ContactOverAt(const ward::v1::Case& known);

// When upkeep has something to do: the earlier of the two.
absl::Time LookAt(const ward::v1::Case& known);

// They go; that they are protected stays.
void ClearContact(ward::v1::Case& known);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_CASE_UPKEEP_H_
