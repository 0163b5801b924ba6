#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "certs/pem.h"
#include "tests/certs/test_files.h"
#include "tests/support/broker_process.h"
#include "tests/support/notice_messages.h"
#include "tests/support/skipped_time.h"
#include "tests/support/trust_changes.h"

// pages_broker: the real broker with its pages, and what happens to it as it is told on standard input, one thing a
// line, each answered by a JSON object. Begins by telling where the pages are, and the files of an operator's
// certificate. Ends with its input; exits with 1 if something was not as expected.
namespace envej::operations {
namespace {

using nlohmann::json;
using support::CallContext;

class PagesBroker {
 public:
  // Where the pages are, or what stands in the way.
  json Start() {
    support::AddToParticipant(broker_, support::kCode, "on_call: {name: Vagten, phone_number: \"+4599000101\"}");
    if (!broker_.Start() || !broker_.WaitForLog("\"pages_served\"")) return {{"error", broker_.Log()}};
    const certs::TlsFiles client =
        support::SharedAuthority().IssueFiles(broker_.folder(), "client", certs::ClientRequest(support::kOperations));
    const std::string log = broker_.Log();
    const int port = std::atoi(log.c_str() + log.find("\"port\":", log.find("\"pages_served\"")) + 7);
    return {{"port", port}, {"certificate", client.certificate_chain}, {"key", client.private_key}};
  }

  // What is told is a word, of some with one more.
  json Do(const std::string& told) {
    const size_t space = told.find(' ');
    const std::string word = told.substr(0, space);
    const std::string more = space == std::string::npos ? "" : told.substr(space + 1);
    if (word == "submit") return Submit(more);
    if (word == "skip") return Skip(std::stoi(more));
    if (word == "lease") return Lease(more);
    if (word == "acknowledge") return Acknowledge(more);
    if (word == "return") return Return(more);
    if (word == "propose") return Propose(more);
    if (word == "suspend" || word == "resume") return SetSuspended(more, word == "suspend");
    if (word == "strike") return ReplaceInRegister(", night-watch]", "]");
    if (word == "restore") return ReplaceInRegister("evening-watch]", "evening-watch, night-watch]");
    if (word == "renew") return Renew();
    return {{"error", absl::StrCat("no such thing: ", told)}};
  }

 private:
  static json Outcome(const grpc::Status& status, json answer = json::object()) {
    return status.ok() ? std::move(answer) : json{{"error", status.error_message()}};
  }

  json Submit(const std::string& code) {
    v1::SubmitNoticeRequest request;
    *request.mutable_notice() = support::NewNotice(code);
    v1::SubmitNoticeResponse answer;
    const grpc::Status status = broker_.Intake(support::kRegion)->SubmitNotice(CallContext().get(), request, &answer);
    ids_[code] = request.notice().envelope().notice_id();
    return Outcome(status, {{"id", ids_[code]}});
  }

  json Skip(int minutes) {
    skipped_.Skip(minutes);
    return json::object();
  }

  std::unique_ptr<v1::InboxService::Stub> InboxOf(const std::string& code) const {
    return broker_.Inbox(absl::StrCat("urn:envej:municipality:", code));
  }

  json Lease(const std::string& code) {
    v1::PullNoticesRequest pull;
    pull.set_municipality_code(code);
    v1::PullNoticesResponse pulled;
    const grpc::Status status = InboxOf(code)->PullNotices(CallContext().get(), pull, &pulled);
    if (status.ok() && pulled.items_size() != 1) return {{"error", pulled.ShortDebugString()}};
    if (status.ok()) leases_[code] = pulled.items(0).lease().name();
    return Outcome(status);
  }

  json Acknowledge(const std::string& code) {
    v1::AcknowledgeNoticesRequest request;
    request.set_municipality_code(code);
    *request.add_leases() = leases_[code];
    v1::AcknowledgeNoticesResponse answer;
    return Outcome(InboxOf(code)->AcknowledgeNotices(CallContext().get(), request, &answer));
  }

  json Return(const std::string& code) {
    v1::ReturnNoticesRequest request;
    request.set_municipality_code(code);
    *request.add_returns()->mutable_lease() = leases_[code];
    request.mutable_returns(0)->set_reason(v1::RETURN_REASON_NOT_RESIDENT);
    v1::ReturnNoticesResponse answer;
    return Outcome(InboxOf(code)->ReturnNotices(CallContext().get(), request, &answer));
  }

  // What waits in this inbox, to be returned; by another operator than the one whose certificate was told of.
  json Propose(const std::string& code) {
    v1::ReturnNoticeRequest request;
    request.mutable_notice()->set_region_code("1081");
    request.mutable_notice()->set_municipality_code(code);
    request.mutable_notice()->set_notice_id(ids_[code]);
    v1::ReturnNoticeResponse answer;
    return Outcome(broker_.Operations(support::kOtherOperations)->ReturnNotice(CallContext().get(), request, &answer));
  }

  // By the same.
  json SetSuspended(const std::string& participant, bool suspended) {
    const auto stub = broker_.Operations(support::kOtherOperations);
    if (suspended) {
      v1::SuspendParticipantRequest request;
      request.set_participant(participant);
      v1::SuspendParticipantResponse answer;
      return Outcome(stub->SuspendParticipant(CallContext().get(), request, &answer));
    }
    v1::ResumeParticipantRequest request;
    request.set_participant(participant);
    v1::ResumeParticipantResponse answer;
    return Outcome(stub->ResumeParticipant(CallContext().get(), request, &answer));
  }

  json ReplaceInRegister(const std::string& old, const std::string& by) {
    const std::string text = certs::ReadFile(broker_.folder().Path("participants.yaml"));
    const std::string replaced = absl::StrReplaceAll(text, {{old, by}});
    if (replaced == text) return {{"error", absl::StrCat("the register has no ", old)}};
    broker_.folder().Write("participants.yaml", replaced, 0644);
    return Reload();
  }

  // Another certificate and key for the broker, in the files that it reads.
  json Renew() {
    support::SharedAuthority().IssueFiles(broker_.folder(), "broker", certs::ServerRequest());
    const auto chain = certs::Certificate::FromPem(certs::ReadFile(broker_.folder().Path("broker.pem")));
    json answer = Reload();
    answer["serial"] = certs::SerialText(*X509_get0_serialNumber(&chain->front().x509()));
    return answer;
  }

  json Reload() {
    broker_.Signal(SIGHUP);
    if (!broker_.WaitForLog("\"trust_reloaded\"", ++reloads_)) return {{"error", broker_.Log()}};
    return json::object();
  }

  const support::SkippedTime skipped_;
  support::BrokerProcess broker_{{.more = "operations: {listen: \"127.0.0.1:0\"}\n",
                                  .environment = skipped_.Environment(support::SkippedTime::Clocks::kAll)}};
  std::map<std::string, std::string> ids_;       // of the last notice to each municipality
  std::map<std::string, v1::LeaseName> leases_;  // and of its last lease
  int reloads_ = 0;
};

int Run() {
  certs::LetHoldFor(absl::Hours(12));  // hours are to pass
  PagesBroker pages;
  std::cout << pages.Start().dump() << std::endl;
  std::string line;
  while (std::getline(std::cin, line)) std::cout << pages.Do(line).dump() << std::endl;
  return testing::UnitTest::GetInstance()->ad_hoc_test_result().Failed() ? 1 : 0;
}

}  // namespace
}  // namespace envej::operations

int main() { return envej::operations::Run(); }
