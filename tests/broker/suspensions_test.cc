#include "broker/suspensions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/store/key_layout.h"
#include "proto/contract/rejection.h"
#include "tests/support/journal_events.h"
#include "tests/support/memory_store.h"

namespace envej {
namespace {

using certs::ParticipantKind;
using journal::EventType;
using testing::Optional;

constexpr char kRegion[] = "urn:envej:region:1081";
const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

class SuspensionsTest : public testing::Test {
 protected:
  static std::string Actor(char letter) { return std::string(journal::kActorBytes, letter); }

  absl::StatusOr<absl::Time> Suspend(const std::string& participant = kRegion, absl::Time now = kNow) {
    std::optional<absl::StatusOr<absl::Time>> answer;
    suspensions_.Suspend(participant, Actor('a'), now, std::nullopt, [&](auto since) { answer = since; });
    return answer.value_or(absl::UnknownError("no answer"));
  }
  absl::StatusOr<bool> Resume(const std::string& participant = kRegion) {
    std::optional<absl::StatusOr<bool>> answer;
    suspensions_.Resume(participant, Actor('b'), kNow, [&](auto was) { answer = was; });
    return answer.value_or(absl::UnknownError("no answer"));
  }

  store::MemoryStore store_;
  Suspensions suspensions_{store_};
};

TEST_F(SuspensionsTest, OfARegionAreOfAllItsSystemsAndOfNobodyElse) {
  const certs::Identity system{.kind = ParticipantKind::kRegion, .code = "1081", .origin = "nord"};
  EXPECT_FALSE(suspensions_.Suspended(system));
  EXPECT_EQ(Suspend().value_or(absl::Time()), kNow);
  EXPECT_TRUE(suspensions_.Suspended(system));
  EXPECT_TRUE(suspensions_.Suspended({.kind = ParticipantKind::kRegion, .code = "1081", .origin = ""}));
  EXPECT_FALSE(suspensions_.Suspended({.kind = ParticipantKind::kRegion, .code = "1082", .origin = ""}));
  EXPECT_FALSE(suspensions_.Suspended({.kind = ParticipantKind::kMunicipality, .code = "1081", .origin = ""}));
  EXPECT_THAT(suspensions_.Find(kRegion), Optional(Suspension{.since = kNow, .by = Actor('a')}));
}

TEST_F(SuspensionsTest, RepeatedChangeNothingAndAreNotJournalled) {
  ASSERT_TRUE(Suspend().ok());
  EXPECT_EQ(Suspend(kRegion, kNow + absl::Hours(1)).value_or(absl::Time()), kNow);
  EXPECT_TRUE(Resume().value_or(false));
  EXPECT_FALSE(suspensions_.Find(kRegion).has_value());
  EXPECT_FALSE(Resume().value_or(true));
  const std::vector<journal::Event> events = support::JournalEvents(store_);
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].type, EventType::kParticipantSuspended);
  EXPECT_EQ(events[0].caller, kRegion);
  EXPECT_EQ(events[0].actor, Actor('a'));
  EXPECT_EQ(events[0].at, kNow);
  EXPECT_EQ(events[1].type, EventType::kParticipantResumed);
  EXPECT_EQ(events[1].actor, Actor('b'));
}

TEST_F(SuspensionsTest, HoldAfterALossOfPower) {
  ASSERT_TRUE(Suspend().ok());
  ASSERT_TRUE(Suspend("urn:envej:operations:night-watch").ok());
  ASSERT_TRUE(Resume("urn:envej:operations:night-watch").ok());
  store_.Crash();
  Suspensions again(store_);
  ASSERT_TRUE(again.Load().ok());
  EXPECT_THAT(again.Find(kRegion), Optional(Suspension{.since = kNow, .by = Actor('a')}));
  EXPECT_FALSE(again.Find("urn:envej:operations:night-watch").has_value());
}

TEST_F(SuspensionsTest, OnesThatCannotBeReadAreNotPassedOver) {
  ASSERT_TRUE(Suspend().ok());
  store_.Damage(store::SuspensionKey(kRegion), "damaged");
  Suspensions again(store_);
  EXPECT_TRUE(absl::IsDataLoss(again.Load()));
}

TEST_F(SuspensionsTest, ThatTheStoreDoesNotTakeAreNotInForce) {
  store_.FailNextBatch(store::MemoryStore::BatchFault::kWrite);
  EXPECT_TRUE(absl::IsUnavailable(Suspend().status()));
  EXPECT_FALSE(suspensions_.Find(kRegion).has_value());
}

