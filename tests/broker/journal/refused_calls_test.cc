#include "broker/journal/refused_calls.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/journal_events.h"
#include "tests/support/memory_store.h"

namespace envej::journal {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'800'000'000);

Refused By(int number, uint32_t reason = 2) {
  const std::string text = absl::StrCat(number);
  return {
      .caller = "urn:envej:region:1081", .actor = std::string(kActorBytes - text.size(), 'a') + text, .reason = reason};
}

class RefusedCallsTest : public testing::Test {
 protected:
  std::vector<Event> Written() {
    EXPECT_TRUE(refused_.WriteTo(store_).ok());
    return support::JournalEvents(store_);
  }

  store::MemoryStore store_;
  absl::Time now_ = kStart;
  RefusedCalls refused_{[this] { return now_; }};
};

TEST_F(RefusedCallsTest, AreCountedByCertificateAndReasonWithTheirTimes) {
  refused_.Count(By(1, 2));
  now_ += absl::Seconds(5);
  refused_.Count(By(1, 7));
  refused_.Count(By(2, 2));
  now_ += absl::Seconds(5);
  refused_.Count(By(1, 2));
  const std::vector<Event> events = Written();
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[0].type, EventType::kCallsRefused);
  EXPECT_EQ(events[0].caller, By(1).caller);
  EXPECT_EQ(events[0].actor, By(1).actor);
  EXPECT_EQ(events[0].refusal_reason, 2u);
  EXPECT_EQ(events[0].count, 2u);
  EXPECT_EQ(events[0].from, kStart);
  EXPECT_EQ(events[0].at, kStart + absl::Seconds(10));
  EXPECT_EQ(events[1].refusal_reason, 7u);
  EXPECT_EQ(events[1].count, 1u);
  EXPECT_EQ(events[2].actor, By(2).actor);
}

TEST_F(RefusedCallsTest, AreOneTransitionAndBeginAnewWhenTheyAreWritten) {
  EXPECT_TRUE(Written().empty()) << "nothing was refused, so nothing is written";
  refused_.Count(By(1));
  refused_.Count(By(2));
  EXPECT_EQ(Written().size(), 2u);
  EXPECT_EQ(store::DecodeBatchHead(**store_.Get(store::HeadKey()))->batch, 1u);
  EXPECT_EQ(Written().size(), 2u);
  refused_.Count(By(1));
  const std::vector<Event> events = Written();
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[2].count, 1u);
}

TEST_F(RefusedCallsTest, CallersWhoseCertificateNamesNobodyAreOne) {
  for (int count = 0; count < 5; ++count) refused_.Count({.caller = {}, .actor = {}, .reason = 1});
  const std::vector<Event> events = Written();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].caller, "");
  EXPECT_EQ(events[0].actor, "");
  EXPECT_EQ(events[0].refusal_reason, 1u);
  EXPECT_EQ(events[0].count, 5u);
}

TEST_F(RefusedCallsTest, BeyondTheBoundTheRestIsCountedTogether) {
  constexpr int kApart = static_cast<int>(RefusedCalls::kApart);
  for (int number = 0; number < kApart + 50; ++number) refused_.Count(By(number));
  for (int number = 0; number < 10; ++number) refused_.Count(By(number));  // those that have a place keep it
  std::vector<Event> events = Written();
  ASSERT_EQ(events.size(), RefusedCalls::kApart + 1);
  EXPECT_EQ(events[0].caller, "");
  EXPECT_EQ(events[0].refusal_reason, 0u);
  EXPECT_EQ(events[0].count, 50u);
  uint64_t all = 0;
  for (const Event& event : events) all += event.count;
  EXPECT_EQ(all, static_cast<uint64_t>(kApart) + 60);
  refused_.Count(By(kApart));
  EXPECT_EQ(Written().back().actor, By(kApart).actor) << "the next period has room again";
}

class RefusingStore : public store::MemoryStore {
 public:
  void Commit(std::vector<store::Transition> transitions, store::Durability /*durability*/, absl::Time /*now*/,
              CommitCallback done) override {
    done(std::vector<store::Outcome>(transitions.size()));
  }
};

TEST(RefusedCallsWritingTest, WhatTheStoreDoesNotTakeIsKept) {
  RefusingStore refusing;
  store::MemoryStore store;
  absl::Time now = kStart;
  RefusedCalls refused([&] { return now; });
  refused.Count(By(1));
  EXPECT_TRUE(absl::IsUnavailable(refused.WriteTo(refusing)));
  now += absl::Seconds(1);
  refused.Count(By(1));
  ASSERT_TRUE(refused.WriteTo(store).ok());
  const std::vector<Event> events = support::JournalEvents(store);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].count, 2u);
  EXPECT_EQ(events[0].from, kStart);
  EXPECT_EQ(events[0].at, now);
}

TEST_F(RefusedCallsTest, NoneIsLostBetweenThreads) {
  constexpr int kEach = 2000;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int count = 0; count < kEach; ++count) refused_.Count(By(thread % 2));
    });
  }
  for (int count = 0; count < 20; ++count) EXPECT_TRUE(refused_.WriteTo(store_).ok());
  for (std::thread& thread : threads) thread.join();
  uint64_t all = 0;
  for (const Event& event : Written()) all += event.count;
  EXPECT_EQ(all, uint64_t{4} * kEach);
}

}  // namespace
}  // namespace envej::journal
