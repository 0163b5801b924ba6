#include "broker/operations/late_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/broker/inbox/inboxes_fixture.h"

namespace envej::operations {
namespace {

using inbox::Key;
using inbox::kStart;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

LateNotice Late(int number, int seconds) {
  return {.entered_at = kStart + absl::Seconds(seconds), .notice = Key(number)};
}

std::vector<LateNotice> All(const LateIndex& index) {
  std::vector<LateNotice> all;
  EXPECT_FALSE(index.Read("0101", nullptr, LateIndex::kKeptMost, all));
  return all;
}

TEST(LateIndexTest, HasWhatIsLateFirstWhatCameFirst) {
  LateIndex index;
  index.Add(Late(1, 30));
  index.Add(Late(2, 10));
  index.Add(Late(3, 20));
  index.Add(Late(4, 20));
  EXPECT_THAT(All(index), ElementsAre(Late(2, 10), Late(3, 20), Late(4, 20), Late(1, 30)));
  index.Remove(Late(3, 20));
  EXPECT_THAT(All(index), ElementsAre(Late(2, 10), Late(4, 20), Late(1, 30)));
  EXPECT_EQ(index.size(), 3u);
  EXPECT_EQ(index.left_out(), 0u);
}

TEST(LateIndexTest, IsReadPageByPage) {
  LateIndex index;
  for (int number = 1; number <= 3; ++number) index.Add(Late(number, number));
  std::vector<LateNotice> page;
  EXPECT_TRUE(index.Read("0101", nullptr, 2, page));
  EXPECT_THAT(page, ElementsAre(Late(1, 1), Late(2, 2)));
  const LateNotice after = page.back();
  index.Remove(after);
  page.clear();
  EXPECT_FALSE(index.Read("0101", &after, 2, page)) << "whatever became of the one that it goes on after";
  EXPECT_THAT(page, ElementsAre(Late(3, 3)));
}

TEST(LateIndexTest, KeepsThoseThatCameFirstAndCountsTheOthers) {
  LateIndex index;
  const int most = static_cast<int>(LateIndex::kKeptMost);
  for (int number = 2; number <= most + 1; ++number) index.Add(Late(number, number));
  EXPECT_EQ(index.left_out(), 0u);
  index.Add(Late(1, 1));
  index.Add(Late(most + 2, most + 2));
  EXPECT_EQ(index.size(), LateIndex::kKeptMost + 2);
  EXPECT_EQ(index.left_out(), 2u);
  EXPECT_EQ(All(index).front(), Late(1, 1));
  EXPECT_EQ(All(index).back(), Late(most, most));
  index.Remove(Late(most + 2, most + 2));  // was not kept
  EXPECT_EQ(index.left_out(), 1u);
  index.Remove(Late(1, 1));
  EXPECT_EQ(index.left_out(), 1u) << "what was left out is not found again by itself";
  index.Remove(Late(most + 1, most + 1));  // something happens to it: it was leased
  index.Add(Late(most + 1, most + 1));
  EXPECT_EQ(index.left_out(), 0u);
  EXPECT_THAT(All(index), SizeIs(LateIndex::kKeptMost));
}

TEST(LateIndexTest, OneThatWasNeverAddedTakesNothingAway) {
  LateIndex index;
  index.Add(Late(1, 1));
  index.Remove(Late(2, 2));
  EXPECT_EQ(index.size(), 1u);
  EXPECT_EQ(index.left_out(), 0u);
  EXPECT_THAT(All(index), SizeIs(1));
}

TEST(LateIndexTest, IsEmptyOnceNothingIsLate) {
  LateIndex index;
  index.Add(Late(1, 1));
  index.Remove(Late(1, 1));
  EXPECT_THAT(All(index), IsEmpty());
  EXPECT_EQ(index.size(), 0u);
}

}  // namespace
}  // namespace envej::operations
