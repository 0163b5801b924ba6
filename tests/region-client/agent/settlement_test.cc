#include "region-client/agent/settlement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "region-client/agent/case_locks.h"
#include "region-client/agent/notice_changes.h"
#include "tests/region-client/agent/agent_world.h"

namespace envej::region {
namespace {

using testing::IsEmpty;
using testing::SizeIs;
using ward::v1::CaseNotice;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);
const std::string kCase(kCaseIdBytes, 'c');
constexpr char kNotice[] = "9c2f4d0e-6f0f-4b57-9a53-0c1d2e3f4a5b";

// A store with one case of one notice, of which something is in the outbox.
class SettlementTest : public testing::Test {
 protected:
  void SetUp() override { store_ = *AgentStore::Open(folder_.Options()); }

  void Put(uint32_t revision, ward::v1::NoticeStanding standing, bool accepted_before = false) {
    ward::v1::Case known;
    CaseNotice& notice = *known.add_notices();
    notice.set_notice_id(kNotice);
    notice.set_municipality_code("0101");
    notice.set_revision(revision);
    notice.set_standing(standing);
    notice.mutable_said()->mutable_envelope()->set_notice_id(kNotice);
    notice.mutable_said()->mutable_envelope()->set_revision(revision);
    notice.set_ward("P1");
    if (accepted_before) {
      notice.mutable_receipt()->set_revision(1);
      notice.mutable_former()->set_revision(1);
      notice.mutable_former()->set_standing(ward::v1::NOTICE_STANDING_ACCEPTED);
      *notice.mutable_former()->mutable_said() = notice.said();
      notice.mutable_former()->mutable_said()->mutable_envelope()->set_revision(1);
    }
    ward::v1::Outgoing outgoing;
    outgoing.set_case_id(kCase);
    *(revision == 1 ? outgoing.mutable_submit() : outgoing.mutable_revise()) = notice.said();
    AgentBatch batch = store_->NewBatch();
    batch.PutCase(kCase, std::nullopt, known);
    batch.AddOutgoing(outgoing);
    ASSERT_TRUE(store_->Write(std::move(batch)).ok());
  }
  // In the place of what is in the outbox, with the next revision.
  void PutWithdrawal() {
    ward::v1::Case known = store_->ReadCase(kCase)->value();
    CaseNotice& notice = *known.mutable_notices(0);
    notice.set_revision(notice.revision() + 1);
    notice.set_standing(ward::v1::NOTICE_STANDING_WITHDRAWN);
    ward::v1::Outgoing outgoing;
    outgoing.set_case_id(std::string(kCaseIdBytes, 'm'));
    outgoing.mutable_withdraw()->set_notice_id(kNotice);
    outgoing.mutable_withdraw()->set_revision(notice.revision());
    outgoing.mutable_withdraw()->set_reason(v1::WITHDRAWAL_REASON_READMITTED);
    AgentBatch batch = store_->NewBatch();
    for (const uint64_t number : store_->outbox().Of(kNotice)) batch.RemoveOutgoing(kNotice, number);
    batch.AddOutgoing(outgoing);
    batch.PutCase(kCase, store_->ReadCase(kCase)->value(), known);
    ASSERT_TRUE(store_->Write(std::move(batch)).ok());
  }
  void End(const Outcome& outcome, const std::optional<v1::GetNoticeResponse>& newest = std::nullopt) {
    EndOf(Outbox().front(), outcome, newest);
  }
  void EndOf(const StoredOutgoing& sent, const Outcome& outcome,
             const std::optional<v1::GetNoticeResponse>& newest = std::nullopt) {
    Settled settled{.sent = sent, .outcome = outcome};
    settled.fate = FateOf(settled.sent.outgoing, outcome);
    if (settled.fate == Fate::kAsk) settled.fate = Fate::kAskedAndOther;
    settled.newest = newest;
    absl::StatusOr<CaseWork> work = CaseWork::Begin(*store_, locks_, {.notices = {kNotice}});
    ASSERT_TRUE(work.ok());
    ASSERT_TRUE(Apply(settled, kNow, *work).ok());
    ASSERT_TRUE(work->Commit().ok());
  }
  Followed Change(v1::ChangeKind kind, uint32_t revision, v1::ReturnReason reason = v1::RETURN_REASON_UNSPECIFIED) {
    v1::NoticeChange change;
    change.set_notice_id(kNotice);
    change.set_kind(kind);
    change.set_revision(revision);
    change.set_return_reason(reason);
    absl::StatusOr<CaseWork> work = CaseWork::Begin(*store_, locks_, {.notices = {kNotice}});
    const Followed followed = TakeChange(change, kNow, **work->OfNotice(kNotice), work->batch());
    EXPECT_TRUE(work->Commit().ok());
    return followed;
  }
  static Outcome Refused(const std::string& reason) {
    return {.kind = Outcome::Kind::kRefused, .receipt = {}, .refusal = {.reason = reason, .text = {}, .fields = {}}};
  }
  static Outcome Accepted(uint32_t revision) {
    Outcome outcome{.kind = Outcome::Kind::kAccepted, .receipt = {}, .refusal = {}};
    outcome.receipt.set_revision(revision);
    return outcome;
  }
  static v1::GetNoticeResponse Newest(uint32_t revision, v1::NoticeState state) {
    v1::GetNoticeResponse newest;
    newest.mutable_status()->set_revision(revision);
    newest.mutable_status()->set_state(state);
    return newest;
  }
  std::vector<StoredOutgoing> Outbox() { return *store_->ReadOutbox(0, 10); }
  std::vector<StoredTelling> Told() { return *store_->ReadTellings(0, 10); }
  CaseNotice Notice() { return store_->ReadCase(kCase)->value().notices(0); }

