#include <gmock/gmock.h>
#include <grpcpp/completion_queue.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/expect_refusal.h"
#include "tests/support/notice_messages.h"
#include "tests/support/process.h"

namespace envej::system {
namespace {

using contract::Reason;
using support::BrokerProcess;
using support::CallContext;
using support::Ended;
using support::kCode;
using support::ReasonOf;
using testing::HasSubstr;
using testing::Not;

v1::PullNoticesRequest PullFrom(const char* code, int wait_seconds) {
  v1::PullNoticesRequest request;
  request.set_municipality_code(code);
  request.mutable_wait()->set_seconds(wait_seconds);
  return request;
}

TEST(ProgramsTest, APortInUseIsToldByItsOwnCode) {
  BrokerProcess first;
  ASSERT_TRUE(first.Start());
  BrokerProcess second({.listen = first.address(), .more = {}});
  const Ended ended = second.StartRefused();
  EXPECT_EQ(ended.code, support::kCannotListen) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr(absl::StrCat("envej-broker: cannot listen on ", first.address())));
  EXPECT_EQ(first.Stop().code, support::kDone) << "the first was not disturbed";
}

TEST(ProgramsTest, ASecondBrokerOnTheSameStoreIsRefused) {
  BrokerProcess broker;
  ASSERT_TRUE(broker.Start());
  const Ended ended = broker.StartRefused();
  EXPECT_EQ(ended.code, support::kStoreRefused);
  EXPECT_THAT(ended.err, HasSubstr("in use by another process"));
  v1::GetServiceInfoResponse answer;
  EXPECT_TRUE(broker.Intake(support::kRegion)->GetServiceInfo(CallContext().get(), {}, &answer).ok());
  EXPECT_EQ(broker.Stop().code, support::kDone);
}

TEST(ProgramsTest, ACommitmentSecretThatTheStoreNeedsMustBeGiven) {
  BrokerProcess broker;
  ASSERT_TRUE(broker.Start());
  v1::SubmitNoticeRequest request;
  *request.mutable_notice() = support::NewNotice(kCode);
  v1::SubmitNoticeResponse answer;
  ASSERT_TRUE(broker.Intake(support::kRegion)->SubmitNotice(CallContext().get(), request, &answer).ok());
  ASSERT_EQ(broker.Stop().code, support::kDone);

  broker.folder().Write("commitment.secret", std::string(64, 'b') + "\n");
  const Ended ended = broker.StartRefused();
  EXPECT_EQ(ended.code, support::kConfigurationRefused);
  EXPECT_THAT(ended.err, HasSubstr("plain-1 is another one than the store has met"));

  broker.folder().Write("former.secret", std::string(64, 'a') + "\n");
  const std::string config = certs::ReadFile(broker.config());
  broker.folder().Write(
      "broker.yaml",
      absl::StrReplaceAll(
          config, {{"key_id: plain-1", "former: [{key_id: plain-1, secret_file: former.secret}]\n  key_id: plain-2"}}));
  ASSERT_TRUE(broker.Start());
  v1::SubmitNoticeResponse again;
  ASSERT_TRUE(broker.Intake(support::kRegion)->SubmitNotice(CallContext().get(), request, &again).ok());
  EXPECT_TRUE(again.repeated_submission()) << "recognised under the former secret";
  EXPECT_EQ(again.receipt().SerializeAsString(), answer.receipt().SerializeAsString());
  EXPECT_EQ(broker.Stop().code, support::kDone);
}

TEST(ProgramsTest, SigintStopsItToo) {
  BrokerProcess broker;
  ASSERT_TRUE(broker.Start());
  broker.Signal(SIGINT);
  EXPECT_EQ(broker.Wait().code, support::kDone);
}

// Otherwise a file of the store could get its number, and log lines with it.
TEST(ProgramsTest, NothingTakesThePlaceOfAClosedStandardError) {
  if (geteuid() != 0) GTEST_SKIP() << "only root may look into the broker";
  const BrokerProcess broker;
  support::Process closed(
      {"/bin/sh", "-c",
       absl::StrCat("exec ", support::ProgramPath("envej-broker"), " serve --config ", broker.config(), " 2>&-")});
  const std::string place = absl::StrCat("/proc/", closed.id(), "/fd/2");
  const absl::Time at_latest = absl::Now() + absl::Seconds(20);
  std::string held;
  while (held != "/dev/null" && absl::Now() < at_latest) {
    std::error_code none_yet;
    held = std::filesystem::read_symlink(place, none_yet).string();
  }
  EXPECT_EQ(held, "/dev/null");
}

// The only place for a pull that waits is taken from the moment at which another is refused.
void WaitUntilAPullWaits(const BrokerProcess& broker) {
  const auto inbox = broker.Inbox(support::kMunicipality);
  v1::PullNoticesRequest request = PullFrom(kCode, 0);
  request.mutable_wait()->set_nanos(1'000'000);
  grpc::Status status;
  const absl::Time at_latest = absl::Now() + absl::Seconds(20);
  while (status.ok() && absl::Now() < at_latest) {
    v1::PullNoticesResponse answer;
    status = inbox->PullNotices(CallContext().get(), request, &answer);
  }
  EXPECT_EQ(ReasonOf(status), Reason::kBrokerBusy);
}

TEST(ProgramsTest, AStopAnswersThePullThatWaits) {
  BrokerProcess broker({.more = "limits: {waiting_pulls: 1}\n"});
  ASSERT_TRUE(broker.Start());
  grpc::Status status;
  v1::PullNoticesResponse answer;
  std::thread pull([&] {
    // It may lose its place to the one that tries whether it has it.
    const auto inbox = broker.Inbox(support::kMunicipality);
    do {
      status = inbox->PullNotices(CallContext(absl::Seconds(50)).get(), PullFrom(kCode, 40), &answer);
    } while (ReasonOf(status) == Reason::kBrokerBusy);
  });
  WaitUntilAPullWaits(broker);
  const absl::Time asked = absl::Now();
  EXPECT_EQ(broker.Stop().code, support::kDone);
  pull.join();
  EXPECT_EQ(ReasonOf(status), Reason::kBrokerStopping) << "what waits may not be told that nothing does";
  EXPECT_LT(absl::Now() - asked, absl::Seconds(20)) << "it waited for the pull's own end";
}

// Calls under way when the broker is asked to stop.
struct UnderWay {
  std::unique_ptr<grpc::ClientContext> context;
  v1::SubmitNoticeRequest request;
  v1::SubmitNoticeResponse response;
  grpc::Status status;
  std::unique_ptr<grpc::ClientAsyncResponseReader<v1::SubmitNoticeResponse>> reader;
};

TEST(ProgramsTest, AStopAnswersSubmissionsUnderWayAndKeepsWhatItAccepted) {
  constexpr size_t kCalls = 64;
  BrokerProcess broker;
  ASSERT_TRUE(broker.Start());
  auto intake = broker.Intake(support::kRegion);
  v1::GetServiceInfoResponse connected;
  ASSERT_TRUE(intake->GetServiceInfo(CallContext().get(), {}, &connected).ok());
  grpc::CompletionQueue queue;
  std::vector<UnderWay> calls(kCalls);
  for (UnderWay& call : calls) {
    call.context = CallContext();
    *call.request.mutable_notice() = support::NewNotice(kCode);
    call.reader = intake->AsyncSubmitNotice(call.context.get(), call.request, &queue);
    call.reader->Finish(&call.response, &call.status, &call);
  }
  void* tag = nullptr;
  bool fine = false;
  ASSERT_TRUE(queue.Next(&tag, &fine));  // the first is answered: the others are under way
  broker.Signal(SIGTERM);
  for (size_t count = 1; count < kCalls; ++count) ASSERT_TRUE(queue.Next(&tag, &fine));
  EXPECT_EQ(broker.Wait().code, support::kDone);

  size_t accepted = 0;
  for (const UnderWay& call : calls) {
    const bool stopping = ReasonOf(call.status) == Reason::kBrokerStopping;
    EXPECT_TRUE(call.status.ok() || stopping) << call.status.error_code() << ": " << call.status.error_message();
    accepted += call.status.ok();
  }
  EXPECT_GT(accepted, 0u);
  ASSERT_TRUE(broker.Start());
  intake = broker.Intake(support::kRegion);
  for (const UnderWay& call : calls) {
    v1::SubmitNoticeResponse again;
    ASSERT_TRUE(intake->SubmitNotice(CallContext().get(), call.request, &again).ok());
    if (!call.status.ok()) continue;
    EXPECT_TRUE(again.repeated_submission());
    EXPECT_EQ(again.receipt().SerializeAsString(), call.response.receipt().SerializeAsString());
  }
}

class LogTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(broker_.Start()); }

  // What a call may say of the failure, gathered to be searched.
  void Note(const grpc::Status& status) { said_ += status.error_message() + status.error_details(); }

  void Submit(const v1::Notice& notice) {
    v1::SubmitNoticeRequest request;
    *request.mutable_notice() = notice;
    v1::SubmitNoticeResponse response;
    Note(broker_.Intake(support::kRegion)->SubmitNotice(CallContext().get(), request, &response));
  }

  BrokerProcess broker_;
  std::string said_;
};

