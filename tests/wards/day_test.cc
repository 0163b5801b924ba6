// A day of two psychiatric wards, as HL7 messages and consents, through a real agent and a real broker to the
// municipalities: what they hold in the end is what the ledger says, which was written by hand. Meanwhile the agent is
// killed again and again and once restored from an older backup, and the broker is away for a part of the day.

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "certs/listening_sockets.h"
#include "envej/ward/v1/agent_service.grpc.pb.h"
#include "proto/contract/day.h"
#include "region-client/hl7/message.h"
#include "region-client/hl7/mllp_framing.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/free_address.h"
#include "tests/support/loopback.h"
#include "tests/support/process.h"
#include "tests/wards/consumer.h"

namespace envej::wards {
namespace {

using support::BrokerProcess;
using support::CallContext;
using support::Process;

constexpr int kKills = 50;
const std::vector<std::string> kMunicipalities = {"0101", "0147", "0851"};

// What one patient's municipality ends up with, and what was withdrawn from any.
struct Expected {
  std::string holds;                     // "0101 / 2027-01-20 / name / phone"; empty: nothing
  std::multiset<std::string> withdrawn;  // "0101 READMITTED"

  bool operator==(const Expected&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Expected& expected) {
  return out << "holds [" << expected.holds << "], withdrawn " << testing::PrintToString(expected.withdrawn);
}

// `text` with D, D+3, D-1 as the day that it is.
std::string WithDays(const std::string& text, absl::CivilDay day) {
  std::vector<std::string> parts = absl::StrSplit(text, " / ");
  if (parts.size() != 4) return text;
  int days = 0;
  const std::string& relative = parts[1];
  if (relative.size() > 1) {
    EXPECT_TRUE(absl::SimpleAtoi(relative.substr(1), &days)) << text;
  }
  parts[1] = contract::FormatDay(day + days);
  return absl::StrJoin(parts, " / ");
}

// The ledger, by patient.
std::map<std::string, Expected> ReadLedger(const std::string& file, absl::CivilDay day) {
  std::map<std::string, Expected> ledger;
  for (const absl::string_view line : absl::StrSplit(certs::ReadFile(file), '\n', absl::SkipEmpty())) {
    if (line.front() == '#' || line.front() == ' ') continue;
    const std::vector<std::string> clauses = absl::StrSplit(line, " ; ");
    const std::vector<std::string> first = absl::StrSplit(clauses[0], absl::MaxSplits(' ', 2));
    Expected& expected = ledger[first[0]];
    if (first[1] == "holds") expected.holds = WithDays(first[2], day);
    for (size_t clause = 1; clause < clauses.size(); ++clause) {
      expected.withdrawn.emplace(absl::StripPrefix(clauses[clause], "withdrawn "));
    }
  }
  return ledger;
}

// What arrives: messages and consents, in their order.
struct Arrivals {
  struct Arrival {
    bool is_message = false;
    std::string bytes;
  };
  std::vector<Arrival> all;
  std::set<std::string> patients;  // labels
};

Arrivals MakeDay(const std::string& folder, absl::CivilDay day) {
  const std::string source = absl::StrCat(std::getenv("ENVEJ_SOURCE_DIRECTORY"), "/tests/wards/make_day.py");
  const support::Ended made =
      support::RunProgram({"/usr/bin/python3", source, "--day", contract::FormatDay(day), folder});
  EXPECT_EQ(made.code, 0) << made.err;
  std::vector<std::string> messages =
      absl::StrSplit(certs::ReadFile(folder + "/messages.hl7"), "MSH|", absl::SkipEmpty());
  const std::vector<std::string> consents =
      absl::StrSplit(certs::ReadFile(folder + "/consents.jsonl"), '\n', absl::SkipEmpty());
  Arrivals arrivals;
  size_t message = 0;
  size_t consent = 0;
  for (const absl::string_view line :
       absl::StrSplit(certs::ReadFile(folder + "/arrivals.txt"), '\n', absl::SkipEmpty())) {
    if (absl::StrContains(line, " hl7 ")) {
      arrivals.all.push_back({.is_message = true, .bytes = absl::StrCat("MSH|", messages.at(message++))});
    } else {
      arrivals.all.push_back({.is_message = false, .bytes = consents.at(consent++)});
    }
  }
  EXPECT_EQ(message, messages.size());
  EXPECT_EQ(consent, consents.size());
  return arrivals;
}

class WardsDayTest : public testing::Test {
 protected:
  ~WardsDayTest() override {
    if (killer_.joinable()) killer_.join();
  }
  void SetUp() override {
    std::string participants = certs::ReadFile(broker_.folder().Path("participants.yaml"));
    participants = absl::StrReplaceAll(participants, {{"last_day: 2020-12-31", "last_day: 2199-12-31"}});
    broker_.folder().Write("participants.yaml", participants, 0644);
    const std::vector<std::string> connection = broker_.ConnectionArguments(support::kRegion, "agent");
    broker_.folder().Write("agent.secret", absl::StrCat(std::string(64, 'b'), "\n"));
    broker_.folder().Write(
        "agent.yaml",
        absl::StrCat("broker:\n  address: ", connection[1], "\n  certificate: ", connection[3], "\n  key: ",
                     connection[5], "\n  authorities: ", connection[7], "\n  commitment_secret: commitment.secret\n",
                     "data:\n  folder: agent-data\n  secret: agent.secret\n",
                     "site:\n  patient_authority: HOSP\n  wards: [P1, P2]\n",
                     "hl7:\n  - name: pas\n    listen: ", listen_, "\n    elsewhere: {dispositions: [OVF]}\n"));
  }
  void StartAgent() {
    if (killer_.joinable()) killer_.join();
    agent_ = std::make_unique<Process>(std::vector<std::string>{support::ProgramPath("envej-region"), "agent",
                                                                "--config", broker_.folder().Path("agent.yaml")});
    ASSERT_TRUE(agent_->WaitForError([](const std::string& error) { return absl::StrContains(error, "agent: ready"); }))
        << agent_->Err();
    int port = 0;
    ASSERT_TRUE(absl::SimpleAtoi(listen_.substr(listen_.rfind(':') + 1), &port));
    sender_ = std::make_unique<Descriptor>(support::ConnectTo(port));
    stub_ = ward::v1::AgentService::NewStub(grpc::CreateChannel(
        absl::StrCat("unix:", broker_.folder().Path("agent-data/agent.sock")), grpc::InsecureChannelCredentials()));
  }
  // In a moment, while something else goes on.
  void KillAgentIn(absl::Duration moment) {
    if (killer_.joinable()) killer_.join();
    killer_ = std::thread([moment, id = agent_->id()] {
      absl::SleepFor(moment);
      kill(id, SIGKILL);
    });
  }

