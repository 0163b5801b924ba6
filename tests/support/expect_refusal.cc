#include "tests/support/expect_refusal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "proto/contract/status_codec.h"

namespace envej::support {
namespace {

using contract::Reason;

bool IsWorthTryingAgain(Reason reason) {
  return reason == Reason::kBrokerBusy || reason == Reason::kRateExceeded || reason == Reason::kStorageNearlyFull ||
         reason == Reason::kBrokerStopping || reason == Reason::kCallerStandingUnknown ||
         reason == Reason::kBrokerRecovering;
}

}  // namespace

void ExpectRefused(const grpc::Status& status, Reason reason, const std::vector<std::string>& fields) {
  const contract::ReasonEntry& entry = contract::Describe(reason);
  const std::string text(entry.text);
  EXPECT_EQ(static_cast<int>(status.error_code()), static_cast<int>(entry.code)) << status.error_message();
  EXPECT_EQ(status.error_message(), text);
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.code(), static_cast<int>(entry.code));
  EXPECT_EQ(details.message(), text);
  std::vector<std::string> reasons;
  std::vector<std::string> wrong;
  int delays = 0;
  for (const google::protobuf::Any& detail : details.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad_request;
    google::rpc::RetryInfo retry;
    if (detail.UnpackTo(&info)) {
      reasons.push_back(info.domain() + "/" + info.reason());
      EXPECT_EQ(info.metadata_size(), 0);
    } else if (detail.UnpackTo(&bad_request)) {
      for (const auto& violation : bad_request.field_violations()) {
        wrong.push_back(violation.field());
        EXPECT_FALSE(violation.description().empty());
      }
      if (!fields.empty() && bad_request.field_violations_size() > 0) {
        EXPECT_EQ(bad_request.field_violations(0).description(), text);
      }
    } else if (detail.UnpackTo(&retry)) {
      ++delays;
    } else {
      ADD_FAILURE() << "a detail of another type: " << detail.type_url();
    }
  }
  EXPECT_THAT(reasons, testing::ElementsAre("envej/" + std::string(entry.name)));
  EXPECT_EQ(wrong, fields);
  EXPECT_EQ(delays, IsWorthTryingAgain(reason) ? 1 : 0);
}

void ExpectRefused(const v1::Rejection& rejection, Reason reason, const std::vector<std::string>& fields) {
  const contract::ReasonEntry& entry = contract::Describe(reason);
  EXPECT_EQ(v1::RejectionReason_Name(rejection.reason()), "REJECTION_REASON_" + std::string(entry.name));
  EXPECT_EQ(rejection.message(), std::string(entry.text));
  std::vector<std::string> wrong;
  for (const v1::FieldViolation& violation : rejection.field_violations()) {
    wrong.push_back(violation.field());
    const contract::ReasonEntry& why = contract::Describe(static_cast<Reason>(violation.reason()));
    EXPECT_EQ(violation.description(), std::string(why.text));
  }
  EXPECT_EQ(wrong, fields);
}

Reason ReasonOf(const grpc::Status& status) { return contract::FromGrpcStatus(status).reason; }

}  // namespace envej::support
