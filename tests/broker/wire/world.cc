#include "tests/broker/wire/world.h"

#include <gtest/gtest.h>

#include <thread>

#include "absl/time/clock.h"
#include "proto/contract/message_codec.h"
#include "tests/support/notice_messages.h"

namespace envej::wire {

using support::CallContext;
using support::kOtherCode;

World::World() : broker_({.more = "limits: {waiting_pulls: 1}\n"}) {
  serving_ = broker_.Start();
  intake_ = broker_.Intake(support::kRegion);
  inbox_ = broker_.Inbox(support::kOtherMunicipality);
}

grpc::Status World::Submit(const v1::Notice& notice) {
  v1::SubmitNoticeRequest request;
  *request.mutable_notice() = notice;
  v1::SubmitNoticeResponse answer;
  return intake_->SubmitNotice(CallContext().get(), request, &answer);
}

grpc::Status World::Revise(const v1::Notice& notice, v1::ReviseNoticeResponse* answer) {
  v1::ReviseNoticeRequest request;
  *request.mutable_notice() = notice;
  v1::ReviseNoticeResponse unused;
  return intake_->ReviseNotice(CallContext().get(), request, answer == nullptr ? &unused : answer);
}

grpc::Status World::Withdraw(const v1::Withdrawal& withdrawal, v1::WithdrawNoticeResponse* answer) {
  v1::WithdrawNoticeRequest request;
  *request.mutable_withdrawal() = withdrawal;
  v1::WithdrawNoticeResponse unused;
  return intake_->WithdrawNotice(CallContext().get(), request, answer == nullptr ? &unused : answer);
}

grpc::Status World::AcknowledgeOutcome(const std::string& municipality_code, const std::string& notice_id) {
  v1::AcknowledgeOutcomeRequest request;
  request.set_municipality_code(municipality_code);
  request.set_notice_id(notice_id);
  v1::AcknowledgeOutcomeResponse answer;
  return intake_->AcknowledgeOutcome(CallContext().get(), request, &answer);
}

grpc::Status World::Get(const std::string& municipality_code, const std::string& notice_id,
                        v1::GetNoticeResponse& answer) {
  v1::GetNoticeRequest request;
  request.set_municipality_code(municipality_code);
  request.set_notice_id(notice_id);
  return intake_->GetNotice(CallContext().get(), request, &answer);
}

grpc::Status World::List(const v1::ListNoticesRequest& request, v1::ListNoticesResponse& answer) {
  return intake_->ListNotices(CallContext().get(), request, &answer);
}

grpc::Status World::ListUntilRefused() {
  const auto intake = broker_.Intake(support::kOtherRegion);
  v1::ListNoticesRequest request;
  request.set_municipality_code(support::kCode);
  grpc::Status status;
  for (int call = 0; call < 2000 && status.ok(); ++call) {
    v1::ListNoticesResponse answer;
    status = intake->ListNotices(CallContext().get(), request, &answer);
  }
  return status;
}

grpc::Status World::Pull(const v1::PullNoticesRequest& request, v1::PullNoticesResponse& answer) {
  return inbox_->PullNotices(CallContext().get(), request, &answer);
}

v1::ExtendLeaseResult World::Extend(const v1::LeaseName& lease) {
  v1::ExtendLeasesRequest request;
  request.set_municipality_code(kOtherCode);
  *request.add_leases() = lease;
  v1::ExtendLeasesResponse answer;
  EXPECT_TRUE(inbox_->ExtendLeases(CallContext().get(), request, &answer).ok());
  EXPECT_EQ(answer.results_size(), 1);
  return answer.results_size() == 1 ? answer.results(0) : v1::ExtendLeaseResult();
}

v1::AcknowledgeNoticeResult World::Acknowledge(const v1::LeaseName& lease) {
  v1::AcknowledgeNoticesRequest request;
  request.set_municipality_code(kOtherCode);
  *request.add_leases() = lease;
  v1::AcknowledgeNoticesResponse answer;
  EXPECT_TRUE(inbox_->AcknowledgeNotices(CallContext().get(), request, &answer).ok());
  EXPECT_EQ(answer.results_size(), 1);
  return answer.results_size() == 1 ? answer.results(0) : v1::AcknowledgeNoticeResult();
}

v1::ReturnNoticeResult World::Return(const v1::LeaseName& lease, v1::ReturnReason reason) {
  v1::ReturnNoticesRequest request;
  request.set_municipality_code(kOtherCode);
  *request.add_returns()->mutable_lease() = lease;
  request.mutable_returns(0)->set_reason(reason);
  v1::ReturnNoticesResponse answer;
  EXPECT_TRUE(inbox_->ReturnNotices(CallContext().get(), request, &answer).ok());
  EXPECT_EQ(answer.results_size(), 1);
  return answer.results_size() == 1 ? answer.results(0) : v1::ReturnNoticeResult();
}

v1::LeaseName World::Leased(absl::Duration duration) {
  const v1::Notice notice = support::NewNotice(kOtherCode);
  EXPECT_TRUE(Submit(notice).ok());
  return PullOne(notice.envelope().notice_id(), duration);
}

v1::LeaseName World::PullOne(const std::string& notice_id, absl::Duration duration) {
  return PullItem(notice_id, duration).lease().name();
}

v1::InboxItem World::PullItem(const std::string& notice_id, absl::Duration duration) {
  v1::PullNoticesRequest request;
  request.set_municipality_code(kOtherCode);
  request.set_max_notices(500);
  *request.mutable_lease_duration() = contract::ToMessage(duration);
  v1::PullNoticesResponse answer;
  EXPECT_TRUE(Pull(request, answer).ok());
  for (const v1::InboxItem& item : answer.items()) {
    if (item.lease().name().notice_id() == notice_id) return item;
  }
  ADD_FAILURE() << "the notice was not handed out";
  return {};
}

v1::LeaseName World::RanOut() {
  v1::LeaseName lease = Leased(absl::Seconds(5));
  const absl::Time at_latest = absl::Now() + absl::Seconds(20);
  while (absl::Now() < at_latest) {
    v1::GetNoticeResponse answer;
    EXPECT_TRUE(Get(kOtherCode, lease.notice_id(), answer).ok());
    if (answer.status().state() == v1::NOTICE_STATE_WAITING) return lease;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  ADD_FAILURE() << "the lease did not run out";
  return lease;
}

std::unique_ptr<World> WorldTest::world_;

void WorldTest::SetUpTestSuite() { world_ = std::make_unique<World>(); }
void WorldTest::TearDownTestSuite() { StopWorld(); }
void WorldTest::SetUp() { ASSERT_TRUE(world().is_serving()); }

std::string WorldTest::StopWorld() {
  EXPECT_EQ(world().broker().Stop().code, 0);
  std::string log = world().broker().Log();
  world_.reset();
  return log;
}

}  // namespace envej::wire