  AgentFolder folder_;
  CaseLocks locks_;
  std::unique_ptr<AgentStore> store_;
};

TEST_F(SettlementTest, AReceiptGoesIntoTheCaseAndTheOutboxIsEmpty) {
  Put(1, ward::v1::NOTICE_STANDING_TO_BE_SENT);
  End(Accepted(1));
  EXPECT_THAT(Outbox(), IsEmpty());
  EXPECT_EQ(Notice().standing(), ward::v1::NOTICE_STANDING_ACCEPTED);
  EXPECT_EQ(Notice().receipt().revision(), 1u);
  EXPECT_TRUE(Notice().has_said());
}

TEST_F(SettlementTest, ARefusalByTheContractEndsANoticeAndIsTold) {
  Put(1, ward::v1::NOTICE_STANDING_TO_BE_SENT);
  End(Refused("MUNICIPALITY_NOT_PARTICIPATING"));
  EXPECT_THAT(Outbox(), IsEmpty());
  EXPECT_EQ(Notice().standing(), ward::v1::NOTICE_STANDING_REFUSED);
  EXPECT_FALSE(Notice().has_said());
  ASSERT_THAT(Told(), SizeIs(1));
  EXPECT_EQ(Told()[0].telling.reason(), "MUNICIPALITY_NOT_PARTICIPATING");
  EXPECT_EQ(Told()[0].telling.patient_reference(), "6363636363636363");
  EXPECT_EQ(Told()[0].telling.ward(), "P1");
}

TEST_F(SettlementTest, WhatAWithdrawalTookThePlaceOfWhileItWasUnderWayIsNoMoreThanAReceipt) {
  Put(1, ward::v1::NOTICE_STANDING_TO_BE_SENT);
  const StoredOutgoing under_way = Outbox().front();
  PutWithdrawal();
  EndOf(under_way, Accepted(1));
  ASSERT_THAT(Outbox(), SizeIs(1));
  EXPECT_TRUE(Outbox()[0].outgoing.has_withdraw());
  EXPECT_EQ(store_->outgoing(), 1u);
  EXPECT_EQ(Notice().receipt().revision(), 1u);
  EXPECT_EQ(Notice().standing(), ward::v1::NOTICE_STANDING_WITHDRAWN);
  EndOf(under_way, Refused("INBOX_CERTIFICATE_MISSING"));
  EndOf(under_way, Refused("MUNICIPALITY_NOT_PARTICIPATING"));
  EndOf(under_way, Refused("NOTICE_WITHDRAWN"), Newest(2, v1::NOTICE_STATE_WAITING));
  EXPECT_THAT(Outbox(), SizeIs(1));
  EXPECT_THAT(Told(), IsEmpty());
}

TEST_F(SettlementTest, AWithdrawalIsToldOnceWithItsReasonAndByTheCaseThatIsFound) {
  Put(1, ward::v1::NOTICE_STANDING_TO_BE_SENT);
  PutWithdrawal();
  const StoredOutgoing withdrawal = Outbox().front();
  End(Accepted(2));
  ASSERT_THAT(Told(), SizeIs(1));
  EXPECT_EQ(Told()[0].telling.kind(), ward::v1::TELLING_KIND_WITHDRAWN);
  EXPECT_EQ(Told()[0].telling.reason(), "WITHDRAWAL_REASON_READMITTED");
  EXPECT_EQ(Told()[0].telling.patient_reference(), "6363636363636363");
  // A broker that was restored gets it again.
  AgentBatch batch = store_->NewBatch();
  batch.AddOutgoing(withdrawal.outgoing);
  ASSERT_TRUE(store_->Write(std::move(batch)).ok());
  End(Accepted(2));
  EXPECT_THAT(Outbox(), IsEmpty());
  EXPECT_THAT(Told(), SizeIs(1));
}

TEST_F(SettlementTest, WhatHappensAfterARefusedRevisionIsToldOfWhatWasAccepted) {
  Put(2, ward::v1::NOTICE_STANDING_TO_BE_SENT, /*accepted_before=*/true);
  End(Refused("PHONE_NUMBER_INVALID"));
  EXPECT_EQ(Notice().revision(), 1u);
  EXPECT_EQ(Notice().said().envelope().revision(), 1u);
  EXPECT_FALSE(Notice().has_former());
  EXPECT_TRUE(Change(v1::CHANGE_KIND_RETURNED, 1, v1::RETURN_REASON_NOT_RESIDENT).tells);
  EXPECT_EQ(Notice().standing(), ward::v1::NOTICE_STANDING_RETURNED);
  EXPECT_EQ(Told().back().telling.kind(), ward::v1::TELLING_KIND_RETURNED);
}

TEST_F(SettlementTest, WhatHappenedBeforeARevisionWasRefusedIsToldThen) {
  Put(2, ward::v1::NOTICE_STANDING_TO_BE_SENT, /*accepted_before=*/true);
  EXPECT_FALSE(Change(v1::CHANGE_KIND_ACKNOWLEDGED, 1).tells);
  End(Refused("PHONE_NUMBER_INVALID"));
  EXPECT_EQ(Notice().standing(), ward::v1::NOTICE_STANDING_ACKNOWLEDGED);
  EXPECT_FALSE(Notice().has_said());
  ASSERT_THAT(Told(), SizeIs(2));
  EXPECT_EQ(Told()[0].telling.kind(), ward::v1::TELLING_KIND_REFUSED);
  EXPECT_EQ(Told()[1].telling.kind(), ward::v1::TELLING_KIND_ACKNOWLEDGED);
  EXPECT_EQ(Told()[1].telling.revision(), 1u);
}

TEST_F(SettlementTest, OfTwoRevisionsTheFirstIsGoneBackToIfTheSecondIsRefused) {
  Put(2, ward::v1::NOTICE_STANDING_TO_BE_SENT, /*accepted_before=*/true);
  ward::v1::Case known = store_->ReadCase(kCase)->value();
  CaseNotice& notice = *known.mutable_notices(0);
  notice.set_revision(3);
  notice.mutable_said()->mutable_envelope()->set_revision(3);
  ward::v1::Outgoing third;
  *third.mutable_revise() = notice.said();
  AgentBatch batch = store_->NewBatch();
  batch.PutCase(kCase, store_->ReadCase(kCase)->value(), known);
  batch.AddOutgoing(third);
  ASSERT_TRUE(store_->Write(std::move(batch)).ok());
  End(Accepted(2));
  EXPECT_EQ(Notice().standing(), ward::v1::NOTICE_STANDING_TO_BE_SENT);
  End(Refused("PHONE_NUMBER_INVALID"));
  EXPECT_EQ(Notice().standing(), ward::v1::NOTICE_STANDING_ACCEPTED);
  EXPECT_EQ(Notice().revision(), 2u);
  EXPECT_EQ(Notice().said().envelope().revision(), 2u);
}

TEST_F(SettlementTest, WhatIsRefusedWhereItWasSealedAgainIsReturnedInTheEnd) {
  Put(1, ward::v1::NOTICE_STANDING_TO_BE_SENT);
  End(Accepted(1));
  Change(v1::CHANGE_KIND_RETURNED, 1, v1::RETURN_REASON_CANNOT_BE_OPENED);
  for (uint32_t tries = 0; tries < kSealedAgainMost; ++tries) {
    ASSERT_THAT(Outbox(), SizeIs(1));
    End(Refused("MUNICIPALITY_NOT_PARTICIPATING"));
  }
  EXPECT_THAT(Outbox(), IsEmpty());
  EXPECT_EQ(Notice().standing(), ward::v1::NOTICE_STANDING_RETURNED);
  EXPECT_EQ(Told().back().telling.kind(), ward::v1::TELLING_KIND_RETURNED);
}

TEST_F(SettlementTest, ARefusedRevisionLeavesWhatWasAcceptedToBeWithdrawn) {
  Put(2, ward::v1::NOTICE_STANDING_TO_BE_SENT, /*accepted_before=*/true);
  End(Refused("PHONE_NUMBER_INVALID"));
  EXPECT_EQ(Notice().standing(), ward::v1::NOTICE_STANDING_ACCEPTED);
  EXPECT_EQ(Notice().refused_for(), "PHONE_NUMBER_INVALID");
}

TEST_F(SettlementTest, ARefusalOfWhatIsCorrectedSoonEndsNothing) {
  Put(2, ward::v1::NOTICE_STANDING_TO_BE_SENT);
  StoredOutgoing first = Outbox().front();
  first.outgoing.mutable_submit()->mutable_envelope()->set_notice_id(kNotice);
  first.outgoing.mutable_submit()->mutable_envelope()->set_revision(1);
  AgentBatch batch = store_->NewBatch();
  batch.ReplaceOutgoing(first.number, first.outgoing);
  ASSERT_TRUE(store_->Write(std::move(batch)).ok());
  End(Refused("PHONE_NUMBER_INVALID"));
  EXPECT_EQ(Notice().standing(), ward::v1::NOTICE_STANDING_TO_BE_SENT);
  EXPECT_TRUE(Notice().has_said());
}

TEST_F(SettlementTest, WhatPeopleMendStays) {
  Put(1, ward::v1::NOTICE_STANDING_TO_BE_SENT);
  End(Refused("INBOX_CERTIFICATE_MISSING"));
  EXPECT_THAT(Outbox(), SizeIs(1));
  EXPECT_EQ(Notice().standing(), ward::v1::NOTICE_STANDING_TO_BE_SENT);
  ASSERT_THAT(Told(), SizeIs(1));
  EXPECT_EQ(Told()[0].telling.kind(), ward::v1::TELLING_KIND_HELD_UP);
}

TEST_F(SettlementTest, NumbersGoOnAboveTheBrokers) {
  Put(2, ward::v1::NOTICE_STANDING_TO_BE_SENT, /*accepted_before=*/true);
  End(Refused("REVISION_STALE"), Newest(5, v1::NOTICE_STATE_WAITING));
  ASSERT_THAT(Outbox(), SizeIs(1));
  EXPECT_EQ(Outbox()[0].outgoing.revise().envelope().revision(), 6u);
  EXPECT_EQ(Notice().revision(), 6u);
  EXPECT_EQ(Notice().said().envelope().revision(), 6u);
  EXPECT_THAT(Told(), IsEmpty());
}

TEST_F(SettlementTest, WhatTheBrokerLostIsSubmittedAnew) {
  Put(3, ward::v1::NOTICE_STANDING_TO_BE_SENT, /*accepted_before=*/true);
  End(Refused("NOTICE_NOT_FOUND"));
  ASSERT_THAT(Outbox(), SizeIs(1));
  EXPECT_EQ(Outbox()[0].outgoing.submit().envelope().revision(), 1u);
  EXPECT_EQ(Notice().revision(), 1u);
}

TEST_F(SettlementTest, WhatTheBrokerHasAsWithdrawnIsOver) {
  Put(2, ward::v1::NOTICE_STANDING_TO_BE_SENT, /*accepted_before=*/true);
  v1::GetNoticeResponse newest = Newest(4, v1::NOTICE_STATE_WITHDRAWN);
  newest.mutable_status()->set_withdrawal_reason(v1::WITHDRAWAL_REASON_CONSENT_WITHDRAWN);
  End(Refused("NOTICE_WITHDRAWN"), newest);
  EXPECT_THAT(Outbox(), IsEmpty());
  EXPECT_EQ(Notice().standing(), ward::v1::NOTICE_STANDING_WITHDRAWN);
  EXPECT_EQ(Notice().revision(), 4u);
  EXPECT_THAT(Told(), SizeIs(1));
}

TEST_F(SettlementTest, AnAcknowledgementErasesWhatWasSaidAndIsToldOnce) {
  Put(1, ward::v1::NOTICE_STANDING_TO_BE_SENT);
  End(Accepted(1));
  EXPECT_TRUE(Change(v1::CHANGE_KIND_ACKNOWLEDGED, 1).tells);
  EXPECT_EQ(Notice().standing(), ward::v1::NOTICE_STANDING_ACKNOWLEDGED);
  EXPECT_FALSE(Notice().has_said());
  EXPECT_FALSE(Change(v1::CHANGE_KIND_ACKNOWLEDGED, 1).tells);
}

TEST_F(SettlementTest, AnAcknowledgementOfWhatIsReplacedSoonErasesNothing) {
  Put(2, ward::v1::NOTICE_STANDING_TO_BE_SENT, /*accepted_before=*/true);
  Change(v1::CHANGE_KIND_ACKNOWLEDGED, 1);
  EXPECT_EQ(Notice().standing(), ward::v1::NOTICE_STANDING_TO_BE_SENT);
  EXPECT_TRUE(Notice().has_said());
}

TEST_F(SettlementTest, WhatCannotBeOpenedIsSealedAgainThreeTimesAndThenTold) {
  Put(1, ward::v1::NOTICE_STANDING_TO_BE_SENT);
  End(Accepted(1));
  for (uint32_t revision = 1; revision <= kSealedAgainMost; ++revision) {
    const Followed followed = Change(v1::CHANGE_KIND_RETURNED, revision, v1::RETURN_REASON_CANNOT_BE_OPENED);
    EXPECT_TRUE(followed.seals_again);
    ASSERT_THAT(Outbox(), SizeIs(1));
    EXPECT_EQ(Outbox()[0].outgoing.revise().envelope().revision(), revision + 1);
    End(Accepted(revision + 1));
  }
  EXPECT_THAT(Told(), IsEmpty());
  EXPECT_TRUE(Change(v1::CHANGE_KIND_RETURNED, 4, v1::RETURN_REASON_CANNOT_BE_OPENED).tells);
  EXPECT_EQ(Notice().standing(), ward::v1::NOTICE_STANDING_RETURNED);
  EXPECT_FALSE(Notice().has_said());
}

TEST_F(SettlementTest, WhatIsMissingIsSentAgainAsItWas) {
  Put(2, ward::v1::NOTICE_STANDING_TO_BE_SENT);
  End(Accepted(2));
  EXPECT_TRUE(Change(v1::CHANGE_KIND_MISSING, 2).sends);
  ASSERT_THAT(Outbox(), SizeIs(1));
  EXPECT_EQ(Outbox()[0].outgoing.revise().envelope().revision(), 2u);
}

// As an agent learns it that was restored from a backup of before the withdrawal.
TEST_F(SettlementTest, AWithdrawalThatIsMissingIsSentAgainAlsoIfTheBrokerToldIt) {
  Put(1, ward::v1::NOTICE_STANDING_TO_BE_SENT);
  End(Accepted(1));
  Change(v1::CHANGE_KIND_WITHDRAWN, 2);
  ASSERT_EQ(Notice().standing(), ward::v1::NOTICE_STANDING_WITHDRAWN);
  EXPECT_TRUE(Change(v1::CHANGE_KIND_MISSING, 2).sends);
  ASSERT_THAT(Outbox(), SizeIs(1));
  EXPECT_EQ(Outbox()[0].outgoing.withdraw().revision(), 2u);
}

}  // namespace
}  // namespace envej::region
