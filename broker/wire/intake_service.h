#ifndef ENVEJ_BROKER_WIRE_INTAKE_SERVICE_H_
#define ENVEJ_BROKER_WIRE_INTAKE_SERVICE_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/clock.h"
#include "broker/inbox/inboxes.h"
#include "broker/log.h"
#include "broker/wire/content_keeper.h"
#include "broker/wire/gate.h"
#include "broker/wire/notice_watches.h"
#include "broker/wire/refusals.h"
#include "broker/wire/submission.h"
#include "envej/v1/intake_service.grpc.pb.h"
#include "proto/contract/content_commitment.h"

namespace envej::wire {

// The calls as gRPC hands them over: those that bring notices as bytes (sent_notice.h), the others as messages.
using RawIntakeCalls = v1::IntakeService::WithRawCallbackMethod_SubmitNotice<
    v1::IntakeService::WithRawCallbackMethod_SubmitNotices<v1::IntakeService::WithRawCallbackMethod_ReviseNotice<
        v1::IntakeService::WithCallbackMethod_WithdrawNotice<v1::IntakeService::WithCallbackMethod_AcknowledgeOutcome<
            v1::IntakeService::WithCallbackMethod_WatchNotices<v1::IntakeService::Service>>>>>>;
using IntakeCalls = v1::IntakeService::WithCallbackMethod_GetNotice<
    v1::IntakeService::WithCallbackMethod_ListNotices<v1::IntakeService::WithCallbackMethod_ListMunicipalities<
        v1::IntakeService::WithCallbackMethod_GetServiceInfo<RawIntakeCalls>>>>;

// One way in. Each call: who and may (Gate), whether (Admission), then the inbox. All that it is given must outlive it.
class IntakeService final : public IntakeCalls {
 public:
  struct Parts {
    const Gate& gate;
    const ContentKeeper& keeper;
    const std::vector<contract::CommitmentSecret>& secrets;
    inbox::Inboxes& inboxes;
    NoticeWatches& watches;
    const Refusals& refusals;
    const Clock& clock;  // by which the rules of the day are judged
    const Log& log;
    std::string broker_name;
    absl::TimeZone copenhagen;
    std::function<bool()> storage_nearly_full = nullptr;  // any thread; nothing: it never is
  };

  explicit IntakeService(Parts parts) : parts_(std::move(parts)) {}

  grpc::ServerUnaryReactor* SubmitNotice(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* SubmitNotices(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ReviseNotice(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* WithdrawNotice(grpc::CallbackServerContext* context,
                                           const v1::WithdrawNoticeRequest* request,
                                           v1::WithdrawNoticeResponse* response) override;
  grpc::ServerUnaryReactor* AcknowledgeOutcome(grpc::CallbackServerContext* context,
                                               const v1::AcknowledgeOutcomeRequest* request,
                                               v1::AcknowledgeOutcomeResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchNoticesResponse>* WatchNotices(grpc::CallbackServerContext* context,
                                                                   const v1::WatchNoticesRequest* request) override {
    return parts_.watches.Watch(*context, *request);
  }
  grpc::ServerUnaryReactor* GetNotice(grpc::CallbackServerContext* context, const v1::GetNoticeRequest* request,
                                      v1::GetNoticeResponse* response) override;
  grpc::ServerUnaryReactor* ListNotices(grpc::CallbackServerContext* context, const v1::ListNoticesRequest* request,
                                        v1::ListNoticesResponse* response) override;
  grpc::ServerUnaryReactor* ListMunicipalities(grpc::CallbackServerContext* context,
                                               const v1::ListMunicipalitiesRequest* request,
                                               v1::ListMunicipalitiesResponse* response) override;
  grpc::ServerUnaryReactor* GetServiceInfo(grpc::CallbackServerContext* context,
                                           const v1::GetServiceInfoRequest* request,
                                           v1::GetServiceInfoResponse* response) override;

 private:
  struct Batch;

  FairShare& share() const { return parts_.gate.share(); }
  // A call that brings one notice.
  grpc::ServerUnaryReactor* TakeOne(grpc::CallbackServerContext& context, admission::Method method,
                                    const grpc::ByteBuffer* request, grpc::ByteBuffer& response);
  void SubmitOne(const Caller& caller, contract::SentAs sent_as, absl::string_view bytes,
                 grpc::ServerUnaryReactor& reactor, grpc::ByteBuffer& response);
  void WithdrawOne(const Caller& caller, const v1::WithdrawNoticeRequest& request, grpc::ServerUnaryReactor& reactor,
                   v1::WithdrawNoticeResponse& response);
  // Hands in one thing, and finishes the call: `answer` makes the answer of what was accepted.
  using Answer = std::function<grpc::Status(const inbox::Accepted& accepted)>;
  void HandIn(const Caller& caller, absl::StatusOr<inbox::Submission> submission, grpc::ServerUnaryReactor& reactor,
              Answer answer);
  void AcknowledgeOne(const Caller& caller, const v1::AcknowledgeOutcomeRequest& request,
                      grpc::ServerUnaryReactor& reactor, v1::AcknowledgeOutcomeResponse& response);
  // Begins the next notices of a batch; true if there are more.
  bool SubmitPiece(const std::shared_ptr<Batch>& batch, grpc::ServerUnaryReactor& reactor);
  // So many more notices have results; after the last one the call is answered.
  void Settle(Batch& batch, size_t notices, grpc::ServerUnaryReactor& reactor) const;
  // What the inbox is to accept of one notice of a batch. Its id and what refuses it go into `result`.
  std::optional<inbox::Submission> Prepare(const Caller& caller, absl::string_view notice, absl::Time now,
                                           v1::SubmitNoticeResult& result) const;
  absl::Status Get(const Caller& caller, const v1::GetNoticeRequest& request, v1::GetNoticeResponse& response) const;
  absl::Status List(const Caller& caller, const v1::ListNoticesRequest& request,
                    v1::ListNoticesResponse& response) const;
  // A refusal is counted in the log by reason and region, without the notice: it must not become a record of
  // somebody who did not consent.
  void LogRefusal(const Caller& caller, const absl::Status& status) const;

  SubmissionParts SubmittedWith() const {
    return {.keeper = parts_.keeper,
            .secrets = parts_.secrets,
            .storage_nearly_full = parts_.storage_nearly_full && parts_.storage_nearly_full()};
  }

  const Parts parts_;
};

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_INTAKE_SERVICE_H_
