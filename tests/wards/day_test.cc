// A day of two psychiatric wards, as HL7 messages and consents, through a real agent and a real broker to the
// municipalities: what they hold in the end, and what they were told to be withdrawn, is what the ledger says, which
// was written by hand. Meanwhile the agent is killed again and again, the broker is away for a part of the day, and
// each of the two is once restored from an older backup.

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
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
#include "tests/wards/day_files.h"

namespace envej::wards {
namespace {

using support::BrokerProcess;
using support::CallContext;
using support::Process;

constexpr int kKills = 50;
const std::vector<v1::NoticeState> kWaiting = {v1::NOTICE_STATE_WAITING, v1::NOTICE_STATE_LEASED,
                                               v1::NOTICE_STATE_MISSING};
const std::vector<std::string> kMunicipalities = {"0101", "0147", "0851"};

size_t CountWithdrawn(const std::map<std::string, Expected>& ledger) {
  size_t count = 0;
  for (const auto& [label, expected] : ledger) count += expected.withdrawn.size();
  return count;
}

uint64_t NumberBehind(absl::string_view words, absl::string_view text) {
  const size_t found = text.find(words);
  return found == text.npos ? 0 : std::stoull(absl::StrCat("0", text.substr(found + words.size(), 10)));
}

class WardsDayTest : public testing::Test {
 protected:
  ~WardsDayTest() override {
    if (killer_.joinable()) killer_.join();
  }
  void SetUp() override {
    std::filesystem::create_directory(broker_.folder().Path("mirror"));
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
      return stub_->WithdrawConsent(context.get(), request, &answer).ok();
    }
    nlohmann::json consent = said;
    consent.erase("id");
    consent.erase("patient");
    ward::v1::RegisterConsentRequest request;
    *request.mutable_patient() = patient;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(consent.dump(), request.mutable_consent()).ok()) << line;
    ward::v1::RegisterConsentResponse answer;
    const grpc::Status status = stub_->RegisterConsent(context.get(), request, &answer);
    // What comes again after a restore may have been withdrawn by then; and one municipality there is not.
    const bool is_answered = status.ok() || absl::StrContains(status.error_message(), "CONSENT_WITHDRAWN_SINCE") ||
                             absl::StrContains(status.error_message(), "MUNICIPALITY_UNKNOWN");
    EXPECT_TRUE(is_answered || status.error_code() == grpc::StatusCode::UNAVAILABLE) << status.error_message();
    return is_answered;
  }

