// envej-region agent: nothing is lost or doubled over kills, a broker that is away and a restore, and the ward is told.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "tests/system/agent_fixture.h"

namespace envej::system {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

TEST_F(SystemAgentTest, LosesAndDoublesNothingOverKillsAndABrokerThatIsAway) {
  constexpr int kPatients = 40;
  Discharge(kPatients);
  StartAgent();
  for (int patient = 0; patient < kPatients; ++patient) {
    Consent(patient);
    if (patient % 12 != 11) continue;
    KillAgent();
    StartAgent();
  }
  EXPECT_EQ(Outgoing(), static_cast<uint64_t>(kPatients));
  ASSERT_TRUE(broker_.Start());
  for (int kill = 0; kill < 5; ++kill) {
    absl::SleepFor(absl::Milliseconds(40 * kill));
    KillAgent();
    StartAgent();
  }
  ASSERT_TRUE(WaitUntil([this] { return Outgoing() == 0; })) << agent_->Err();
  std::set<std::string> at_broker;
  for (const v1::NoticeStatus& status : AtBroker()) at_broker.insert(status.notice_id());
  EXPECT_THAT(at_broker, SizeIs(kPatients));
  for (int patient = 0; patient < kPatients; ++patient) {
    const ward::v1::NoticeSummary notice = Notice(patient);
    EXPECT_TRUE(at_broker.erase(notice.notice_id()) == 1);
    EXPECT_EQ(notice.standing(), ward::v1::NOTICE_STANDING_ACCEPTED);
    EXPECT_EQ(notice.receipt().notice_id(), notice.notice_id());
  }
  ward::v1::ListReceiptsRequest request;
  request.set_page_size(7);
  size_t receipts = 0;
  do {
    ward::v1::ListReceiptsResponse answer;
    ASSERT_TRUE(stub_->ListReceipts(CallContext().get(), request, &answer).ok());
    receipts += static_cast<size_t>(answer.notices_size());
    request.set_page_token(answer.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(receipts, static_cast<size_t>(kPatients));
  StopAgent();
}

TEST_F(SystemAgentTest, TellsTheWardWhatTheMunicipalityDid) {
  ASSERT_TRUE(broker_.Start());
  Discharge(2);
  StartAgent();
  Consent(0);
  Consent(1);
  ASSERT_TRUE(WaitUntil([this] { return Outgoing() == 0; })) << agent_->Err();
  const auto inbox = broker_.Inbox(support::kMunicipality);
  v1::PullNoticesRequest pull;
  pull.set_municipality_code(kCode);
  v1::PullNoticesResponse pulled;
  ASSERT_TRUE(inbox->PullNotices(CallContext().get(), pull, &pulled).ok());
  ASSERT_THAT(pulled.items(), SizeIs(2));
  EXPECT_EQ(support::Opened(pulled.items(0), pulled).citizen().phone_numbers(0), "+4520123456");
  v1::AcknowledgeNoticesRequest acknowledge;
  acknowledge.set_municipality_code(kCode);
  *acknowledge.add_leases() = pulled.items(0).lease().name();
  v1::AcknowledgeNoticesResponse acknowledged;
  ASSERT_TRUE(inbox->AcknowledgeNotices(CallContext().get(), acknowledge, &acknowledged).ok());
  v1::ReturnNoticesRequest give_back;
  give_back.set_municipality_code(kCode);
  *give_back.add_returns()->mutable_lease() = pulled.items(1).lease().name();
  give_back.mutable_returns(0)->set_reason(v1::RETURN_REASON_NOT_RESIDENT);
  v1::ReturnNoticesResponse returned;
  ASSERT_TRUE(inbox->ReturnNotices(CallContext().get(), give_back, &returned).ok());

  const auto standing = [&](const std::string& id) {
    for (const int patient : {0, 1}) {
      if (const ward::v1::NoticeSummary notice = Notice(patient); notice.notice_id() == id) return notice.standing();
    }
    return ward::v1::NOTICE_STANDING_UNSPECIFIED;
  };
  const std::string here = pulled.items(0).notice().envelope().notice_id();
  const std::string back = pulled.items(1).notice().envelope().notice_id();
  EXPECT_TRUE(WaitUntil([&] { return standing(here) == ward::v1::NOTICE_STANDING_ACKNOWLEDGED; }));
  EXPECT_TRUE(WaitUntil([&] { return standing(back) == ward::v1::NOTICE_STANDING_RETURNED; }));
  const auto on_call = [this] { return certs::ReadFile(broker_.folder().Path("on-call.jsonl")); };
  EXPECT_TRUE(WaitUntil([&] {
    return std::filesystem::exists(broker_.folder().Path("on-call.jsonl")) && on_call().find(back) != std::string::npos;
  }));
  EXPECT_THAT(on_call(), Not(HasSubstr(here)));
  const auto told = [this] { return certs::ReadFile(broker_.folder().Path("told.jsonl")); };
  EXPECT_TRUE(
      WaitUntil([&] { return told().find(here) != std::string::npos && told().find(back) != std::string::npos; }));
  StopAgent();
  EXPECT_THAT(told(), HasSubstr("RETURN_REASON_NOT_RESIDENT"));
  EXPECT_THAT(agent_->Err(), HasSubstr(here));
  EXPECT_THAT(agent_->Err(), Not(HasSubstr("20123456")));
}

TEST_F(SystemAgentTest, GoesOnAboveTheBrokersRevisionsAfterARestore) {
  ASSERT_TRUE(broker_.Start());
  Discharge(1);
  StartAgent();
  Consent(0);
  ASSERT_TRUE(WaitUntil([this] { return Outgoing() == 0; })) << agent_->Err();
  StopAgent();
  const std::string backup = broker_.folder().Path("backup");
  std::filesystem::copy(Data() + "/store", backup, std::filesystem::copy_options::recursive);
  StartAgent();
  Consent(0, "20 12 34 57");
  ASSERT_TRUE(WaitUntil([this] { return Outgoing() == 0; })) << agent_->Err();
  EXPECT_EQ(AtBroker()[0].revision(), 2u);
  StopAgent();
  std::filesystem::remove_all(Data() + "/store");
  std::filesystem::rename(backup, Data() + "/store");
  StartAgent();
  EXPECT_THAT(agent_->Err(), HasSubstr("the store was put back to an earlier state"));
  ward::v1::GetStatusResponse status;
  EXPECT_TRUE(stub_->GetStatus(CallContext().get(), ward::v1::GetStatusRequest(), &status).ok());
  EXPECT_TRUE(status.has_lacks_until());
  Consent(0, "20 12 34 58");
  ASSERT_TRUE(WaitUntil([this] { return Outgoing() == 0; })) << agent_->Err();
  ASSERT_THAT(AtBroker(), SizeIs(1));
  EXPECT_EQ(AtBroker()[0].revision(), 3u);
  EXPECT_EQ(Notice(0).revision(), 3u);
  EXPECT_EQ(Notice(0).standing(), ward::v1::NOTICE_STANDING_ACCEPTED);
  StopAgent();
  StartAgent();
  EXPECT_THAT(agent_->Err(), Not(HasSubstr("earlier state")));
  StopAgent();
}

// The broker is restored from a backup without its journal: what it lost it gets again, and nothing twice.
TEST_F(SystemAgentTest, SendsAgainWhatARestoredBrokerLost) {
  constexpr int kPatients = 6;
  ASSERT_TRUE(broker_.Start());
  Discharge(kPatients);
  StartAgent();
  Consent(0);
  Consent(1);
  ASSERT_TRUE(WaitUntil([this] { return Outgoing() == 0; })) << agent_->Err();
  const std::string backups = broker_.folder().Path("backups");
  const std::string program = support::ProgramPath("envej-broker");
  const Ended made = support::RunProgram({program, "backup", "--config", broker_.config(), "--to", backups});
  ASSERT_EQ(made.code, support::kDone) << made.err;
  for (int patient = 2; patient < kPatients; ++patient) Consent(patient);
  Consent(0, "20 12 34 57");
  ASSERT_TRUE(WaitUntil([this] { return Outgoing() == 0; })) << agent_->Err();
  broker_.Stop();
  std::filesystem::rename(broker_.data(), broker_.data() + "-lost");
  std::string backup;
  for (const auto& entry : std::filesystem::directory_iterator(backups)) {
    if (std::filesystem::exists(entry.path() / "manifest.json")) backup = entry.path();
  }
  const Ended restored = support::RunProgram(
      {program, "restore", "--config", broker_.config(), "--from", backup, "--no-mirror", "--wait", "0s"});
  ASSERT_EQ(restored.code, support::kDone) << restored.err;
  ASSERT_TRUE(broker_.Start());
  ASSERT_TRUE(WaitUntil([this] { return AtBroker().size() == kPatients; })) << agent_->Err();
  ASSERT_TRUE(WaitUntil([this] { return Outgoing() == 0; })) << agent_->Err();
  for (const v1::NoticeStatus& status : AtBroker()) {
    EXPECT_EQ(status.revision(), status.notice_id() == Notice(0).notice_id() ? 2u : 1u);
  }
  StopAgent();
}

TEST_F(SystemAgentTest, KnowsTheMunicipalitiesWhereItIsStartedWhileTheBrokerIsAway) {
  ASSERT_TRUE(broker_.Start());
  StartAgent();
  ASSERT_TRUE(WaitUntil([this] {
    ward::v1::GetStatusResponse answer;
    EXPECT_TRUE(stub_->GetStatus(CallContext().get(), ward::v1::GetStatusRequest(), &answer).ok());
    return answer.reaches_broker();
  })) << agent_->Err();
  broker_.Stop();
  KillAgent();
  StartAgent();
  ward::v1::RegisterConsentRequest no;
  no.mutable_patient()->set_value("0");
  no.mutable_consent()->set_municipality_code(kCode);
  ward::v1::RegisterConsentResponse answer;
  EXPECT_TRUE(stub_->RegisterConsent(CallContext().get(), no, &answer).ok());
  EXPECT_TRUE(answer.declined());
  ward::v1::RegisterConsentRequest yes;
  yes.mutable_patient()->set_value("1");
  *yes.mutable_consent() = region::Consent(Today(), "9999");
  yes.mutable_consent()->mutable_contact()->add_phone_numbers("20 12 34 56");
  const grpc::Status unknown = stub_->RegisterConsent(CallContext().get(), yes, &answer);
  EXPECT_THAT(unknown.error_message(), HasSubstr("MUNICIPALITY_UNKNOWN"));
  yes.mutable_consent()->set_municipality_code(support::kNotParticipatingCode);
  EXPECT_TRUE(stub_->RegisterConsent(CallContext().get(), yes, &answer).ok());
  EXPECT_TRUE(answer.declined()) << "it takes no part: the leaflet";
  EXPECT_TRUE(stub_->RegisterConsent(CallContext().get(), no, &answer).ok());
  EXPECT_NE(answer.scheme_name(), "");
  EXPECT_NE(answer.phone_number(), "");
  StopAgent();
}

// The broker goes while the agent has no reason to ask it anything but to take notices: it tries and tries.
TEST_F(SystemAgentTest, WhatIsWithdrawnWhileTheBrokerIsAwayIsNeverSent) {
  ASSERT_TRUE(broker_.Start());
  Discharge(3);
  StartAgent();
  Consent(0);
  ASSERT_TRUE(WaitUntil([this] { return Outgoing() == 0; })) << agent_->Err();
  broker_.Kill();
  Consent(1);
  Consent(2);
  // So that both have been tried.
  absl::SleepFor(absl::Seconds(2));
  ward::v1::WithdrawConsentRequest request;
  request.mutable_patient()->set_value("1");
  ward::v1::WithdrawConsentResponse answer;
  ASSERT_TRUE(stub_->WithdrawConsent(CallContext().get(), request, &answer).ok());
  EXPECT_EQ(Outgoing(), 2u);
  ASSERT_TRUE(broker_.Start());
  ASSERT_TRUE(WaitUntil([this] { return Outgoing() == 0; })) << agent_->Err();
  EXPECT_EQ(Notice(1).receipt().revision(), 2u);
  EXPECT_THAT(UntilWithdrawn(Notice(1).notice_id()), ElementsAre(v1::CHANGE_KIND_WITHDRAWN));
  const auto told = [this] { return certs::ReadFile(broker_.folder().Path("told.jsonl")); };
  EXPECT_TRUE(WaitUntil([&] { return told().find("TELLING_KIND_WITHDRAWN") != std::string::npos; }));
  EXPECT_THAT(told(), HasSubstr("WITHDRAWAL_REASON_CONSENT_WITHDRAWN"));
  StopAgent();
}

TEST_F(SystemAgentTest, ItsCommandsAskIt) {
  Discharge(1);
  StartAgent();
  const auto run = [this](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), support::ProgramPath("envej-region"));
    arguments.insert(arguments.end(), {"--agent", Config()});
    return support::RunProgram(arguments);
  };
  const std::vector<std::string> add = {"consent",
                                        "add",
                                        "--patient",
                                        "0",
                                        "--municipality",
                                        kCode,
                                        "--contact-on",
                                        Today(),
                                        "--contact-form",
                                        "written",
                                        "--disclosure-on",
                                        Today(),
                                        "--disclosure-form",
                                        "written",
                                        "--aged-18-or-over",
                                        "yes",
                                        "--mental-illness",
                                        "yes",
                                        "--regional-psychiatry",
                                        "yes",
                                        "--no-support",
                                        "yes",
                                        "--phone"};
  std::vector<std::string> wrong = add;
  wrong.push_back("1234");
  const Ended refused = run(wrong);
  EXPECT_EQ(refused.code, 1) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("PHONE_NUMBER_INVALID"));
  wrong.back() = "20123456";
  wrong.insert(wrong.end(), {"--name", "Nanna 0101909999"});
  EXPECT_THAT(run(wrong).err,
              testing::AllOf(HasSubstr("TEXT_LIKE_CPR_NUMBER"), HasSubstr("contact.name"), Not(HasSubstr("0101"))));
  EXPECT_THAT(run({"find", "--patient", " "}).err, HasSubstr("PATIENT_NUMBER_INVALID"));
  std::vector<std::string> no = add;
  no.erase(no.begin() + 6, no.begin() + 10);  // to be contacted
  no.back() = "--protected";
  EXPECT_THAT(run(no).out, HasSubstr("leaflet"));
  std::vector<std::string> right = add;
  right.push_back("20123456");
  const Ended added = run(right);
  EXPECT_EQ(added.code, support::kDone) << added.err;
  EXPECT_THAT(added.out, HasSubstr("a notice"));
  const auto run_with = [this](const std::string& lines, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"/bin/sh", "-c", absl::StrCat("printf '", lines, "' | \"$0\" \"$@\""),
                                         support::ProgramPath("envej-region")});
    arguments.insert(arguments.end(), {"--agent", Config()});
    return support::RunProgram(arguments);
  };
  std::vector<std::string> unseen = add;
  unseen[3] = "-";
  unseen.push_back("-");
  EXPECT_THAT(run_with("0\\n20123457\\n", unseen).out, HasSubstr("a notice"));
  const Ended too_few = run_with("0\\n", unseen);
  EXPECT_EQ(too_few.code, support::kClientUnusable);
  EXPECT_THAT(too_few.err, HasSubstr("standard input has too few lines"));
  EXPECT_THAT(run({"outbox"}).out, HasSubstr("submit"));
  EXPECT_THAT(run({"find", "--patient", "0"}).out, HasSubstr("to be sent"));
  const ward::v1::NoticeSummary notice = Notice(0);
  EXPECT_THAT(run({"find", "--notice", notice.notice_id()}).out, HasSubstr("hospital 0  "));
  EXPECT_THAT(run({"find", "--reference", notice.patient_reference()}).out, HasSubstr("hospital 0  "));
  EXPECT_EQ(run({"find", "--reference", "0000000000000000"}).code, 1);
  EXPECT_NE(run({"find"}).code, support::kDone);
  EXPECT_NE(run({"find", "--patient", "0", "--notice", notice.notice_id()}).code, support::kDone);
  EXPECT_THAT(run({"consent", "list"}).out, HasSubstr("yes"));
  const std::vector<std::string> neither = {"consent", "add", "--patient", "0", "--municipality", kCode};
  EXPECT_THAT(run(neither).out, HasSubstr("the consent is withdrawn: hand out the leaflet"));
  EXPECT_THAT(run(neither).out, HasSubstr("nothing is registered: hand out the leaflet"));
  const std::string list = broker_.folder().Write(
      "list.jsonl", absl::StrCat(R"({"patient":{"value":"0"},"consent":{"municipality_code":")", kCode,
                                 R"(","consent":{"contact":{"given_on":")", Today(),
                                 R"(","form":"CONSENT_FORM_WRITTEN"},"disclosure":{"given_on":")", Today(),
                                 R"(","form":"CONSENT_FORM_WRITTEN"}},"criteria":{"aged_18_or_over":true,)",
                                 R"("mental_illness":true,"discharged_from_regional_psychiatry":true,)",
                                 R"("no_support_under_serviceloven":true}}})", "\n"));
  const Ended imported = run({"consent", "import", list});
  EXPECT_EQ(imported.code, 1);
  EXPECT_THAT(imported.err, HasSubstr("line 1: CONSENT_WITHDRAWN_SINCE"));
  const std::string broken = broker_.folder().Write("broken.jsonl", absl::StrCat("{}\nnot\n", certs::ReadFile(list)));
  EXPECT_THAT(run({"consent", "import", broken}).err, HasSubstr("line 2: the line is not JSON from byte 2 on\n"));
  const Ended told = run({"consent", "import", broken, "--output", "json"});
  EXPECT_EQ(told.code, 1);
  EXPECT_EQ(told.err, "");
  const std::vector<std::string> lines = absl::StrSplit(told.out, '\n', absl::SkipEmpty());
  ASSERT_EQ(lines.size(), 3u);
  for (size_t line = 0; line < lines.size(); ++line) {
    EXPECT_THAT(lines[line], HasSubstr(absl::StrCat("{\"line\":", line + 1, ",\"outcome\":\"refused\",\"text\":\"")));
  }
  EXPECT_EQ(run({"consent", "withdraw", "--patient", "0"}).code, support::kDone);
  EXPECT_THAT(run({"outbox", "--output", "json"}).out, HasSubstr("withdraw"));
  EXPECT_THAT(run({"agent-status"}).out, HasSubstr("not reached"));
  EXPECT_EQ(run({"find", "--patient", "99"}).code, 1);
  EXPECT_EQ(certs::ModeOf(Data() + "/agent.sock"), 0600u);
  EXPECT_EQ(certs::ModeOf(Data()), 0700u);
  StopAgent();
  EXPECT_EQ(run({"outbox"}).code, 3);
}

}  // namespace
}  // namespace envej::system
