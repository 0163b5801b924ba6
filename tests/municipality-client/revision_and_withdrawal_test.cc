// A notice that its region revises and withdraws, at the whole client.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <thread>

#include "absl/time/clock.h"
#include "tests/municipality-client/support/pull_test.h"

namespace envej::municipality_client {
namespace {

using support::SealerOf;
using testing::HasSubstr;
using testing::IsEmpty;
using State = InboxServer::State;

class RevisionAndWithdrawalTest : public PullTest {
 protected:
  RevisionAndWithdrawalTest() { server_.AddSigner(broker_.certificate()); }

  v1::Notice ByBroker(const v1::Notice& plain) const { return World().Seal(plain, broker_, v1::SEALED_BY_BROKER); }
  v1::Withdrawal ByBroker(const v1::Withdrawal& plain) const {
    return World().Seal(plain, broker_, v1::SEALED_BY_BROKER);
  }
  static const support::SealingWorld& World() { return InboxServer::World(); }

  std::string Withdrawn(int number, uint32_t revision) const {
    return FileOf(number, revision, EntryKind::kWithdrawal);
  }
  void ExpectReturned(v1::ReturnReason reason) {
    EXPECT_EQ(Pull(), kExitRefused);
    EXPECT_EQ(server_.StateOf(NoticeIdOf(1)), State::kReturned);
    EXPECT_EQ(server_.ReturnReasonOf(NoticeIdOf(1)), reason);
  }
  // Pulls with a command during which `change` happens.
  int PullWhile(const std::function<void()>& change) {
    options_.command =
        "touch " + files_ / "running" + "; while ! test -e " + files_ / "changed" + "; do sleep 0.02; done";
    std::jthread changing([&] {
      for (int i = 0; i < 500 && !std::filesystem::exists(files_ / "running"); ++i) {
        absl::SleepFor(absl::Milliseconds(10));
      }
      change();
      WriteFile(files_ / "changed", "");
    });
    return Pull();
  }

