#include "proto/contract/status_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/wrappers.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace envej::contract {
namespace {

struct Details {
  std::vector<google::rpc::ErrorInfo> infos;
  std::vector<google::rpc::BadRequest> bad_requests;
  std::vector<google::rpc::RetryInfo> retries;
  int others = 0;
};

Details DetailsOf(const google::rpc::Status& status) {
  Details details;
  for (const google::protobuf::Any& any : status.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad_request;
    google::rpc::RetryInfo retry;
    if (any.UnpackTo(&info)) {
      details.infos.push_back(info);
    } else if (any.UnpackTo(&bad_request)) {
      details.bad_requests.push_back(bad_request);
    } else if (any.UnpackTo(&retry)) {
      details.retries.push_back(retry);
    } else {
      ++details.others;
    }
  }
  return details;
}

google::rpc::Status Parsed(const grpc::Status& status) {
  google::rpc::Status parsed;
  EXPECT_TRUE(parsed.ParseFromString(status.error_details()));
  return parsed;
}

grpc::Status With(const google::rpc::Status& details) {
  return {grpc::StatusCode::INVALID_ARGUMENT, "", details.SerializeAsString()};
}

google::rpc::Status OurDetails(const std::string& reason, const std::string& domain) {
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain(domain);
  google::rpc::Status details;
  details.add_details()->PackFrom(info);
  return details;
}

TEST(StatusCodecTest, EveryReasonIsACanonicalCodeATextAndAnErrorInfo) {
  for (const ReasonEntry& entry : AllReasons()) {
    SCOPED_TRACE(std::string(entry.name));
    const grpc::Status status = ToGrpcStatus({.reason = entry.reason, .violations = {}});
    EXPECT_EQ(static_cast<int>(status.error_code()), static_cast<int>(entry.code));
    EXPECT_EQ(status.error_message(), std::string(entry.text));
    const google::rpc::Status parsed = Parsed(status);
    EXPECT_EQ(parsed.code(), static_cast<int>(entry.code));
    EXPECT_EQ(parsed.message(), std::string(entry.text));
    const Details details = DetailsOf(parsed);
    ASSERT_EQ(details.infos.size(), 1U);
    EXPECT_EQ(details.infos[0].reason(), std::string(entry.name));
    EXPECT_EQ(details.infos[0].domain(), "envej");
    EXPECT_TRUE(details.infos[0].metadata().empty());
    EXPECT_TRUE(details.bad_requests.empty());
    EXPECT_EQ(details.others, 0);
    const bool retriable = entry.reason == Reason::kBrokerStopping || entry.reason == Reason::kBrokerBusy ||
                           entry.reason == Reason::kCallerStandingUnknown || entry.reason == Reason::kRateExceeded ||
                           entry.reason == Reason::kBrokerRecovering || entry.reason == Reason::kStorageNearlyFull;
    EXPECT_EQ(details.retries.size(), retriable ? 1U : 0U);
    EXPECT_EQ(RetryDelay(entry.reason).has_value(), retriable);
    EXPECT_EQ(FromGrpcStatus(status), (Rejection{.reason = entry.reason, .violations = {}}));
  }
}

TEST(StatusCodecTest, TheDelayIsSaidInTheDetails) {
  const Details busy = DetailsOf(Parsed(ToGrpcStatus({.reason = Reason::kBrokerBusy, .violations = {}})));
  ASSERT_EQ(busy.retries.size(), 1U);
  EXPECT_EQ(
      absl::Seconds(busy.retries[0].retry_delay().seconds()) + absl::Nanoseconds(busy.retries[0].retry_delay().nanos()),
      RetryDelay(Reason::kBrokerBusy));
  EXPECT_GT(*RetryDelay(Reason::kBrokerBusy), absl::ZeroDuration());
  EXPECT_GT(*RetryDelay(Reason::kBrokerStopping), absl::ZeroDuration());
}

TEST(StatusCodecTest, ADelayOfItsOwnIsSaidInsteadOfTheReasons) {
  const absl::Duration own = absl::Milliseconds(1234);
  const grpc::Status status = ToGrpcStatus({.reason = Reason::kRateExceeded, .violations = {}, .retry_after = own});
  EXPECT_EQ(DetailsOf(Parsed(status)).retries.size(), 1U);
  EXPECT_EQ(RetryDelayOf(status), own);
  EXPECT_EQ(RetryDelayOf(ToGrpcStatus({.reason = Reason::kBrokerBusy, .violations = {}})),
            RetryDelay(Reason::kBrokerBusy));
  EXPECT_EQ(RetryDelayOf(ToGrpcStatus({.reason = Reason::kNameMissing, .violations = {}})), std::nullopt);
  EXPECT_EQ(RetryDelayOf(grpc::Status::OK), std::nullopt);
  EXPECT_EQ(
      RetryDelayOf(ToGrpcStatus({.reason = Reason::kRateExceeded, .violations = {}, .retry_after = absl::Seconds(-5)})),
      absl::ZeroDuration());
  EXPECT_EQ(RetryDelayOf(ToGrpcStatus(
                {.reason = Reason::kRateExceeded, .violations = {}, .retry_after = absl::Hours(24 * 365)})),
            kRetryDelayMost);
}

TEST(StatusCodecTest, EveryWrongFieldIsNamedAndReadBack) {
  Rejection rejection{.reason = Reason::kNoticeIdNotRandomUuid, .violations = {}};
  for (const ReasonEntry& entry : AllReasons()) {
    rejection.violations.push_back({.field = absl::StrCat("field.", entry.name), .reason = entry.reason});
  }
  const grpc::Status status = ToGrpcStatus(rejection);
  const Details details = DetailsOf(Parsed(status));
  ASSERT_EQ(details.bad_requests.size(), 1U);
  ASSERT_EQ(static_cast<size_t>(details.bad_requests[0].field_violations_size()), rejection.violations.size());
  for (size_t index = 0; index < rejection.violations.size(); ++index) {
    const auto& field = details.bad_requests[0].field_violations(static_cast<int>(index));
    EXPECT_EQ(field.field(), rejection.violations[index].field);
    EXPECT_EQ(field.description(), std::string(Describe(rejection.violations[index].reason).text));
  }
  EXPECT_EQ(FromGrpcStatus(status), rejection);
}

TEST(StatusCodecTest, TheDetailsHaveTheirPublishedTypes) {
  const google::rpc::Status parsed = Parsed(
      ToGrpcStatus({.reason = Reason::kBrokerBusy, .violations = {{.field = "x", .reason = Reason::kBrokerBusy}}}));
  std::vector<std::string> types;
  for (const google::protobuf::Any& any : parsed.details()) types.push_back(any.type_url());
  EXPECT_THAT(types, testing::UnorderedElementsAre("type.googleapis.com/google.rpc.ErrorInfo",
                                                   "type.googleapis.com/google.rpc.BadRequest",
                                                   "type.googleapis.com/google.rpc.RetryInfo"));
}

TEST(StatusCodecTest, WhatIsNotOursIsNone) {
  EXPECT_EQ(FromGrpcStatus(grpc::Status::OK), Rejection{});
  EXPECT_EQ(FromGrpcStatus(grpc::Status(grpc::StatusCode::UNAVAILABLE, "connection refused")), Rejection{});
  EXPECT_EQ(FromGrpcStatus(grpc::Status(grpc::StatusCode::INTERNAL, "", "\xff\xff not a message")), Rejection{});
  EXPECT_EQ(FromGrpcStatus(With(OurDetails("NAME_MISSING", "example.com"))), Rejection{});
  EXPECT_EQ(FromGrpcStatus(With(OurDetails("NAME_MISSING", ""))), Rejection{});
  EXPECT_EQ(FromGrpcStatus(With(OurDetails("REASON_OF_A_NEWER_BROKER", "envej"))), Rejection{});
  EXPECT_EQ(FromGrpcStatus(With(OurDetails("UNSPECIFIED", "envej"))), Rejection{});
  google::rpc::Status fields_alone;
  google::rpc::BadRequest bad_request;
  bad_request.add_field_violations()->set_field("citizen.name");
  fields_alone.add_details()->PackFrom(bad_request);
  EXPECT_EQ(FromGrpcStatus(With(fields_alone)), Rejection{});
}

TEST(StatusCodecTest, OursIsFoundAmongForeignDetails) {
  google::rpc::Status details = OurDetails("NAME_MISSING", "example.com");
  google::protobuf::StringValue other;
  other.set_value("NAME_MISSING");
  details.add_details()->PackFrom(other);
  google::protobuf::Any& damaged = *details.add_details();
  damaged.set_type_url("type.googleapis.com/google.rpc.ErrorInfo");
  damaged.set_value("\xff");
  EXPECT_EQ(FromGrpcStatus(With(details)), Rejection{});
  details.MergeFrom(OurDetails("NAME_TOO_LONG", "envej"));
  details.MergeFrom(OurDetails("CALLER_UNKNOWN", "example.com"));
  EXPECT_EQ(FromGrpcStatus(With(details)), (Rejection{.reason = Reason::kNameTooLong, .violations = {}}));
}

TEST(StatusCodecTest, AFieldWhoseReasonOnlyANewerPeerKnowsKeepsItsName) {
  google::rpc::Status details = OurDetails("NAME_MISSING", "envej");
  google::rpc::BadRequest bad_request;
  bad_request.add_field_violations()->set_field("citizen.new");
  bad_request.mutable_field_violations(0)->set_description("said otherwise");
  details.add_details()->PackFrom(bad_request);
  EXPECT_EQ(
      FromGrpcStatus(With(details)),
      (Rejection{.reason = Reason::kNameMissing, .violations = {{.field = "citizen.new", .reason = Reason::kNone}}}));
}

TEST(StatusCodecTest, ARejectionWithoutAReasonIsStillAnError) {
  const grpc::Status status = ToGrpcStatus({});
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNKNOWN);
  EXPECT_EQ(FromGrpcStatus(status), Rejection{});
}

}  // namespace
}  // namespace envej::contract
