#include "tests/region-client/support/intake_server.h"

#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/receipt.h"
#include "proto/contract/status_codec.h"

namespace envej::region {

namespace {

grpc::Status Refused(contract::Reason reason) { return contract::ToGrpcStatus({.reason = reason, .violations = {}}); }

// With all that a receipt has beside what it names.
v1::Receipt Proven(contract::Receipt receipt) {
  receipt.region_code = "1081";
  receipt.accepted_at = absl::FromUnixMicros(absl::ToUnixMicros(absl::Now()));
  receipt.actor = std::string(32, 'a');
  receipt.position = {.store_incarnation = std::string(16, 's'), .broker = "test", .batch = 1, .event_index = 0};
  const std::vector<std::string> events = {contract::AcceptedEvent(receipt), "another event"};
  receipt.inclusion = contract::MerkleTree(events).Prove(0);
  return contract::ToMessage(receipt);
}

}  // namespace

const support::SealingWorld& IntakeServer::World() {
  static const auto* const kWorld = new support::SealingWorld("1081", "0101");
  return *kWorld;
}

IntakeServer::IntakeServer(std::shared_ptr<grpc::ServerCredentials> credentials) {
  grpc::ServerBuilder builder;
  int port = 0;
  if (credentials == nullptr) credentials = grpc::InsecureServerCredentials();
  builder.AddListeningPort("127.0.0.1:0", std::move(credentials), &port);
  builder.RegisterService(this);
  builder.SetMaxReceiveMessageSize((1 << 20) + (64 << 10));
  server_ = builder.BuildAndStart();
  EXPECT_NE(server_, nullptr);
  address_ = absl::StrCat("127.0.0.1:", port);
}

IntakeServer::~IntakeServer() { server_->Shutdown(absl::ToChronoTime(absl::Now() + absl::Seconds(1))); }

void IntakeServer::FailNextCall(const grpc::Status& status, bool carried_out) {
  failures_.push_back({.status = status, .carried_out = carried_out});
}

void IntakeServer::FailEveryCall(const grpc::Status& status) { always_ = status; }

void IntakeServer::Refuse(const std::string& notice_id, contract::Reason reason, int times) {
  refusals_[notice_id] = {reason, times};
}

void IntakeServer::SpoilReceipt(const std::string& notice_id) { spoilt_[notice_id] = true; }

std::vector<v1::SubmitNoticesRequest> IntakeServer::requests() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return requests_;
}

std::map<std::string, v1::Notice> IntakeServer::accepted() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::map<std::string, v1::Notice> notices;
  for (const auto& [id, held] : held_) {
    notices[id] = held.notice.has_sealed() ? World().Open(held.notice).value_or(v1::Notice()) : held.notice;
  }
  return notices;
}

int IntakeServer::most_in_flight() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return most_in_flight_;
}

std::vector<std::string> IntakeServer::submitted_for() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return submitted_for_;
}

std::vector<std::string> IntakeServer::withdrawn_for() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return withdrawn_for_;
}

grpc::Status IntakeServer::SubmitNotice(grpc::ServerContext*, const v1::SubmitNoticeRequest* request,
                                        v1::SubmitNoticeResponse* response) {
  const std::lock_guard<std::mutex> lock(mutex_);
  submitted_for_.push_back(request->region_code());
  v1::SubmitNoticesRequest batch;
  *batch.add_notices() = request->notice();
  v1::SubmitNoticesResponse answer;
  Answer(batch, answer);
  if (answer.results(0).has_rejected()) {
    return contract::ToGrpcStatus(contract::FromMessage(answer.results(0).rejected()));
  }
  *response = answer.results(0).accepted();
  return grpc::Status::OK;
}

