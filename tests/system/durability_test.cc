#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/receipt.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/expect_refusal.h"
#include "tests/support/notice_messages.h"

namespace envej::system {
namespace {

using support::CallContext;
using support::Ended;
using support::kCode;
using testing::AllOf;
using testing::HasSubstr;

constexpr int kNotices = 20;

// A broker that accepted notices one after the other, each its own batch, and was killed. The write-ahead log holds
// them all.
class DurabilityTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(broker_.Start());
    Connect();
    for (int count = 0; count < kNotices; ++count) {
      v1::SubmitNoticeRequest& request = requests_.emplace_back();
      *request.mutable_notice() = support::NewNotice(kCode);
      answers_.push_back(Submit(request));
      EXPECT_FALSE(answers_.back().repeated_submission());
      EXPECT_TRUE(contract::CheckReceipt(contract::FromMessage(answers_.back().receipt())).ok());
    }
  }

  void Connect() {
    intake_ = broker_.Intake(support::kRegion);
    inbox_ = broker_.Inbox(support::kMunicipality);
  }

  bool Restart() {
    broker_.Kill();
    if (!broker_.Start()) return false;
    Connect();
    return true;
  }

  v1::SubmitNoticeResponse Submit(const v1::SubmitNoticeRequest& request) {
    v1::SubmitNoticeResponse response;
    const grpc::Status status = intake_->SubmitNotice(CallContext().get(), request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  std::vector<v1::LeaseName> Pull(int most) {
    v1::PullNoticesRequest request;
    request.set_municipality_code(kCode);
    request.set_max_notices(most);
    v1::PullNoticesResponse response;
    const grpc::Status status = inbox_->PullNotices(CallContext().get(), request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    std::vector<v1::LeaseName> leases;
    for (const v1::InboxItem& item : response.items()) leases.push_back(item.lease().name());
    return leases;
  }

  std::string Acknowledge(const std::vector<v1::LeaseName>& leases) {
    v1::AcknowledgeNoticesRequest request;
    request.set_municipality_code(kCode);
    request.mutable_leases()->Assign(leases.begin(), leases.end());
    v1::AcknowledgeNoticesResponse response;
    const grpc::Status status = inbox_->AcknowledgeNotices(CallContext().get(), request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    for (const v1::AcknowledgeNoticeResult& result : response.results()) {
      EXPECT_TRUE(result.has_acknowledged_at()) << result.rejected().message();
    }
    return response.SerializeAsString();
  }

  std::string Log() const {
    std::string log;
    for (const auto& entry : std::filesystem::directory_iterator(broker_.data() + "/rocksdb")) {
      if (entry.path().extension() != ".log") continue;
      EXPECT_TRUE(log.empty()) << "two write-ahead logs";
      log = entry.path();
    }
    return log;
  }

  std::map<std::string, std::string> Files() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(broker_.data())) {
      if (entry.is_regular_file()) files[entry.path()] = certs::ReadFile(entry.path());
    }
    return files;
  }

  // The start is refused in one line that says what is missing and what to do, and leaves every file as it is.
  void ExpectStartRefused(const std::string& why) {
    const std::map<std::string, std::string> before = Files();
    for (int attempt = 0; attempt < 2; ++attempt) {
      const Ended ended = broker_.StartRefused();
      EXPECT_EQ(ended.code, support::kStoreRefused);
      EXPECT_EQ(ended.out, "");
      EXPECT_THAT(ended.err,
                  AllOf(HasSubstr("envej-broker: "), HasSubstr(why), HasSubstr("recover: keep these files")));
      EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
    }
    const std::map<std::string, std::string> after = Files();
    for (const auto& [path, contents] : before) {
      EXPECT_TRUE(after.contains(path)) << path << " is gone";
      EXPECT_TRUE(after.contains(path) && after.at(path) == contents) << path << " was changed";
    }
    EXPECT_EQ(after.size(), before.size()) << "a file came";
  }

  support::BrokerProcess broker_;
  std::unique_ptr<v1::IntakeService::Stub> intake_;
  std::unique_ptr<v1::InboxService::Stub> inbox_;
  std::vector<v1::SubmitNoticeRequest> requests_;
  std::vector<v1::SubmitNoticeResponse> answers_;
};

TEST_F(DurabilityTest, ARepeatedSubmissionIsAnsweredWithTheFirstReceiptToTheByte) {
  for (int restart = 0; restart < 2; ++restart) {
    ASSERT_TRUE(Restart());
    for (int index = 0; index < kNotices; ++index) {
      const v1::SubmitNoticeResponse again = Submit(requests_[static_cast<size_t>(index)]);
      EXPECT_TRUE(again.repeated_submission());
      EXPECT_EQ(again.receipt().SerializeAsString(),
                answers_[static_cast<size_t>(index)].receipt().SerializeAsString());
    }
  }
  EXPECT_EQ(Pull(500).size(), static_cast<size_t>(kNotices));
}

TEST_F(DurabilityTest, WhatWasAcknowledgedNeverComesAgainAndMayBeAcknowledgedAgain) {
  const std::vector<v1::LeaseName> leases = Pull(kNotices / 2);
  ASSERT_EQ(leases.size(), static_cast<size_t>(kNotices / 2));
  const std::string answer = Acknowledge(leases);
  for (int restart = 0; restart < 2; ++restart) {
    ASSERT_TRUE(Restart());
    EXPECT_EQ(Acknowledge(leases), answer);
  }
  std::set<std::string> acknowledged;
  for (const v1::LeaseName& lease : leases) acknowledged.insert(lease.notice_id());
  const std::vector<v1::LeaseName> others = Pull(500);
  EXPECT_EQ(others.size(), static_cast<size_t>(kNotices - kNotices / 2));
  for (const v1::LeaseName& lease : others) EXPECT_FALSE(acknowledged.contains(lease.notice_id()));
  for (const v1::SubmitNoticeRequest& request : requests_) EXPECT_TRUE(Submit(request).repeated_submission());
  EXPECT_TRUE(Pull(500).empty());
}

TEST_F(DurabilityTest, AFlippedByteInTheMiddleOfTheLogStopsTheStart) {
  broker_.Kill();
  std::string bytes = certs::ReadFile(Log());
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  std::ofstream(Log(), std::ios::binary) << bytes;
  ExpectStartRefused("the store or its write-ahead log is damaged or incomplete");
  ExpectStartRefused(absl::StrCat("batch ", kNotices - 1, " was answered as durable and may not be readable"));
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  std::ofstream(Log(), std::ios::binary) << bytes;
  EXPECT_TRUE(broker_.Start()) << "unharmed, it starts";
}

TEST_F(DurabilityTest, ADeletedLogStopsTheStart) {
  broker_.Kill();
  std::filesystem::remove(Log());
  ExpectStartRefused(
      absl::StrCat("but batch ", kNotices - 1, " was answered as durable: the write-ahead log is cut or deleted"));
}

TEST_F(DurabilityTest, ATruncatedLogStopsTheStart) {
  broker_.Kill();
  std::filesystem::resize_file(Log(), std::filesystem::file_size(Log()) / 2);
  ExpectStartRefused(
      absl::StrCat("but batch ", kNotices - 1, " was answered as durable: the write-ahead log is cut or deleted"));
}

// After a restart the log holds the start epoch, and no batch: with it a lease's token would come twice.
TEST_F(DurabilityTest, ALogThatIsDeletedOrTruncatedRightAfterARestartStopsTheStart) {
  constexpr char kWhy[] = "the store says it was opened 1 times, but opening 2 was durable";
  EXPECT_EQ(broker_.Stop().code, support::kDone);
  ASSERT_TRUE(broker_.Start());
  broker_.Kill();
  const std::string log = Log();
  const std::string bytes = certs::ReadFile(log);
  std::filesystem::resize_file(log, bytes.size() - 1);
  ExpectStartRefused(kWhy);
  std::filesystem::resize_file(log, 0);
  ExpectStartRefused(kWhy);
  std::filesystem::remove(log);
  ExpectStartRefused(kWhy);
  std::ofstream(log, std::ios::binary) << bytes;
  EXPECT_TRUE(broker_.Start()) << "unharmed, it starts";
}

TEST_F(DurabilityTest, ADeletedLogOfLeasesAloneStopsTheStart) {
  ASSERT_TRUE(Restart());
  EXPECT_EQ(Pull(kNotices).size(), static_cast<size_t>(kNotices));
  broker_.Kill();
  std::filesystem::remove(Log());
  ExpectStartRefused("the store says it was opened 1 times, but opening 2 was durable");
}

TEST_F(DurabilityTest, ADeletedMarkStopsTheStart) {
  broker_.Kill();
  std::filesystem::remove(broker_.data() + "/high-water-mark");
  ExpectStartRefused("is missing beside a store");
}

TEST_F(DurabilityTest, ADeletedStoreBesideItsMarkStopsTheStart) {
  broker_.Kill();
  std::filesystem::remove_all(broker_.data() + "/rocksdb");
  ExpectStartRefused(absl::StrCat("batch ", kNotices - 1, " was answered as durable"));
}

TEST_F(DurabilityTest, AStopInGoodOrderKeepsEverything) {
  EXPECT_EQ(broker_.Stop().code, support::kDone);
  ASSERT_TRUE(broker_.Start());
  Connect();
  for (const v1::SubmitNoticeRequest& request : requests_) EXPECT_TRUE(Submit(request).repeated_submission());
  EXPECT_EQ(Pull(500).size(), static_cast<size_t>(kNotices));
}

}  // namespace
}  // namespace envej::system
