#ifndef ENVEJ_MUNICIPALITY_CLIENT_LEASE_KEEPER_H_
#define ENVEJ_MUNICIPALITY_CLIENT_LEASE_KEEPER_H_

#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "envej/v1/inbox_service.pb.h"
#include "municipality-client/inbox_client.h"

namespace envej::municipality_client {

// Extends leases, a third of their length at a time, for as long as it lives. An extension that fails is not told: the
// next one may succeed, and a lease that runs out only means that the item comes again.
class LeaseKeeper {
 public:
  // `client` outlives it.
  LeaseKeeper(InboxClient& client, std::vector<v1::LeaseName> leases, absl::Duration lease);

 private:
  std::jthread thread_;
};

}  // namespace envej::municipality_client

#endif  // ENVEJ_MUNICIPALITY_CLIENT_LEASE_KEEPER_H_
