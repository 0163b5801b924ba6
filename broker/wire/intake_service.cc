#include "broker/wire/intake_service.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <utility>

#include "broker/mutex.h"
#include "broker/wire/intake_messages.h"
#include "broker/wire/page_token.h"
#include "broker/wire/sent_notice.h"
#include "broker/wire/submission.h"
#include "proto/contract/limits.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/rejection.h"

namespace envej::wire {

using admission::Method;

namespace {

// How many notices of a batch are worked on in one turn: sealing one on arrival takes some 0.2 ms.
constexpr size_t kNoticesInATurn = 8;
// What the work on a call that is a message keeps in memory, about.
constexpr size_t kCallBytes = 4096;

// The call's bytes, which the call itself then no longer keeps: its answer may be held back for a while.
std::shared_ptr<const SentBytes> TakeBytes(const grpc::ByteBuffer* request) {
  grpc::ByteBuffer taken;
  taken.Swap(const_cast<grpc::ByteBuffer*>(request));  // gRPC reads it no more
  return std::make_shared<const SentBytes>(taken);
}

// The notice that a request names. Refused: REGION_NOT_SUCCEEDED; NOTICE_NOT_FOUND if there can be none such.
template <typename Request>
absl::StatusOr<store::NoticeKey> Named(const Caller& caller, const Request& request, absl::Time now) {
  absl::StatusOr<std::string> region_code = RegionMeant(caller, request.region_code(), now);
  if (!region_code.ok()) return region_code.status();
  const std::optional<contract::NoticeId> id = contract::NoticeId::Parse(request.notice_id());
  if (!id.has_value() || caller.trust->participants().FindMunicipality(request.municipality_code()) == nullptr) {
    return contract::Refusal(contract::Reason::kNoticeNotFound);
  }
  return store::NoticeKey{
      .municipality_code = request.municipality_code(), .region_code = *std::move(region_code), .id = *id};
}

}  // namespace

// A batch while it is worked on: piece after piece, each of which is answered by itself.
struct IntakeService::Batch {
  Batch(Caller by, std::shared_ptr<const SentBytes> sent) : caller(std::move(by)), bytes(std::move(sent)) {}

