#ifndef ENVEJ_BROKER_WIRE_INBOX_SERVICE_H_
#define ENVEJ_BROKER_WIRE_INBOX_SERVICE_H_

#include <optional>
#include <string>

#include "broker/admission/admission.h"
#include "broker/inbox/inboxes.h"
#include "broker/inbox/signer_certificates.h"
#include "broker/log.h"
#include "broker/wire/gate.h"
#include "envej/v1/inbox_service.grpc.pb.h"

namespace envej::wire {

// One way out. Each call: who and may (Gate), the caller's own inbox, then the inbox. All that it is given must
// outlive it.
class InboxService final : public v1::InboxService::CallbackService {
 public:
  InboxService(const Gate& gate, const admission::Admission& admission, inbox::Inboxes& inboxes,
               inbox::SignerCertificates& signers, const Log& log)
      : gate_(gate), admission_(admission), inboxes_(inboxes), signers_(signers), log_(log) {}

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
  struct Batch {
    int size;
    const char* field;
  };

  // OK if the caller may make this call on this inbox, with a batch of this size.
  absl::Status Enter(const grpc::CallbackServerContext& context, admission::Method method,
                     const std::string& municipality_code, std::optional<Batch> batch = std::nullopt) const;
  grpc::ServerUnaryReactor* Finish(grpc::CallbackServerContext* context, const absl::Status& status) const;

  const Gate& gate_;
  const admission::Admission& admission_;
  inbox::Inboxes& inboxes_;
  inbox::SignerCertificates& signers_;
  const Log& log_;
};

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_INBOX_SERVICE_H_