  const certs::Sealer broker_ = SealerOf(World().authority().Issue(certs::ServerRequest()));
};

TEST_F(RevisionAndWithdrawalTest, ARevisionReplacesWhatTheFolderHolds) {
  server_.Add(ProperNotice(1));
  ASSERT_EQ(Pull(), kExitDone);
  server_.Add(RevisedNotice(1, 2), v1::ITEM_KIND_REVISION, 1);
  options_.command = "cat >> " + files_ / "seen";
  EXPECT_EQ(Pull(), kExitDone) << messages_;
  EXPECT_EQ(ReadFile(FileOf(1, 2)), JsonOf(RevisedNotice(1, 2)) + "\n");
  EXPECT_EQ(Received().size(), 1);
  EXPECT_EQ(server_.StateOf(NoticeIdOf(1)), State::kAcknowledged);
  ASSERT_EQ(EventsNamed("written").size(), 1);
  EXPECT_EQ(EventsNamed("written")[0]["kind"], "revision");
  EXPECT_EQ(EventsNamed("written")[0]["replaces_revision"], 1);
  EXPECT_EQ(ReadFile(files_ / "seen"), FileOf(1, 2) + "\n");
  EXPECT_THAT(messages_, HasSubstr("received 1, already had 0, returned 0, acknowledged 1\n"));
}

TEST_F(RevisionAndWithdrawalTest, ANoticeRevisedBeforeItWasDeliveredIsANotice) {
  server_.Add(RevisedNotice(1, 3));
  EXPECT_EQ(Pull(), kExitDone) << messages_;
  EXPECT_EQ(EventsNamed("written")[0]["kind"], "notice");
  EXPECT_EQ(EventsNamed("written")[0]["revision"], 3);
  EXPECT_FALSE(EventsNamed("written")[0].contains("replaces_revision"));
}

TEST_F(RevisionAndWithdrawalTest, TextSaysWhatAFileMeans) {
  options_.output = "text";
  server_.Add(ProperNotice(1));
  ASSERT_EQ(Pull(), kExitDone);
  server_.Add(RevisedNotice(1, 2), v1::ITEM_KIND_REVISION, 1);
  ASSERT_EQ(Pull(), kExitDone);
  EXPECT_EQ(events_, "written " + FileOf(1, 2) + " (replaces revision 1)\n");
  server_.Add(ProperNotice(1));
  ASSERT_EQ(Pull(), kExitDone);
  EXPECT_EQ(events_, "already had " + FileNameOf(NameOf(1, 1)) + " (revision 2 came before)\n");
  server_.AddWithdrawal(WithdrawalOf(1, 3), 2);
  ASSERT_EQ(Pull(), kExitDone);
  EXPECT_EQ(events_, "written " + Withdrawn(1, 3) + " (the notice is withdrawn)\n");
}

TEST_F(RevisionAndWithdrawalTest, AnOlderRevisionThatComesLateIsAcknowledgedAndNotWritten) {
  server_.Add(RevisedNotice(1, 2));
  ASSERT_EQ(Pull(), kExitDone);
  server_.Add(ProperNotice(1));
  EXPECT_EQ(Pull(), kExitDone);
  EXPECT_EQ(server_.CountOf(State::kAcknowledged), 2);
  ASSERT_EQ(EventsNamed("already_had").size(), 1);
  EXPECT_EQ(EventsNamed("already_had")[0]["newer_revision"], 2);
  EXPECT_EQ(Received(), std::vector<std::string>{FileNameOf(NameOf(1, 2))});
}

TEST_F(RevisionAndWithdrawalTest, AWithdrawalErasesTheNoticeBeforeItIsAcknowledged) {
  server_.Add(ProperNotice(1));
  server_.Add(ProperNotice(2));
  ASSERT_EQ(Pull(), kExitDone);
  server_.AddWithdrawal(WithdrawalOf(1, 2));
  options_.command = "cat >> " + files_ / "seen" + "; ls " + options_.folder + " >> " + files_ / "listed";
  EXPECT_EQ(Pull(), kExitDone) << messages_;
  EXPECT_EQ(server_.StateOf(NoticeIdOf(1)), State::kAcknowledged);
  EXPECT_EQ(Received(), std::vector<std::string>{FileNameOf(NameOf(2, 1))});
  EXPECT_EQ(ReadFile(Withdrawn(1, 2)), JsonOf(WithdrawalOf(1, 2)) + "\n");
  EXPECT_EQ(EventsNamed("written")[0]["kind"], "withdrawal");
  EXPECT_EQ(EventsNamed("written")[0]["file"], FileNameOf(NameOf(1, 2), EntryKind::kWithdrawal));
  EXPECT_EQ(ReadFile(files_ / "seen"), Withdrawn(1, 2) + "\n");
  EXPECT_EQ(ReadFile(files_ / "listed"),
            FileNameOf(NameOf(2, 1)) + "\n" + FileNameOf(NameOf(1, 2), EntryKind::kWithdrawal) + "\n");
}

TEST_F(RevisionAndWithdrawalTest, AWithdrawalThatTheCommandDoesNotTakeComesAgain) {
  server_.Add(ProperNotice(1));
  ASSERT_EQ(Pull(), kExitDone);
  std::filesystem::remove(FileOf(1));
  server_.AddWithdrawal(WithdrawalOf(1, 2));
  options_.command = "false";
  EXPECT_EQ(Pull(), kExitRefused);
  EXPECT_EQ(server_.StateOf(NoticeIdOf(1)), State::kLeased);
  server_.ExpireLeases();
  options_.command = "cat >> " + files_ / "seen";
  EXPECT_EQ(Pull(), kExitDone);
  EXPECT_EQ(ReadFile(files_ / "seen"), Withdrawn(1, 2) + "\n");
  EXPECT_EQ(server_.StateOf(NoticeIdOf(1)), State::kAcknowledged);
}

TEST_F(RevisionAndWithdrawalTest, AfterAWithdrawalNothingOfTheNoticeComesBack) {
  server_.Add(ProperNotice(1));
  ASSERT_EQ(Pull(), kExitDone);
  server_.AddWithdrawal(WithdrawalOf(1, 3));
  ASSERT_EQ(Pull(), kExitDone);
  for (const uint32_t late : {1, 2}) {
    server_.Add(late == 1 ? ProperNotice(1) : RevisedNotice(1, late));
    EXPECT_EQ(Pull(), kExitDone);
    EXPECT_EQ(EventsNamed("already_had").size(), 1);
    EXPECT_THAT(Received(), IsEmpty());
  }
  server_.Add(RevisedNotice(1, 4), v1::ITEM_KIND_REVISION);
  ExpectReturned(v1::RETURN_REASON_RULES_BROKEN);
  EXPECT_EQ(EventsNamed("returned")[0]["rules"][0], "NOTICE_WITHDRAWN");
  EXPECT_THAT(Received(), IsEmpty());
}

TEST_F(RevisionAndWithdrawalTest, WhatTheRegionSealedTheBrokerCannotEraseOrReplace) {
  server_.Add(ProperNotice(1));
  ASSERT_EQ(Pull(), kExitDone);
  server_.AddWithdrawal(ByBroker(WithdrawalOf(1, 2)));
  ExpectReturned(v1::RETURN_REASON_NOT_AUTHENTIC);
  server_.Add(ByBroker(RevisedNotice(1, 3)), v1::ITEM_KIND_REVISION, 1);
  ExpectReturned(v1::RETURN_REASON_NOT_AUTHENTIC);
  EXPECT_EQ(ReadFile(FileOf(1)), JsonOf(ProperNotice(1)) + "\n");
  EXPECT_EQ(Received().size(), 1);
}

TEST_F(RevisionAndWithdrawalTest, WhatTheBrokerSealedItsWithdrawalErases) {
  server_.Add(ByBroker(ProperNotice(1)));
  ASSERT_EQ(Pull(), kExitDone);
  server_.AddWithdrawal(ByBroker(WithdrawalOf(1, 2)));
  EXPECT_EQ(Pull(), kExitDone) << messages_;
  EXPECT_THAT(Received(), IsEmpty());
}

TEST_F(RevisionAndWithdrawalTest, AWithdrawalOfWhatNeverCameIsConfirmedAndCounted) {
  for (const bool by_broker : {false, true}) {
    const int number = by_broker ? 2 : 1;
    server_.AddWithdrawal(by_broker ? ByBroker(WithdrawalOf(number, 2)) : WithdrawalOf(number, 2));
    options_.command = "cat >> " + files_ / "seen";
    EXPECT_EQ(Pull(), kExitDone) << messages_;
    EXPECT_EQ(server_.StateOf(NoticeIdOf(number)), State::kAcknowledged);
    ASSERT_EQ(EventsNamed(by_broker ? "remembered" : "written").size(), 1);
    EXPECT_EQ(EventsNamed(by_broker ? "remembered" : "written")[0]["kind"], "withdrawal");
    EXPECT_EQ(ReadFile(files_ / "seen"), Withdrawn(1, 2) + "\n") << "what the region signed";
    EXPECT_THAT(messages_, HasSubstr("already had 0, returned 0, acknowledged 1, withdrawn before they came 1\n"));
  }
  server_.Add(ByBroker(ProperNotice(2)));
  EXPECT_EQ(Pull(), kExitDone) << messages_;
  EXPECT_THAT(Received(), IsEmpty()) << "it came late";
}

TEST_F(RevisionAndWithdrawalTest, WhatTheRegionSignedIsKeptAgainstTheBrokersWordAndTold) {
  server_.AddWithdrawal(ByBroker(WithdrawalOf(1, 2)));
  ASSERT_EQ(Pull(), kExitDone);
  server_.Add(ProperNotice(1));
  EXPECT_EQ(Pull(), kExitRefused);
  EXPECT_EQ(server_.StateOf(NoticeIdOf(1)), State::kAcknowledged);
  EXPECT_EQ(Received().size(), 1);
  ASSERT_EQ(EventsNamed("warning").size(), 1);
  EXPECT_EQ(EventsNamed("warning")[0]["id"], NoticeIdOf(1));
  EXPECT_THAT(messages_, HasSubstr(FileOf(1) + " is kept: ask the region"));
}

TEST_F(RevisionAndWithdrawalTest, WhatTheBrokerWithdrewUnderTheSameRevisionHidesNoWithdrawalOfTheRegions) {
  server_.AddWithdrawal(ByBroker(WithdrawalOf(1, 2)));
  ASSERT_EQ(Pull(), kExitDone);
  server_.Add(ProperNotice(1));
  ASSERT_EQ(Pull(), kExitRefused);
  ASSERT_EQ(Received().size(), 1);
  server_.AddWithdrawal(WithdrawalOf(1, 2));
  EXPECT_EQ(Pull(), kExitDone) << messages_;
  EXPECT_THAT(Received(), IsEmpty()) << "it is erased";
}

TEST_F(RevisionAndWithdrawalTest, AWithdrawalThatIsNotWhatWasSignedErasesNothing) {
  server_.Add(ProperNotice(1));
  ASSERT_EQ(Pull(), kExitDone);
  v1::Withdrawal other_reason = World().Seal(WithdrawalOf(1, 2));
  other_reason.set_reason(v1::WITHDRAWAL_REASON_DECEASED);
  v1::Withdrawal of_another = World().Seal(WithdrawalOf(2, 3));
  of_another.set_notice_id(NoticeIdOf(1));
  v1::Withdrawal claimed = ByBroker(WithdrawalOf(1, 4));
  claimed.mutable_sealed()->set_sealed_by(v1::SEALED_BY_REGION);
  v1::Withdrawal of_a_notice = WithdrawalOf(1, 5);
  *of_a_notice.mutable_sealed() = World().Seal(RevisedNotice(1, 5)).sealed();
  for (const v1::Withdrawal& withdrawal : {other_reason, of_another, claimed, of_a_notice}) {
    server_.AddWithdrawal(withdrawal);
    ExpectReturned(v1::RETURN_REASON_NOT_AUTHENTIC);
  }
  v1::Withdrawal changed = World().Seal(WithdrawalOf(1, 6));
  changed.mutable_sealed()->mutable_cms()->back() ^= 1;
  server_.AddWithdrawal(changed);
  ExpectReturned(v1::RETURN_REASON_CANNOT_BE_OPENED);
  EXPECT_EQ(Received().size(), 1);
}

TEST_F(RevisionAndWithdrawalTest, WhatIsRevisedWhileItIsTakenIsFollowedByTheNewer) {
  server_.Add(ProperNotice(1));
  EXPECT_EQ(PullWhile([&] { server_.Add(RevisedNotice(1, 2)); }), kExitDone) << messages_;
  ASSERT_EQ(EventsNamed("refused").size(), 1);
  EXPECT_EQ(EventsNamed("refused")[0]["reason"], "NOTICE_REVISED");
  EXPECT_EQ(EventsNamed("refused")[0]["comes_again"], true);
  EXPECT_EQ(Received(), std::vector<std::string>{FileNameOf(NameOf(1, 2))});
  EXPECT_EQ(EventsNamed("written")[1]["replaces_revision"], 1);
  EXPECT_THAT(messages_, HasSubstr("received 2, already had 0, returned 0, acknowledged 1\n"));
}

TEST_F(RevisionAndWithdrawalTest, WhatTheBrokerSaysIsWithdrawnIsToldAndNotErased) {
  server_.Add(ProperNotice(1));
  server_.RejectNextAcknowledgement(v1::REJECTION_REASON_NOTICE_WITHDRAWN);
  EXPECT_EQ(Pull(), kExitRefused);
  EXPECT_EQ(Received().size(), 1);
  ASSERT_EQ(EventsNamed("warning").size(), 1);
  EXPECT_EQ(EventsNamed("warning")[0]["id"], NoticeIdOf(1));
  EXPECT_THAT(messages_, HasSubstr("was withdrawn before it was acknowledged, says the broker"));
  EXPECT_THAT(messages_, HasSubstr(FileOf(1) + " is not erased"));
  EXPECT_EQ(EventsNamed("refused")[0]["comes_again"], true) << "as its withdrawal";
  EXPECT_THAT(messages_, HasSubstr("refused 1\n"));
}

TEST_F(RevisionAndWithdrawalTest, TheWithdrawalThatFollowsErasesAndNothingIsLeftToAsk) {
  server_.Add(ProperNotice(1));
  EXPECT_EQ(PullWhile([&] { server_.AddWithdrawal(WithdrawalOf(1, 2)); }), kExitDone) << messages_;
  EXPECT_EQ(EventsNamed("refused")[0]["reason"], "NOTICE_WITHDRAWN");
  EXPECT_THAT(EventsNamed("warning"), IsEmpty());
  EXPECT_THAT(Received(), IsEmpty());
  EXPECT_EQ(server_.StateOf(NoticeIdOf(1)), State::kAcknowledged);
}

TEST_F(RevisionAndWithdrawalTest, AWithdrawalThatAnotherConsumerWasQuickerToConfirmIsConfirmed) {
  server_.AddWithdrawal(WithdrawalOf(1, 2));
  server_.RejectNextAcknowledgement(v1::REJECTION_REASON_NOTICE_WITHDRAWN);
  EXPECT_EQ(Pull(), kExitDone) << messages_;
  EXPECT_THAT(EventsNamed("warning"), IsEmpty());
  EXPECT_EQ(EventsNamed("acknowledged").size(), 1);
}

TEST_F(RevisionAndWithdrawalTest, WhatIsUndeliveredIsRefusedForGood) {
  server_.Add(ProperNotice(1));
  server_.RejectNextAcknowledgement(v1::REJECTION_REASON_NOTICE_UNDELIVERED);
  EXPECT_EQ(Pull(), kExitRefused);
  EXPECT_EQ(EventsNamed("refused")[0]["reason"], "NOTICE_UNDELIVERED");
  EXPECT_EQ(EventsNamed("refused")[0]["comes_again"], false);
  EXPECT_THAT(messages_, HasSubstr("refused 1\n"));
}

TEST_F(RevisionAndWithdrawalTest, AReturnOfWhatIsRevisedOrWithdrawnMeanwhileIsNoFailure) {
  for (const auto& [reason, comes_again] : {std::pair(v1::REJECTION_REASON_NOTICE_REVISED, true),
                                            std::pair(v1::REJECTION_REASON_NOTICE_WITHDRAWN, false)}) {
    InboxServer server;
    v1::Notice broken = ProperNotice(1);
    broken.mutable_citizen()->clear_phone_numbers();
    server.Add(broken);
    server.RejectNextReturn(reason);
    EXPECT_EQ(Pull(server), kExitDone) << messages_;
    ASSERT_EQ(EventsNamed("refused").size(), 1);
    EXPECT_EQ(EventsNamed("refused")[0]["comes_again"], comes_again);
    EXPECT_THAT(EventsNamed("warning"), IsEmpty());
  }
}

}  // namespace
}  // namespace envej::municipality_client
