// A disk that is full, read-only, or fails a write or a sync, at every stage of the real broker.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/faults/failing_calls_plan.h"
#include "tests/faults/fault_table.h"
#include "tests/faults/faulty_broker.h"
#include "tests/support/exit_codes.h"
#include "tests/support/sanitizer.h"

namespace envej::faults {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

constexpr size_t kDisk = size_t{192} << 20;

// What a caller and the operator see of a broker that may have met its fault while it served: it has ended with the
// code of a failed store and a line that says what to do, or it refused the call by name and serves on.
std::string ExpectToldAndStopped(FaultyBroker& store, bool answered) {
  const bool refused_by_name = !answered && store.last_error().error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED;
  if (answered || refused_by_name) {
    const support::Ended ended = store.broker().Stop();
    if (ended.code == support::kDone) {
      return answered ? "it serves on"
                      : absl::StrCat("it serves on, and refuses: ", store.last_error().error_message());
    }
    EXPECT_EQ(ended.code, kStoreFailed) << ended.err;
    return Describe(ended);
  }
  const support::Ended ended = store.broker().Wait();
  EXPECT_EQ(ended.code, kStoreFailed) << ended.err;
  const std::string line = LogLine(ended.err, "store_failed");
  EXPECT_THAT(line, HasSubstr("\"next\"")) << ended.err;
  return Describe(ended);
}

// The stages at which a store is written.
struct Stage {
  std::string name;
  std::function<bool(FaultyBroker& store)> act;
};
std::vector<Stage> Stages() {
  return {{"submit", [](FaultyBroker& store) { return store.Submit(60); }},
          {"acknowledge", [](FaultyBroker& store) { return store.Acknowledge(12); }},
          {"withdraw", [](FaultyBroker& store) { return store.Withdraw(12); }}};
}

class SmallDiskTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!MountSmallDisk(data_, kDisk)) GTEST_SKIP() << "nothing can be mounted here";
    is_mounted_ = true;
  }
  void TearDown() override {
    if (is_mounted_) Unmount(data_);
  }
  void ExpectRecovery() {
    ASSERT_TRUE(store_.broker().Start());
    store_.ExpectNothingLost();
    EXPECT_TRUE(store_.Submit(3)) << store_.last_error().error_message();
    EXPECT_EQ(store_.broker().Stop().code, support::kDone);
  }

  // Takes back what the engine has set aside for its log, as where there was too little to be set aside.
  void TakeBackSpaceOfLogs() const {
    for (const auto& entry : std::filesystem::directory_iterator(data_ + "/rocksdb")) {
      if (entry.path().extension() == ".log") std::filesystem::resize_file(entry.path(), entry.file_size());
    }
  }

  // Of a disk this small no larger part can be kept back.
  FaultyBroker store_{{.more = "storage: {reserve_mib: 128}\n"}};
  const std::string data_ = store_.broker().data();
  bool is_mounted_ = false;
};

TEST_F(SmallDiskTest, FullWhenAStoreIsToBeMade) {
  FillDisk(data_, size_t{1} << 20);
  const support::Ended ended = store_.broker().StartRefused();
  AddRow("disk full", "first start", Describe(ended));
  EXPECT_EQ(ended.code, support::kStoreRefused);
  EXPECT_THAT(ended.err, HasSubstr("make room"));
  RemoveBallast(data_);
  ExpectRecovery();
}

TEST_F(SmallDiskTest, FullWhenAStoreIsOpened) {
  ASSERT_TRUE(store_.broker().Start());
  ASSERT_TRUE(store_.Submit(30) && store_.Acknowledge(5));
  store_.broker().Kill();
  for (const size_t left : {size_t{3} << 20, size_t{0}}) {
    FillDisk(data_, left);
    const support::Ended ended = store_.broker().StartRefused();
    AddRow("disk full", absl::StrCat("start, ", left >> 20, " MiB left"), Describe(ended));
    EXPECT_EQ(ended.code, support::kStoreRefused);
    EXPECT_THAT(ended.err, HasSubstr("make room"));
    RemoveBallast(data_);
  }
  ExpectRecovery();
}

TEST_F(SmallDiskTest, FullWhileItServes) {
  for (const Stage& stage : Stages()) {
    SCOPED_TRACE(stage.name);
    ASSERT_TRUE(store_.broker().Start());
    ASSERT_TRUE(store_.Submit(30));
    ASSERT_EQ(store_.broker().Stop().code, support::kDone);
    // So little that the engine cannot set aside space for its log, and then nothing.
    FillDisk(data_, size_t{8} << 20);
    ASSERT_TRUE(store_.broker().Start());
    TakeBackSpaceOfLogs();
    FillDisk(data_, 0, "more-ballast");
    const bool answered = stage.act(store_);
    EXPECT_FALSE(answered) << "the disk was not full";
    AddRow("disk full", stage.name, ExpectToldAndStopped(store_, answered));
    RemoveBallast(data_);
    ExpectRecovery();
  }
}

