#include "region-client/agent/teller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>

#include "absl/time/clock.h"
#include "tests/region-client/agent/agent_world.h"

namespace envej::region {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class TellerTest : public testing::Test {
 protected:
  void SetUp() override { store_ = *AgentStore::Open(folder_.Options()); }

  void Keep(uint32_t revision, ward::v1::TellingKind kind = ward::v1::TELLING_KIND_ACKNOWLEDGED) {
    ward::v1::Telling telling;
    telling.set_kind(kind);
    telling.set_revision(revision);
    AgentBatch batch = store_->NewBatch();
    batch.AddTelling(telling);
    ASSERT_TRUE(store_->Write(std::move(batch)).ok());
  }
  TellingWay Way(const std::string& name, std::vector<uint32_t>& told, bool& fails) {
    return {.name = name,
            .is_told = [](const ward::v1::Telling&) { return true; },
            .tell =
                [&](const ward::v1::Telling& telling) {
                  const std::lock_guard<std::mutex> lock(mutex_);
                  if (fails) return absl::UnavailableError("out of order");
                  told.push_back(telling.revision());
                  return absl::OkStatus();
                }};
  }
  // Tells by these ways until `is_so`.
  void TellUntil(std::vector<TellingWay> ways, const std::function<bool()>& is_so) {
    Stopping stopping;
    const certs::Surroundings surroundings = {.now = [this] { return now_.load(); },
                                              .sleep = [&](absl::Duration duration) { stopping.Sleep(duration); },
                                              .random = [] { return 0.0; }};
    Teller teller({.store = *store_,
                   .stopping = stopping,
                   .surroundings = surroundings,
                   .log =
                       [this](const std::string& line) {
                         const std::lock_guard<std::mutex> lock(mutex_);
                         logged_.push_back(line);
                       },
                   .copenhagen = absl::UTCTimeZone()},
                  std::move(ways));
    std::vector<std::thread> threads;
    for (size_t way = 0; way < teller.ways(); ++way) {
      threads.emplace_back([&teller, way] { EXPECT_TRUE(teller.Run(way).ok()); });
    }
    for (int wait = 0; wait < 400; ++wait) {
      {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (is_so()) break;
      }
      absl::SleepFor(absl::Milliseconds(10));
    }
    stopping.Stop();
    teller.Ring();
    for (std::thread& thread : threads) thread.join();
  }

  // Answers so to the telling of revision 2; half an hour passes each time.
  TellingWay WayWithout2(const absl::Status& answer, int& tries) {
    return {.name = "picky",
            .is_told = [](const ward::v1::Telling&) { return true; },
            .tell =
                [this, answer, &tries](const ward::v1::Telling& telling) {
                  const std::lock_guard<std::mutex> lock(mutex_);
                  if (telling.revision() != 2) {
                    first_.push_back(telling.revision());
                    return absl::OkStatus();
                  }
                  ++tries;
                  now_ = now_.load() + absl::Minutes(30);
                  return answer;
                }};
  }

  AgentFolder folder_;
  std::mutex mutex_;
  std::atomic<absl::Time> now_ = absl::FromUnixSeconds(1'800'000'000);
  std::vector<std::string> logged_;
  std::vector<uint32_t> first_;
  std::vector<uint32_t> second_;
  bool first_fails_ = false;
  bool second_fails_ = false;
  std::unique_ptr<AgentStore> store_;
};

TEST_F(TellerTest, AWayThatIsOutOfOrderKeepsNoOtherWaitingAndLosesNothing) {
  for (const uint32_t revision : {1, 2, 3}) Keep(revision);
  second_fails_ = true;
  TellUntil({Way("first", first_, first_fails_), Way("second", second_, second_fails_)},
            [&] { return first_.size() == 3; });
  EXPECT_THAT(first_, ElementsAre(1, 2, 3));
  EXPECT_THAT(second_, IsEmpty());
  second_fails_ = false;
  TellUntil({Way("first", first_, first_fails_), Way("second", second_, second_fails_)},
            [&] { return second_.size() == 3 && store_->ReadTellings(0, 10)->empty(); });
  EXPECT_THAT(first_, ElementsAre(1, 2, 3));
  EXPECT_THAT(second_, ElementsAre(1, 2, 3));
  EXPECT_THAT(*store_->ReadTellings(0, 10), IsEmpty());
}

TEST_F(TellerTest, ATellingThatIsRefusedForGoodIsSetAsideAndTheNextIsTold) {
  for (const uint32_t revision : {1, 2, 3}) Keep(revision);
  int tries = 0;
  TellUntil({WayWithout2(absl::InvalidArgumentError("answers 422"), tries)}, [&] { return first_.size() == 2; });
  EXPECT_THAT(first_, ElementsAre(1, 3));
  EXPECT_EQ(tries, 1);
  EXPECT_THAT(logged_, ElementsAre(AllOf(HasSubstr("set aside"), HasSubstr("picky"), HasSubstr("answers 422"))));
  const std::vector<DayCount> counted = *store_->ReadRefused("", 10);
  ASSERT_THAT(counted, SizeIs(1));
  EXPECT_EQ(counted[0].source, "picky");
  EXPECT_EQ(counted[0].reason, "telling-set-aside");
  EXPECT_EQ(counted[0].count, 1u);
}

TEST_F(TellerTest, ATellingThatIsNotTakenForAnHourIsSetAsideAndTheNextIsTold) {
  for (const uint32_t revision : {1, 2, 3}) Keep(revision);
  int tries = 0;
  TellUntil({WayWithout2(absl::AbortedError("failed"), tries)}, [&] { return first_.size() == 2; });
  EXPECT_THAT(first_, ElementsAre(1, 3));
  EXPECT_EQ(tries, 3);
}

TEST_F(TellerTest, WhatDoesNotReachItsWayIsNeverSetAside) {
  for (const uint32_t revision : {1, 2, 3}) Keep(revision);
  int tries = 0;
  TellUntil({WayWithout2(absl::UnavailableError("answers 503"), tries)}, [&] { return tries == 4; });
  EXPECT_THAT(first_, ElementsAre(1));
  EXPECT_THAT(*store_->ReadRefused("", 10), IsEmpty());
  EXPECT_THAT(*store_->ReadTellings(0, 10), SizeIs(2));
}

TEST_F(TellerTest, WhatComesAfterAllWasToldIsToldAfterAStart) {
  Keep(1);
  TellUntil({Way("first", first_, first_fails_)}, [&] { return first_.size() == 1; });
  store_.reset();
  store_ = *AgentStore::Open(folder_.Options());
  Keep(2);
  TellUntil({Way("first", first_, first_fails_)}, [&] { return first_.size() == 2; });
  EXPECT_THAT(first_, ElementsAre(1, 2));
}

}  // namespace
}  // namespace envej::region
