#include "region-client/agent/desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/region-client/agent/desk_fixture.h"

namespace envej::region {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

TEST_F(DeskTest, ANoticeIsThereOnceConsentAndDischargeAreInWhicheverOrder) {
  EXPECT_TRUE(Takes("m1", {Discharge("1", kDeskOpened)}));
  EXPECT_THAT(Outbox(), IsEmpty());
  const absl::StatusOr<ConsentTaken> taken = desk_->RegisterConsent({"", "1"}, Consent("2027-01-15"));
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_FALSE(taken->why_not.has_value());
  EXPECT_THAT(Outbox(), SizeIs(1));
  ASSERT_TRUE(desk_->RegisterConsent({"", "2"}, Consent("2027-01-15")).ok());
  EXPECT_THAT(Outbox(), SizeIs(1));
  EXPECT_TRUE(Takes("m2", {Discharge("2", kDeskOpened)}));
  ASSERT_THAT(Outbox(), SizeIs(2));
  EXPECT_EQ(woken_, 2);
  const std::string notice = Outbox()[1].outgoing.submit().envelope().notice_id();
  EXPECT_EQ(store_->CaseOfNotice(notice)->value_or(""), Outbox()[1].outgoing.case_id());
}

TEST_F(DeskTest, ARepeatedMessageIsAnsweredAsBeforeAlsoAfterAStart) {
  EXPECT_TRUE(Takes("m1", {Discharge("1", kDeskOpened)}));
  Start({.site = TestSite()});
  now_ += absl::Hours(1);
  const absl::StatusOr<Answer> again = desk_->TakeMessage({.source = "adt", .id = "m1"}, {Discharge("1", kDeskOpened)});
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(again->answered_at, kDeskOpened);
  EXPECT_TRUE(desk_->TakeMessage({.source = "other", .id = "m1"}, {Discharge("2", kDeskOpened)}).ok());
  EXPECT_EQ(store_->cases(), 2u);
}

TEST_F(DeskTest, AnIdThatIsUsedAgainIsOfANewMessageAndCounted) {
  ASSERT_TRUE(desk_->RegisterConsent({"", "2"}, Consent("2027-01-15")).ok());
  EXPECT_TRUE(Takes("m1", {Discharge("1", kDeskOpened)}));
  const absl::StatusOr<Answer> other = desk_->TakeMessage({.source = "adt", .id = "m1"}, {Discharge("2", kDeskOpened)});
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_FALSE(other->repeated);
  EXPECT_TRUE(other->id_used_again);
  EXPECT_THAT(Outbox(), SizeIs(1));
  Start({.site = TestSite()});
  EXPECT_FALSE(Takes("m1", {Discharge("1", kDeskOpened)})) << "both are known";
  EXPECT_FALSE(Takes("m1", {Discharge("2", kDeskOpened)}));
  EXPECT_TRUE(Takes("m1", {Discharge("2", kDeskOpened + absl::Seconds(1))})) << "recorded at another time";
  EXPECT_EQ(CountOf("message-id-used-again"), 2u);
}

TEST_F(DeskTest, OfAnIdTheNewestMessagesAreKnown) {
  const auto discharge = [](int number) { return Discharge("1", kDeskOpened + absl::Seconds(number)); };
  for (int number = 0; number <= kMessageContents; ++number) EXPECT_TRUE(Takes("0", {discharge(number)}));
  EXPECT_FALSE(Takes("0", {discharge(1)}));
  EXPECT_FALSE(Takes("0", {discharge(kMessageContents)}));
  EXPECT_TRUE(Takes("0", {discharge(0)}));
}

TEST_F(DeskTest, UnderAnIdThatAnOlderProgramAnsweredEverythingIsARepeat) {
  ward::v1::AnsweredMessage answered;
  answered.mutable_answered_at()->set_seconds(absl::ToUnixSeconds(kDeskOpened));
  AgentBatch batch = store_->NewBatch();
  batch.PutAnswered("adt", "m1", std::nullopt, answered);
  ASSERT_TRUE(store_->Write(std::move(batch)).ok());
  EXPECT_FALSE(Takes("m1", {Discharge("1", kDeskOpened)}));
}

TEST_F(DeskTest, AMessageIsKnownAgainUnderAFormerSecret) {
  EXPECT_TRUE(Takes("m1", {Discharge("1", kDeskOpened)}));
  desk_.reset();
  store_.reset();
  absl::StatusOr<std::unique_ptr<AgentStore>> store = AgentStore::Open(folder_.Options('b', "a"));
  ASSERT_TRUE(store.ok()) << store.status();
  store_ = *std::move(store);
  desk_ = std::make_unique<Desk>(
      DeskOptions{.site = TestSite()}, *store_, locks_, [this] { return now_; }, absl::UTCTimeZone(), [] {});
  EXPECT_FALSE(Takes("m1", {Discharge("1", kDeskOpened)}));
}

TEST_F(DeskTest, AnAnswerUnderAnIdThatWasUsedIsTakenAndTheOneBeforeItNotAgain) {
  const MessageName name{.source = "staff", .id = "c1"};
  ASSERT_TRUE(desk_->RegisterConsent({"", "1"}, Consent("2027-01-15"), name).ok());
  const absl::StatusOr<ConsentTaken> withdrawn = desk_->WithdrawConsent({"", "1"}, name);
  ASSERT_TRUE(withdrawn.ok()) << withdrawn.status();
  EXPECT_FALSE(withdrawn->repeated);
  EXPECT_TRUE(desk_->RegisterConsent({"", "1"}, Consent("2027-01-15"), name)->repeated);
  EXPECT_TRUE(desk_->Find({"", "1"})->value().known.consent().has_withdrawn_at());
}

TEST_F(DeskTest, OfANoNothingIsKeptAndWhatWasGivenBeforeIsWithdrawn) {
  ward::v1::RegisteredConsent no = Consent("2027-01-15");
  no.mutable_consent()->clear_disclosure();
  const absl::StatusOr<ConsentTaken> declined = desk_->RegisterConsent({"", "1"}, no);
  ASSERT_TRUE(declined.ok()) << declined.status();
  EXPECT_EQ(declined->why_not, ward::WhyNot::kNoConsent);
  EXPECT_EQ(declined->patient_reference, "");
  EXPECT_FALSE(declined->withdrawn);
  EXPECT_EQ(store_->cases(), 0u);
  EXPECT_EQ(CountOf("declined"), 1u);
  Takes("m1", {Discharge("1", kDeskOpened)});
  ASSERT_TRUE(desk_->RegisterConsent({"", "1"}, no).ok());
  EXPECT_FALSE(desk_->Find({"", "1"})->value().known.has_consent());
  ASSERT_TRUE(desk_->RegisterConsent({"", "1"}, Consent("2027-01-15")).ok());
  now_ += absl::Minutes(1);
  const absl::StatusOr<ConsentTaken> withdrawn = desk_->RegisterConsent({"", "1"}, no);
  EXPECT_EQ(withdrawn->why_not, ward::WhyNot::kConsentWithdrawn);
  EXPECT_TRUE(withdrawn->withdrawn);
  EXPECT_FALSE(withdrawn->stands);
  ASSERT_THAT(Outbox(), SizeIs(1));
  EXPECT_TRUE(Outbox()[0].outgoing.has_withdraw());
  EXPECT_FALSE(desk_->RegisterConsent({"", "1"}, no)->withdrawn);
  EXPECT_EQ(CountOf("declined"), 4u);
}

TEST_F(DeskTest, AWithdrawnConsentDoesNotComeBackWithAListOfOldAnswers) {
  Takes("m1", {Discharge("1", kDeskOpened)});
  ASSERT_TRUE(desk_->RegisterConsent({"", "1"}, Consent("2027-01-14")).ok());
  now_ += absl::Minutes(1);
  ASSERT_TRUE(desk_->WithdrawConsent({"", "1"}).ok());
  now_ += absl::Hours(9);
  const auto register_from = [&](ward::AnswerFrom from, const std::string& given_on) {
    return desk_->RegisterConsent({"", "1"}, Consent(given_on), MessageName{.source = "nightly", .id = given_on}, from)
        .status()
        .code();
  };
  EXPECT_EQ(register_from(ward::AnswerFrom::kSystem, "2027-01-14"), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(register_from(ward::AnswerFrom::kSystem, "2027-01-15"), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(register_from(ward::AnswerFrom::kStaff, "2027-01-14"), absl::StatusCode::kOutOfRange);
  EXPECT_TRUE(desk_->Find({"", "1"})->value().known.consent().has_withdrawn_at());
  EXPECT_THAT(Outbox(), SizeIs(1));
  EXPECT_EQ(register_from(ward::AnswerFrom::kStaff, "2027-01-15"), absl::StatusCode::kOk);
  EXPECT_THAT(Outbox(), SizeIs(2));
}

TEST_F(DeskTest, WhoLivesWhereNoSchemeTakesPartHasNoNoticeElsewhere) {
  Takes("m1", {Discharge("1", kDeskOpened)});
  ASSERT_TRUE(desk_->RegisterConsent({"", "1"}, Consent("2027-01-15", "0101")).ok());
  now_ += absl::Minutes(1);
  const absl::StatusOr<ConsentTaken> same = desk_->NoteLivesElsewhere({"", "1"}, "0101");
  ASSERT_TRUE(same.ok()) << same.status();
  EXPECT_TRUE(same->stands);
  const absl::StatusOr<ConsentTaken> other = desk_->NoteLivesElsewhere({"", "1"}, "0147");
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_TRUE(other->withdrawn);
  EXPECT_EQ(other->why_not, ward::WhyNot::kLivesElsewhere);
  ASSERT_THAT(Outbox(), SizeIs(1));
  EXPECT_EQ(Outbox()[0].outgoing.withdraw().reason(), v1::WITHDRAWAL_REASON_SENT_IN_ERROR);
  now_ += absl::Minutes(1);
  ASSERT_TRUE(desk_->RegisterConsent({"", "1"}, Consent("2027-01-14", "0101")).ok());
  EXPECT_THAT(Outbox(), SizeIs(2)) << "the municipality was right, and the citizen had not withdrawn";
  EXPECT_TRUE(desk_->NoteLivesElsewhere({"", "99"}, "0147").ok());
  EXPECT_EQ(store_->cases(), 1u);
}

TEST_F(DeskTest, AMessageIsTakenWholeOrNotAtAll) {
  ward::Event unknown = Discharge("2", kDeskOpened);
  unknown.patient[0].authority = "elsewhere";
  EXPECT_EQ(desk_->TakeMessage({.source = "adt", .id = "m1"}, {Discharge("1", kDeskOpened), unknown}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(store_->cases(), 0u);
  EXPECT_EQ(desk_->TakeMessage({.source = "adt", .id = ""}, {Discharge("1", kDeskOpened)}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(Takes("m1", {Discharge("1", kDeskOpened)}));
}

TEST_F(DeskTest, AWithdrawnConsentWithdrawsTheNotice) {
  ASSERT_TRUE(desk_->RegisterConsent({"", "1"}, Consent("2027-01-15")).ok());
  Takes("m1", {Discharge("1", kDeskOpened)});
  now_ += absl::Minutes(1);
  const absl::StatusOr<ConsentTaken> taken = desk_->WithdrawConsent({"", "1"});
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_EQ(taken->why_not, ward::WhyNot::kConsentWithdrawn);
  ASSERT_THAT(Outbox(), SizeIs(1));
  EXPECT_EQ(Outbox()[0].outgoing.withdraw().reason(), v1::WITHDRAWAL_REASON_CONSENT_WITHDRAWN);
  EXPECT_EQ(desk_->WithdrawConsent({"", "99"}).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(DeskTest, AWithdrawalTakesThePlaceOfAllThatWasToBeSentOfItsNoticeAlsoAfterAStart) {
  for (const std::string patient : {"1", "2"}) {
    ASSERT_TRUE(desk_->RegisterConsent({"", patient}, Consent("2027-01-15")).ok());
    Takes("d" + patient, {Discharge(patient, kDeskOpened)});
  }
  now_ += absl::Minutes(1);
  ward::Event later = Discharge("1", now_);
  later.kind = ward::EventKind::kUpdated;
  later.contact.phone_numbers = {"+4520123457"};
  Takes("u1", {later});
  ASSERT_THAT(Outbox(), SizeIs(3));
  const std::string other = Outbox()[1].outgoing.submit().envelope().notice_id();
  Start({.site = TestSite()});
  now_ += absl::Minutes(1);
  ward::Event cancelled = Discharge("1", now_);
  cancelled.kind = ward::EventKind::kDischargeCancelled;
  Takes("c1", {cancelled});
  ASSERT_THAT(Outbox(), SizeIs(2));
  EXPECT_EQ(Outbox()[0].outgoing.submit().envelope().notice_id(), other);
  EXPECT_EQ(Outbox()[1].outgoing.withdraw().revision(), 3u);
  EXPECT_EQ(store_->outgoing(), 2u);
}

TEST_F(DeskTest, CountsWhyThereIsNoNoticeOnce) {
  Takes("m1", {Discharge("1", kDeskOpened)});
  Takes("m2", {Discharge("1", kDeskOpened)});
  const std::vector<DayCount> counts = *store_->ReadCounts("", 10);
  ASSERT_THAT(counts, SizeIs(1));
  EXPECT_EQ(counts[0].reason, ward::NameOf(ward::WhyNot::kNoConsent));
  EXPECT_EQ(counts[0].count, 1u);
}

TEST_F(DeskTest, OfAPatientOfWhomNothingIsKnownWhatIsOfNoConcernIsCountedAndNotKept) {
  ward::Event elsewhere = Discharge("1", kDeskOpened);
  elsewhere.ward = "K1";
  EXPECT_TRUE(Takes("m1", {elsewhere}));
  EXPECT_FALSE(Takes("m1", {elsewhere})) << "it was answered";
  ward::Event visit = Discharge("2", kDeskOpened);
  visit.patient_class = ward::PatientClass::kOther;
  EXPECT_TRUE(Takes("m2", {visit}));
  EXPECT_EQ(store_->cases(), 0u);
  const std::vector<DayCount> counts = *store_->ReadCounts("", 10);
  ASSERT_THAT(counts, SizeIs(2));
  EXPECT_EQ(counts[0].reason, "not-inpatient");
  EXPECT_EQ(counts[0].count, 1u);
  EXPECT_EQ(counts[1].reason, "not-psychiatry");
  EXPECT_EQ(counts[1].count, 1u);
  EXPECT_TRUE(Takes("m3", {Discharge("1", kDeskOpened)}));
  elsewhere.kind = ward::EventKind::kMoved;
  EXPECT_TRUE(Takes("m4", {elsewhere}));
  EXPECT_EQ(desk_->WhyNotNow(desk_->Find({"", "1"})->value().known), ward::WhyNot::kNotPsychiatry)
      << "of a patient who is known it is kept";
}

TEST_F(DeskTest, ADeathIsTakenBackOnlyByTheSourceThatSaidIt) {
  Takes("m1", {Discharge("1", kDeskOpened)});
  ward::Event dead = Discharge("1", kDeskOpened);
  dead.deceased = true;
  ASSERT_TRUE(desk_->TakeMessage({.source = "fhir", .id = "f1"}, {dead}).ok());
  ward::Event alive = Discharge("1", kDeskOpened + absl::Hours(1));
  alive.deceased = false;
  Takes("m2", {alive});
  EXPECT_EQ(desk_->WhyNotNow(desk_->Find({"", "1"})->value().known), ward::WhyNot::kDeceased);
  ASSERT_TRUE(desk_->TakeMessage({.source = "fhir", .id = "f2"}, {alive}).ok());
  EXPECT_EQ(desk_->WhyNotNow(desk_->Find({"", "1"})->value().known), ward::WhyNot::kNoConsent);
}

TEST_F(DeskTest, RefusesClearlyWhenItIsFull) {
  Start({.site = TestSite(), .cases_most = 1, .outgoing_most = 1});
  EXPECT_TRUE(Takes("m1", {Discharge("1", kDeskOpened)}));
  EXPECT_EQ(desk_->TakeMessage({.source = "adt", .id = "m2"}, {Discharge("2", kDeskOpened)}).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(Takes("m3", {Discharge("1", kDeskOpened)}));
  ASSERT_TRUE(desk_->RegisterConsent({"", "1"}, Consent("2027-01-15")).ok());
  now_ += absl::Minutes(1);
  EXPECT_EQ(desk_->RegisterConsent({"", "1"}, Consent("2027-01-15", "0147")).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(desk_->Find({"", "1"})->value().known.consent().municipality_code(), "0101");
  EXPECT_TRUE(desk_->WithdrawConsent({"", "1"}).ok()) << "it takes the place of what waits";
}

TEST_F(DeskTest, AWithdrawalIsTakenAlsoWhereItIsFull) {
  Start({.site = TestSite(), .outgoing_most = 1});
  ASSERT_TRUE(desk_->RegisterConsent({"", "1"}, Consent("2027-01-15")).ok());
  Takes("m1", {Discharge("1", kDeskOpened)});
  AgentBatch sent = store_->NewBatch();
  const StoredOutgoing first = Outbox()[0];
  sent.RemoveOutgoing(first.outgoing.submit().envelope().notice_id(), first.number);
  ASSERT_TRUE(store_->Write(std::move(sent)).ok());
  ASSERT_TRUE(desk_->RegisterConsent({"", "2"}, Consent("2027-01-15")).ok());
  Takes("m2", {Discharge("2", kDeskOpened)});
  now_ += absl::Minutes(1);
  EXPECT_TRUE(desk_->WithdrawConsent({"", "1"}).ok()) << "it takes the place of nothing";
  ASSERT_THAT(Outbox(), SizeIs(2));
  EXPECT_TRUE(Outbox()[1].outgoing.has_withdraw());
}

TEST_F(DeskTest, AnAnswerIsTakenAlsoWhereTheClockWasSetBack) {
  ASSERT_TRUE(desk_->RegisterConsent({"", "1"}, Consent("2027-01-15")).ok());
  now_ -= absl::Hours(1);
  ASSERT_TRUE(desk_->RegisterConsent({"", "1"}, Consent("2027-01-15", "0147")).ok());
  EXPECT_EQ(desk_->Find({"", "1"})->value().known.consent().municipality_code(), "0147");
}

TEST_F(DeskTest, WhoWasFoundUnderAFormerSecretIsFoundOnceItIsGone) {
  store_.reset();
  const auto open = [&](char secret, const std::string& former) {
    desk_.reset();
    store_.reset();
    absl::StatusOr<std::unique_ptr<AgentStore>> store = AgentStore::Open(folder_.Options(secret, former));
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    desk_ = std::make_unique<Desk>(
        DeskOptions{.site = TestSite()}, *store_, locks_, [this] { return now_; }, absl::UTCTimeZone(), [] {});
  };
  open('a', "");
  ASSERT_TRUE(desk_->RegisterConsent({"", "1"}, Consent("2027-01-15")).ok());
  open('b', "a");
  ward::Event admitted = Discharge("1", kDeskOpened);
  admitted.kind = ward::EventKind::kAdmitted;
  admitted.discharge_day.reset();
  Takes("m1", {admitted});
  open('b', "");
  Takes("m2", {Discharge("1", kDeskOpened)});
  EXPECT_EQ(store_->cases(), 1u);
  EXPECT_THAT(Outbox(), SizeIs(1));
}

TEST_F(DeskTest, ManyAtOnceLoseAndDoubleNothing) {
  constexpr int kThreads = 8;
  constexpr int kPatients = 20;
  for (int patient = 0; patient < kPatients; ++patient) {
    ASSERT_TRUE(desk_->RegisterConsent({"", absl::StrCat(patient)}, Consent("2027-01-15")).ok());
  }
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&] {
      for (int patient = 0; patient < kPatients; ++patient) {
        EXPECT_TRUE(desk_
                        ->TakeMessage({.source = "adt", .id = absl::StrCat("m", patient)},
                                      {Discharge(absl::StrCat(patient), kDeskOpened)})
                        .ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(Outbox(), SizeIs(kPatients));
}

}  // namespace
}  // namespace envej::region