grpc::Status IntakeServer::SubmitNotices(grpc::ServerContext*, const v1::SubmitNoticesRequest* request,
                                         v1::SubmitNoticesResponse* response) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    most_in_flight_ = std::max(most_in_flight_, ++in_flight_);
  }
  absl::SleepFor(absl::Milliseconds(20));  // so that calls under way at once are seen to be
  const std::lock_guard<std::mutex> lock(mutex_);
  --in_flight_;
  requests_.push_back(*request);
  Failure failure{.status = always_.ok() ? every_submission_ : always_, .carried_out = false};
  if (!failures_.empty()) {
    failure = failures_.front();
    failures_.pop_front();
  }
  if (failure.status.ok() || failure.carried_out) Answer(*request, *response);
  return failure.status;
}

void IntakeServer::Answer(const v1::SubmitNoticesRequest& request, v1::SubmitNoticesResponse& response) {
  for (const v1::Notice& notice : request.notices()) {
    const std::string& id = notice.envelope().notice_id();
    v1::SubmitNoticeResult& result = *response.add_results();
    result.set_notice_id(id);
    if (const auto refusal = refusals_.find(id); refusal != refusals_.end() && refusal->second.second-- > 0) {
      *result.mutable_rejected() = contract::ToMessage(
          {.reason = refusal->second.first, .violations = {{.field = "envelope", .reason = refusal->second.first}}});
      continue;
    }
    const auto [held, is_new] = held_.try_emplace(id);
    if (is_new) held->second = {.notice = notice, .receipt = MakeReceipt(notice)};
    *result.mutable_accepted()->mutable_receipt() = held->second.receipt;
    result.mutable_accepted()->set_repeated_submission(!is_new);
    if (spoilt_.count(id) != 0) result.mutable_accepted()->mutable_receipt()->set_region_code("1082");
  }
}

void IntakeServer::FailNextChange(const grpc::Status& status, bool carried_out) {
  change_failures_.push_back({.status = status, .carried_out = carried_out});
}

std::vector<v1::Notice> IntakeServer::revisions() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return revisions_;
}

std::vector<v1::Withdrawal> IntakeServer::withdrawals() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return withdrawals_;
}

grpc::Status IntakeServer::Change(const std::string& notice_id, const std::function<grpc::Status()>& change) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    most_in_flight_ = std::max(most_in_flight_, ++in_flight_);
  }
  absl::SleepFor(absl::Milliseconds(5));  // so that calls under way at once are seen to be
  const std::lock_guard<std::mutex> lock(mutex_);
  --in_flight_;
  if (!always_.ok()) return always_;
  Failure failure{.status = every_submission_, .carried_out = false};
  if (!change_failures_.empty()) {
    failure = change_failures_.front();
    change_failures_.pop_front();
  }
  if (const auto refusal = refusals_.find(notice_id); refusal != refusals_.end() && refusal->second.second-- > 0) {
    return Refused(refusal->second.first);
  }
  if (!failure.status.ok() && !failure.carried_out) return failure.status;
  const grpc::Status status = change();
  return failure.status.ok() ? status : failure.status;
}

grpc::Status IntakeServer::ReviseNotice(grpc::ServerContext*, const v1::ReviseNoticeRequest* request,
                                        v1::ReviseNoticeResponse* response) {
  return Change(request->notice().envelope().notice_id(), [&] { return Revise(request->notice(), *response); });
}

grpc::Status IntakeServer::Revise(const v1::Notice& notice, v1::ReviseNoticeResponse& response) {
  revisions_.push_back(notice);
  const auto held = held_.find(notice.envelope().notice_id());
  if (held == held_.end()) return Refused(contract::Reason::kNoticeNotFound);
  v1::Receipt& newest = held->second.receipt;
  if (newest.withdrawal_reason() != v1::WITHDRAWAL_REASON_UNSPECIFIED) {
    return Refused(contract::Reason::kNoticeWithdrawn);
  }
  const bool repeated = notice.envelope().revision() == newest.revision() &&
                        notice.envelope().content_commitment().value() == newest.content_commitment().value();
  if (!repeated && notice.envelope().revision() <= newest.revision()) return Refused(contract::Reason::kRevisionStale);
  if (!repeated) held->second = {.notice = notice, .receipt = MakeReceipt(notice)};
  *response.mutable_receipt() = newest;
  response.set_repeated_revision(repeated);
  if (spoilt_.count(held->first) != 0) response.mutable_receipt()->set_region_code("1082");
  return grpc::Status::OK;
}

