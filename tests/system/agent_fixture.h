#ifndef ENVEJ_TESTS_SYSTEM_AGENT_FIXTURE_H_
#define ENVEJ_TESTS_SYSTEM_AGENT_FIXTURE_H_

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "envej/ward/v1/agent_service.grpc.pb.h"
#include "proto/contract/day.h"
#include "region-client/agent/desk.h"
#include "tests/region-client/agent/agent_world.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/free_address.h"
#include "tests/support/process.h"

namespace envej::system {

using support::BrokerProcess;
using support::CallContext;
using support::Ended;
using support::kCode;
using support::Process;

inline bool WaitUntil(const std::function<bool()>& is_so) {
  for (int wait = 0; wait < 2400; ++wait) {  // as long as a client may wait before it tries again, and more
    if (is_so()) return true;
    absl::SleepFor(absl::Milliseconds(50));
  }
  return false;
}

// A real agent beside a real broker, each of which is started by the test.
class SystemAgentTest : public testing::Test {
 protected:
  void SetUp() override { Configure(""); }
  // With further lines of its configuration.
  void Configure(const std::string& more) {
    const std::vector<std::string> connection = broker_.ConnectionArguments(support::kRegion, "agent");
    broker_.folder().Write("agent.secret", region::Secret('b'));
    broker_.folder().Write("agent.yaml",
                           absl::StrCat("broker:\n  address: ", connection[1], "\n  certificate: ", connection[3],
                                        "\n  key: ", connection[5], "\n  authorities: ", connection[7],
                                        "\n  commitment_secret: commitment.secret\n",
                                        "data:\n  folder: agent-data\n  secret: agent.secret\n",
                                        "site:\n  patient_authority: hospital\n  wards: [P1]\n",
                                        "telling:\n  file: told.jsonl\n  on_call:\n    command: [tee, -a, ",
                                        broker_.folder().Path("on-call.jsonl"), "]\n", more));
  }
  std::string Data() const { return broker_.folder().Path("agent-data"); }
  std::string Config() const { return broker_.folder().Path("agent.yaml"); }
  std::string Today() const {
    return contract::FormatDay(absl::ToCivilDay(absl::Now(), *contract::CopenhagenTimeZone()));
  }

  // So many patients were discharged, as a listener would have handed it over.
  void Discharge(int patients) {
    absl::StatusOr<std::unique_ptr<region::AgentStore>> store = region::AgentStore::Open(
        {.folder = Data(), .secret = broker_.folder().Path("agent.secret"), .former_secrets = {}});
    ASSERT_TRUE(store.ok()) << store.status();
    region::CaseLocks locks;
    region::Desk desk({.site = region::TestSite()}, **store, locks, absl::Now, *contract::CopenhagenTimeZone(), [] {});
    for (int patient = 0; patient < patients; ++patient) {
      const std::string number = absl::StrCat(patient);
      ASSERT_TRUE(desk.TakeMessage({.source = "adt", .id = number}, {region::Discharge(number, absl::Now())}).ok());
    }
  }
  void StartAgent() {
    agent_ = std::make_unique<Process>(
        std::vector<std::string>{support::ProgramPath("envej-region"), "agent", "--config", Config()});
    ASSERT_TRUE(agent_->WaitForError([](const std::string& error) {
      return error.find("envej-region agent: ready") != error.npos;
    })) << agent_->Err();
    stub_ = ward::v1::AgentService::NewStub(
        grpc::CreateChannel(absl::StrCat("unix:", Data(), "/agent.sock"), grpc::InsecureChannelCredentials()));
  }
  void KillAgent() {
    agent_->Signal(SIGKILL);
    agent_->Wait();
  }
  void StopAgent() {
    agent_->Signal(SIGTERM);
    const Ended ended = agent_->Wait();
    EXPECT_EQ(ended.code, support::kDone) << ended.err;
  }
  void Consent(int patient, const std::string& phone = "20 12 34 56") {
    ward::v1::RegisterConsentRequest request;
    request.mutable_patient()->set_value(absl::StrCat(patient));
    *request.mutable_consent() = region::Consent(Today(), kCode);
    request.mutable_consent()->mutable_contact()->add_phone_numbers(phone);
    ward::v1::RegisterConsentResponse answer;
    const grpc::Status status = stub_->RegisterConsent(CallContext().get(), request, &answer);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(answer.why_not(), "");
  }
  uint64_t Outgoing() {
    ward::v1::GetStatusResponse answer;
    EXPECT_TRUE(stub_->GetStatus(CallContext().get(), ward::v1::GetStatusRequest(), &answer).ok());
    return answer.outgoing();
  }
  ward::v1::NoticeSummary Notice(int patient) {
    ward::v1::FindPatientRequest request;
    request.mutable_patient()->set_value(absl::StrCat(patient));
    ward::v1::FindPatientResponse answer;
    EXPECT_TRUE(stub_->FindPatient(CallContext().get(), request, &answer).ok());
    EXPECT_THAT(answer.notices(), testing::SizeIs(1));
    return answer.notices().empty() ? ward::v1::NoticeSummary() : answer.notices(0);
  }
  std::vector<v1::NoticeStatus> AtBroker() {
    v1::ListNoticesRequest request;
    request.set_municipality_code(kCode);
    request.set_page_size(500);
    v1::ListNoticesResponse answer;
    EXPECT_TRUE(broker_.Intake(support::kRegion)->ListNotices(CallContext().get(), request, &answer).ok());
    return {answer.notices().begin(), answer.notices().end()};
  }

  BrokerProcess broker_{{.listen = support::FreeAddress(std::random_device{}()), .more = {}}};
  std::unique_ptr<Process> agent_;
  std::unique_ptr<ward::v1::AgentService::Stub> stub_;
};

}  // namespace envej::system

#endif  // ENVEJ_TESTS_SYSTEM_AGENT_FIXTURE_H_
