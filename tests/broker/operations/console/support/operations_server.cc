#include "tests/broker/operations/console/support/operations_server.h"

#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "certs/tls_credentials.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/status_codec.h"

namespace envej::console {
namespace {

const certs::TestAuthority& Authority() {
  static const auto* const kAuthority = new certs::TestAuthority;
  return *kAuthority;
}

bool Has(const std::vector<std::string>& ids, const std::string& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

}  // namespace

OperationsServer::OperationsServer() {
  const certs::TlsFiles files = Authority().IssueFiles(folder_, "server", certs::ServerRequest());
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", certs::MakeServerCredentials(files).value(), &port);
  builder.RegisterService(this);
  server_ = builder.BuildAndStart();
  EXPECT_NE(server_, nullptr);
  connection_ = {
      .broker = absl::StrCat("127.0.0.1:", port),
      .files = Authority().IssueFiles(folder_, "operator", certs::ClientRequest("urn:envej:operations:night-watch"))};
}

// The lock: who follows what threads do sees it in ours, and not in gRPC's.
OperationsServer::~OperationsServer() {
  server_->Shutdown(absl::ToChronoTime(absl::Now()));
  const std::lock_guard lock(mutex_);
}

std::vector<std::string> OperationsServer::Arguments() const {
  return {"--broker",      connection_.broker,
          "--certificate", connection_.files.certificate_chain,
          "--key",         connection_.files.private_key,
          "--authorities", connection_.files.authorities};
}

void OperationsServer::FailNextCall(const grpc::Status& failure) {
  const std::lock_guard lock(mutex_);
  failures_.push_back(failure);
}

void OperationsServer::RefuseNextCall(contract::Reason reason) {
  FailNextCall(contract::ToGrpcStatus({.reason = reason, .violations = {}}));
}

void OperationsServer::FailEveryCall(const grpc::Status& failure) {
  const std::lock_guard lock(mutex_);
  always_ = failure;
}

grpc::Status OperationsServer::NextFailure() {
  if (failures_.empty()) return always_;
  grpc::Status failure = failures_.front();
  failures_.pop_front();
  return failure;
}

template <typename Response>
grpc::Status OperationsServer::Answer(const Response& answer, Response* response) {
  grpc::Status failure = NextFailure();
  if (failure.ok()) *response = answer;
  return failure;
}

grpc::Status OperationsServer::ListInboxes(Context*, const v1::ListInboxesRequest* request,
                                           v1::ListInboxesResponse* response) {
  const std::lock_guard lock(mutex_);
  inboxes_asked_.push_back(*request);
  return Answer(inboxes, response);
}

grpc::Status OperationsServer::ListNotices(Context*, const v1::ListOperationsNoticesRequest* request,
                                           v1::ListOperationsNoticesResponse* response) {
  const std::lock_guard lock(mutex_);
  notices_asked_.push_back(*request);
  size_t page = 0;
  if (!request->page_token().empty() && !absl::SimpleAtoi(request->page_token(), &page)) {
    return contract::ToGrpcStatus({.reason = contract::Reason::kPageTokenInvalid, .violations = {}});
  }
  v1::ListOperationsNoticesResponse answer;
  answer.set_left_out(left_out);
  for (const v1::OperationsNotice& notice : pages.at(page)) *answer.add_notices() = notice;
  if (page + 1 < pages.size()) answer.set_next_page_token(absl::StrCat(page + 1));
  return Answer(answer, response);
}

grpc::Status OperationsServer::TraceNotice(Context*, const v1::TraceNoticeRequest* request,
                                           v1::TraceNoticeResponse* response) {
  const std::lock_guard lock(mutex_);
  traces_asked_.push_back(*request);
  return Answer(trace, response);
}

grpc::Status OperationsServer::RedriveNotices(Context*, const v1::RedriveNoticesRequest* request,
                                              v1::RedriveNoticesResponse* response) {
  const std::lock_guard lock(mutex_);
  redrives_asked_.push_back(*request);
  v1::RedriveNoticesResponse answer;
  for (const v1::OperationsNoticeName& notice : request->notices()) {
    v1::RedriveNoticeResult& result = *answer.add_results();
    *result.mutable_notice() = notice;
    const bool unknown = Has(unknown_ids, notice.notice_id());
    if (unknown) {
      *result.mutable_rejected() = contract::ToMessage({.reason = contract::Reason::kNoticeNotFound, .violations = {}});
    }
    result.set_redriven(!unknown && !Has(idle_ids, notice.notice_id()));
  }
  return Answer(answer, response);
}

grpc::Status OperationsServer::ReturnNotice(Context*, const v1::ReturnNoticeRequest* request,
                                            v1::ReturnNoticeResponse* response) {
  const std::lock_guard lock(mutex_);
  returns_asked_.push_back(*request);
  return Answer(returned, response);
}

grpc::Status OperationsServer::SuspendParticipant(Context*, const v1::SuspendParticipantRequest* request,
                                                  v1::SuspendParticipantResponse* response) {
  const std::lock_guard lock(mutex_);
  suspensions_asked_.push_back(request->participant());
  return Answer(suspended, response);
}

grpc::Status OperationsServer::ResumeParticipant(Context*, const v1::ResumeParticipantRequest* request,
                                                 v1::ResumeParticipantResponse* response) {
  const std::lock_guard lock(mutex_);
  resumptions_asked_.push_back(request->participant());
  return Answer(resumed, response);
}

grpc::Status OperationsServer::ListParticipants(Context*, const v1::ListParticipantsRequest*,
                                                v1::ListParticipantsResponse* response) {
  const std::lock_guard lock(mutex_);
  return Answer(participants, response);
}

grpc::Status OperationsServer::GetBrokerStatus(Context*, const v1::GetBrokerStatusRequest*,
                                               v1::GetBrokerStatusResponse* response) {
  const std::lock_guard lock(mutex_);
  return Answer(status, response);
}

grpc::Status OperationsServer::WatchEvents(Context* context, const v1::WatchEventsRequest* request,
                                           grpc::ServerWriter<v1::WatchEventsResponse>* writer) {
  Stream stream;
  {
    const std::lock_guard lock(mutex_);
    watches_asked_.push_back(*request);
    grpc::Status failure = NextFailure();
    if (!failure.ok()) return failure;
    if (!streams.empty()) {
      stream = streams.front();
      streams.pop_front();
      for (const v1::WatchEventsResponse& answer : stream.answers) writer->Write(answer);
      return stream.end;
    }
  }
  while (!context->IsCancelled()) absl::SleepFor(absl::Milliseconds(5));
  return grpc::Status::CANCELLED;
}

}  // namespace envej::console
