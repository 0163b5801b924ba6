#include "broker/recovery_mode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "broker/journal/commit_and_wait.h"
#include "broker/store/batch_record.h"
#include "broker/store/key_layout.h"
#include "tests/support/manual_clock.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/memory_store.h"

namespace envej {
namespace {

using journal::RecoveryMark;
using testing::HasSubstr;

class RecoveryModeTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directory(folder_);
  }

  void Put(const RecoveryMark& mark) {
    store::Transition transition;
    transition.mutations.push_back({.key = store::RecoveryKey(), .value = journal::EncodeRecoveryMark(mark)});
    ASSERT_EQ(journal::CommitAndWait(store_, std::move(transition)).kind, store::Outcome::Kind::kCommitted);
  }
  static RecoveryMark Recovering(std::optional<absl::Duration> wait) {
    RecoveryMark mark;
    mark.former = {{.store_incarnation = std::string(16, 'f'), .last_batch = 7}};
    mark.wait = wait;
    return mark;
  }
  void Start() {
    recovery_.emplace(RecoveryMode::Parts{.store = store_,
                                          .scheduler = scheduler_,
                                          .clock = clock_,
                                          .log = log_,
                                          .metrics = metrics_,
                                          .data_directory = folder_,
                                          .hold_pulls = [this](bool hold) { held_ = hold; }});
    testing::internal::CaptureStderr();
    ASSERT_TRUE(recovery_->Start().ok());
    logged_ = testing::internal::GetCapturedStderr();
  }
  void Pass(absl::Duration duration) {
    testing::internal::CaptureStderr();
    for (; duration > absl::ZeroDuration(); duration -= absl::Seconds(1)) {
      clock_.Advance(absl::Seconds(1));
      scheduler_.Advance(absl::Seconds(1));
    }
    logged_ = testing::internal::GetCapturedStderr();
  }
  std::string Incarnation() { return store::DecodeBatchHead(**store_.Get(store::HeadKey()))->store_incarnation; }
  void Accept(const std::string& text) { std::ofstream(AcceptancePath(folder_), std::ios::binary) << text; }
  RecoveryMark Mark() { return **journal::ReadRecoveryMark(store_); }

  const std::string folder_ = testing::TempDir() + "recovery";
  store::MemoryStore store_;
  ManualScheduler scheduler_;
  ManualClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  const Log log_{clock_};
  operations::Metrics metrics_;
  std::optional<RecoveryMode> recovery_;
  bool held_ = false;
  std::string logged_;
};

TEST_F(RecoveryModeTest, AStoreThatWasNeverRestoredHoldsNothing) {
  Start();
  EXPECT_FALSE(held_);
  EXPECT_EQ(logged_, "");
  EXPECT_EQ(scheduler_.waiting(), 0u);
  EXPECT_THAT(metrics_.Text(), HasSubstr("envej_recovering 0"));
}

TEST_F(RecoveryModeTest, PullsAreHeldForAsLongAsTheMarkSays) {
  Put(Recovering(absl::Minutes(10)));
  Start();
  EXPECT_TRUE(held_);
  EXPECT_THAT(logged_, HasSubstr("\"recovering\""));
  EXPECT_THAT(metrics_.Text(), HasSubstr("envej_recovering 1"));
  Pass(absl::Minutes(10) - absl::Seconds(1));
  EXPECT_TRUE(held_);
  Pass(absl::Seconds(2));
  EXPECT_FALSE(held_);
  EXPECT_THAT(logged_, HasSubstr("\"recovered\""));
  EXPECT_EQ(Mark().end, RecoveryMark::End::kAfterWaiting);
  Start();
  EXPECT_FALSE(held_) << "also after another start";
}

TEST_F(RecoveryModeTest, ABrokerThatStartsAgainCountsAnew) {
  Put(Recovering(absl::Minutes(10)));
  Start();
  Pass(absl::Minutes(9));
  scheduler_.DropAll();
  Start();
  Pass(absl::Minutes(9));
  EXPECT_TRUE(held_) << "regions could not call in between";
}

TEST_F(RecoveryModeTest, OtherwiseOperationsAccept) {
  Put(Recovering(std::nullopt));
  Start();
  Pass(absl::Hours(30));
  EXPECT_TRUE(held_);
  Accept(AcceptanceOf(std::string(16, 'x')));
  Pass(absl::Seconds(3));
  EXPECT_TRUE(held_) << "that was another store's";
  Accept(AcceptanceOf(Incarnation()) + "more");
  Pass(absl::Seconds(3));
  EXPECT_TRUE(held_);
  Accept(AcceptanceOf(Incarnation()));
  Pass(absl::Seconds(2));
  EXPECT_FALSE(held_);
  EXPECT_EQ(Mark().end, RecoveryMark::End::kAccepted);
  EXPECT_EQ(Mark().ended_at, clock_.Now() - absl::Seconds(1));
  EXPECT_FALSE(std::filesystem::exists(AcceptancePath(folder_)));
}

TEST_F(RecoveryModeTest, NothingIsHandedOutBeforeTheStoreSaysThatItIsOver) {
  Put(Recovering(absl::ZeroDuration()));
  Start();
  store_.FailNextBatch(/*applied=*/false);
  Pass(absl::Seconds(5));
  EXPECT_TRUE(held_);
  store_.Crash();
  Pass(absl::Seconds(2));
  EXPECT_FALSE(held_);
}

TEST_F(RecoveryModeTest, TheMarkIsReadBackAsItWasWritten) {
  RecoveryMark mark = Recovering(absl::Seconds(90));
  mark.former.push_back({.store_incarnation = std::string(16, 'g'), .last_batch = 9});
  mark.restored_at = clock_.Now();
  mark.backup_batch = 3;
  mark.backup_time = clock_.Now() - absl::Hours(1);
  mark.mirror_read = true;
  mark.reached_batch = 8;
  mark.reached_time = clock_.Now() - absl::Minutes(1);
  mark.known_end = 10;
  mark.missing = 11;
  mark.unfitting = 12;
  const std::string bytes = journal::EncodeRecoveryMark(mark);
  EXPECT_EQ(*journal::DecodeRecoveryMark(bytes), mark);
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(journal::DecodeRecoveryMark(bytes.substr(0, length)).ok()) << length;
  }
  store_.Damage(store::RecoveryKey(), "damaged");
  RecoveryMode recovery({.store = store_,
                         .scheduler = scheduler_,
                         .clock = clock_,
                         .log = log_,
                         .metrics = metrics_,
                         .data_directory = folder_,
                         .hold_pulls = [](bool) {}});
  EXPECT_FALSE(recovery.Start().ok());
}

}  // namespace
}  // namespace envej