  // Once it is taken, over kills: as a ward's system does, it is sent again until it is acknowledged.
  void Send(const Arrival& arrival) {
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

  std::string Data() const { return broker_.folder().Path("agent-data/store"); }
  std::string Backup() const { return broker_.folder().Path("agent-backup"); }
  // Of the whole store, while the agent does not run.
  void BackUpAgent() {
    agent_->Signal(SIGKILL);
    agent_->Wait();
    std::filesystem::copy(Data(), Backup(), std::filesystem::copy_options::recursive);
    StartAgent();
  }
  void RestoreAgent() {
    agent_->Signal(SIGKILL);
    agent_->Wait();
    std::filesystem::remove_all(Data());
    std::filesystem::copy(Backup(), Data(), std::filesystem::copy_options::recursive);
    StartAgent();
  }

  std::string RunBroker(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), support::ProgramPath("envej-broker"));
    arguments.insert(arguments.end(), {"--config", broker_.config()});
    const support::Ended ended = support::RunProgram(arguments);
    EXPECT_EQ(ended.code, support::kDone) << ended.err;
    return ended.out;
  }
  void BackUpBroker() { RunBroker({"backup", "--to", broker_.folder().Path("backups")}); }
  // Its disk is lost. What it answered since the backup is known from the journal's mirror, but for the content.
  void RestoreBroker() {
    broker_.Stop();
    std::filesystem::remove_all(broker_.data());
    std::string backup;
    for (const auto& entry : std::filesystem::directory_iterator(broker_.folder().Path("backups"))) {
      if (std::filesystem::exists(entry.path() / "manifest.json")) backup = entry.path();
    }
    const std::string restored = RunBroker({"restore", "--from", backup, "--wait", "5s"});
    EXPECT_GT(NumberBehind("replayed up to batch ", restored), NumberBehind("backup: up to batch ", restored))
        << "the backup is older: " << restored;
    ASSERT_TRUE(broker_.Start());
  }

  // Until the broker has all of it, and the municipalities too.
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
    return std::all_of(kMunicipalities.begin(), kMunicipalities.end(), [this](const std::string& code) {
      const auto waiting = Statuses(code, kWaiting);
      return waiting.has_value() && waiting->empty();
    });
  }
  std::string WhatWaits() {
    std::string waits;
    for (const std::string& code : kMunicipalities) {
      for (const v1::NoticeStatus& status : Statuses(code, kWaiting).value_or(std::vector<v1::NoticeStatus>())) {
        absl::StrAppend(&waits, status.ShortDebugString(), "\n");
      }
    }
    return waits;
  }
  // What the broker has of a municipality's notices in these states, or in any; nothing if it does not answer.
  std::optional<std::vector<v1::NoticeStatus>> Statuses(const std::string& code,
                                                        const std::vector<v1::NoticeState>& states) {
    v1::ListNoticesRequest list;
    list.set_municipality_code(code);
    list.set_page_size(500);
    for (const v1::NoticeState state : states) list.add_states(state);
    v1::ListNoticesResponse page;
    if (!broker_.Intake(support::kRegion)->ListNotices(CallContext().get(), list, &page).ok()) return std::nullopt;
    EXPECT_EQ(page.next_page_token(), "");
    return std::vector<v1::NoticeStatus>(page.notices().begin(), page.notices().end());
  }

  // What became of each patient, by what the municipalities fetched.
  std::map<std::string, Expected> WhatMunicipalitiesKnow(const std::vector<std::unique_ptr<Consumer>>& consumers) {
    std::map<std::string, Expected> became;
    for (const auto& consumer : consumers) {
      consumer->Stop();
      for (const auto& [id, notice] : consumer->fetched()) {
        // What a restored broker lost may have been fetched: its withdrawal is told.
        if (notice.phone.empty()) continue;
        Expected& patient = became[PatientOf(notice.phone)];
        fetched_.insert(id);
        if (!notice.withdrawn.empty()) {
          patient.withdrawn.insert(notice.withdrawn);
          continue;
        }
        EXPECT_EQ(patient.holds, "") << notice.phone << " is held twice";
        patient.holds = notice.holds;
      }
    }
    return became;
  }
  // What was withdrawn before anybody fetched it: no municipality can know whose it was. That it was withdrawn, and
  // why, the broker says, and only of whom the agent.
  size_t AddNeverFetched(std::map<std::string, Expected>& became, const std::string& label) {
    ward::v1::FindPatientRequest request;
    request.mutable_patient()->set_authority("HOSP");
    request.mutable_patient()->set_value(NumberOf(label));
    ward::v1::FindPatientResponse answer;
    if (!stub_->FindPatient(CallContext().get(), request, &answer).ok()) return 0;
    size_t added = 0;
    for (const ward::v1::NoticeSummary& notice : answer.notices()) {
      const auto at_broker = withdrawn_.find(notice.notice_id());
      if (at_broker == withdrawn_.end() || fetched_.contains(notice.notice_id())) continue;
      const absl::string_view reason = v1::WithdrawalReason_Name(at_broker->second.withdrawal_reason());
      became[label].withdrawn.insert(
          absl::StrCat(at_broker->second.municipality_code(), " ", absl::StripPrefix(reason, "WITHDRAWAL_REASON_")));
      ++added;
    }
    return added;
  }
  void ReadWithdrawn() {
    for (const std::string& code : kMunicipalities) {
      const auto withdrawn = Statuses(code, {v1::NOTICE_STATE_WITHDRAWN});
      ASSERT_TRUE(withdrawn.has_value());
      for (const v1::NoticeStatus& status : *withdrawn) withdrawn_.emplace(status.notice_id(), status);
    }
  }

  BrokerProcess broker_{{.listen = support::FreeAddress(std::random_device{}()),
                         .more = "journal: {mirror: mirror, checkpoint_seconds: 1}\n"}};
  const std::string listen_ = support::FreeAddress(std::random_device{}() + 1);
  std::unique_ptr<Process> agent_;
  std::unique_ptr<Descriptor> sender_;
  std::thread killer_;
  std::unique_ptr<ward::v1::AgentService::Stub> stub_;
  std::set<std::string> fetched_;                      // ids of notices
  std::map<std::string, v1::NoticeStatus> withdrawn_;  // by id, as the broker has them
};

