#ifndef ENVEJ_TESTS_REGION_CLIENT_SUPPORT_INTAKE_SERVER_H_
#define ENVEJ_TESTS_REGION_CLIENT_SUPPORT_INTAKE_SERVER_H_

#include <grpcpp/server.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "envej/v1/intake_service.grpc.pb.h"
#include "proto/contract/rejection.h"
#include "tests/support/sealing_world.h"

namespace envej::region {

// A gRPC server on a loopback port that serves IntakeService from memory for region 1081: it accepts what it is
// given, once for each id, with receipts that prove it. What it does otherwise is set before it is called.
class IntakeServer final : public v1::IntakeService::Service {
 public:
  // Its region and its municipality 0101.
  static const support::SealingWorld& World();

  explicit IntakeServer(std::shared_ptr<grpc::ServerCredentials> credentials = nullptr);
  ~IntakeServer() override;

  // "127.0.0.1:PORT".
  const std::string& address() const { return address_; }

  // The next calls of SubmitNotices fail so, one after the other; with `carried_out`, only the answer is lost.
  void FailNextCall(const grpc::Status& status, bool carried_out = false);
  void FailEveryCall(const grpc::Status& status);
  // Those that submit alone.
  void FailEverySubmission(const grpc::Status& status) { every_submission_ = status; }
  // This notice is refused the next `times` times.
  void Refuse(const std::string& notice_id, contract::Reason reason, int times = 1'000'000);
  // Receipts of this notice no longer prove what they say.
  void SpoilReceipt(const std::string& notice_id);
  // From now on GetNotice gives a proof with this notice, which proves nothing.
  void GiveProof(const std::string& notice_id);
  // GetNotice knows another receipt than the one it gave.
  void ReplaceReceipt(const std::string& notice_id);
  // Those of ReviseNotice, WithdrawNotice and AcknowledgeOutcome fail so, one after the other.
  void FailNextChange(const grpc::Status& status, bool carried_out = false);
  // As often, a revision of this notice comes in just before its withdrawal.
  void SlipInRevisions(const std::string& notice_id, int times) { slip_in_[notice_id] = times; }
  // What it says of a notice from now on, in the fields that are set here.
  void Show(const v1::NoticeStatus& status) { shown_[status.notice_id()] = status; }
  void GiveNoInboxCertificates() { gives_certificates_ = false; }
  void set_page_size(int page_size) { page_size_ = page_size; }

  // Every SubmitNotices request in order of arrival, and what was accepted: as the municipality finds it.
  std::vector<v1::SubmitNoticesRequest> requests() const;
  std::map<std::string, v1::Notice> accepted() const;
  // Likewise of revisions and withdrawals.
  std::vector<v1::Notice> revisions() const;
  std::vector<v1::Withdrawal> withdrawals() const;
  int most_in_flight() const;
  // Whose SubmitNotice and WithdrawNotice said that the notices are.
  std::vector<std::string> submitted_for() const;
  std::vector<std::string> withdrawn_for() const;

  grpc::Status SubmitNotice(grpc::ServerContext*, const v1::SubmitNoticeRequest* request,
                            v1::SubmitNoticeResponse* response) override;
  grpc::Status SubmitNotices(grpc::ServerContext*, const v1::SubmitNoticesRequest* request,
                             v1::SubmitNoticesResponse* response) override;
  grpc::Status ReviseNotice(grpc::ServerContext*, const v1::ReviseNoticeRequest* request,
                            v1::ReviseNoticeResponse* response) override;
  grpc::Status WithdrawNotice(grpc::ServerContext*, const v1::WithdrawNoticeRequest* request,
                              v1::WithdrawNoticeResponse* response) override;
  // Of what is shown as returned.
  grpc::Status AcknowledgeOutcome(grpc::ServerContext*, const v1::AcknowledgeOutcomeRequest* request,
                                  v1::AcknowledgeOutcomeResponse* response) override;
  grpc::Status GetNotice(grpc::ServerContext*, const v1::GetNoticeRequest* request,
                         v1::GetNoticeResponse* response) override;
  grpc::Status ListNotices(grpc::ServerContext*, const v1::ListNoticesRequest* request,
                           v1::ListNoticesResponse* response) override;
  grpc::Status ListMunicipalities(grpc::ServerContext*, const v1::ListMunicipalitiesRequest*,
                                  v1::ListMunicipalitiesResponse* response) override;

 private:
  struct Failure {
    grpc::Status status;
    bool carried_out = false;
  };
  struct Held {
    v1::Notice notice;
    v1::Receipt receipt;  // the newest
  };

  void Answer(const v1::SubmitNoticesRequest& request, v1::SubmitNoticesResponse& response);
  // Runs one change, or fails it as was asked.
  grpc::Status Change(const std::string& notice_id, const std::function<grpc::Status()>& change);
  grpc::Status Revise(const v1::Notice& notice, v1::ReviseNoticeResponse& response);
  grpc::Status Withdraw(const v1::Withdrawal& withdrawal, v1::WithdrawNoticeResponse& response);
  static v1::Receipt MakeReceipt(const v1::Notice& notice);
  static v1::Receipt MakeReceipt(const v1::Withdrawal& withdrawal);
  v1::NoticeStatus StatusOf(const Held& held) const;

  mutable std::mutex mutex_;
  std::deque<Failure> failures_;
  std::map<std::string, std::pair<contract::Reason, int>> refusals_;
  std::map<std::string, bool> spoilt_;
  std::set<std::string> proven_;
  std::deque<Failure> change_failures_;
  std::map<std::string, int> slip_in_;
  std::map<std::string, v1::NoticeStatus> shown_;
  bool gives_certificates_ = true;
  std::vector<v1::Notice> revisions_;
  std::vector<v1::Withdrawal> withdrawals_;
  std::vector<std::string> submitted_for_;
  std::vector<std::string> withdrawn_for_;
  std::vector<v1::SubmitNoticesRequest> requests_;
  std::map<std::string, Held> held_;
  grpc::Status always_ = grpc::Status::OK;
  grpc::Status every_submission_ = grpc::Status::OK;
  int page_size_ = 500;
  int in_flight_ = 0;
  int most_in_flight_ = 0;
  std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace envej::region

#endif  // ENVEJ_TESTS_REGION_CLIENT_SUPPORT_INTAKE_SERVER_H_