// A store in memory of which something happens while it is read.
class ReadStore final : public store::MemoryStore {
 public:
  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) override {
    const absl::StatusOr<std::optional<std::string>> value = MemoryStore::Get(key);
    if (passed_ > 0) {
      --passed_;
      return value;
    }
    const std::function<absl::Status()> read = std::exchange(read_, nullptr);
    if (!read) return value;
    const absl::Status status = read();
    if (!status.ok()) return status;
    return value;
  }

  // After so many reads, and when the next one has read: `read` is called, once, and the reading fails with its error.
  void AfterReads(int passed, std::function<absl::Status()> read) {
    passed_ = passed;
    read_ = std::move(read);
  }

 private:
  int passed_ = 0;
  std::function<absl::Status()> read_;
};

// A store in memory of which others change something at every look, so many times.
class BusyStore final : public store::MemoryStore {
 public:
  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) override {
    const absl::StatusOr<std::optional<std::string>> value = MemoryStore::Get(key);
    if (left_ == 0 || within_) return value;
    --left_;
    within_ = true;
    change_();
    within_ = false;
    return value;
  }

  void AtEveryLook(int times, std::function<void()> change) {
    left_ = times;
    change_ = std::move(change);
  }
  int left() const { return left_; }

 private:
  int left_ = 0;
  bool within_ = false;
  std::function<void()> change_;
};

class SuspensionsReadTest : public testing::Test {
 protected:
  // Where in a call the change that it finds or has made is read again: after the first look, and the commit's own.
  static constexpr int kFirstLook = 1;
  static constexpr int kLookAndCommit = 2;

  absl::Status Suspend() {
    absl::Status answer = absl::UnknownError("no answer");
    suspensions_.Suspend(kRegion, std::string(journal::kActorBytes, 'a'), kNow, std::nullopt,
                         [&](const auto& since) { answer = since.status(); });
    return answer;
  }
  absl::Status Resume() {
    absl::Status answer = absl::UnknownError("no answer");
    suspensions_.Resume(kRegion, std::string(journal::kActorBytes, 'b'), kNow,
                        [&](const auto& was) { answer = was.status(); });
    return answer;
  }
  bool Holds() const { return suspensions_.Find(kRegion).has_value(); }
  void FailReadAfter(int passed) {
    store_.AfterReads(passed, [] { return absl::UnavailableError("the disk does not answer"); });
  }

  ReadStore store_;
  Suspensions suspensions_{store_};
};

TEST_F(SuspensionsReadTest, WhatWasReadBeforeAnotherOperatorsChangeDoesNotUndoIt) {
  ASSERT_TRUE(Suspend().ok());
  store_.AfterReads(kFirstLook, [this] { return Resume(); });
  EXPECT_TRUE(Suspend().ok()) << "it was suspended when it was asked for";
  EXPECT_FALSE(Holds());
  EXPECT_FALSE(store_.Get(store::SuspensionKey(kRegion))->has_value());
}

TEST_F(SuspensionsReadTest, OneThatIsStoredButCouldNotBeReadIsInForceWhenItIsAskedForAgain) {
  FailReadAfter(kLookAndCommit);
  EXPECT_TRUE(absl::IsUnavailable(Suspend()));
  ASSERT_TRUE(store_.Get(store::SuspensionKey(kRegion))->has_value());
  EXPECT_FALSE(Holds());
  EXPECT_TRUE(Suspend().ok());
  EXPECT_TRUE(Holds());
}

TEST_F(SuspensionsReadTest, OneThatIsGoneButCouldNotBeReadHoldsNoMoreWhenItIsResumedAgain) {
  ASSERT_TRUE(Suspend().ok());
  FailReadAfter(kLookAndCommit);
  EXPECT_TRUE(absl::IsUnavailable(Resume()));
  EXPECT_TRUE(Holds());
  EXPECT_TRUE(Resume().ok());
  EXPECT_FALSE(Holds());
}

TEST_F(SuspensionsReadTest, NobodyIsToldOfASuspensionThatIsNotInForce) {
  FailReadAfter(kLookAndCommit);
  EXPECT_TRUE(absl::IsUnavailable(Suspend()));
  FailReadAfter(kFirstLook);
  EXPECT_TRUE(absl::IsUnavailable(Suspend()));
  EXPECT_FALSE(Holds());
}