grpc::Status IntakeServer::WithdrawNotice(grpc::ServerContext*, const v1::WithdrawNoticeRequest* request,
                                          v1::WithdrawNoticeResponse* response) {
  return Change(request->withdrawal().notice_id(), [&] {
    withdrawn_for_.push_back(request->region_code());
    return Withdraw(request->withdrawal(), *response);
  });
}

grpc::Status IntakeServer::Withdraw(const v1::Withdrawal& withdrawal, v1::WithdrawNoticeResponse& response) {
  withdrawals_.push_back(withdrawal);
  Held& held = held_[withdrawal.notice_id()];
  if (const auto slip_in = slip_in_.find(withdrawal.notice_id()); slip_in != slip_in_.end() && slip_in->second-- > 0) {
    held.notice.mutable_envelope()->set_revision(withdrawal.revision());
    held.receipt = MakeReceipt(held.notice);
  }
  const bool is_withdrawn = held.receipt.withdrawal_reason() != v1::WITHDRAWAL_REASON_UNSPECIFIED;
  const bool repeated = is_withdrawn && held.receipt.revision() == withdrawal.revision() &&
                        held.receipt.withdrawal_reason() == withdrawal.reason();
  if (is_withdrawn && !repeated) return Refused(contract::Reason::kNoticeWithdrawn);
  if (!repeated && withdrawal.revision() <= held.receipt.revision()) return Refused(contract::Reason::kRevisionStale);
  if (!repeated) held.receipt = MakeReceipt(withdrawal);
  held.notice.clear_content();
  *response.mutable_receipt() = held.receipt;
  response.set_repeated_withdrawal(repeated);
  if (spoilt_.count(withdrawal.notice_id()) != 0) response.mutable_receipt()->set_region_code("1082");
  return grpc::Status::OK;
}

grpc::Status IntakeServer::AcknowledgeOutcome(grpc::ServerContext*, const v1::AcknowledgeOutcomeRequest* request,
                                              v1::AcknowledgeOutcomeResponse* response) {
  return Change(request->notice_id(), [&] {
    if (held_.count(request->notice_id()) == 0) return Refused(contract::Reason::kNoticeNotFound);
    const auto shown = shown_.find(request->notice_id());
    if (shown == shown_.end() || shown->second.state() != v1::NOTICE_STATE_RETURNED) {
      return Refused(contract::Reason::kOutcomeNotReached);
    }
    response->mutable_acknowledged_at()->set_seconds(1'800'000'000);
    return grpc::Status::OK;
  });
}

v1::Receipt IntakeServer::MakeReceipt(const v1::Notice& notice) {
  const v1::Envelope& envelope = notice.envelope();
  contract::Receipt receipt;
  receipt.municipality_code = envelope.municipality_code();
  receipt.notice_id = envelope.notice_id();
  receipt.revision = envelope.revision();
  receipt.commitment = {.key_id = envelope.content_commitment().key_id(),
                        .value = envelope.content_commitment().value()};
  return Proven(std::move(receipt));
}

v1::Receipt IntakeServer::MakeReceipt(const v1::Withdrawal& withdrawal) {
  contract::Receipt receipt;
  receipt.municipality_code = withdrawal.municipality_code();
  receipt.notice_id = withdrawal.notice_id();
  receipt.revision = withdrawal.revision();
  receipt.withdrawal_reason = static_cast<uint32_t>(withdrawal.reason());
  return Proven(std::move(receipt));
}

v1::NoticeStatus IntakeServer::StatusOf(const Held& held) const {
  v1::NoticeStatus status;
  status.set_municipality_code(held.receipt.municipality_code());
  status.set_notice_id(held.receipt.notice_id());
  status.set_revision(held.receipt.revision());
  status.set_kind(v1::ITEM_KIND_NOTICE);
  status.set_state(v1::NOTICE_STATE_WAITING);
  status.set_discharge_date(held.notice.envelope().discharge_date());
  *status.mutable_accepted_at() = held.receipt.accepted_at();
  if (held.receipt.withdrawal_reason() != v1::WITHDRAWAL_REASON_UNSPECIFIED) {
    status.set_state(v1::NOTICE_STATE_WITHDRAWN);
    status.set_withdrawal_reason(held.receipt.withdrawal_reason());
  }
  if (const auto shown = shown_.find(status.notice_id()); shown != shown_.end()) status.MergeFrom(shown->second);
  return status;
}

grpc::Status IntakeServer::GetNotice(grpc::ServerContext*, const v1::GetNoticeRequest* request,
                                     v1::GetNoticeResponse* response) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!failures_.empty()) {
    const grpc::Status status = failures_.front().status;
    failures_.pop_front();
    return status;
  }
  if (!always_.ok()) return always_;
  const auto held = held_.find(request->notice_id());
  if (held == held_.end()) {
    return contract::ToGrpcStatus({.reason = contract::Reason::kNoticeNotFound, .violations = {}});
  }
  *response->mutable_status() = StatusOf(held->second);
  *response->mutable_receipt() = held->second.receipt;
  if (proven_.count(request->notice_id()) != 0) response->mutable_checkpoint_proof()->mutable_checkpoint();
  return grpc::Status::OK;
}

