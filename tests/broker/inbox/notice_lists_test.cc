#include "broker/inbox/notice_lists.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/broker/inbox/damage_fixture.h"

namespace envej::inbox {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class NoticeListsTest : public DamageFixture {
 protected:
  void SubmitTo(int number, const std::string& municipality, const std::string& region) {
    Submission submission = SubmissionOf(number);
    submission.notice = Key(number, municipality, region);
    inboxes_->SubmitAll({submission}, [](const std::vector<absl::StatusOr<Accepted>>& answers) {
      EXPECT_TRUE(answers.at(0).ok()) << answers.at(0).status();
    });
  }

  // All that a query finds, page after page.
  std::vector<store::NoticeKey> All(NoticeQuery query) {
    std::vector<store::NoticeKey> all;
    for (pages_ = 0;; ++pages_) {
      const absl::StatusOr<NoticePage> page = inboxes_->ListAll(query);
      EXPECT_TRUE(page.ok()) << page.status();
      EXPECT_LE(page->notices.size(), query.page_size);
      for (const FoundNotice& notice : page->notices) all.push_back(notice.notice);
      if (!page->next.has_value()) return all;
      query.after = page->next;
    }
  }

  size_t pages_ = 0;
};

TEST_F(NoticeListsTest, AllInboxesByMunicipalityRegionAndIdPageByPage) {
  SubmitTo(2, "0147", "1081");
  SubmitTo(1, "0147", "1084");
  SubmitTo(3, "0101", "1084");
  SubmitTo(1, "0101", "1084");
  SubmitTo(9, "0101", "1081");
  const std::vector<store::NoticeKey> expected = {Key(9, "0101", "1081"), Key(1, "0101", "1084"),
                                                  Key(3, "0101", "1084"), Key(2, "0147", "1081"),
                                                  Key(1, "0147", "1084")};
  for (size_t page_size = 1; page_size <= 6; ++page_size) {
    EXPECT_EQ(All({.page_size = page_size}), expected) << page_size;
    EXPECT_EQ(pages_, (5 - 1) / page_size) << "no page more than is needed";
  }
  EXPECT_THAT(All({.municipality_code = "0147"}), ElementsAre(expected[3], expected[4]));
  EXPECT_THAT(All({.region_code = "1084"}), ElementsAre(expected[1], expected[2], expected[4]));
  EXPECT_THAT(All({.municipality_code = "0101", .region_code = "1081"}), ElementsAre(expected[0]));
  EXPECT_THAT(All({.municipality_code = "0851"}), IsEmpty());
}

TEST_F(NoticeListsTest, ByStateAndAge) {
  SubmitTo(1, "0101", "1084");
  const std::vector<PulledItem> pulled = PullNow();
  ASSERT_THAT(pulled, SizeIs(1));
  LetTimePass(absl::Seconds(10));
  SubmitTo(2, "0101", "1084");
  EXPECT_THAT(All({.states = {State::kLeased}}), ElementsAre(Key(1)));
  EXPECT_THAT(All({.states = {State::kWaiting, State::kAcknowledged}}), ElementsAre(Key(2)));
  EXPECT_THAT(All({.entered_by = kStart}), ElementsAre(Key(1))) << "then, or earlier";
  EXPECT_THAT(All({.entered_by = kStart - absl::Microseconds(1)}), IsEmpty());
  EXPECT_THAT(All({.states = {State::kWaiting}, .entered_by = kStart}), IsEmpty());
}

TEST_F(NoticeListsTest, LateIsWhatWasToldAsSuchAndIsStillToBeDelivered) {
  Record record;
  EXPECT_FALSE(IsLate(record));
  record.late = BitOf(Late::kNotFetched);
  EXPECT_TRUE(IsLate(record));
  record.state = State::kAcknowledged;
  EXPECT_FALSE(IsLate(record));
  record.state = State::kLeased;
  record.late = 0;
  EXPECT_FALSE(IsLate(record));
  record.undelivered_told = 1;
  EXPECT_TRUE(IsLate(record));
}

TEST_F(NoticeListsTest, NamedNoticesAreReadInTheirOrder) {
  SubmitTo(1, "0101", "1084");
  SubmitTo(2, "0147", "1081");
  SubmitTo(3, "0101", "1084");
  store_.Damage(store::RecordKey(Key(3)), "x");
  const auto found = inboxes_->Read(std::vector<store::NoticeKey>{Key(3), Key(9), Key(2, "0147", "1081"), Key(1)});
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_THAT(*found, SizeIs(3)) << "one was never accepted";
  EXPECT_EQ(found->at(0).notice, Key(3));
  EXPECT_FALSE(found->at(0).record.has_value()) << "it cannot be read";
  EXPECT_EQ(found->at(1).notice, Key(2, "0147", "1081"));
  EXPECT_EQ(found->at(2).notice, Key(1));
  EXPECT_EQ(found->at(2).record->state, State::kWaiting);
  EXPECT_THAT(told_, SizeIs(1));
}

TEST_F(NoticeListsTest, WhatCannotBeReadIsListedWhateverIsAsked) {
  SubmitTo(1, "0101", "1084");
  SubmitTo(2, "0101", "1084");
  store_.Damage(store::RecordKey(Key(1)), "x");
  const absl::StatusOr<NoticePage> page = inboxes_->ListAll({.states = {State::kAcknowledged}});
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_THAT(page->notices, SizeIs(1));
  EXPECT_EQ(page->notices[0].notice, Key(1));
  EXPECT_FALSE(page->notices[0].record.has_value());
  EXPECT_THAT(told_, SizeIs(1));
  EXPECT_THAT(All({.municipality_code = "0147"}), IsEmpty()) << "of another inbox it is not";
  EXPECT_THAT(All({.region_code = "1081"}), IsEmpty());
}

// However few of them are wanted.
TEST_F(NoticeListsTest, PageLooksAtABoundedNumberOfRecords) {
  const int many = 2 * static_cast<int>(kListScan) + 1;
  SubmitTo(1, "0101", "1084");
  const std::string value = **store_.Get(store::RecordKey(Key(1)));
  for (int number = 2; number <= many; ++number) store_.Damage(store::RecordKey(Key(number)), value);
  const absl::StatusOr<NoticePage> first = inboxes_->ListAll({.states = {State::kParked}});
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_THAT(first->notices, IsEmpty());
  EXPECT_EQ(first->next, Key(static_cast<int>(kListScan)));
  EXPECT_THAT(All({.states = {State::kParked}}), IsEmpty());
  EXPECT_EQ(pages_, 2u);
  EXPECT_THAT(All({.page_size = 500}), SizeIs(static_cast<size_t>(many)));
}

TEST_F(NoticeListsTest, NoticesOfAnIdAreFoundWhereverTheStoreHasThem) {
  SubmitTo(1, "0101", "1084");
  SubmitTo(1, "0147", "1081");
  SubmitTo(2, "0101", "1081");
  store_.Damage(store::RecordKey(Key(1, "0147", "1081")), "x");
  const auto found = inboxes_->Find(Key(1).id, "", "");
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_THAT(*found, SizeIs(2));
  EXPECT_EQ(found->at(0).notice, Key(1));
  ASSERT_TRUE(found->at(0).record.has_value());
  EXPECT_EQ(found->at(0).record->state, State::kWaiting);
  EXPECT_EQ(found->at(1).notice, Key(1, "0147", "1081"));
  EXPECT_FALSE(found->at(1).record.has_value()) << "it cannot be read";
  EXPECT_THAT(told_, SizeIs(1));
  EXPECT_THAT(*inboxes_->Find(Key(1).id, "0101", ""), SizeIs(1));
  EXPECT_THAT(*inboxes_->Find(Key(1).id, "", "1081"), SizeIs(1));
  EXPECT_THAT(*inboxes_->Find(Key(1).id, "0101", "1081"), IsEmpty());
  EXPECT_THAT(*inboxes_->Find(Key(3).id, "", ""), IsEmpty());
}

TEST_F(NoticeListsTest, PartiesAreThoseOfWhomThereIsANotice) {
  EXPECT_THAT(*inboxes_->ListParties(""), IsEmpty());
  for (int number = 1; number <= 3; ++number) SubmitTo(number, "0101", "1084");
  SubmitTo(1, "0147", "1081");
  SubmitTo(1, "0101", "1081");
  const Parties first{"0101", "1081"};
  const Parties second{"0101", "1084"};
  const Parties third{"0147", "1081"};
  EXPECT_THAT(*inboxes_->ListParties(""), ElementsAre(first, second, third));
  EXPECT_THAT(*inboxes_->ListParties("0101"), ElementsAre(first, second));
  for (const char* const nobody : {"0851", "01", "010110", "x"}) {
    EXPECT_THAT(*inboxes_->ListParties(nobody), IsEmpty()) << nobody;
  }
}

}  // namespace
}  // namespace envej::inbox
