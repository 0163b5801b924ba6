#include "broker/wire/intake_service.h"

#include <memory>
#include <utility>

#include "broker/wire/intake_messages.h"
#include "broker/wire/page_token.h"
#include "broker/wire/sent_notice.h"
#include "broker/wire/status.h"
#include "broker/wire/submission.h"
#include "proto/contract/limits.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/rejection.h"

namespace envej::wire {

using admission::Method;

grpc::ServerUnaryReactor* IntakeService::Finish(grpc::CallbackServerContext* context,
                                                const absl::Status& status) const {
  if (!status.ok()) return parts_.gate.Refuse(context, status);
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

void IntakeService::LogRefusal(const certs::Identity& caller, const absl::Status& status) const {
  const contract::Rejection rejection = contract::RejectionOf(status);
  if (rejection.reason == contract::Reason::kNone) return;
  parts_.log.Info("notice_refused", {{"caller", certs::ToUri(caller)},
                                     {"reason", std::string(contract::Describe(rejection.reason).name)}});
}

grpc::ServerUnaryReactor* IntakeService::SubmitNotice(grpc::CallbackServerContext* context,
                                                      const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  const absl::StatusOr<Caller> caller = parts_.gate.Enter(*context, Method::kSubmitNotice);
  if (!caller.ok()) return Finish(context, caller.status());
  if (request->Length() > contract::kCallBytes) {
    return Finish(context, contract::Refusal(contract::Reason::kBatchTooLarge, "notice"));
  }
  const grpc::Slice bytes = JoinBytes(*request);
  absl::StatusOr<SentNotice> sent = ReadRequest(View(bytes));
  absl::StatusOr<inbox::Submission> submission =
      sent.ok() ? PrepareSubmission(*caller, *std::move(sent), SubmittedWith(), parts_.clock.Now()) : sent.status();
  if (!submission.ok()) {
    LogRefusal(caller->identity, submission.status());
    return Finish(context, submission.status());
  }
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  std::vector<inbox::Submission> submissions;
  submissions.push_back(*std::move(submission));
  parts_.inboxes.SubmitAll(std::move(submissions), [this, reactor, response, caller = caller->identity](
                                                       std::vector<absl::StatusOr<inbox::Accepted>> results) {
    const absl::StatusOr<inbox::Accepted>& result = results.front();
    if (!result.ok()) LogRefusal(caller, result.status());
    reactor->Finish(result.ok() ? WriteAnswer(ToMessage(*result), *response)
                                : ToCallStatus(result.status(), parts_.log));
  });
  return reactor;
}

std::optional<inbox::Submission> IntakeService::Prepare(const Caller& caller, absl::string_view notice, absl::Time now,
                                                        v1::SubmitNoticeResult& result) const {
  absl::StatusOr<SentNotice> sent = ReadNotice(notice);
  if (sent.ok() && contract::NoticeId::Parse(sent->message.envelope().notice_id()).has_value()) {
    result.set_notice_id(sent->message.envelope().notice_id());
  }
  absl::StatusOr<inbox::Submission> submission =
      sent.ok() ? PrepareSubmission(caller, *std::move(sent), SubmittedWith(), now) : sent.status();
  if (submission.ok()) return *std::move(submission);
  LogRefusal(caller.identity, submission.status());
  *result.mutable_rejected() = *ToItemRejection(submission.status());
  return std::nullopt;
}

grpc::ServerUnaryReactor* IntakeService::SubmitNotices(grpc::CallbackServerContext* context,
                                                       const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  const absl::StatusOr<Caller> caller = parts_.gate.Enter(*context, Method::kSubmitNotices);
  if (!caller.ok()) return Finish(context, caller.status());
  if (request->Length() > contract::kBatchBytes) {
    return Finish(context, contract::Refusal(contract::Reason::kBatchTooLarge, "notices"));
  }
  const grpc::Slice bytes = JoinBytes(*request);
  const absl::StatusOr<std::vector<absl::string_view>> notices = SplitBatch(View(bytes));
  if (!notices.ok()) {
    LogRefusal(caller->identity, notices.status());
    return Finish(context, notices.status());
  }
  const absl::Status admitted = parts_.gate.AdmitMore(*caller, notices->size());
  if (!admitted.ok()) return Finish(context, admitted);
  const absl::Time now = parts_.clock.Now();
  v1::SubmitNoticesResponse answer;
  std::vector<inbox::Submission> submissions;
  std::vector<int> places;  // of each submission, in the answer
  for (const absl::string_view notice : *notices) {
    std::optional<inbox::Submission> submission = Prepare(*caller, notice, now, *answer.add_results());
    if (!submission.has_value()) continue;
    submissions.push_back(*std::move(submission));
    places.push_back(answer.results_size() - 1);
  }
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  if (submissions.empty()) {
    reactor->Finish(WriteAnswer(answer, *response));
    return reactor;
  }
  parts_.inboxes.SubmitAll(std::move(submissions), [this, reactor, response, answer = std::move(answer),
                                                    places = std::move(places), caller = caller->identity](
                                                       std::vector<absl::StatusOr<inbox::Accepted>> results) mutable {
    absl::Status failure;
    for (size_t index = 0; index < results.size(); ++index) {
      v1::SubmitNoticeResult& result = *answer.mutable_results(places[index]);
      const absl::Status& status = results[index].status();
      if (status.ok()) {
        *result.mutable_accepted() = ToMessage(*results[index]);
      } else if (std::optional<v1::Rejection> rejection = ToItemRejection(status)) {
        LogRefusal(caller, status);
        *result.mutable_rejected() = *std::move(rejection);
      } else {
        failure = status;  // the store's: the caller repeats the batch, and what was accepted is then answered again
      }
    }
    reactor->Finish(failure.ok() ? WriteAnswer(answer, *response) : ToCallStatus(failure, parts_.log));
  });
  return reactor;
}

grpc::ServerUnaryReactor* IntakeService::GetNotice(grpc::CallbackServerContext* context,
                                                   const v1::GetNoticeRequest* request,
                                                   v1::GetNoticeResponse* response) {
  const absl::StatusOr<Caller> caller = parts_.gate.Enter(*context, Method::kGetNotice);
  return Finish(context, caller.ok() ? Get(caller->identity, *request, *response) : caller.status());
}

absl::Status IntakeService::Get(const certs::Identity& caller, const v1::GetNoticeRequest& request,
                                v1::GetNoticeResponse& response) const {
  const std::optional<contract::NoticeId> id = contract::NoticeId::Parse(request.notice_id());
  if (!id.has_value() || parts_.participants.FindMunicipality(request.municipality_code()) == nullptr) {
    return contract::Refusal(contract::Reason::kNoticeNotFound);
  }
  const store::NoticeKey notice{
      .municipality_code = request.municipality_code(), .region_code = caller.code, .id = *id};
  const absl::StatusOr<inbox::Record> record = parts_.inboxes.Get(notice);
  if (!record.ok()) return record.status();
  const absl::StatusOr<contract::Receipt> receipt = parts_.inboxes.GetReceipt(notice, *record);
  if (!receipt.ok()) return receipt.status();
  *response.mutable_status() = ToStatusMessage(request.municipality_code(), *id, *record);
  *response.mutable_receipt() = contract::ToMessage(*receipt);
  const std::optional<contract::CheckpointProof> proof = parts_.inboxes.GetCheckpointProof(*receipt);
  if (proof.has_value()) *response.mutable_checkpoint_proof() = contract::ToMessage(*proof);
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* IntakeService::ListNotices(grpc::CallbackServerContext* context,
                                                     const v1::ListNoticesRequest* request,
                                                     v1::ListNoticesResponse* response) {
  const absl::StatusOr<Caller> caller = parts_.gate.Enter(*context, Method::kListNotices);
  return Finish(context, caller.ok() ? List(caller->identity, *request, *response) : caller.status());
}

absl::Status IntakeService::List(const certs::Identity& caller, const v1::ListNoticesRequest& request,
                                 v1::ListNoticesResponse& response) const {
  if (parts_.participants.FindMunicipality(request.municipality_code()) == nullptr) {
    return contract::Refusal(contract::Reason::kMunicipalityUnknown, "municipality_code");
  }
  const absl::StatusOr<inbox::ListQuery> query = ToListQuery(caller.code, request);
  if (!query.ok()) return query.status();
  const absl::StatusOr<inbox::ListPage> page = parts_.inboxes.List(*query);
  if (!page.ok()) return page.status();
  for (const inbox::ListedNotice& notice : page->notices) {
    *response.add_notices() = ToStatusMessage(request.municipality_code(), notice);
  }
  if (page->next.has_value()) response.set_next_page_token(EncodePageToken(*query, *page->next));
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* IntakeService::ListMunicipalities(grpc::CallbackServerContext* context,
                                                            const v1::ListMunicipalitiesRequest*,
                                                            v1::ListMunicipalitiesResponse* response) {
  const absl::StatusOr<Caller> caller = parts_.gate.Enter(*context, Method::kListMunicipalities);
  if (!caller.ok()) return Finish(context, caller.status());
  const absl::Time now = parts_.clock.Now();
  const absl::CivilDay today = absl::ToCivilDay(now, parts_.copenhagen);
  for (const admission::Municipality& municipality : parts_.participants.municipalities()) {
    const bool in_force = parts_.participants.AgreementInForce(caller->identity.code, municipality.code, today);
    *response->add_municipalities() = ToMessage(municipality, in_force, now);
  }
  return Finish(context, absl::OkStatus());
}

grpc::ServerUnaryReactor* IntakeService::GetServiceInfo(grpc::CallbackServerContext* context,
                                                        const v1::GetServiceInfoRequest*,
                                                        v1::GetServiceInfoResponse* response) {
  const absl::StatusOr<Caller> caller = parts_.gate.Enter(*context, Method::kGetServiceInfo);
  if (!caller.ok()) return Finish(context, caller.status());
  response->add_contract_versions(contract::kContractVersion);
  response->set_broker(parts_.broker_name);
  response->set_program_version(ENVEJ_VERSION);
  response->set_batch_notices(contract::kBatchNotices);
  response->set_batch_bytes(contract::kBatchBytes);
  response->set_id_memory_months(contract::kIdMemoryMonths);
  return Finish(context, absl::OkStatus());
}

}  // namespace envej::wire