void IntakeServer::GiveProof(const std::string& notice_id) {
  const std::lock_guard<std::mutex> lock(mutex_);
  proven_.insert(notice_id);
}

void IntakeServer::ReplaceReceipt(const std::string& notice_id) {
  const std::lock_guard<std::mutex> lock(mutex_);
  held_.at(notice_id).receipt.mutable_position()->set_batch(1'000'000);
}

grpc::Status IntakeServer::ListNotices(grpc::ServerContext*, const v1::ListNoticesRequest* request,
                                       v1::ListNoticesResponse* response) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!failures_.empty()) {
    const grpc::Status status = failures_.front().status;
    failures_.pop_front();
    return status;
  }
  const auto wanted = [&](const v1::NoticeStatus& status) {
    return status.municipality_code() == request->municipality_code() && status.origin() == request->origin() &&
           (request->states().empty() ||
            std::count(request->states().begin(), request->states().end(), static_cast<int>(status.state())) > 0);
  };
  auto held = held_.upper_bound(request->page_token());
  for (int i = 0; i < page_size_ && held != held_.end(); ++i, ++held) {
    const v1::NoticeStatus status = StatusOf(held->second);
    if (wanted(status)) *response->add_notices() = status;
    response->set_next_page_token(held->first);
  }
  if (held == held_.end()) response->clear_next_page_token();
  return grpc::Status::OK;
}

grpc::Status IntakeServer::ListMunicipalities(grpc::ServerContext*, const v1::ListMunicipalitiesRequest*,
                                              v1::ListMunicipalitiesResponse* response) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!always_.ok()) return always_;
  v1::Municipality& first = *response->add_municipalities();
  first.set_municipality_code("0101");
  first.set_name("København");
  first.set_participating(true);
  first.set_agreement_in_force(true);
  first.set_scheme_name("Mentor på vej");
  first.set_phone_number("+4533112233");
  first.set_leaflet_text("Ring til os.\nVi lytter.");
  if (gives_certificates_) first.add_inbox_certificates(World().inbox().der());
  v1::Municipality& second = *response->add_municipalities();
  second.set_municipality_code("0147");
  second.set_name("Frederiksberg");
  return grpc::Status::OK;
}

}  // namespace envej::region
