// A disk that fills up under a running broker, and is emptied again.

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>

#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/expect_refusal.h"
#include "tests/support/notice_messages.h"
#include "tests/support/small_disk.h"

namespace envej::system {
namespace {

using support::CallContext;
using support::kCode;

constexpr uint64_t kMiB = uint64_t{1} << 20;

class FullDiskTest : public testing::Test {
 protected:
  void SetUp() override {
    disk_ = std::make_unique<support::SmallDisk>(broker_.data(), 256 * kMiB);
    if (!disk_->is_there()) GTEST_SKIP() << "only root may mount a small disk";
    ASSERT_TRUE(broker_.Start());
  }
  void TearDown() override {
    if (!disk_->is_there()) return;
    EXPECT_EQ(broker_.Stop().code, 0);
  }

  grpc::Status Submit(const v1::Notice& notice) {
    v1::SubmitNoticeRequest request;
    *request.mutable_notice() = notice;
    v1::SubmitNoticeResponse answer;
    return broker_.Intake(support::kRegion)->SubmitNotice(CallContext().get(), request, &answer);
  }

  support::BrokerProcess broker_{{.more = "storage: {reserve_mib: 128}\n"}};
  std::unique_ptr<support::SmallDisk> disk_;  // gone before the folder is
};

TEST_F(FullDiskTest, WhatWasAcceptedIsDeliveredAndARegionWaitsUntilThereIsRoom) {
  constexpr int kNotices = 200;
  for (int count = 0; count < kNotices; ++count) ASSERT_TRUE(Submit(support::NewNotice(kCode)).ok());
  ASSERT_TRUE(disk_->FillUpTo(32 * kMiB));
  ASSERT_TRUE(broker_.WaitForLog("storage_nearly_full"));
  support::ExpectRefused(Submit(support::NewNotice(kCode)), contract::Reason::kStorageNearlyFull);

  const std::string path = broker_.folder().Path("notices.jsonl");
  std::string line;
  ASSERT_TRUE(google::protobuf::util::MessageToJsonString(support::NewNotice(kCode), &line).ok());
  std::ofstream(path) << line << "\n";
  std::vector<std::string> command = {support::ProgramPath("envej-region"), "submit", path, "--deadline", "60s"};
  for (const std::string& argument : broker_.RegionArguments(support::kRegion)) command.push_back(argument);
  support::Process region(command);

  const auto inbox = broker_.Inbox(support::kMunicipality);
  int acknowledged = 0;
  while (acknowledged < kNotices) {
    v1::PullNoticesRequest pull;
    pull.set_municipality_code(kCode);
    v1::PullNoticesResponse pulled;
    ASSERT_TRUE(inbox->PullNotices(CallContext().get(), pull, &pulled).ok());
    ASSERT_GT(pulled.items_size(), 0) << acknowledged;
    v1::AcknowledgeNoticesRequest acknowledge;
    acknowledge.set_municipality_code(kCode);
    for (const v1::InboxItem& item : pulled.items()) *acknowledge.add_leases() = item.lease().name();
    v1::AcknowledgeNoticesResponse answer;
    ASSERT_TRUE(inbox->AcknowledgeNotices(CallContext().get(), acknowledge, &answer).ok());
    for (const v1::AcknowledgeNoticeResult& result : answer.results()) acknowledged += result.has_acknowledged_at();
  }
  EXPECT_EQ(acknowledged, kNotices);

  EXPECT_TRUE(broker_.WaitForLog("STORAGE_NEARLY_FULL", 3)) << "refused here, and the region's client again and again";
  disk_->Empty();
  ASSERT_TRUE(broker_.WaitForLog("storage_free", 2)) << "at the start, and now";
  const support::Ended ended = region.Wait();
  EXPECT_EQ(ended.code, support::kDone) << ended.err;
  EXPECT_THAT(ended.err, testing::AllOf(testing::HasSubstr("refuses for now: STORAGE_NEARLY_FULL"),
                                        testing::HasSubstr("takes what is new again")));
  EXPECT_TRUE(Submit(support::NewNotice(kCode)).ok());
}

TEST_F(FullDiskTest, BrokerThatStartsOnAFullDiskServesAllButWhatIsNew) {
  ASSERT_EQ(broker_.Stop().code, 0);
  ASSERT_TRUE(disk_->FillUpTo(64 * kMiB));
  ASSERT_TRUE(broker_.Start());
  support::ExpectRefused(Submit(support::NewNotice(kCode)), contract::Reason::kStorageNearlyFull);
  v1::PullNoticesRequest pull;
  pull.set_municipality_code(kCode);
  v1::PullNoticesResponse pulled;
  EXPECT_TRUE(broker_.Inbox(support::kMunicipality)->PullNotices(CallContext().get(), pull, &pulled).ok());
}

}  // namespace
}  // namespace envej::system
