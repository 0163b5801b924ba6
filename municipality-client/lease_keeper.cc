#include "municipality-client/lease_keeper.h"

#include <stop_token>
#include <utility>

#include "municipality-client/waiting.h"

namespace envej::municipality_client {

LeaseKeeper::LeaseKeeper(InboxClient& client, std::vector<v1::LeaseName> leases, absl::Duration lease)
    : thread_([&client, leases = std::move(leases), lease](std::stop_token stop) {
        for (;;) {
          WaitFor(lease / 3, stop);
          if (stop.stop_requested()) return;
          client.ExtendOnce(leases, lease, lease / 3, stop).IgnoreError();
        }
      }) {}

}  // namespace envej::municipality_client
