#ifndef ENVEJ_TESTS_BROKER_WIRE_WORLD_H_
#define ENVEJ_TESTS_BROKER_WIRE_WORLD_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/broker_process.h"

namespace envej::wire {

// One running broker, and calls on it by one region and one municipality.
class World {
 public:
  World();

  bool is_serving() const { return serving_; }
  support::BrokerProcess& broker() { return broker_; }
  v1::IntakeService::Stub& intake() { return *intake_; }
  v1::InboxService::Stub& inbox() { return *inbox_; }

  grpc::Status Submit(const v1::Notice& notice);
  grpc::Status Revise(const v1::Notice& notice, v1::ReviseNoticeResponse* answer = nullptr);
  grpc::Status Withdraw(const v1::Withdrawal& withdrawal, v1::WithdrawNoticeResponse* answer = nullptr);
  grpc::Status AcknowledgeOutcome(const std::string& municipality_code, const std::string& notice_id);
  grpc::Status Get(const std::string& municipality_code, const std::string& notice_id, v1::GetNoticeResponse& answer);
  grpc::Status List(const v1::ListNoticesRequest& request, v1::ListNoticesResponse& answer);
  // Another region lists, one call after the other; at most 2,000.
  grpc::Status ListUntilRefused();
  grpc::Status Pull(const v1::PullNoticesRequest& request, v1::PullNoticesResponse& answer);
  // The only result of a call for one lease.
  v1::ExtendLeaseResult Extend(const v1::LeaseName& lease);
  v1::AcknowledgeNoticeResult Acknowledge(const v1::LeaseName& lease);
  v1::ReturnNoticeResult Return(const v1::LeaseName& lease, v1::ReturnReason reason);

  // A new notice that the municipality has leased.
  v1::LeaseName Leased(absl::Duration duration = absl::Seconds(60));
  // The item of this notice that waits in the municipality's inbox, leased.
  v1::InboxItem PullItem(const std::string& notice_id, absl::Duration duration = absl::Seconds(60));
  // The municipality's lease on a notice that waits there.
  v1::LeaseName PullOne(const std::string& notice_id, absl::Duration duration = absl::Seconds(60));
  // A lease that ran out; its notice waits again.
  v1::LeaseName RanOut();

 private:
  support::BrokerProcess broker_;
  bool serving_ = false;
  std::unique_ptr<v1::IntakeService::Stub> intake_;
  std::unique_ptr<v1::InboxService::Stub> inbox_;
};

// Tests on one world, which their suite makes and stops.
class WorldTest : public testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite();
  void SetUp() override;

  static World& world() { return *world_; }
  // The broker must end well. What it logged.
  static std::string StopWorld();

 private:
  static std::unique_ptr<World> world_;
};

}  // namespace envej::wire

#endif  // ENVEJ_TESTS_BROKER_WIRE_WORLD_H_
