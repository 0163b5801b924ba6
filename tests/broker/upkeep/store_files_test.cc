#include "broker/upkeep/store_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <vector>

#include "tests/support/manual_clock.h"

namespace envej::upkeep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// Does one piece of work on a task's thread.
void DoOnce(const PeriodicTask::Work& work) {
  const SystemClock clock;
  std::promise<void> done;
  PeriodicTask task(absl::ZeroDuration(), absl::Hours(1), clock, [&](PeriodicTask& self) {
    work(self);
    done.set_value();
  });
  ASSERT_EQ(done.get_future().wait_for(std::chrono::seconds(30)), std::future_status::ready);
}

class StoreFilesTest : public testing::Test {
 protected:
  StoreFilesTest() {
    files_.erase_destroyed = [this](std::atomic<bool>&) {
      ++erased_;
      return answer_;
    };
    files_.verify = [this](const std::function<bool(uint64_t)>& rest) {
      found_.finished = rest(1);
      return found_;
    };
  }
  std::string LogOf(const PeriodicTask::Work& work) {
    testing::internal::CaptureStderr();
    DoOnce(work);
    return testing::internal::GetCapturedStderr();
  }
  std::string Erase() {
    return LogOf([this](PeriodicTask& task) { erasing_.Look(task); });
  }
  std::string Verify() {
    return LogOf([this](PeriodicTask& task) {
      VerifyStore(
          files_, [this](bool damaged) { told_.push_back(damaged); }, task, log_);
    });
  }

  ManualClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  const Log log_{clock_};
  StoreFiles files_;
  int erased_ = 0;
  absl::Status answer_;
  bool nearly_full_ = false;
  Erasing erasing_{files_, [this] { return nearly_full_; }, clock_, log_};
  store::TableVerification found_;
  std::vector<bool> told_;
};

TEST_F(StoreFilesTest, ErasesTwiceADay) {
  Erase();
  EXPECT_EQ(erased_, 1);
  clock_.Advance(Erasing::kEraseEvery - Erasing::kLookEvery);
  EXPECT_EQ(Erase(), "") << "nothing was done";
  EXPECT_EQ(erased_, 1);
  clock_.Advance(Erasing::kLookEvery);
  EXPECT_THAT(Erase(), HasSubstr("destroyed_content_erased"));
  EXPECT_EQ(erased_, 2);
  EXPECT_LT(Erasing::kEraseEvery + Erasing::kLookEvery, absl::Hours(24));
}

TEST_F(StoreFilesTest, ErasingThatFailedIsToldOfAndTriedAtTheNextLook) {
  answer_ = absl::UnavailableError("no");
  EXPECT_THAT(Erase(), HasSubstr("destroyed_content_not_erased"));
  answer_ = absl::OkStatus();
  clock_.Advance(Erasing::kLookEvery);
  EXPECT_THAT(Erase(), Not(HasSubstr("error")));
  EXPECT_EQ(erased_, 2);
}

TEST_F(StoreFilesTest, OnADiskThatIsNearlyFullNothingIsCompacted) {
  nearly_full_ = true;
  EXPECT_THAT(Erase(), HasSubstr("nearly full"));
  EXPECT_EQ(erased_, 0);
  nearly_full_ = false;
  Erase();
  EXPECT_EQ(erased_, 1);
}

TEST_F(StoreFilesTest, ErasingThatIsStoppedIsNoError) {
  answer_ = absl::CancelledError("stopping");
  EXPECT_EQ(Erase(), "");
}

TEST_F(StoreFilesTest, DamageIsAnErrorLineThatSaysWhatToDo) {
  found_.files = 2;
  found_.damaged = {"000012.sst"};
  const std::string line = Verify();
  EXPECT_THAT(line, HasSubstr("\"level\":\"error\""));
  EXPECT_THAT(line, HasSubstr("store_damaged"));
  EXPECT_THAT(line, HasSubstr("000012.sst"));
  EXPECT_THAT(line, HasSubstr("restore"));
  EXPECT_THAT(told_, ElementsAre(true));
}

TEST_F(StoreFilesTest, WholeStoreIsToldOf) {
  found_.files = 2;
  EXPECT_THAT(Verify(), HasSubstr("store_verified"));
  EXPECT_THAT(told_, ElementsAre(false));
}

}  // namespace
}  // namespace envej::upkeep
