// What becomes of leases that ran out when what is stored of their notices cannot be read.
#include "broker/inbox/due_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/broker/inbox/damage_fixture.h"

namespace envej::inbox {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class DueWatchTest : public DamageFixture {
 protected:
  // Submits as many, and leases all of them until kLeasesEnd from now.
  void SubmitAndLease(int count) {
    for (int number = 1; number <= count; ++number) ASSERT_TRUE(SubmitOne(number).ok());
    leased_ = PullNow(static_cast<size_t>(count));
    ASSERT_THAT(leased_, SizeIs(static_cast<size_t>(count)));
  }
  void LetLeasesRunOut() { LetTimePass(Request().lease + DueWatch::kInterval); }
  // As often as the expiry looks within it.
  void LetLooksPass(absl::Duration duration) {
    for (absl::Duration passed; passed < duration; passed += DueWatch::kInterval) {
      LetTimePass(DueWatch::kInterval);
    }
  }
  std::string DueKeyOf(size_t place) { return store::DueKey(leased_[place].record.due_at, leased_[place].item.notice); }

  std::vector<PulledItem> leased_;
};

TEST_F(DueWatchTest, DamagedRecordIsToldOfOnceAMinuteAndKeepsNoOther) {
  SubmitAndLease(3);
  const std::string record = **store_.Get(store::RecordKey(Key(2)));
  store_.Damage(store::RecordKey(Key(2)), "x");
  LetLeasesRunOut();
  EXPECT_THAT(NoticesOf(PullNow()), ElementsAre(Key(1), Key(3)));
  ASSERT_THAT(told_, SizeIs(1));
  EXPECT_EQ(told_[0].item, store::ItemKey{.notice = leased_[1].item.notice});
  EXPECT_THAT(told_[0].why.message(), HasSubstr("cut short"));
  LetLooksPass(absl::Seconds(30));
  EXPECT_THAT(told_, SizeIs(1)) << "it was not passed over";
  LetLooksPass(PassedOver::kLookAgain);
  EXPECT_THAT(told_, SizeIs(2)) << "it was forgotten";
  store_.Damage(store::RecordKey(Key(2)), record);
  LetLooksPass(PassedOver::kLookAgain);
  const std::vector<store::NoticeKey> put_back = NoticesOf(PullNow());
  EXPECT_THAT(put_back, testing::Contains(Key(2)));
  EXPECT_THAT(told_, SizeIs(2));
}

TEST_F(DueWatchTest, MissingRecordIsToldOf) {
  SubmitAndLease(1);
  store_.Damage(store::RecordKey(Key(1)), std::nullopt);
  LetLeasesRunOut();
  ASSERT_THAT(told_, SizeIs(1));
  EXPECT_EQ(told_[0].item, store::ItemKey{.notice = leased_[0].item.notice});
  EXPECT_THAT(told_[0].why.message(), HasSubstr("record is missing"));
}

TEST_F(DueWatchTest, KeyThatNamesNoNoticeIsToldOfWithoutAName) {
  SubmitAndLease(2);
  const std::string key = DueKeyOf(0);
  store_.Damage(key.substr(0, key.size() - 1), "");
  LetLeasesRunOut();
  EXPECT_THAT(NoticesOf(PullNow()), ElementsAre(Key(1), Key(2)));
  ASSERT_THAT(told_, SizeIs(1));
  EXPECT_FALSE(told_[0].item.has_value());
  EXPECT_THAT(told_[0].why.message(), HasSubstr("malformed"));
}

TEST_F(DueWatchTest, MoreDamagedOnesThanOneLookTakesKeepNoOther) {
  constexpr int kDamaged = 2 * static_cast<int>(DueWatch::kBatch) + 1;
  SubmitAndLease(kDamaged + 1);
  for (int number = 1; number <= kDamaged; ++number) store_.Damage(store::RecordKey(Key(number)), "x");
  LetLeasesRunOut();
  EXPECT_THAT(NoticesOf(PullNow()), ElementsAre(Key(kDamaged + 1)));
  EXPECT_THAT(told_, SizeIs(UnreadableReports::kMost));
}

TEST_F(DueWatchTest, LeaseThatEndedOtherwiseIsNoError) {
  SubmitAndLease(1);
  const std::string key = DueKeyOf(0);
  ASSERT_TRUE(AcknowledgeOne(NameOf(leased_[0])).ok());
  store_.Damage(key, "");  // as a look from before the acknowledgement would still have found it
  LetLeasesRunOut();
  EXPECT_THAT(told_, IsEmpty());
  EXPECT_EQ(inboxes_->Get(Key(1))->state, State::kAcknowledged);
}

TEST_F(DueWatchTest, WhatIsLateIsToldOnce) {
  ASSERT_TRUE(SubmitOne(1).ok());
  LetTimePass(absl::Hours(4));
  LetTimePass(DueWatch::kInterval);
  ASSERT_THAT(late_, SizeIs(1));
  EXPECT_EQ(late_[0].item, (store::ItemKey{.notice = Key(1), .revision = 1}));
  EXPECT_EQ(late_[0].told.type, journal::EventType::kOverdue);
  EXPECT_EQ(late_[0].told.detail, static_cast<uint32_t>(Late::kNotFetched));
  LetTimePass(absl::Hours(1));
  EXPECT_THAT(late_, SizeIs(1));
  EXPECT_EQ(inboxes_->Get(Key(1))->late, BitOf(Late::kNotFetched));
}

TEST_F(DueWatchTest, WhatFailsIsHeldBackAndHandedOutAgain) {
  SubmitAndLease(1);
  LetLeasesRunOut();
  EXPECT_THAT(PullNow(), SizeIs(1)) << "at once, the first time";
  LetLeasesRunOut();
  EXPECT_THAT(PullNow(), IsEmpty());
  LetTimePass(kHoldLeast + DueWatch::kInterval);
  EXPECT_THAT(PullNow(), SizeIs(1));
  EXPECT_EQ(inboxes_->Get(Key(1))->failure_count, 2u);
}

TEST_F(DueWatchTest, ParkedIsHandedOutToNobodyUntilItIsPutBack) {
  ASSERT_TRUE(SubmitOne(1).ok());
  for (uint32_t failures = 0; failures < kFailuresMost; ++failures) {
    ASSERT_THAT(PullNow(), SizeIs(1)) << failures;
    LetLeasesRunOut();
    LetTimePass(kHoldMost + DueWatch::kInterval);
  }
  EXPECT_EQ(inboxes_->Get(Key(1))->state, State::kParked);
  EXPECT_THAT(PullNow(), IsEmpty());
  ASSERT_FALSE(late_.empty());
  EXPECT_THAT(late_, testing::Contains(testing::Field(
                         &LateItem::told, testing::Field(&Decision::Told::type, journal::EventType::kParked))));
  const auto redrive = [this] {
    std::optional<absl::StatusOr<bool>> redriven;
    inboxes_->RedriveAll({.actor = kConsumer}, {Key(1)},
                         [&](const std::vector<absl::StatusOr<bool>>& answers) { redriven = answers.at(0); });
    return redriven.has_value() && redriven->ok() ? std::optional<bool>(**redriven) : std::nullopt;
  };
  EXPECT_EQ(redrive(), true);
  EXPECT_EQ(redrive(), false) << "it is in the inbox again";
  EXPECT_THAT(PullNow(), SizeIs(1));
}

}  // namespace
}  // namespace envej::inbox