TEST_F(WardsDayTest, TheMunicipalitiesKnowWhatTheLedgerSays) {
  const absl::CivilDay yesterday = absl::ToCivilDay(absl::Now(), *contract::CopenhagenTimeZone()) - 1;
  const std::vector<Arrival> arrivals = MakeDay(broker_.folder().Path("day"), yesterday);
  ASSERT_GT(arrivals.size(), 400u);
  ASSERT_TRUE(broker_.Start());
  std::vector<std::unique_ptr<Consumer>> consumers;
  for (const std::string& code : kMunicipalities) consumers.push_back(std::make_unique<Consumer>(broker_, code));
  StartAgent();
  const auto at = [&](size_t percent) { return arrivals.size() * percent / 100; };
  const size_t agent_backed_up = at(65);
  const size_t agent_restored = at(85);
  const size_t each = arrivals.size() / kKills;
  int kills = 0;
  for (size_t next = 0; next < arrivals.size(); ++next) {
    if (next == at(30)) broker_.Kill();
    if (next == at(50)) {
      ASSERT_TRUE(broker_.Start());
    }
    if (next % each == each / 2 && kills < kKills) KillAgentIn(absl::Microseconds(300 * (++kills % 10)));
    Send(arrivals[next]);
    if (next == at(60)) BackUpBroker();
    if (next == agent_backed_up) BackUpAgent();
    if (next == at(75)) RestoreBroker();
    if (next != agent_restored) continue;
    RestoreAgent();
    // Those who sent something since are told to send it again.
    for (size_t again = agent_backed_up + 1; again <= agent_restored; ++again) Send(arrivals[again]);
  }
  EXPECT_EQ(kills, kKills);
  StartAgent();
  ASSERT_TRUE(WaitUntilDelivered()) << WhatWaits() << agent_->Err();
  ReadWithdrawn();
  std::map<std::string, Expected> became = WhatMunicipalitiesKnow(consumers);
  const auto has_withdrawn = [](const auto& patient) { return !patient.second.withdrawn.empty(); };
  const auto told = std::count_if(became.begin(), became.end(), has_withdrawn);
  EXPECT_GT(told, 10) << "withdrawals reach those who fetched";
  const std::map<std::string, Expected> ledger = ReadLedger(yesterday);
  EXPECT_EQ(ledger.size(), 94u);
  size_t never_fetched = 0;
  for (const auto& [label, expected] : ledger) {
    never_fetched += AddNeverFetched(became, label);
    EXPECT_EQ(became[label], expected) << label;
  }
  EXPECT_EQ(became.size(), ledger.size()) << "nobody knows of anybody else";
  EXPECT_EQ(withdrawn_.size(), CountWithdrawn(ledger)) << "nothing else is withdrawn at the broker";
  std::cout << "arrivals " << arrivals.size() << ", kills " << kills << ", patients " << ledger.size()
            << ", told of a withdrawal " << told << ", withdrawn before it was fetched " << never_fetched << std::endl;
  agent_->Signal(SIGTERM);
  EXPECT_EQ(agent_->Wait().code, support::kDone);
}

}  // namespace
}  // namespace envej::wards