  // The acknowledgement; empty if there is none, and then it is to be sent again.
  std::string SendMessage(const std::string& message) {
    const std::string frame = hl7::EncodeFrame(message);
    if (send(sender_->number(), frame.data(), frame.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(frame.size()))
      return "";
    hl7::FrameDecoder decoder(hl7::kMessageBytesMost);
    for (;;) {
      char bytes[4096];
      const ssize_t count = recv(sender_->number(), bytes, sizeof bytes, 0);
      if (count <= 0) return "";
      absl::string_view rest(bytes, static_cast<size_t>(count));
      const auto answer = decoder.Decode(rest);
      if (!answer.ok()) return "";
      if (answer->has_value()) return **answer;
    }
  }

  // Of the patient's course.
  static int StepOf(const nlohmann::json& line) {
    int step = 0;
    const std::string id = line["id"].get<std::string>();
    EXPECT_TRUE(absl::SimpleAtoi(id.substr(id.find('-') + 1), &step)) << id;
    return step;
  }
  static std::string Today() {
    return contract::FormatDay(absl::ToCivilDay(absl::Now(), *contract::CopenhagenTimeZone()));
  }

  bool SendConsent(const std::string& line) {
    const nlohmann::json said = nlohmann::json::parse(line);
    ward::v1::PatientId patient;
    patient.set_authority(said["patient"]["authority"].get<std::string>());
    patient.set_value(said["patient"]["value"].get<std::string>());
    const auto context = CallContext();
    if (said.contains("withdrawn")) {
      ward::v1::WithdrawConsentRequest request;
      *request.mutable_patient() = patient;
      ward::v1::WithdrawConsentResponse answer;
      withdrawn_[patient.value()] = StepOf(said);
      return stub_->WithdrawConsent(context.get(), request, &answer).ok();
    }
    nlohmann::json consent = said;
    const auto withdrawn = withdrawn_.find(patient.value());
    if (withdrawn != withdrawn_.end() && StepOf(said) > withdrawn->second) {
      // The day of the courses is over, and the citizen was asked again after a withdrawal of today.
      for (auto& [name, part] : consent["consent"].items()) part["given_on"] = Today();
    }
    consent.erase("id");
    consent.erase("patient");
    ward::v1::RegisterConsentRequest request;
    *request.mutable_patient() = patient;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(consent.dump(), request.mutable_consent()).ok()) << line;
    ward::v1::RegisterConsentResponse answer;
    const grpc::Status status = stub_->RegisterConsent(context.get(), request, &answer);
    // What comes again after a restore may have been withdrawn by then.
    const bool is_answered = status.ok() || absl::StrContains(status.error_message(), "CONSENT_WITHDRAWN_SINCE");
    EXPECT_TRUE(is_answered || status.error_code() == grpc::StatusCode::UNAVAILABLE) << status.error_message();
    return is_answered;
  }