  const Caller caller;
  const std::shared_ptr<const SentBytes> bytes;
  std::vector<absl::string_view> notices;  // in `bytes`
  absl::Time now;
  grpc::ByteBuffer* response = nullptr;
  v1::SubmitNoticesResponse answer;  // a result for each; nobody else touches those of a piece
  size_t next = 0;                   // the first notice that was not begun
  std::atomic<size_t> open = 0;      // notices without a result
  Mutex mutex;
  absl::Status failure ENVEJ_GUARDED_BY(mutex);  // the store's: the caller repeats the batch
};

void IntakeService::LogRefusal(const Caller& caller, const absl::Status& status) const {
  const contract::Rejection rejection = contract::RejectionOf(status);
  if (rejection.reason == contract::Reason::kNone) return;
  parts_.log.Info("notice_refused", {{"caller", certs::ToUri(caller.identity)},
                                     {"reason", std::string(contract::Describe(rejection.reason).name)},
                                     TraceField(caller.trace)});
}

grpc::ServerUnaryReactor* IntakeService::SubmitNotice(grpc::CallbackServerContext* context,
                                                      const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  return TakeOne(*context, Method::kSubmitNotice, request, *response);
}

grpc::ServerUnaryReactor* IntakeService::ReviseNotice(grpc::CallbackServerContext* context,
                                                      const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  return TakeOne(*context, Method::kReviseNotice, request, *response);
}

grpc::ServerUnaryReactor* IntakeService::TakeOne(grpc::CallbackServerContext& context, Method method,
                                                 const grpc::ByteBuffer* request, grpc::ByteBuffer& response) {
  const absl::StatusOr<Caller> caller = parts_.gate.Enter(context, method);
  const size_t length = request->Length();
  const std::shared_ptr<const SentBytes> bytes = TakeBytes(request);
  if (!caller.ok()) return share().Finish(context, caller);
  if (length > contract::kCallBytes) {
    return share().Finish(context, caller, contract::Refusal(contract::Reason::kBatchTooLarge, "notice"));
  }
  const contract::SentAs sent_as =
      method == Method::kReviseNotice ? contract::SentAs::kRevision : contract::SentAs::kNew;
  return share().Do(context, *caller, length,
                    [this, caller = *caller, sent_as, bytes, &response](grpc::ServerUnaryReactor& reactor) {
                      SubmitOne(caller, sent_as, bytes->view(), reactor, response);
                      return false;
                    });
}

void IntakeService::SubmitOne(const Caller& caller, contract::SentAs sent_as, absl::string_view bytes,
                              grpc::ServerUnaryReactor& reactor, grpc::ByteBuffer& response) {
  absl::StatusOr<SentNotice> sent = ReadRequest(bytes, sent_as);
  absl::StatusOr<inbox::Submission> submission =
      sent.ok() ? PrepareSubmission(caller, *std::move(sent), SubmittedWith(), parts_.clock.Now(), sent_as)
                : sent.status();
  HandIn(caller, std::move(submission), reactor, [sent_as, &response](const inbox::Accepted& accepted) {
    return sent_as == contract::SentAs::kNew ? WriteAnswer(ToMessage(accepted), response)
                                             : WriteAnswer(ToRevisionMessage(accepted), response);
  });
}

void IntakeService::HandIn(const Caller& caller, absl::StatusOr<inbox::Submission> submission,
                           grpc::ServerUnaryReactor& reactor, Answer answer) {
  if (!submission.ok()) {
    LogRefusal(caller, submission.status());
    return reactor.Finish(parts_.refusals.OfCall(caller, submission.status()));
  }
  std::vector<inbox::Submission> submissions;
  submissions.push_back(*std::move(submission));
  parts_.inboxes.SubmitAll(std::move(submissions), [this, &reactor, caller, answer = std::move(answer)](
                                                       const std::vector<absl::StatusOr<inbox::Accepted>>& results) {
    const absl::StatusOr<inbox::Accepted>& result = results.front();
    if (!result.ok()) LogRefusal(caller, result.status());
    reactor.Finish(result.ok() ? answer(*result) : parts_.refusals.OfCall(caller, result.status()));
  });
}

grpc::ServerUnaryReactor* IntakeService::WithdrawNotice(grpc::CallbackServerContext* context,
                                                        const v1::WithdrawNoticeRequest* request,
                                                        v1::WithdrawNoticeResponse* response) {
  const absl::StatusOr<Caller> caller = parts_.gate.Enter(*context, Method::kWithdrawNotice);
  if (!caller.ok()) return share().Finish(*context, caller);
  return share().Do(*context, *caller, request->ByteSizeLong(),
                    [this, caller = *caller, request, response](grpc::ServerUnaryReactor& reactor) {
                      WithdrawOne(caller, *request, reactor, *response);
                      return false;
                    });
}

void IntakeService::WithdrawOne(const Caller& caller, const v1::WithdrawNoticeRequest& request,
                                grpc::ServerUnaryReactor& reactor, v1::WithdrawNoticeResponse& response) {
  HandIn(caller, PrepareWithdrawal(caller, request, SubmittedWith(), parts_.clock.Now()), reactor,
         [&response](const inbox::Accepted& accepted) {
           response = ToWithdrawalMessage(accepted);
           return grpc::Status::OK;
         });
}

grpc::ServerUnaryReactor* IntakeService::AcknowledgeOutcome(grpc::CallbackServerContext* context,
                                                            const v1::AcknowledgeOutcomeRequest* request,
                                                            v1::AcknowledgeOutcomeResponse* response) {
  const absl::StatusOr<Caller> caller = parts_.gate.Enter(*context, Method::kAcknowledgeOutcome);
  if (!caller.ok()) return share().Finish(*context, caller);
  return share().Do(*context, *caller, kCallBytes,
                    [this, caller = *caller, request, response](grpc::ServerUnaryReactor& reactor) {
                      AcknowledgeOne(caller, *request, reactor, *response);
                      return false;
                    });
}

void IntakeService::AcknowledgeOne(const Caller& caller, const v1::AcknowledgeOutcomeRequest& request,
                                   grpc::ServerUnaryReactor& reactor, v1::AcknowledgeOutcomeResponse& response) {
  const absl::StatusOr<store::NoticeKey> notice = Named(caller, request, parts_.clock.Now());
  if (!notice.ok()) return reactor.Finish(parts_.refusals.OfCall(caller, notice.status()));
  parts_.inboxes.AcknowledgeOutcomes(
      {.actor = caller.certificate.fingerprint()}, {*notice},
      [this, &reactor, &response, caller](const std::vector<absl::StatusOr<absl::Time>>& times) {
        if (times.front().ok()) *response.mutable_acknowledged_at() = contract::ToMessage(*times.front());
        reactor.Finish(parts_.refusals.OfCall(caller, times.front().status()));
      });
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
  LogRefusal(caller, submission.status());
  *result.mutable_rejected() = *parts_.refusals.OfItem(caller, submission.status());
  return std::nullopt;
}

grpc::ServerUnaryReactor* IntakeService::SubmitNotices(grpc::CallbackServerContext* context,
                                                       const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  const absl::StatusOr<Caller> caller = parts_.gate.Enter(*context, Method::kSubmitNotices);
  const size_t length = request->Length();
  const std::shared_ptr<const SentBytes> bytes = TakeBytes(request);
  if (!caller.ok()) return share().Finish(*context, caller);
  if (length > contract::kBatchBytes) {
    return share().Finish(*context, caller, contract::Refusal(contract::Reason::kBatchTooLarge, "notices"));
  }
  absl::StatusOr<std::vector<absl::string_view>> notices = SplitBatch(bytes->view());
  if (!notices.ok()) {
    LogRefusal(*caller, notices.status());
    return share().Finish(*context, caller, notices.status());
  }
  const absl::Status admitted = share().AdmitBatch(*caller, notices->size());
  if (!admitted.ok()) return share().Finish(*context, caller, admitted);
  const auto batch = std::make_shared<Batch>(*caller, bytes);
  batch->notices = *std::move(notices);
  batch->now = parts_.clock.Now();
  batch->response = response;
  batch->open = batch->notices.size();
  for (size_t index = 0; index < batch->notices.size(); ++index) batch->answer.add_results();
  return share().Do(*context, batch->caller, length,
                    [this, batch](grpc::ServerUnaryReactor& reactor) { return SubmitPiece(batch, reactor); });
}

bool IntakeService::SubmitPiece(const std::shared_ptr<Batch>& batch, grpc::ServerUnaryReactor& reactor) {
  std::vector<inbox::Submission> submissions;
  std::vector<int> places;  // of each submission, in the answer
  const size_t end = std::min(batch->next + kNoticesInATurn, batch->notices.size());
  const size_t begun = end - batch->next;
  for (; batch->next < end; ++batch->next) {
    const int place = static_cast<int>(batch->next);
    std::optional<inbox::Submission> submission =
        Prepare(batch->caller, batch->notices[batch->next], batch->now, *batch->answer.mutable_results(place));
    if (!submission.has_value()) continue;
    submissions.push_back(*std::move(submission));
    places.push_back(place);
  }
  const bool more = end < batch->notices.size();
  const size_t refused = begun - submissions.size();
  if (refused > 0) Settle(*batch, refused, reactor);
  if (submissions.empty()) return more;
  parts_.inboxes.SubmitAll(std::move(submissions), [this, batch, &reactor, places = std::move(places)](
                                                       const std::vector<absl::StatusOr<inbox::Accepted>>& results) {
    for (size_t index = 0; index < results.size(); ++index) {
      v1::SubmitNoticeResult& result = *batch->answer.mutable_results(places[index]);
      const absl::Status& status = results[index].status();
      if (status.ok()) {
        *result.mutable_accepted() = ToMessage(*results[index]);
      } else if (std::optional<v1::Rejection> rejection = parts_.refusals.OfItem(batch->caller, status)) {
        LogRefusal(batch->caller, status);
        *result.mutable_rejected() = *std::move(rejection);
      } else {
        const MutexLock lock(batch->mutex);
        batch->failure = status;  // what was accepted is answered again when the caller repeats the batch
      }
    }
    Settle(*batch, results.size(), reactor);
  });
  return more;
}

void IntakeService::Settle(Batch& batch, size_t notices, grpc::ServerUnaryReactor& reactor) const {
  if (batch.open.fetch_sub(notices) > notices) return;
  absl::Status failure;
  {
    const MutexLock lock(batch.mutex);
    failure = batch.failure;
  }
  reactor.Finish(failure.ok() ? WriteAnswer(batch.answer, *batch.response)
                              : parts_.refusals.OfCall(batch.caller, failure));
}

grpc::ServerUnaryReactor* IntakeService::GetNotice(grpc::CallbackServerContext* context,
                                                   const v1::GetNoticeRequest* request,
                                                   v1::GetNoticeResponse* response) {
  const absl::StatusOr<Caller> caller = parts_.gate.Enter(*context, Method::kGetNotice);
  if (!caller.ok()) return share().Finish(*context, caller);
  return share().Do(*context, *caller, kCallBytes,
                    [this, caller = *caller, request, response](grpc::ServerUnaryReactor& reactor) {
                      reactor.Finish(parts_.refusals.OfCall(caller, Get(caller, *request, *response)));
                      return false;
                    });
}

absl::Status IntakeService::Get(const Caller& caller, const v1::GetNoticeRequest& request,
                                v1::GetNoticeResponse& response) const {
  const absl::StatusOr<store::NoticeKey> notice = Named(caller, request, parts_.clock.Now());
  if (!notice.ok()) return notice.status();
  const absl::StatusOr<inbox::Record> record = parts_.inboxes.Get(*notice);
  if (!record.ok()) return record.status();
  const absl::StatusOr<std::optional<contract::Receipt>> receipt = parts_.inboxes.GetReceipt(*notice, *record);
  if (!receipt.ok()) return receipt.status();
  *response.mutable_status() = ToStatusMessage(request.municipality_code(), notice->id, *record);
  if (!receipt->has_value()) return absl::OkStatus();
  *response.mutable_receipt() = contract::ToMessage(**receipt);
  const std::optional<contract::CheckpointProof> proof = parts_.inboxes.GetCheckpointProof(**receipt);
  if (proof.has_value()) *response.mutable_checkpoint_proof() = contract::ToMessage(*proof);
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* IntakeService::ListNotices(grpc::CallbackServerContext* context,
                                                     const v1::ListNoticesRequest* request,
                                                     v1::ListNoticesResponse* response) {
  const absl::StatusOr<Caller> caller = parts_.gate.Enter(*context, Method::kListNotices);
  if (!caller.ok()) return share().Finish(*context, caller);
  return share().Do(*context, *caller, kCallBytes,
                    [this, caller = *caller, request, response](grpc::ServerUnaryReactor& reactor) {
                      reactor.Finish(parts_.refusals.OfCall(caller, List(caller, *request, *response)));
                      return false;
                    });
}

absl::Status IntakeService::List(const Caller& caller, const v1::ListNoticesRequest& request,
                                 v1::ListNoticesResponse& response) const {
  if (caller.trust->participants().FindMunicipality(request.municipality_code()) == nullptr) {
    return contract::Refusal(contract::Reason::kMunicipalityUnknown, "municipality_code");
  }
  const absl::StatusOr<std::string> region_code = RegionMeant(caller, request.region_code(), parts_.clock.Now());
  if (!region_code.ok()) return region_code.status();
  const absl::StatusOr<inbox::ListQuery> query = ToListQuery(*region_code, request);
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
  if (!caller.ok()) return share().Finish(*context, caller);
  const admission::Participants& participants = caller->trust->participants();
  const absl::Time now = parts_.clock.Now();
  const absl::CivilDay today = absl::ToCivilDay(now, parts_.copenhagen);
  for (const admission::Municipality& municipality : participants.municipalities()) {
    const bool in_force = participants.AgreementInForce(caller->identity.code, municipality.code, today);
    *response->add_municipalities() = ToMessage(municipality, in_force, now);
  }
  return share().Finish(*context, caller);
}

grpc::ServerUnaryReactor* IntakeService::GetServiceInfo(grpc::CallbackServerContext* context,
                                                        const v1::GetServiceInfoRequest*,
                                                        v1::GetServiceInfoResponse* response) {
  const absl::StatusOr<Caller> caller = parts_.gate.Enter(*context, Method::kGetServiceInfo);
  if (!caller.ok()) return share().Finish(*context, caller);
  response->add_contract_versions(contract::kContractVersion);
  response->set_broker(parts_.broker_name);
  response->set_program_version(ENVEJ_VERSION);
  response->set_batch_notices(contract::kBatchNotices);
  response->set_batch_bytes(contract::kBatchBytes);
  response->set_id_memory_months(contract::kIdMemoryMonths);
  return share().Finish(*context, caller);
}

}  // namespace envej::wire
