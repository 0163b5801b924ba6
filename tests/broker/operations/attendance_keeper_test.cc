#include "broker/operations/attendance_keeper.h"

#include <gtest/gtest.h>

#include <vector>

#include "broker/operations/attendance_record.h"
#include "broker/store/key_layout.h"
#include "tests/certs/test_files.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/memory_store.h"

namespace envej::operations {
namespace {

constexpr char kKeptMunicipalityUri[] = "urn:envej:municipality:0101";
const certs::Identity kKeptMunicipality = {.kind = certs::ParticipantKind::kMunicipality, .code = "0101", .origin = ""};
const absl::Time kKeptFrom = absl::FromUnixSeconds(1'800'000'000);
const absl::Time kKeptLater = kKeptFrom + absl::Hours(1);

class AttendanceKeeperTest : public testing::Test {
 protected:
  // Of one run of a broker.
  struct Run {
    explicit Run(AttendanceKeeperTest& test)
        : keeper({.store = test.store_,
                  .scheduler = test.scheduler_,
                  .attendance = attendance,
                  .not_kept = [&test](const absl::Status& why) { test.not_kept_.push_back(why); }}) {}

    Attendance attendance;
    AttendanceKeeper keeper;
  };

  void Call(Run& run, absl::Time now) {
    run.attendance.See(kKeptMunicipality, certificate_, now);
    run.attendance.SeePull(kKeptMunicipalityUri, now);
  }
  std::string Stored() { return store_.Get(store::AttendanceKey())->value_or(""); }

  const certs::TestAuthority authority_;
  const certs::Certificate certificate_ = authority_.IssueCertificate(certs::ClientRequest(kKeptMunicipalityUri));
  store::MemoryStore store_;
  ManualScheduler scheduler_;
  std::vector<absl::Status> not_kept_;
};

TEST_F(AttendanceKeeperTest, WhoWasSeenIsKnownAfterAStop) {
  Run before(*this);
  Call(before, kKeptFrom);
  ASSERT_TRUE(before.keeper.Keep().ok());
  store_.Crash();
  Run after(*this);
  ASSERT_TRUE(after.keeper.Restore(certificate_.not_after()).ok());
  EXPECT_EQ(after.attendance.LastSeen(kKeptMunicipalityUri, kKeptLater), kKeptFrom);
  EXPECT_EQ(after.attendance.LastPull(kKeptMunicipalityUri, kKeptLater), kKeptFrom);
  EXPECT_EQ(after.attendance.ToKeep(), before.attendance.ToKeep());
}

TEST_F(AttendanceKeeperTest, ACrashForgetsAMinuteAtMost) {
  Run before(*this);
  before.keeper.Start();
  Call(before, kKeptFrom);
  scheduler_.Advance(AttendanceKeeper::kEvery);
  Call(before, kKeptFrom + absl::Seconds(1));
  scheduler_.Advance(AttendanceKeeper::kEvery - absl::Seconds(1));
  store_.Crash();
  Run after(*this);
  ASSERT_TRUE(after.keeper.Restore(kKeptLater).ok());
  EXPECT_EQ(after.attendance.LastPull(kKeptMunicipalityUri, kKeptLater), kKeptFrom);
}

TEST_F(AttendanceKeeperTest, WhatDidNotChangeIsNotWrittenAgainAndNoTimeOrEventIs) {
  Run before(*this);
  before.keeper.Start();
  Call(before, kKeptFrom);
  const absl::Time persisted = store_.LastPersistedTime();
  const uint64_t batches = store_.LastDurableBatch();
  scheduler_.Advance(AttendanceKeeper::kEvery);
  ASSERT_NE(Stored(), "");
  store_.Damage(store::AttendanceKey(), "as it was found");
  scheduler_.Advance(10 * AttendanceKeeper::kEvery);
  EXPECT_EQ(Stored(), "as it was found");
  Call(before, kKeptFrom + absl::Seconds(1));
  scheduler_.Advance(AttendanceKeeper::kEvery);
  EXPECT_EQ(Stored(), EncodeAttendance(before.attendance.ToKeep()));
  EXPECT_EQ(store_.LastPersistedTime(), persisted);
  EXPECT_EQ(store_.LastDurableBatch(), batches);
}

TEST_F(AttendanceKeeperTest, WhatTheStoreDidNotTakeIsToldAndTriedAgain) {
  Run run(*this);
  run.keeper.Start();
  Call(run, kKeptFrom);
  store_.FailNextBatch(store::MemoryStore::BatchFault::kWrite);
  scheduler_.Advance(AttendanceKeeper::kEvery);
  ASSERT_EQ(not_kept_.size(), 1u);
  EXPECT_TRUE(absl::IsUnavailable(not_kept_[0]));
  EXPECT_EQ(scheduler_.waiting(), 1u);
  EXPECT_TRUE(absl::IsUnavailable(run.keeper.Keep()));
}

TEST_F(AttendanceKeeperTest, WhatCannotBeReadIsAnErrorAndNothingIsKnown) {
  Run before(*this);
  Call(before, kKeptFrom);
  ASSERT_TRUE(before.keeper.Keep().ok());
  store_.Damage(store::AttendanceKey(), "damaged");
  Run after(*this);
  EXPECT_TRUE(absl::IsDataLoss(after.keeper.Restore(kKeptLater)));
  EXPECT_EQ(after.attendance.LastSeen(kKeptMunicipalityUri, kKeptLater), std::nullopt);
  after.keeper.Start();
  Call(after, kKeptLater);
  scheduler_.Advance(AttendanceKeeper::kEvery);
  EXPECT_TRUE(DecodeAttendance(Stored()).ok()) << "it is written anew";
}

TEST_F(AttendanceKeeperTest, AStoreThatHasNothingIsNoError) {
  Run run(*this);
  EXPECT_TRUE(run.keeper.Restore(kKeptFrom).ok());
  EXPECT_TRUE(run.attendance.ToKeep().empty());
}

}  // namespace
}  // namespace envej::operations