TEST_F(LogTest, HoldsJsonLinesAndNothingOfAnyNoticeNorDoesAnyError) {
  const v1::Notice good = support::NewNotice(kCode);
  Submit(good);
  v1::Notice changed = good;
  changed.mutable_citizen()->add_phone_numbers("+4512121212");
  Submit(changed);  // NOTICE_ID_REUSED
  v1::Notice bad = support::NewNotice(kCode);
  bad.mutable_citizen()->set_name(absl::StrCat(support::kMarkedName, " 010203-1234"));
  bad.mutable_citizen()->set_name_and_address_protection(true);
  bad.mutable_citizen()->add_phone_numbers(absl::StrCat(support::kMarkedPhone, "0000000000000"));
  Submit(bad);
  v1::Notice misplaced = support::NewNotice(support::kMarkedName);
  misplaced.mutable_envelope()->set_notice_id(support::kMarkedName);
  misplaced.mutable_envelope()->set_discharge_date(support::kMarkedStreet);
  Submit(misplaced);

  // Bytes that are no message, and text that is not UTF-8.
  const auto channel = broker_.ChannelFor(support::kRegion);
  v1::SubmitNoticeRequest not_utf8;
  *not_utf8.mutable_notice() = support::NewNotice(kCode);
  not_utf8.mutable_notice()->mutable_citizen()->set_name(absl::StrCat(support::kMarkedName, "\xff"));
  for (const std::string& bytes : {absl::StrCat("\xff\xff", support::kMarkedName),
                                   absl::StrCat("\x0a\x7f", support::kMarkedPhone), not_utf8.SerializeAsString()}) {
    const auto answer = support::CallWithBytes(channel, "/envej.v1.IntakeService/SubmitNotice", bytes);
    EXPECT_FALSE(answer.status.ok());
    Note(answer.status);
  }

  v1::PullNoticesResponse pulled;
  const auto inbox = broker_.Inbox(support::kMunicipality);
  ASSERT_TRUE(inbox->PullNotices(CallContext().get(), PullFrom(kCode, 0), &pulled).ok());
  ASSERT_EQ(pulled.items_size(), 1) << "only the good one was kept";
  EXPECT_EQ(support::Opened(pulled.items(0), pulled).SerializeAsString(), good.SerializeAsString());
  EXPECT_EQ(broker_.Stop().code, support::kDone);

  const std::string log = broker_.Log();
  std::multiset<std::string> events;
  for (const absl::string_view line : absl::StrSplit(log, '\n', absl::SkipEmpty())) {
    const nlohmann::json parsed = nlohmann::json::parse(line.begin(), line.end(), nullptr, false);
    ASSERT_TRUE(parsed.is_object()) << line;
    for (const char* const key : {"time", "level", "event"}) EXPECT_TRUE(parsed.contains(key)) << line;
    events.insert(parsed.value("event", ""));
  }
  EXPECT_EQ(events.count("serving"), 1u);
  EXPECT_EQ(events.count("notice_refused"), 6u);
  EXPECT_EQ(events.count("stopping"), 1u);
  EXPECT_EQ(events.count("stopped"), 1u);
  for (const char* const marked : {"Zebrafjord", "99887766", "Marmelunden", "010203", "12121212"}) {
    EXPECT_THAT(log, Not(HasSubstr(marked)));
    EXPECT_THAT(said_, Not(HasSubstr(marked)));
  }
  EXPECT_THAT(log, Not(HasSubstr(good.envelope().notice_id()))) << "a refusal must not become a record";
  EXPECT_THAT(log, Not(HasSubstr(bad.envelope().notice_id())));
}

}  // namespace
}  // namespace envej::system