// Others suspend and resume a second region whenever the store is looked at: also in the look for what was stored.
TEST(SuspensionsBusyTest, OneThatOthersOvertakeAgainAndAgainEndsAndHoldsWhenItIsAskedForAgain) {
  constexpr int kMany = 10 * Suspensions::kRoundsMost;
  BusyStore store;
  Suspensions suspensions(store);
  const std::string actor(journal::kActorBytes, 'a');
  const auto suspend = [&] {
    absl::Status answer = absl::UnknownError("no answer");
    suspensions.Suspend(kRegion, actor, kNow, std::nullopt, [&](const auto& since) { answer = since.status(); });
    return answer;
  };
  ASSERT_TRUE(suspend().ok());
  const std::string other = "urn:envej:region:1082";
  store.AtEveryLook(kMany, [&] {
    suspensions.Suspend(other, actor, kNow, std::nullopt, [](const auto&) {});
    suspensions.Resume(other, actor, kNow, [](const auto&) {});
  });
  EXPECT_EQ(contract::RejectionOf(suspend()).reason, contract::Reason::kBrokerBusy);
  EXPECT_EQ(store.left(), kMany - 1 - Suspensions::kRoundsMost) << "after the first look, one a round";
  store.AtEveryLook(0, nullptr);
  EXPECT_TRUE(suspend().ok());
}

TEST(SuspensionsBusyTest, AChangeThatOthersAreFasterThanAgainAndAgainEnds) {
  constexpr int kMany = 10 * Suspensions::kRoundsMost;
  const std::string actor(journal::kActorBytes, 'a');
  const std::string key = store::SuspensionKey(kRegion);
  for (const bool resume : {false, true}) {
    BusyStore store;
    Suspensions suspensions(store);
    int looks = 0;
    // What was found is another by when the commit looks.
    const auto change = [&] {
      const bool there = resume || ++looks % 2 == 1;
      const Suspension other{.since = kNow + absl::Seconds(store.left()), .by = actor};
      store.Damage(key, there ? std::optional<std::string>(EncodeSuspension(other)) : std::nullopt);
    };
    if (resume) change();
    store.AtEveryLook(kMany, change);
    absl::Status answer = absl::UnknownError("no answer");
    const auto done = [&](const auto& result) { answer = result.status(); };
    if (resume) suspensions.Resume(kRegion, actor, kNow, done);
    if (!resume) suspensions.Suspend(kRegion, actor, kNow, std::nullopt, done);
    EXPECT_EQ(contract::RejectionOf(answer).reason, contract::Reason::kBrokerBusy) << answer;
    EXPECT_EQ(store.left(), kMany - 2 * Suspensions::kRoundsMost) << "each round looks, and its commit does";
  }
}

TEST(SuspensionsRaceTest, TwoOperatorsAtOnceSuspendOnce) {
  store::MemoryStore store(store::MemoryStoreMode::kStepped);
  Suspensions suspensions(store);
  std::vector<absl::StatusOr<absl::Time>> answers;
  for (const char actor : {'a', 'b'}) {
    suspensions.Suspend(kRegion, std::string(journal::kActorBytes, actor),
                        kNow + (actor == 'b' ? absl::Hours(1) : absl::ZeroDuration()), std::nullopt,
                        [&](auto since) { answers.push_back(since); });
  }
  while (store.Step()) {
  }
  ASSERT_EQ(answers.size(), 2u);
  for (const absl::StatusOr<absl::Time>& answer : answers) EXPECT_EQ(answer.value_or(absl::Time()), kNow);
  EXPECT_EQ(support::JournalEvents(store).size(), 1u);
}

// One operator suspends the two others, one after the other or both at once.
TEST(SuspensionsRaceTest, OneOfThoseWhoAreToStayStays) {
  const std::string anna = "urn:envej:operations:anna";
  const std::string bo = "urn:envej:operations:bo";
  for (const bool at_once : {false, true}) {
    store::MemoryStore store(store::MemoryStoreMode::kStepped);
    Suspensions suspensions(store);
    std::vector<absl::StatusOr<absl::Time>> answers;
    const auto suspend = [&](const std::string& one, const std::string& other) {
      suspensions.Suspend(one, std::string(journal::kActorBytes, 'a'), kNow, std::vector<std::string>{other},
                          [&](auto since) { answers.push_back(since); });
    };
    const auto run = [&] {
      while (store.Step()) {
      }
    };
    suspend(anna, bo);
    if (!at_once) run();
    suspend(bo, anna);
    run();
    ASSERT_EQ(answers.size(), 2u);
    EXPECT_TRUE(answers[0].ok()) << answers[0].status();
    EXPECT_EQ(contract::RejectionOf(answers[1].status()).reason, contract::Reason::kOperationsLeftToCaller);
    EXPECT_TRUE(suspensions.Find(anna).has_value());
    EXPECT_FALSE(suspensions.Find(bo).has_value());
    suspend(anna, bo);
    run();
    EXPECT_TRUE(answers.back().ok()) << "it is suspended already";
  }
}

}  // namespace
}  // namespace envej
