#ifndef ENVEJ_BROKER_WIRE_PULL_REACTOR_H_
#define ENVEJ_BROKER_WIRE_PULL_REACTOR_H_

#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <functional>
#include <memory>

#include "broker/inbox/inboxes.h"
#include "broker/inbox/signer_certificates.h"
#include "broker/log.h"
#include "broker/wire/gate.h"
#include "broker/wire/refusals.h"
#include "envej/v1/inbox_service.pb.h"

namespace envej::wire {

// Told of every pull that was let in: it waits for something, or has been answered. Any thread; must not block.
using Pulled = std::function<void(const Caller& caller)>;

// A pull that may wait: when its caller goes away, it leaves the queue, so that nothing is leased to nobody. Deletes
// itself when gRPC is done with it.
class PullReactor final : public grpc::ServerUnaryReactor {
 public:
  struct Parts {
    inbox::Inboxes& inboxes;
    inbox::SignerCertificates& signers;
    const Refusals& refusals;
    const Log& log;
    const Pulled& pulled;  // may be empty
  };

  // The parts must outlive the call.
  static PullReactor* Start(const Parts& parts, const Caller& caller, inbox::PullRequest request,
                            v1::PullNoticesResponse* response);

 private:
  // Outlives the reactor, which may be gone before the pull's handle is known.
  struct Waiting {
    std::atomic<uint64_t> handle = 0;
    std::atomic<bool> cancelled = false;
  };

  PullReactor(const Parts& parts, const Caller& caller)
      : parts_(parts), caller_(caller), waiting_(std::make_shared<Waiting>()) {}

  void Answer(const absl::StatusOr<std::vector<inbox::PulledItem>>& items, v1::PullNoticesResponse* response);
  // The certificates of those who signed these items.
  void AddSigners(v1::PullNoticesResponse& response) const;
  void OnCancel() override;
  void OnDone() override { delete this; }

  const Parts parts_;
  const Caller caller_;
  const std::shared_ptr<Waiting> waiting_;
};

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_PULL_REACTOR_H_
