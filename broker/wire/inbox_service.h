#ifndef ENVEJ_BROKER_WIRE_INBOX_SERVICE_H_
#define ENVEJ_BROKER_WIRE_INBOX_SERVICE_H_

#include <string>
#include <utility>

#include "broker/admission/admission.h"
#include "broker/inbox/inboxes.h"
#include "broker/inbox/signer_certificates.h"
#include "broker/log.h"
#include "broker/wire/gate.h"
#include "broker/wire/pull_reactor.h"
#include "broker/wire/refusals.h"
#include "envej/v1/inbox_service.grpc.pb.h"

namespace envej::wire {

// One way out. Each call: who and may (Gate), the caller's own inbox, then the inbox. All that it is given must
// outlive it.
class InboxService final : public v1::InboxService::CallbackService {
 public:
  InboxService(const Gate& gate, inbox::Inboxes& inboxes, inbox::SignerCertificates& signers, const Refusals& refusals,
               const Log& log)
      : gate_(gate), inboxes_(inboxes), signers_(signers), refusals_(refusals), log_(log) {}

  // To be set before the first call.
  void TellPulled(Pulled pulled) { pulled_ = std::move(pulled); }

  grpc::ServerUnaryReactor* PullNotices(grpc::CallbackServerContext* context, const v1::PullNoticesRequest* request,
                                        v1::PullNoticesResponse* response) override;
  grpc::ServerUnaryReactor* ExtendLeases(grpc::CallbackServerContext* context, const v1::ExtendLeasesRequest* request,
                                         v1::ExtendLeasesResponse* response) override;
  grpc::ServerUnaryReactor* AcknowledgeNotices(grpc::CallbackServerContext* context,
                                               const v1::AcknowledgeNoticesRequest* request,
                                               v1::AcknowledgeNoticesResponse* response) override;
  grpc::ServerUnaryReactor* ReturnNotices(grpc::CallbackServerContext* context, const v1::ReturnNoticesRequest* request,
                                          v1::ReturnNoticesResponse* response) override;

 private:
  // OK if a batch of this size may be made, and is no more than agreed.
  absl::Status AdmitBatch(const Caller& caller, int size, absl::string_view field) const;
  // The caller, if it may make this call on this inbox; or a refusal, which is counted.
  absl::StatusOr<Caller> Enter(grpc::CallbackServerContext& context, admission::Method method,
                               const std::string& municipality_code) const;

  const Gate& gate_;
  inbox::Inboxes& inboxes_;
  inbox::SignerCertificates& signers_;
  const Refusals& refusals_;
  const Log& log_;
  Pulled pulled_;
};

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_INBOX_SERVICE_H_