TEST_F(SmallDiskTest, FullWhenItStops) {
  ASSERT_TRUE(store_.broker().Start());
  ASSERT_TRUE(store_.Submit(30));
  ASSERT_EQ(store_.broker().Stop().code, support::kDone);
  FillDisk(data_, size_t{8} << 20);
  ASSERT_TRUE(store_.broker().Start());
  ASSERT_TRUE(store_.Acknowledge(3));
  TakeBackSpaceOfLogs();
  FillDisk(data_, 0, "more-ballast");
  const support::Ended ended = store_.broker().Stop();
  AddRow("disk full", "stop", Describe(ended));
  EXPECT_THAT(ended.code, AnyOf(support::kDone, kStoreFailed));
  RemoveBallast(data_);
  ExpectRecovery();
}

TEST_F(SmallDiskTest, ReadOnlyAtStart) {
  ASSERT_TRUE(store_.broker().Start());
  ASSERT_TRUE(store_.Submit(10));
  ASSERT_EQ(store_.broker().Stop().code, support::kDone);
  ASSERT_TRUE(RemountReadOnly(data_, true));
  const support::Ended ended = store_.broker().StartRefused();
  AddRow("disk read-only", "start", Describe(ended));
  EXPECT_EQ(ended.code, support::kStoreRefused);
  EXPECT_THAT(ended.err, HasSubstr("start again"));
  ASSERT_TRUE(RemountReadOnly(data_, false));
  ExpectRecovery();
}

// One call of the running broker's to the system fails, once.
class FailingCallTest : public testing::Test {
 protected:
  void SetUp() override {
    // A sanitizer has calls of its own before the system's.
    if (support::kUnderSanitizer) GTEST_SKIP() << "what makes calls fail does not go with a sanitizer";
  }

  const FailingCallsPlan plan_;
};

struct Failing {
  std::string call;
  std::string error;
  std::string part;  // of the file's path
  std::string file;  // in words
};
const std::vector<Failing>& FailingCalls() {
  static const auto* const calls = new std::vector<Failing>{
      {"fdatasync", "EIO", ".log", "log"},
      {"write", "EIO", ".log", "log"},
      {"write", "ENOSPC", ".log", "log"},
      {"pwrite", "EIO", "high-water-mark", "high-water mark"},
      {"pwrite", "ENOSPC", "high-water-mark", "high-water mark"},
      {"fdatasync", "EIO", "high-water-mark", "high-water mark"},
  };
  return *calls;
}

TEST_F(FailingCallTest, WhileItServesEndsItAndNothingAnsweredIsLost) {
  for (const Failing& failing : FailingCalls()) {
    FaultyBroker store(plan_.Settings());
    for (const Stage& stage : Stages()) {
      const std::string fault = absl::StrCat(failing.call, " ", failing.error, ", ", failing.file);
      SCOPED_TRACE(absl::StrCat(fault, ", ", stage.name));
      ASSERT_TRUE(store.broker().Start());
      ASSERT_TRUE(store.Submit(15));
      plan_.Arm(failing.call, failing.error, 3, failing.part);
      const bool answered = stage.act(store);
      EXPECT_FALSE(answered) << "it went on";
      AddRow(fault, stage.name, ExpectToldAndStopped(store, answered));
      EXPECT_EQ(plan_.WrittenAfterwards(), "") << "it was written after it had failed";
      EXPECT_TRUE(plan_.Disarm());
      ASSERT_TRUE(store.broker().Start());
      store.ExpectNothingLost();
      EXPECT_EQ(store.broker().Stop().code, support::kDone);
    }
  }
}

// Every call of a start that may fail, one after another: the start is refused or, where the engine can do without, is
// as if nothing had been; never is anything lost.
TEST_F(FailingCallTest, WhileItStartsIsRefusedOrDoneWithout) {
  FaultyBroker store(plan_.Settings());
  ASSERT_TRUE(store.broker().Start());
  ASSERT_TRUE(store.Submit(20) && store.Acknowledge(4));
  store.broker().Kill();
  const char* const long_form = std::getenv("ENVEJ_FAULT_CALLS");
  int most = 2;
  ASSERT_TRUE(long_form == nullptr || absl::SimpleAtoi(long_form, &most));
  for (const std::string call : {"write", "fsync", "fdatasync", "rename", "open", "pwrite", "ftruncate"}) {
    for (int count = 1; count <= most; ++count) {
      const std::string error = count % 2 == 0 ? "ENOSPC" : "EIO";
      SCOPED_TRACE(absl::StrCat(call, " ", count));
      plan_.Arm(call, error, count, "/data/");
      store.broker().Begin();
      const bool serves = store.broker().WaitForLog("\"serving\"");
      const support::Ended ended = serves ? store.broker().Stop() : store.broker().Wait();
      if (!plan_.Disarm()) break;  // no start has so many
      AddRow(absl::StrCat(call, " ", error, ", number ", count), "start",
             serves ? absl::StrCat("it serves; ", Describe(ended)) : Describe(ended));
      // Where a write of the engine's own opening fails it may abort the process itself.
      EXPECT_THAT(ended.code, AnyOf(support::kDone, support::kStoreRefused, kStoreFailed, 128 + SIGABRT)) << ended.err;
      EXPECT_TRUE(ended.code != support::kStoreRefused || absl::StrContains(ended.err, "start again"))
          << "what to do? " << ended.err;
      ASSERT_TRUE(store.broker().Start());
      store.ExpectNothingLost();
      EXPECT_TRUE(store.Submit(2));
      store.broker().Kill();
    }
  }
}

}  // namespace
}  // namespace envej::faults
