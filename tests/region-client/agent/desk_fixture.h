#ifndef ENVEJ_TESTS_REGION_CLIENT_AGENT_DESK_FIXTURE_H_
#define ENVEJ_TESTS_REGION_CLIENT_AGENT_DESK_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "region-client/agent/desk.h"
#include "tests/region-client/agent/agent_world.h"

namespace envej::region {

inline const absl::Time kDeskOpened = absl::FromCivil(absl::CivilSecond(2027, 1, 15, 12), absl::UTCTimeZone());

// A desk over a store in a folder of its own, at a time that the test sets.
class DeskTest : public testing::Test {
 protected:
  void SetUp() override { Start({.site = TestSite()}); }
  void Start(const DeskOptions& options) {
    desk_.reset();
    store_.reset();
    absl::StatusOr<std::unique_ptr<AgentStore>> store = AgentStore::Open(folder_.Options());
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    desk_ = std::make_unique<Desk>(
        options, *store_, locks_, [this] { return now_; }, absl::UTCTimeZone(), [this] { ++woken_; });
  }
  bool Takes(const std::string& id, const std::vector<ward::Event>& events) {
    const absl::StatusOr<Answer> answer = desk_->TakeMessage({.source = "adt", .id = id}, events);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() && !answer->repeated;
  }
  std::vector<StoredOutgoing> Outbox() { return *store_->ReadOutbox(0, 1000); }
  uint64_t CountOf(const std::string& reason) {
    const std::vector<DayCount> counts = *store_->ReadCounts("", 100);
    for (const DayCount& count : counts) {
      if (count.reason == reason) return count.count;
    }
    return 0;
  }
  std::vector<StoredTelling> Told() { return *store_->ReadTellings(0, 1000); }
  // As the follower takes it.
  void Acknowledge(const std::string& patient) {
    const StoredCase known = desk_->Find({"", patient})->value();
    ward::v1::Case after = known.known;
    after.mutable_notices(0)->set_standing(ward::v1::NOTICE_STANDING_ACKNOWLEDGED);
    AgentBatch batch = store_->NewBatch();
    batch.PutCase(known.id, known.known, after);
    ASSERT_TRUE(store_->Write(std::move(batch)).ok());
  }

  AgentFolder folder_;
  absl::Time now_ = kDeskOpened;
  std::atomic<int> woken_ = 0;
  CaseLocks locks_;
  std::unique_ptr<AgentStore> store_;
  std::unique_ptr<Desk> desk_;
};

}  // namespace envej::region

#endif  // ENVEJ_TESTS_REGION_CLIENT_AGENT_DESK_FIXTURE_H_
