#ifndef ENVEJ_TESTS_BROKER_OPERATIONS_CONSOLE_SUPPORT_OPERATIONS_SERVER_H_
#define ENVEJ_TESTS_BROKER_OPERATIONS_CONSOLE_SUPPORT_OPERATIONS_SERVER_H_

#include <grpcpp/server.h>

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "certs/client_connection.h"
#include "envej/v1/operations_service.grpc.pb.h"
#include "proto/contract/rejection.h"
#include "tests/certs/test_files.h"

namespace envej::console {

// A gRPC server over mTLS on a loopback port that answers operations as the test has written: each answer below is
// given to every call, and what was asked is kept. Fields are set before the server is called, or under Change.
class OperationsServer final : public v1::OperationsService::Service {
 public:
  OperationsServer();
  ~OperationsServer() override;

  // How an operator's client reaches it.
  const certs::ConnectionOptions& connection() const { return connection_; }
  // The same as arguments.
  std::vector<std::string> Arguments() const;

  // The next calls of any kind fail so, one after the other.
  void FailNextCall(const grpc::Status& status);
  void RefuseNextCall(contract::Reason reason);
  void FailEveryCall(const grpc::Status& status);

  // What it answers. Pages of notices are given one after the other, each with a token for the next.
  v1::ListInboxesResponse inboxes;
  std::vector<std::vector<v1::OperationsNotice>> pages = {{}};
  uint64_t left_out = 0;  // of what is late, beside the pages
  v1::TraceNoticeResponse trace;
  v1::ReturnNoticeResponse returned;
  v1::SuspendParticipantResponse suspended;
  v1::ResumeParticipantResponse resumed;
  v1::ListParticipantsResponse participants;
  v1::GetBrokerStatusResponse status;
  // One stream after the other: its answers, then its end. A stream beyond them stays open until it is cancelled.
  struct Stream {
    std::vector<v1::WatchEventsResponse> answers;
    grpc::Status end;
  };
  std::deque<Stream> streams;
  // Those that RedriveNotices refuses as unknown, and those that it finds nothing to do for.
  std::vector<std::string> unknown_ids;
  std::vector<std::string> idle_ids;

  // Changes what it answers while it is called.
  template <typename Act>
  void Change(Act act) {
    const std::lock_guard lock(mutex_);
    act();
  }

  // What was asked, in order.
  std::vector<v1::ListInboxesRequest> inboxes_asked() const { return Copy(inboxes_asked_); }
  std::vector<v1::ListOperationsNoticesRequest> notices_asked() const { return Copy(notices_asked_); }
  std::vector<v1::TraceNoticeRequest> traces_asked() const { return Copy(traces_asked_); }
  std::vector<v1::RedriveNoticesRequest> redrives_asked() const { return Copy(redrives_asked_); }
  std::vector<v1::ReturnNoticeRequest> returns_asked() const { return Copy(returns_asked_); }
  std::vector<std::string> suspensions_asked() const { return Copy(suspensions_asked_); }
  std::vector<std::string> resumptions_asked() const { return Copy(resumptions_asked_); }
  std::vector<v1::WatchEventsRequest> watches_asked() const { return Copy(watches_asked_); }

 private:
  using Context = grpc::ServerContext;

  grpc::Status ListInboxes(Context*, const v1::ListInboxesRequest* request, v1::ListInboxesResponse* response) override;
  grpc::Status ListNotices(Context*, const v1::ListOperationsNoticesRequest* request,
                           v1::ListOperationsNoticesResponse* response) override;
  grpc::Status TraceNotice(Context*, const v1::TraceNoticeRequest* request, v1::TraceNoticeResponse* response) override;
  grpc::Status RedriveNotices(Context*, const v1::RedriveNoticesRequest* request,
                              v1::RedriveNoticesResponse* response) override;
  grpc::Status ReturnNotice(Context*, const v1::ReturnNoticeRequest* request,
                            v1::ReturnNoticeResponse* response) override;
  grpc::Status SuspendParticipant(Context*, const v1::SuspendParticipantRequest* request,
                                  v1::SuspendParticipantResponse* response) override;
  grpc::Status ResumeParticipant(Context*, const v1::ResumeParticipantRequest* request,
                                 v1::ResumeParticipantResponse* response) override;
  grpc::Status ListParticipants(Context*, const v1::ListParticipantsRequest*,
                                v1::ListParticipantsResponse* response) override;
  grpc::Status WatchEvents(Context* context, const v1::WatchEventsRequest* request,
                           grpc::ServerWriter<v1::WatchEventsResponse>* writer) override;
  grpc::Status GetBrokerStatus(Context*, const v1::GetBrokerStatusRequest*,
                               v1::GetBrokerStatusResponse* response) override;

  // The failure that comes next, if one does. Holds mutex_.
  grpc::Status NextFailure();
  template <typename Response>
  grpc::Status Answer(const Response& answer, Response* response);
  template <typename Value>
  std::vector<Value> Copy(const std::vector<Value>& values) const {
    const std::lock_guard lock(mutex_);
    return values;
  }

  const certs::TestDirectory folder_;
  certs::ConnectionOptions connection_;
  std::unique_ptr<grpc::Server> server_;

  mutable std::mutex mutex_;
  std::deque<grpc::Status> failures_;
  grpc::Status always_;
  std::vector<v1::ListInboxesRequest> inboxes_asked_;
  std::vector<v1::ListOperationsNoticesRequest> notices_asked_;
  std::vector<v1::TraceNoticeRequest> traces_asked_;
  std::vector<v1::RedriveNoticesRequest> redrives_asked_;
  std::vector<v1::ReturnNoticeRequest> returns_asked_;
  std::vector<std::string> suspensions_asked_;
  std::vector<std::string> resumptions_asked_;
  std::vector<v1::WatchEventsRequest> watches_asked_;
};

}  // namespace envej::console

#endif  // ENVEJ_TESTS_BROKER_OPERATIONS_CONSOLE_SUPPORT_OPERATIONS_SERVER_H_
