// Every change that is committed is told once, in order, with what was and what is.
#include "broker/inbox/change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/broker/inbox/inboxes_fixture.h"

namespace envej::inbox {
namespace {

using journal::EventType;
using testing::ElementsAre;
using testing::IsEmpty;

struct Told {
  std::optional<Record> before;
  std::optional<Record> after;
  std::vector<EventType> types;
};

class ChangeTest : public InboxesFixture {
 protected:
  ChangeTest() {
    scheduler_.DropAll();
    inboxes_.reset();
    inboxes_.emplace(store_, clock_, scheduler_,
                     Inboxes::Options{.pulls = {.all = 4, .each_inbox = 3}, .changed = [this](const Change& change) {
                                        Told& told = told_.emplace_back();
                                        EXPECT_EQ(change.notice, Key(1));
                                        EXPECT_EQ(change.at, clock_.Now());
                                        if (change.before != nullptr) told.before = *change.before;
                                        if (change.after != nullptr) told.after = *change.after;
                                        for (const Decision::Told& one : change.told) told.types.push_back(one.type);
                                      }});
    inboxes_->Start();
  }

  std::vector<Told> told_;
};

TEST_F(ChangeTest, IsToldFromTheFirstToTheLastThatHappensToANotice) {
  ASSERT_TRUE(SubmitOne(1).ok());
  const std::vector<PulledItem> pulled = PullNow(1);
  ASSERT_EQ(pulled.size(), 1u);
  ASSERT_TRUE(AcknowledgeOne(NameOf(pulled[0])).ok());
  clock_.Advance(2 * kRemembered);
  scheduler_.Advance(Forgetting::kSettle + Forgetting::kInterval);
  ASSERT_EQ(told_.size(), 4u);
  EXPECT_THAT(told_[0].types, ElementsAre(EventType::kAccepted));
  EXPECT_FALSE(told_[0].before.has_value());
  EXPECT_EQ(told_[0].after->state, State::kWaiting);
  EXPECT_TRUE(told_[0].after->newest.position.has_value());
  EXPECT_THAT(told_[1].types, ElementsAre(EventType::kLeased));
  EXPECT_EQ(told_[1].before, told_[0].after);
  EXPECT_EQ(told_[1].after->state, State::kLeased);
  EXPECT_THAT(told_[2].types, ElementsAre(EventType::kAcknowledged));
  EXPECT_EQ(told_[2].before, told_[1].after);
  EXPECT_EQ(told_[2].after->state, State::kAcknowledged);
  EXPECT_THAT(told_[3].types, ElementsAre(EventType::kForgotten));
  EXPECT_EQ(told_[3].before, told_[2].after);
  EXPECT_FALSE(told_[3].after.has_value());
}

TEST_F(ChangeTest, WhatIsRepeatedRefusedOrFailsIsNotTold) {
  ASSERT_TRUE(SubmitOne(1).ok());
  told_.clear();
  EXPECT_TRUE(SubmitOne(1)->repeated);
  EXPECT_FALSE(SubmitOne(1, "other content").ok());
  store_.FailNextBatch(store::MemoryStore::BatchFault::kWrite);
  EXPECT_THAT(PullNow(1), IsEmpty());
  EXPECT_THAT(told_, IsEmpty());
}

}  // namespace
}  // namespace envej::inbox
