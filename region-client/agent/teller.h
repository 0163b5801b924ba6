#ifndef ENVEJ_REGION_CLIENT_AGENT_TELLER_H_
#define ENVEJ_REGION_CLIENT_AGENT_TELLER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "certs/surroundings.h"
#include "region-client/agent/agent_store.h"
#include "region-client/agent/stopping.h"
#include "region-client/agent/telling_ways.h"

namespace envej::region {

struct TellerParts {
  AgentStore& store;
  Stopping& stopping;
  const certs::Surroundings& surroundings;
  std::function<void(const std::string& line)> log;
  absl::TimeZone copenhagen;
};

// Tells the ward, by every way for itself: in order, at least once, and where a way fails again until it does not, with
// the contract's backoff. How far a way got is kept; what all ways have told is forgotten. So a way that is out of
// order keeps no other waiting. A telling that a way refuses for good, or for an hour does not take, is set aside: the
// log says so, it is counted as refused of that way, and the next is told. What does not reach a way is never set
// aside.
class Teller {
 public:
  // All that is given must outlive it.
  Teller(TellerParts parts, std::vector<TellingWay> ways);

  size_t ways() const { return ways_.size(); }
  // Tells by one way until the agent is to stop, or the store cannot be used. Each on a thread of its own.
  absl::Status Run(size_t way);
  // There is something new to tell. Any thread.
  void Ring();

 private:
  // What is being told by a way, and since when it was not taken.
  struct Attempt {
    uint64_t number = 0;
    absl::Time not_taken_since = absl::InfiniteFuture();
  };

  absl::StatusOr<bool> TellOne(size_t way, Attempt& attempt);
  bool IsToBeSetAside(const absl::Status& told, uint64_t number, Attempt& attempt) const;
  absl::Status SetAside(size_t way, const StoredTelling& telling, const absl::Status& why);
  absl::Status Advance(size_t way, uint64_t number);

  const TellerParts parts_;
  const std::vector<TellingWay> ways_;
  std::vector<std::unique_ptr<Doorbell>> doorbells_;
  std::mutex mutex_;
  std::vector<uint64_t> told_up_to_;
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_TELLER_H_
