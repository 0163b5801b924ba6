// From the receipts that a region keeps to proofs that it verifies by itself.

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/notice_messages.h"

namespace envej::system {
namespace {

using support::Ended;
using testing::HasSubstr;

constexpr int kNotices = 50;
constexpr int kNotYet = 4;

TEST(ReceiptsTest, AWholeFileOfReceiptsIsProven) {
  support::BrokerProcess broker({.more = "journal: {checkpoint_seconds: 1}\n"});
  ASSERT_TRUE(broker.Start());
  const auto intake = broker.Intake(support::kRegion);
  std::string lines;
  for (int count = 0; count < kNotices; ++count) {
    v1::SubmitNoticeRequest request;
    *request.mutable_notice() = support::NewNotice(support::kCode);
    v1::SubmitNoticeResponse response;
    ASSERT_TRUE(intake->SubmitNotice(support::CallContext().get(), request, &response).ok());
    std::string line;
    ASSERT_TRUE(google::protobuf::util::MessageToJsonString(response.receipt(), &line).ok());
    absl::StrAppend(&lines, line, "\n");
  }
  const std::string receipts = broker.folder().Write("receipts.jsonl", lines);
  std::vector<std::string> prove = {support::ProgramPath("envej-region"), "receipts", "prove", receipts};
  const std::vector<std::string> connection = broker.ConnectionArguments(support::kRegion);
  prove.insert(prove.end(), connection.begin(), connection.end());
  Ended proven = support::RunProgram(prove);
  for (int wait = 0; wait < 100 && proven.code == kNotYet; ++wait) {
    absl::SleepFor(absl::Milliseconds(50));
    proven = support::RunProgram(prove);
  }
  EXPECT_EQ(proven.code, support::kDone) << proven.err;
  EXPECT_THAT(proven.err, HasSubstr("50 proofs, 0 not yet, 0 refused\n"));
  ASSERT_EQ(broker.Stop().code, support::kDone);

  const std::string proofs = broker.folder().Write("proofs.jsonl", proven.out);
  const std::string authorities = broker.folder().Write("verify.pem", support::SharedAuthority().CertificatePem());
  const Ended verified = support::RunProgram({support::ProgramPath("envej-region"), "receipts", "verify", proofs,
                                              "--receipts", receipts, "--authorities", authorities});
  EXPECT_EQ(verified.code, support::kDone) << verified.out << verified.err;
  EXPECT_EQ(verified.out, "50 proven, 0 not proven\n");
}

}  // namespace
}  // namespace envej::system
