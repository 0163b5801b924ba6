// What a broker answers operations of inboxes and of what is late, and how little it reads for it.

#include "broker/answers/broker_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "proto/contract/message_codec.h"
#include "proto/contract/rejection.h"
#include "tests/broker/operations/board_fixture.h"
#include "tests/certs/test_files.h"
#include "tests/support/trust_world.h"

namespace envej {
namespace {

using contract::Reason;
using inbox::Key;
using operations::kHere;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// A store that counts how it is asked.
class CountingStore final : public store::OrderedStore {
 public:
  explicit CountingStore(store::OrderedStore& store) : store_(store) {}

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) override {
    ++gets;
    return store_.Get(key);
  }
  absl::StatusOr<store::ScanResult> Scan(const store::ScanRange& range) override {
    ++scans;
    return store_.Scan(range);
  }
  void Commit(std::vector<store::Transition> transitions, store::Durability durability, absl::Time now,
              CommitCallback done) override {
    store_.Commit(std::move(transitions), durability, now, std::move(done));
  }
  std::function<void()> Watch(absl::string_view prefix, std::function<void(absl::string_view key)> put) override {
    return store_.Watch(prefix, std::move(put));
  }
  absl::Time LastPersistedTime() const override { return store_.LastPersistedTime(); }
  uint64_t LastDurableBatch() const override { return store_.LastDurableBatch(); }
  uint64_t StartEpoch() const override { return store_.StartEpoch(); }

  size_t gets = 0;
  size_t scans = 0;

 private:
  store::OrderedStore& store_;
};

// What answers is asked here reads by a store of its own, so that it is counted apart from what happens.
class BrokerAnswersTest : public operations::BoardFixture {
 protected:
  BrokerAnswersTest() { Begin(); }

  // Counts what is under way, as at a start.
  void Begin() {
    const absl::StatusOr<operations::Standing> standing = operations::CountStanding(store_, clock_.Now());
    ASSERT_TRUE(standing.ok()) << standing.status();
    asked_->Begin(*standing);
    counting_.gets = counting_.scans = 0;
  }

  v1::ListOperationsNoticesResponse Late(v1::ListOperationsNoticesRequest request = {}) {
    request.set_late_only(true);
    absl::StatusOr<v1::ListOperationsNoticesResponse> answer = answers_.ListNotices(request);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? *std::move(answer) : v1::ListOperationsNoticesResponse();
  }
  static std::vector<std::string> IdsOf(const v1::ListOperationsNoticesResponse& answer) {
    std::vector<std::string> ids;
    for (const v1::OperationsNotice& notice : answer.notices()) ids.push_back(notice.notice_id());
    return ids;
  }
  static std::string IdOf(int number) { return Key(number).id.ToString(); }
  absl::StatusOr<v1::ListInboxesResponse> Inboxes(const std::string& code) {
    v1::ListInboxesRequest request;
    request.set_municipality_code(code);
    return answers_.ListInboxes(request);
  }