  // Once it is taken, over kills: as a ward's system does, it is sent again until it is acknowledged.
  void Send(const Arrivals::Arrival& arrival) {
    for (int tries = 0; tries < 20; ++tries) {
      if (arrival.is_message) {
        const std::string answer = SendMessage(arrival.bytes);
        if (!answer.empty()) {
          EXPECT_THAT(answer, testing::HasSubstr("MSA|AA|")) << arrival.bytes;
          return;
        }
      } else if (SendConsent(arrival.bytes)) {
        return;
      }
      StartAgent();
    }
    ADD_FAILURE() << "never taken: " << arrival.bytes;
  }

  // Until the broker has all of it, and the municipalities too.
  std::string Data() const { return broker_.folder().Path("agent-data/store"); }
  std::string Backup() const { return broker_.folder().Path("agent-backup"); }
  // Of the whole store, while the agent does not run.
  void BackUp() {
    agent_->Signal(SIGKILL);
    agent_->Wait();
    std::filesystem::copy(Data(), Backup(), std::filesystem::copy_options::recursive);
    StartAgent();
  }
  void Restore() {
    agent_->Signal(SIGKILL);
    agent_->Wait();
    std::filesystem::remove_all(Data());
    std::filesystem::copy(Backup(), Data(), std::filesystem::copy_options::recursive);
    StartAgent();
  }

  bool WaitUntilDelivered() {
    for (int wait = 0; wait < 2400; ++wait) {
      ward::v1::GetStatusResponse answer;
      const bool answered = stub_->GetStatus(CallContext().get(), ward::v1::GetStatusRequest(), &answer).ok();
      if (answered && answer.outgoing() == 0 && NothingWaits()) return true;
      absl::SleepFor(absl::Milliseconds(50));
    }
    return false;
  }
  bool NothingWaits() {
    for (const std::string& code : kMunicipalities) {
      v1::ListNoticesRequest list;
      list.set_municipality_code(code);
      list.add_states(v1::NOTICE_STATE_WAITING);
      list.add_states(v1::NOTICE_STATE_LEASED);
      v1::ListNoticesResponse page;
      if (!broker_.Intake(support::kRegion)->ListNotices(CallContext().get(), list, &page).ok()) return false;
      if (!page.notices().empty() || !page.next_page_token().empty()) return false;
    }
    return true;
  }

