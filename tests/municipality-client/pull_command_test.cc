#include "municipality-client/pull_command.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "absl/strings/str_split.h"
#include "municipality-client/notice_folder.h"
#include "tests/municipality-client/support/inbox_server.h"
#include "tests/municipality-client/support/notices.h"
#include "tests/municipality-client/support/pull_test.h"
#include "tests/municipality-client/support/temporary_folder.h"

namespace envej::municipality_client {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Method = InboxServer::Method;
using Moment = InboxServer::Moment;
using State = InboxServer::State;

using PullCommandTest = PullTest;

TEST_F(PullCommandTest, EmptiesTheInboxIntoTheFolder) {
  AddNotices(16);
  options_.batch = 5;
  EXPECT_EQ(Pull(), kExitDone);
  EXPECT_EQ(server_.CountOf(State::kAcknowledged), 16);
  EXPECT_EQ(Received().size(), 16);
  EXPECT_EQ(ReadFile(FileOf(7)), JsonOf(ProperNotice(7)) + "\n");
  EXPECT_THAT(messages_, HasSubstr("received 16, already had 0, returned 0, acknowledged 16\n"));
  EXPECT_EQ(EventsNamed("pulled").size(), 4);
  EXPECT_EQ(EventsNamed("written").size(), 16);
  EXPECT_EQ(EventsNamed("acknowledged").size(), 16);
  EXPECT_EQ(EventsNamed("acknowledging")[0]["count"], 5);

  EXPECT_EQ(Pull(), kExitDone);
  EXPECT_THAT(messages_, HasSubstr("received 0, already had 0, returned 0, acknowledged 0\n"));
}

TEST_F(PullCommandTest, TextNamesEachFile) {
  AddNotices(1);
  options_.output = "text";
  EXPECT_EQ(Pull(), kExitDone);
  EXPECT_EQ(events_, "written " + FileOf(1) + "\n");
}

TEST_F(PullCommandTest, EventsThatCannotBeWrittenEndItAfterTheBatchThatIsSafe) {
  for (const bool forever : {false, true}) {
    for (const char* const output : {"json", "text"}) {
      SCOPED_TRACE(output);
      InboxServer server;
      for (int i = 1; i <= 3; ++i) server.Add(ProperNotice(i));
      options_.folder = files_ / (std::string(output) + std::to_string(forever));
      options_.output = output;
      options_.forever = forever;
      options_.batch = 2;
      std::FILE* const full = std::fopen("/dev/full", "w");
      std::FILE* const messages = std::tmpfile();
      EXPECT_EQ(RunPull(options_, grpc::CreateChannel(server.address(), grpc::InsecureChannelCredentials()), {}, full,
                        messages),
                kExitUnusable);
      std::fclose(full);
      messages_ = TakeText(messages);
      EXPECT_THAT(messages_, HasSubstr("standard output cannot be written"));
      EXPECT_EQ(Received().size(), 2);
      EXPECT_EQ(server.CountOf(State::kAcknowledged), 2);
      EXPECT_EQ(server.CallsOf(Method::kPull), 1);
    }
  }
}

TEST_F(PullCommandTest, ARetryThatCannotBeToldIsAnErrorToo) {
  server_.FailNext(Method::kPull, grpc::StatusCode::UNAVAILABLE, Moment::kBefore, 1);
  std::FILE* const full = std::fopen("/dev/full", "w");
  std::FILE* const messages = std::tmpfile();
  EXPECT_EQ(
      RunPull(options_, grpc::CreateChannel(server_.address(), grpc::InsecureChannelCredentials()), {}, full, messages),
      kExitUnusable);
  std::fclose(full);
  EXPECT_THAT(TakeText(messages), HasSubstr("standard output cannot be written"));
}

TEST_F(PullCommandTest, FolderAndFilesAreTheOwnersAlone) {
  AddNotices(1);
  ASSERT_EQ(Pull(), kExitDone);
  struct stat about;
  ASSERT_EQ(stat(options_.folder.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 07777, 0700);
  for (const std::string& name : NamesIn(options_.folder, "")) {
    ASSERT_EQ(stat((options_.folder + "/" + name).c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 07777, 0600) << name;
  }
}

TEST_F(PullCommandTest, AWideFolderIsRefusedBeforeAnythingIsPulled) {
  AddNotices(1);
  std::filesystem::create_directory(options_.folder);
  chmod(options_.folder.c_str(), 0755);
  EXPECT_EQ(Pull(), kExitUnusable);
  EXPECT_THAT(messages_, HasSubstr("chmod 700"));
  EXPECT_EQ(server_.CallsOf(Method::kPull), 0);
}

TEST_F(PullCommandTest, ASecondProcessIsRefusedBeforeAnythingIsPulled) {
  AddNotices(1);
  const absl::StatusOr<NoticeFolder> other = NoticeFolder::Open(options_.folder, kMunicipality, nullptr);
  ASSERT_TRUE(other.ok());
  EXPECT_EQ(Pull(), kExitUnusable);
  EXPECT_THAT(messages_, HasSubstr("another envej-municipality is working in"));
  EXPECT_EQ(server_.CallsOf(Method::kPull), 0);
}

TEST_F(PullCommandTest, AFolderIsForOneMunicipalityFromItsFirstNoticeOn) {
  AddNotices(1);
  ASSERT_EQ(Pull(), kExitDone);
  const int pulls = server_.CallsOf(Method::kPull);
  options_.municipality_code = "0147";
  EXPECT_EQ(Pull(), kExitUnusable);
  EXPECT_THAT(messages_,
              HasSubstr("is for the inbox of municipality 0101; give each municipality a folder of its own"));
  EXPECT_EQ(server_.CallsOf(Method::kPull), pulls);
}

TEST_F(PullCommandTest, AMistypedMunicipalityBindsNoFolder) {
  AddNotices(1);
  options_.municipality_code = "0147";
  EXPECT_EQ(Pull(), kExitRefused);
  options_.municipality_code = kMunicipality;
  EXPECT_EQ(Pull(), kExitDone);
  EXPECT_EQ(Received().size(), 1);
}

TEST_F(PullCommandTest, AnotherNoticeUnderAKnownIdIsReturnedAndNeverAcknowledged) {
  AddNotices(2);
  ASSERT_EQ(Pull(), kExitDone);
  std::filesystem::remove(FileOf(1));
  options_.command = "cat >> " + files_ / "seen";

  InboxServer after;
  v1::Notice other = ProperNotice(1);
  other.mutable_citizen()->set_phone_numbers(0, "+4588776655");
  after.Add(other);
  after.Add(ProperNotice(2));
  after.Add(ProperNotice(3));
  EXPECT_EQ(Pull(after), kExitRefused);
  EXPECT_EQ(after.StateOf(NoticeIdOf(1)), State::kReturned);
  EXPECT_EQ(after.ReturnReasonOf(NoticeIdOf(1)), v1::RETURN_REASON_RULES_BROKEN);
  EXPECT_EQ(after.StateOf(NoticeIdOf(2)), State::kAcknowledged);
  EXPECT_EQ(after.StateOf(NoticeIdOf(3)), State::kAcknowledged);
  ASSERT_EQ(EventsNamed("returned").size(), 1);
  EXPECT_EQ(EventsNamed("returned")[0]["rules"][0], "NOTICE_ID_REUSED");
  ASSERT_EQ(EventsNamed("already_had").size(), 1);
  EXPECT_EQ(EventsNamed("already_had")[0]["id"], NoticeIdOf(2));
  EXPECT_THAT(messages_, HasSubstr("received 3, already had 1, returned 1, acknowledged 2\n"));
  EXPECT_EQ(ReadFile(files_ / "seen"), FileOf(2) + "\n" + FileOf(3) + "\n");
}

TEST_F(PullCommandTest, ALostAnswerToAnAcknowledgementIsAskedForAgainWithTheSameToken) {
  AddNotices(3);
  server_.FailNext(Method::kAcknowledge, grpc::StatusCode::UNAVAILABLE, Moment::kAfter, 2);
  EXPECT_EQ(Pull(), kExitDone);
  EXPECT_EQ(server_.CallsOf(Method::kAcknowledge), 3);
  EXPECT_EQ(EventsNamed("acknowledged").size(), 3);
  EXPECT_EQ(server_.LeaseCountOf(NoticeIdOf(1)), 1);
  EXPECT_THAT(messages_, HasSubstr("received 3, already had 0, returned 0, acknowledged 3\n"));
}

TEST_F(PullCommandTest, AConsumedNoticeIsNotWrittenAgainAfterItsAcknowledgementWasNotCarriedOut) {
  AddNotices(2);
  options_.deadline = "200ms";
  server_.FailNext(Method::kAcknowledge, grpc::StatusCode::UNAVAILABLE, Moment::kBefore, 100);
  EXPECT_EQ(Pull(), kExitNotReached);
  ASSERT_EQ(Received().size(), 2);
  EXPECT_EQ(server_.CountOf(State::kAcknowledged), 0);
  std::filesystem::remove(FileOf(1));

  InboxServer after;
  for (int i : {1, 2}) after.Add(ProperNotice(i));
  EXPECT_EQ(Pull(after), kExitDone);
  EXPECT_THAT(messages_, HasSubstr("received 2, already had 2, returned 0, acknowledged 2\n"));
  EXPECT_EQ(EventsNamed("already_had").size(), 2);
  EXPECT_EQ(Received().size(), 1);
}

TEST_F(PullCommandTest, ALeaseThatRanOutMeansThatTheNoticeComesAgainAndIsKnown) {
  AddNotices(2);
  for (const v1::RejectionReason reason : {v1::REJECTION_REASON_LEASE_EXPIRED, v1::REJECTION_REASON_LEASE_SUPERSEDED,
                                           v1::REJECTION_REASON_LEASE_NOT_HELD}) {
    server_.RejectNextAcknowledgement(reason);
  }
  options_.batch = 1;
  EXPECT_EQ(Pull(), kExitDone) << messages_;
  EXPECT_EQ(server_.CountOf(State::kAcknowledged), 2);
  EXPECT_EQ(EventsNamed("refused").size(), 3);
  EXPECT_EQ(EventsNamed("written").size(), 2);
  EXPECT_EQ(EventsNamed("already_had").size(), 3);
}

TEST_F(PullCommandTest, UnavailableCallsAreTriedAgain) {
  AddNotices(1);
  for (const Method method : {Method::kPull, Method::kAcknowledge}) {
    server_.FailNext(method, grpc::StatusCode::UNAVAILABLE, Moment::kBefore, 2);
    server_.FailNext(method, grpc::StatusCode::RESOURCE_EXHAUSTED, Moment::kBefore, 1);
  }
  EXPECT_EQ(Pull(), kExitDone);
  EXPECT_EQ(EventsNamed("retrying").size(), 6);
  EXPECT_EQ(server_.CountOf(State::kAcknowledged), 1);
}

TEST_F(PullCommandTest, ABrokerThatDoesNotAnswerEndsItAtTheDeadline) {
  options_.deadline = "300ms";
  server_.FailNext(Method::kPull, grpc::StatusCode::UNAVAILABLE, Moment::kBefore, 1000);
  EXPECT_EQ(Pull(), kExitNotReached);
}

TEST_F(PullCommandTest, ARefusedCallEndsItAtOnce) {
  server_.FailNext(Method::kPull, grpc::StatusCode::PERMISSION_DENIED, Moment::kBefore);
  EXPECT_EQ(Pull(), kExitRefused);
  EXPECT_EQ(server_.CallsOf(Method::kPull), 1);
  EXPECT_THAT(messages_, HasSubstr("PERMISSION_DENIED"));
}

TEST_F(PullCommandTest, WhatItDoesNotKnowIsReturnedAndNeverAcknowledged) {
  server_.Add(ProperNotice(1));
  server_.Add(ProperNotice(2), static_cast<v1::ItemKind>(17));
  server_.Add(ProperNotice(3), v1::ITEM_KIND_WITHDRAWAL);  // which withdraws nothing
  v1::Notice sealed = ProperNotice(4);
  sealed.mutable_sealed()->set_cms("sealed");
  server_.Add(sealed);
  v1::Notice broken = ProperNotice(5);
  broken.mutable_citizen()->clear_phone_numbers();
  server_.Add(broken);
  EXPECT_EQ(Pull(), kExitRefused);
  EXPECT_EQ(server_.StateOf(NoticeIdOf(1)), State::kAcknowledged);
  for (int i : {2, 3, 4, 5}) EXPECT_EQ(server_.StateOf(NoticeIdOf(i)), State::kReturned) << i;
  EXPECT_EQ(server_.ReturnReasonOf(NoticeIdOf(2)), v1::RETURN_REASON_UNSUPPORTED);
  EXPECT_EQ(server_.ReturnReasonOf(NoticeIdOf(3)), v1::RETURN_REASON_CANNOT_BE_OPENED);
  EXPECT_EQ(server_.ReturnReasonOf(NoticeIdOf(4)), v1::RETURN_REASON_CANNOT_BE_OPENED);
  EXPECT_EQ(server_.ReturnReasonOf(NoticeIdOf(5)), v1::RETURN_REASON_RULES_BROKEN);
  EXPECT_EQ(Received().size(), 1);
  EXPECT_EQ(EventsNamed("returned")[3]["rules"][0], "PHONE_NUMBER_MISSING");
  EXPECT_THAT(messages_, HasSubstr("received 5, already had 0, returned 4, acknowledged 1\n"));
}

TEST_F(PullCommandTest, TheCommandSeesDurableFilesBeforeTheyAreAcknowledged) {
  AddNotices(3);
  options_.batch = 2;
  options_.command = "while read -r f; do test -s \"$f\" && echo \"$f\" >> " + files_ / "seen" + "; done";
  EXPECT_EQ(Pull(), kExitDone);
  EXPECT_EQ(ReadFile(files_ / "seen"), FileOf(1) + "\n" + FileOf(2) + "\n" + FileOf(3) + "\n");
}

TEST_F(PullCommandTest, AFailingCommandLeavesTheBatchUnacknowledgedAndIsRunAgainForWhatIsStillThere) {
  AddNotices(2);
  options_.command = "false";
  EXPECT_EQ(Pull(), kExitRefused);
  EXPECT_EQ(server_.CountOf(State::kLeased), 2);
  EXPECT_EQ(server_.CallsOf(Method::kAcknowledge), 0);
  EXPECT_EQ(EventsNamed("command_failed").size(), 1);
  EXPECT_THAT(messages_, HasSubstr("the command failed with exit code 1"));

  server_.ExpireLeases();
  std::filesystem::remove(FileOf(1));
  options_.command = "cat >> " + files_ / "seen";
  EXPECT_EQ(Pull(), kExitDone);
  EXPECT_EQ(ReadFile(files_ / "seen"), FileOf(2) + "\n");
  EXPECT_EQ(server_.CountOf(State::kAcknowledged), 2);
}

TEST_F(PullCommandTest, LeasesAreExtendedWhileTheCommandRuns) {
  AddNotices(1);
  options_.lease = "5s";
  options_.command = "sleep 6";
  EXPECT_EQ(Pull(), kExitDone);
  EXPECT_GE(server_.CallsOf(Method::kExtend), 2);
  EXPECT_EQ(server_.LeaseCountOf(NoticeIdOf(1)), 1);
}

TEST_F(PullCommandTest, AnAcknowledgementRefusedForGoodIsToldAndFails) {
  AddNotices(1);
  server_.RejectNextAcknowledgement(v1::REJECTION_REASON_NOTICE_NOT_FOUND);
  EXPECT_EQ(Pull(), kExitRefused);  // it is delivered again here, which an inbox that lost it would not do
  EXPECT_EQ(EventsNamed("refused")[0]["reason"], "NOTICE_NOT_FOUND");
  EXPECT_EQ(EventsNamed("refused")[0]["comes_again"], false);
}

TEST_F(PullCommandTest, WatchGoesOnUntilAStopAndOverABrokersRestart) {
  options_.forever = true;
  AddNotices(2);
  std::stop_source source;
  int code = -1;
  std::jthread watching([&] { code = Pull(source.get_token()); });
  EXPECT_TRUE(server_.WaitForCount(State::kAcknowledged, 2));
  server_.Add(ProperNotice(3));
  EXPECT_TRUE(server_.WaitForCount(State::kAcknowledged, 3));
  server_.Restart(absl::Milliseconds(500));
  server_.Add(ProperNotice(4));
  EXPECT_TRUE(server_.WaitForCount(State::kAcknowledged, 4));
  const absl::Time asked = absl::Now();
  source.request_stop();
  watching.join();
  EXPECT_LT(absl::Now() - asked, absl::Seconds(5));
  EXPECT_EQ(code, kExitDone);
  EXPECT_THAT(messages_, HasSubstr("received 4, already had 0, returned 0, acknowledged 4\n"));
}

TEST_F(PullCommandTest, AStoppedWatchFinishesWhatItHolds) {
  options_.forever = true;
  options_.command = "touch " + files_ / "running" + "; sleep 1";
  AddNotices(2);
  std::stop_source source;
  int code = -1;
  std::jthread watching([&] { code = Pull(source.get_token()); });
  for (int i = 0; i < 100 && !std::filesystem::exists(files_ / "running"); ++i) absl::SleepFor(absl::Milliseconds(50));
  source.request_stop();
  watching.join();
  EXPECT_EQ(code, kExitDone);
  EXPECT_EQ(server_.CountOf(State::kAcknowledged), 2);
}

}  // namespace
}  // namespace envej::municipality_client
