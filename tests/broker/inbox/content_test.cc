// What becomes of an inbox when what is stored of a notice cannot be read.
#include "broker/inbox/content.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/store/record_codec.h"
#include "tests/broker/inbox/damage_fixture.h"

namespace envej::inbox {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kNoNotice[] = "no notice";

class ContentTest : public DamageFixture {
 protected:
  ContentTest() {
    Open({.check = [](absl::string_view content) { return content != kNoNotice; }});
  }

  // Each is accepted later than the one before.
  void SubmitFive() {
    for (int number = 1; number <= 5; ++number) SubmitNext(number, "content");
  }
  void SubmitNext(int number, const std::string& content) {
    clock_.Advance(absl::Milliseconds(1));
    ASSERT_TRUE(SubmitOne(number, content).ok());
  }

  std::string ContentKeyOf(int number) {
    return store::ContentKey(inboxes_->Get(Key(number))->entered_at, {.notice = Key(number), .revision = 1});
  }
  void Damage(int number) {
    std::string value = **store_.Get(ContentKeyOf(number));
    value[3] = static_cast<char>(value[3] ^ 1);
    store_.Damage(ContentKeyOf(number), value);
  }

  // The third of five is not handed out and waits on; all others are, and it is told why.
  void ExpectThirdPassedOver(const std::string& why) {
    EXPECT_THAT(NoticesOf(PullNow()), ElementsAre(Key(1), Key(2), Key(4), Key(5)));
    ASSERT_THAT(told_, SizeIs(1));
    EXPECT_EQ(told_[0].item->notice, Key(3));
    EXPECT_EQ(told_[0].item->revision, 1u);
    EXPECT_THAT(told_[0].why.message(), HasSubstr(why));
    EXPECT_EQ(inboxes_->Get(Key(3))->state, State::kWaiting);
    EXPECT_EQ(inboxes_->Get(Key(3))->lease_count, 0u);
  }
};

TEST_F(ContentTest, IsFramedAndComesBack) {
  const std::string stored = EncodeContent("content");
  EXPECT_NE(stored, "content");
  EXPECT_EQ(*DecodeContent(stored), "content");
  ASSERT_TRUE(SubmitOne(1, "as it was sent").ok());
  EXPECT_EQ(**store_.Get(ContentKeyOf(1)), EncodeContent("as it was sent"));
  EXPECT_EQ(PullNow().at(0).content, "as it was sent");
}

TEST_F(ContentTest, ChangedContentIsNeverHandedOut) {
  SubmitFive();
  Damage(3);
  ExpectThirdPassedOver("checksum");
}

TEST_F(ContentTest, ContentThatIsCutShortBlocksNoOther) {
  SubmitFive();
  store_.Damage(ContentKeyOf(3), "x");
  ExpectThirdPassedOver("cut short");
}

TEST_F(ContentTest, ContentOfANewerProgramBlocksNoOther) {
  SubmitFive();
  store_.Damage(ContentKeyOf(3), store::Frame(3, "content"));
  ExpectThirdPassedOver("newer version");
}

TEST_F(ContentTest, ContentOfAnOlderProgramBlocksNoOther) {
  SubmitFive();
  store_.Damage(ContentKeyOf(3), store::Frame(1, "content"));
  ExpectThirdPassedOver("older version");
}

TEST_F(ContentTest, ContentThatIsNoNoticeBlocksNoOther) {
  for (int number = 1; number <= 5; ++number) SubmitNext(number, number == 3 ? kNoNotice : "content");
  ExpectThirdPassedOver("no notice");
}

TEST_F(ContentTest, MissingContentIsToldOfAndBlocksNoOther) {
  SubmitFive();
  store_.Damage(ContentKeyOf(3), std::nullopt);
  ExpectThirdPassedOver("content is missing");
}

TEST_F(ContentTest, DamagedRecordBlocksNoOther) {
  SubmitFive();
  const std::string record = **store_.Get(store::RecordKey(Key(3)));
  store_.Damage(store::RecordKey(Key(3)), "x");
  EXPECT_THAT(PullNow(), SizeIs(4));
  EXPECT_THAT(told_, SizeIs(1));
  store_.Damage(store::RecordKey(Key(3)), std::nullopt);
  clock_.Advance(PassedOver::kLookAgain);
  EXPECT_THAT(PullNow(), IsEmpty());
  ASSERT_THAT(told_, SizeIs(2));
  EXPECT_THAT(told_[1].why.message(), HasSubstr("record is missing"));
  store_.Damage(store::RecordKey(Key(3)), record);
  clock_.Advance(PassedOver::kLookAgain);
  EXPECT_THAT(NoticesOf(PullNow()), ElementsAre(Key(3)));
}

TEST_F(ContentTest, KeyThatNamesNoItemBlocksNoOtherAndIsToldOfWithoutAName) {
  SubmitFive();
  const std::string key = store::WaitingKey(kStart, {.notice = Key(9), .revision = 1});
  store_.Damage(key.substr(0, key.size() - 1), "");
  EXPECT_THAT(PullNow(), SizeIs(5));
  ASSERT_THAT(told_, SizeIs(1));
  EXPECT_FALSE(told_[0].item.has_value());
  EXPECT_THAT(told_[0].why.message(), HasSubstr("malformed"));
}

TEST_F(ContentTest, PullForOneGoesPastTheBadOnesToTheFirstGoodOne) {
  SubmitFive();
  for (const int number : {1, 2, 3}) Damage(number);
  EXPECT_THAT(NoticesOf(PullNow(1)), ElementsAre(Key(4)));
  EXPECT_THAT(told_, SizeIs(3));
}

TEST_F(ContentTest, NoticeConcludedMeanwhileIsNoError) {
  ASSERT_TRUE(SubmitOne(1).ok());
  const PulledItem item = PullNow().at(0);
  ASSERT_TRUE(AcknowledgeOne(NameOf(item)).ok());
  // As a scan from before the lease would still have found it.
  store_.Damage(store::WaitingKey(item.record.entered_at, item.item), "");
  EXPECT_THAT(PullNow(), IsEmpty());
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(ContentTest, BadItemIsLookedAtAgainOnlyAfterAWhileAndHandedOutOnceMended) {
  SubmitFive();
  const std::string whole = **store_.Get(ContentKeyOf(3));
  Damage(3);
  EXPECT_THAT(PullNow(), SizeIs(4));
  for (int pulls = 0; pulls < 10; ++pulls) EXPECT_THAT(PullNow(), IsEmpty());
  EXPECT_THAT(told_, SizeIs(1)) << "it was not looked at";
  clock_.Advance(PassedOver::kLookAgain);
  EXPECT_THAT(PullNow(), IsEmpty());
  EXPECT_THAT(told_, SizeIs(2)) << "it was not forgotten";
  store_.Damage(ContentKeyOf(3), whole);
  clock_.Advance(PassedOver::kLookAgain);
  EXPECT_THAT(NoticesOf(PullNow()), ElementsAre(Key(3)));
  EXPECT_THAT(told_, SizeIs(2));
}

TEST_F(ContentTest, ManyBadItemsAreGonePastInStepsAndToldOfAtABoundedRate) {
  constexpr int kBad = 3 * static_cast<int>(PullQueue::kLooks);
  for (int number = 1; number <= kBad; ++number) SubmitNext(number, kNoNotice);
  SubmitNext(kBad + 1, "content");
  std::optional<Pulled> pulled;
  inboxes_->Pull(Request(500), [&](Pulled items) { pulled = std::move(items); });
  EXPECT_FALSE(pulled.has_value()) << "one pull kept the thread";
  scheduler_.RunDue();
  ASSERT_TRUE(pulled.has_value() && pulled->ok());
  EXPECT_THAT(NoticesOf(**pulled), ElementsAre(Key(kBad + 1)));
  EXPECT_THAT(told_, SizeIs(UnreadableReports::kMost));
  SubmitNext(kBad + 2, "content");
  EXPECT_THAT(PullNow(1), SizeIs(1)) << "later pulls do not meet them";
  clock_.Advance(UnreadableReports::kPeriod);
  inboxes_->Pull(Request(1), [](const Pulled&) {});
  scheduler_.RunDue();
  ASSERT_THAT(told_, SizeIs(2 * UnreadableReports::kMost));
  EXPECT_EQ(told_[UnreadableReports::kMost].untold, static_cast<uint64_t>(kBad - UnreadableReports::kMost));
  EXPECT_EQ(told_.back().untold, 0u);
}

TEST_F(ContentTest, PullThatOnlyMeetsBadItemsWaitsForAGoodOne) {
  ASSERT_TRUE(SubmitOne(1).ok());
  Damage(1);
  std::optional<Pulled> pulled;
  inboxes_->Pull(Request(1, absl::Seconds(30)), [&](Pulled items) { pulled = std::move(items); });
  EXPECT_FALSE(pulled.has_value());
  SubmitNext(2, "content");
  scheduler_.RunDue();
  ASSERT_TRUE(pulled.has_value() && pulled->ok());
  EXPECT_THAT(NoticesOf(**pulled), ElementsAre(Key(2)));
}

}  // namespace
}  // namespace envej::inbox