  CountingStore counting_{store_};
  inbox::Inboxes reading_{counting_, clock_, scheduler_, inbox::Inboxes::Options{}};
  std::unique_ptr<operations::Board> asked_ =
      std::make_unique<operations::Board>(operations::Board::Parts{.store = counting_,
                                                                   .attendance = *attendance_,
                                                                   .durations = *durations_,
                                                                   .metrics = *metrics_,
                                                                   .clock = clock_,
                                                                   .copenhagen = *contract::CopenhagenTimeZone()});
  Suspensions suspensions_{store_};
  trust::CurrentTrust trust_{support::MakeTrust()};
  BrokerAnswers answers_{{.inboxes = reading_,
                          .board = *asked_,
                          .attendance = *attendance_,
                          .durations = *durations_,
                          .metrics = *metrics_,
                          .suspensions = suspensions_,
                          .trust = trust_,
                          .clock = clock_}};
};

TEST_F(BrokerAnswersTest, WhatIsLateIsReadByNameHoweverMuchThereIs) {
  for (int number = 1; number <= 300; ++number) {
    ASSERT_TRUE(SubmitOne(number).ok());
    LetTimePass(absl::Milliseconds(10));
  }
  for (const inbox::PulledItem& item : PullSome(200)) ASSERT_TRUE(AcknowledgeOne(NameOf(item)).ok());
  Skip(absl::Hours(5));
  for (int number = 301; number <= 400; ++number) ASSERT_TRUE(SubmitOne(number).ok());
  Begin();
  v1::ListOperationsNoticesRequest request;
  request.set_municipality_code(kHere);
  request.set_page_size(20);
  std::vector<std::string> ids;
  for (int page = 0; page < 5; ++page) {
    counting_.gets = 0;
    const v1::ListOperationsNoticesResponse answer = Late(request);
    EXPECT_THAT(answer.notices(), SizeIs(20));
    EXPECT_EQ(answer.left_out(), 0u);
    EXPECT_EQ(counting_.gets, 20u);
    EXPECT_EQ(counting_.scans, 0u);
    EXPECT_EQ(answer.next_page_token().empty(), page == 4);
    for (const std::string& id : IdsOf(answer)) ids.push_back(id);
    request.set_page_token(answer.next_page_token());
  }
  ASSERT_THAT(ids, SizeIs(100));
  for (size_t index = 0; index < ids.size(); ++index) EXPECT_EQ(ids[index], IdOf(201 + static_cast<int>(index)));
}

TEST_F(BrokerAnswersTest, WhereNothingIsLateTheStoreIsNotAsked) {
  for (int number = 1; number <= 10; ++number) ASSERT_TRUE(SubmitOne(number).ok());
  Begin();
  const v1::ListOperationsNoticesResponse answer = Late();
  EXPECT_THAT(answer.notices(), IsEmpty());
  EXPECT_EQ(answer.next_page_token(), "");
  EXPECT_EQ(answer.left_out(), 0u);
  EXPECT_EQ(counting_.gets + counting_.scans, 0u);
}

TEST_F(BrokerAnswersTest, OfWhatIsLateStateRegionAndAgeAreChosen) {
  ASSERT_TRUE(SubmitOne(1).ok());
  inbox::Submission other = SubmissionOf(2);
  other.notice = Key(2, kHere, "1081");
  inboxes_->SubmitAll({other}, [](const auto& answers) { EXPECT_TRUE(answers.at(0).ok()); });
  Skip(absl::Hours(1));
  ASSERT_TRUE(SubmitOne(3).ok());
  Skip(absl::Hours(5));
  ASSERT_THAT(PullSome(1), SizeIs(1));
  Begin();
  EXPECT_THAT(IdsOf(Late()), testing::UnorderedElementsAre(IdOf(1), IdOf(2), IdOf(3)));
  v1::ListOperationsNoticesRequest request;
  request.set_region_code("1081");
  EXPECT_THAT(IdsOf(Late(request)), ElementsAre(IdOf(2)));
  request.clear_region_code();
  request.add_states(v1::NOTICE_STATE_LEASED);
  EXPECT_THAT(Late(request).notices(), SizeIs(1));
  request.clear_states();
  request.mutable_age_at_least()->set_seconds(absl::ToInt64Seconds(absl::Minutes(330)));
  EXPECT_THAT(IdsOf(Late(request)), testing::UnorderedElementsAre(IdOf(1), IdOf(2)));
}

TEST_F(BrokerAnswersTest, WhatIsLateNoMoreWhenItIsReadIsNotTold) {
  ASSERT_TRUE(SubmitOne(1).ok());
  Skip(absl::Hours(5));
  Begin();
  ASSERT_TRUE(AcknowledgeOne(NameOf(PullSome(1).at(0))).ok());  // which the board that is asked has not heard of yet
  EXPECT_THAT(Late().notices(), IsEmpty());
}

TEST_F(BrokerAnswersTest, WhatCannotBeReadStandsAmongWhatIsLate) {
  ASSERT_TRUE(SubmitOne(1).ok());
  Skip(absl::Hours(2));
  store_.Damage(store::RecordKey(Key(1)), "damaged");
  Begin();
  const v1::ListOperationsNoticesResponse answer = Late();
  ASSERT_THAT(answer.notices(), SizeIs(1));
  EXPECT_EQ(answer.notices(0).state(), v1::NOTICE_STATE_UNREADABLE);
}

TEST_F(BrokerAnswersTest, AnInboxIsToldWithoutAskingTheStoreWhereNothingWaits) {
  const absl::StatusOr<v1::ListInboxesResponse> all = Inboxes("");
  ASSERT_TRUE(all.ok()) << all.status();
  ASSERT_THAT(all->inboxes(), SizeIs(1));
  EXPECT_EQ(all->inboxes(0).municipality_code(), kHere);
  EXPECT_EQ(all->inboxes(0).name(), "København");
  ASSERT_TRUE(Inboxes(kHere).ok());
  EXPECT_THAT(Inboxes(kHere)->inboxes(), SizeIs(1));
  EXPECT_EQ(counting_.gets + counting_.scans, 0u);
}

TEST_F(BrokerAnswersTest, ACallIsToldApartFromAPull) {
  const certs::TestAuthority authority;
  const std::string municipality = operations::MunicipalityUri(kHere);
  attendance_->See({.kind = certs::ParticipantKind::kMunicipality, .code = kHere, .origin = ""},
                   authority.IssueCertificate(certs::ClientRequest(municipality)), clock_.Now());
  const v1::InboxStatus called = Inboxes(kHere)->inboxes(0);
  EXPECT_TRUE(called.has_last_seen_at());
  EXPECT_FALSE(called.has_last_pull_at());
  attendance_->SeePull(municipality, clock_.Now());
  EXPECT_EQ(contract::FromMessage(Inboxes(kHere)->inboxes(0).last_pull_at()), clock_.Now());
}

TEST_F(BrokerAnswersTest, ACodeOfNobodyIsRefused) {
  const absl::StatusOr<v1::ListInboxesResponse> none = Inboxes("9999");
  EXPECT_EQ(contract::RejectionOf(none.status()).reason, Reason::kMunicipalityUnknown);
}

TEST_F(BrokerAnswersTest, AnInboxThatLeftTheRegisterIsToldAsLongAsSomethingIsThere) {
  ASSERT_TRUE(SubmitOne(1, "content", "0851").ok());
  Begin();
  const absl::StatusOr<v1::ListInboxesResponse> one = Inboxes("0851");
  ASSERT_TRUE(one.ok()) << one.status();
  ASSERT_THAT(one->inboxes(), SizeIs(1));
  EXPECT_EQ(one->inboxes(0).waiting(), 1u);
  EXPECT_THAT(Inboxes("")->inboxes(), SizeIs(2));
}

}  // namespace
}  // namespace envej