  // What became of a patient: what its municipality holds is said by `held`.
  Expected Became(const std::string& label, const std::map<std::string, std::string>& held) {
    Expected became;
    ward::v1::FindPatientRequest request;
    request.mutable_patient()->set_authority("HOSP");
    request.mutable_patient()->set_value(absl::StrCat("H0", std::string(3 - (label.size() - 1), '0'), label.substr(1)));
    ward::v1::FindPatientResponse answer;
    if (!stub_->FindPatient(CallContext().get(), request, &answer).ok()) return became;
    for (const ward::v1::NoticeSummary& notice : answer.notices()) {
      if (const auto found = held.find(notice.notice_id()); found != held.end()) {
        EXPECT_TRUE(became.holds.empty()) << label << " is held twice";
        became.holds = found->second;
      }
      if (notice.standing() == ward::v1::NOTICE_STANDING_WITHDRAWN) {
        became.withdrawn.insert(absl::StrCat(
            notice.municipality_code(), " ",
            absl::StripPrefix(v1::WithdrawalReason_Name(notice.withdrawal_reason()), "WITHDRAWAL_REASON_")));
      }
    }
    return became;
  }

  BrokerProcess broker_{{.listen = support::FreeAddress(std::random_device{}()), .more = {}}};
  const std::string listen_ = support::FreeAddress(std::random_device{}() + 1);
  std::unique_ptr<Process> agent_;
  std::map<std::string, int> withdrawn_;  // by patient: at which step of the course
  std::unique_ptr<Descriptor> sender_;
  std::thread killer_;
  std::unique_ptr<ward::v1::AgentService::Stub> stub_;
};

TEST_F(WardsDayTest, TheMunicipalitiesHoldWhatTheLedgerSays) {
  const absl::CivilDay yesterday = absl::ToCivilDay(absl::Now(), *contract::CopenhagenTimeZone()) - 1;
  const Arrivals arrivals = MakeDay(broker_.folder().Path("day"), yesterday);
  ASSERT_GT(arrivals.all.size(), 400u);
  ASSERT_TRUE(broker_.Start());
  std::vector<std::unique_ptr<Consumer>> consumers;
  for (const std::string& code : kMunicipalities) consumers.push_back(std::make_unique<Consumer>(broker_, code));
  StartAgent();
  const size_t each = arrivals.all.size() / kKills;
  int kills = 0;
  const size_t backed_up = arrivals.all.size() * 6 / 10;
  const size_t restored = arrivals.all.size() * 8 / 10;
  for (size_t next = 0; next < arrivals.all.size(); ++next) {
    if (next == arrivals.all.size() / 3) broker_.Kill();
    if (next == arrivals.all.size() / 2) {
      ASSERT_TRUE(broker_.Start());
    }
    if (next % each == each / 2 && kills < kKills) KillAgentIn(absl::Microseconds(300 * (++kills % 10)));
    Send(arrivals.all[next]);
    if (next == backed_up) BackUp();
    if (next != restored) continue;
    Restore();
    // Those who sent something since are told to send it again.
    for (size_t again = backed_up + 1; again <= restored; ++again) Send(arrivals.all[again]);
  }
  EXPECT_EQ(kills, kKills);
  StartAgent();
  ASSERT_TRUE(WaitUntilDelivered()) << agent_->Err();
  std::map<std::string, std::string> held;
  for (const auto& consumer : consumers) {
    consumer->Stop();
    held.insert(consumer->held().begin(), consumer->held().end());
  }
  const std::map<std::string, Expected> ledger =
      ReadLedger(absl::StrCat(std::getenv("ENVEJ_SOURCE_DIRECTORY"), "/tests/wards/ledger.txt"), yesterday);
  EXPECT_EQ(ledger.size(), 94u);
  size_t accounted = 0;
  for (const auto& [label, expected] : ledger) {
    const Expected became = Became(label, held);
    EXPECT_EQ(became, expected) << label;
    if (!became.holds.empty()) ++accounted;
  }
  EXPECT_EQ(held.size(), accounted) << "nobody holds what is nobody's";
  std::cout << "arrivals " << arrivals.all.size() << ", kills " << kills << ", patients " << ledger.size() << ", held "
            << held.size() << std::endl;
  agent_->Signal(SIGTERM);
  EXPECT_EQ(agent_->Wait().code, support::kDone);
}

}  // namespace
}  // namespace envej::wards
