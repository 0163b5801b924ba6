#ifndef ENVEJ_REGION_CLIENT_AGENT_FOLLOWER_H_
#define ENVEJ_REGION_CLIENT_AGENT_FOLLOWER_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "envej/v1/intake_service.pb.h"
#include "proto/contract/retry_policy.h"
#include "region-client/agent/agent_store.h"
#include "region-client/agent/case_locks.h"
#include "region-client/agent/stopping.h"
#include "region-client/command_context.h"

namespace envej::region {

struct FollowerParts {
  // As of SenderParts.
  std::function<CommandContext()> context;
  std::function<absl::Time()> now;
  AgentStore& store;
  CaseLocks& locks;
  Stopping& stopping;
  std::function<void()> told;  // called after something to tell was kept
  std::function<void()> put;   // called after something was put into the outbox
  std::function<void(const std::string& line)> log;
  std::function<void()> learn_anew;  // called before what was sealed to a former certificate is sealed again
};

// Follows what becomes of the region's notices, and takes it into their cases. Its place in the broker's journal is
// kept in the same batch as what it changes, so nothing is passed over and what comes again changes nothing.
//
// Where the broker begins anew, as after its store was restored, everything that it may have lost is sent again with
// the same ids and revisions: what it still has, it knows again. So it is where no place is known, since then the
// broker cannot tell whether its store is the one that gave the receipts.
//
// A watch that ends, also for what people have to mend, is begun again after a moment, and with the contract's backoff
// until the broker answers.
class Follower {
 public:
  // All that is given must outlive it.
  explicit Follower(FollowerParts parts);

  // Returns when the agent is to stop, at once, or with what keeps the store from being used.
  absl::Status Run();

 private:
  // Until it ends, for whatever reason, after kWatchMost at the latest. An error is the store's.
  absl::Status Watch();
  // Once, until it is another, or the broker answers.
  void Say(const std::string& line);
  absl::Status Take(const v1::WatchNoticesResponse& answer, const std::string& place);
  absl::Status SendAllAgain();
  absl::Status SendAgain(const std::string& case_id);

  const FollowerParts parts_;
  contract::RetryPolicy policy_;
  std::string said_;
  absl::Status failure_;
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_FOLLOWER_H_
