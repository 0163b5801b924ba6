#ifndef ENVEJ_TESTS_BROKER_WIRE_OPERATIONS_WORLD_H_
#define ENVEJ_TESTS_BROKER_WIRE_OPERATIONS_WORLD_H_

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "envej/v1/operations_service.grpc.pb.h"
#include "tests/support/broker_process.h"

namespace envej::wire {

// One running broker, a region that sends to it, a municipality that fetches, and two operators.
class OperationsTest : public testing::Test {
 protected:
  void SetUp() override;

  // A call with a deadline of its own: &Stub::Method.
  template <typename Request, typename Response>
  grpc::Status Call(grpc::Status (v1::OperationsService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                        Response*),
                    const Request& request, Response& response, const char* who = support::kOperations) {
    return (As(who).*method)(support::CallContext().get(), request, &response);
  }
  // An operator's one connection to the broker as it runs now.
  v1::OperationsService::Stub& As(const std::string& who);

  // A new notice in the inbox of municipality 0101, or of another one; its id.
  std::string Submit(const char* municipality_code = support::kCode, const char* region = support::kRegion);
  // The municipality 0101 leases all that waits; acknowledges it.
  v1::PullNoticesResponse Pull();
  void Deliver();

  grpc::Status Suspend(const std::string& participant, const char* who = support::kOperations,
                       v1::SuspendParticipantResponse* answer = nullptr);
  grpc::Status Resume(const std::string& participant, v1::ResumeParticipantResponse* answer = nullptr);
  // A call that every region may make.
  grpc::Status ListAs(const char* region);

  static v1::OperationsNoticeName NameOf(const std::string& id, const std::string& municipality_code = support::kCode);

  // By operator and by the broker's address, which a restart changes.
  std::map<std::pair<std::string, std::string>, std::unique_ptr<v1::OperationsService::Stub>> stubs_;
  support::BrokerProcess broker_{{.more = "limits: {participant_burst: 100000}\n"}};
};

}  // namespace envej::wire

#endif  // ENVEJ_TESTS_BROKER_WIRE_OPERATIONS_WORLD_H_
