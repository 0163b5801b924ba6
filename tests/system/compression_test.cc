// A compressed message is small on the wire and as large as its sender likes behind it.

#include <gtest/gtest.h>

#include <fstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/notice_messages.h"

namespace envej::system {
namespace {

using support::BrokerProcess;
using support::CallContext;

constexpr int64_t kUnpackedBytes = 128 << 20;
constexpr int64_t kGrowthMost = 32 << 20;

// The most memory that the process has had until now.
int64_t PeakBytes(pid_t process) {
  std::ifstream status(absl::StrCat("/proc/", process, "/status"));
  for (std::string line; std::getline(status, line);) {
    const std::vector<std::string> words = absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    int64_t kilobytes = 0;
    if (words.size() > 1 && words[0] == "VmHWM:" && absl::SimpleAtoi(words[1], &kilobytes)) return kilobytes << 10;
  }
  ADD_FAILURE() << "the process is gone";
  return 0;
}

class CompressionTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(broker_.Start()); }

  static grpc::Status Submit(v1::IntakeService::Stub& intake, const v1::Notice& notice,
                             grpc_compression_algorithm algorithm) {
    const auto context = CallContext();
    context->set_compression_algorithm(algorithm);
    v1::SubmitNoticeRequest request;
    *request.mutable_notice() = notice;
    v1::SubmitNoticeResponse answer;
    return intake.SubmitNotice(context.get(), request, &answer);
  }
  static grpc::Status Pull(v1::InboxService::Stub& inbox, const v1::PullNoticesRequest& request,
                           grpc_compression_algorithm algorithm) {
    const auto context = CallContext();
    context->set_compression_algorithm(algorithm);
    v1::PullNoticesResponse answer;
    return inbox.PullNotices(context.get(), request, &answer);
  }

  BrokerProcess broker_;
};

TEST_F(CompressionTest, ACompressedRequestIsRefusedAndNeverUnpacked) {
  v1::Notice large_notice = support::NewNotice(support::kCode);
  large_notice.mutable_citizen()->set_name(std::string(kUnpackedBytes, 'a'));
  v1::PullNoticesRequest large_pull;
  large_pull.set_municipality_code(std::string(kUnpackedBytes, 'a'));
  const int64_t before = PeakBytes(broker_.process_id());
  for (const grpc_compression_algorithm algorithm : {GRPC_COMPRESS_GZIP, GRPC_COMPRESS_DEFLATE}) {
    // Every call on a connection of its own: a client that was told does not compress again.
    EXPECT_EQ(Submit(*broker_.Intake(support::kRegion), large_notice, algorithm).error_code(),
              grpc::StatusCode::UNIMPLEMENTED);
    EXPECT_EQ(Pull(*broker_.Inbox(support::kMunicipality), large_pull, algorithm).error_code(),
              grpc::StatusCode::UNIMPLEMENTED);
  }
  EXPECT_LT(PeakBytes(broker_.process_id()) - before, kGrowthMost);

  const v1::Notice notice = support::NewNotice(support::kCode);
  EXPECT_FALSE(Submit(*broker_.Intake(support::kRegion), notice, GRPC_COMPRESS_GZIP).ok());
  EXPECT_TRUE(Submit(*broker_.Intake(support::kRegion), notice, GRPC_COMPRESS_NONE).ok());
  EXPECT_EQ(broker_.Stop().code, support::kDone);
}

}  // namespace
}  // namespace envej::system
