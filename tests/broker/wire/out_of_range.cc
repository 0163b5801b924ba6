#include "tests/broker/wire/out_of_range.h"

#include <gtest/gtest.h>

#include <functional>

#include "proto/contract/limits.h"
#include "proto/contract/message_codec.h"
#include "tests/support/expect_refusal.h"
#include "tests/support/notice_messages.h"

namespace envej::wire {
namespace {

using contract::Reason;
using support::CallContext;
using support::ExpectRefused;
using support::kOtherCode;
using support::NewNotice;

// Each change of a proper request is refused for this field.
void ExpectListOutOfRange(World& world, const std::string& field,
                          const std::function<void(v1::ListNoticesRequest&)>& change) {
  SCOPED_TRACE(field);
  v1::ListNoticesRequest request = ListTo(kOtherCode);
  v1::ListNoticesResponse answer;
  EXPECT_TRUE(world.List(request, answer).ok());
  change(request);
  ExpectRefused(world.List(request, answer), Reason::kRequestOutOfRange, {field});
}

void ExpectPullOutOfRange(World& world, const std::string& field,
                          const std::function<void(v1::PullNoticesRequest&)>& change) {
  SCOPED_TRACE(field);
  v1::PullNoticesRequest request = PullFrom(kOtherCode);
  change(request);
  v1::PullNoticesResponse answer;
  ExpectRefused(world.Pull(request, answer), Reason::kRequestOutOfRange, {field});
  EXPECT_EQ(answer.items_size(), 0);
}

void ExpectExtendOutOfRange(World& world, absl::Duration duration) {
  v1::ExtendLeasesRequest request;
  request.set_municipality_code(kOtherCode);
  *request.add_leases() = world.Leased();
  *request.mutable_lease_duration() = contract::ToMessage(duration);
  v1::ExtendLeasesResponse answer;
  ExpectRefused(world.inbox().ExtendLeases(CallContext().get(), request, &answer), Reason::kRequestOutOfRange,
                {"lease_duration"});
}

grpc::Status SubmitMany(World& world, int count, size_t name_bytes) {
  v1::SubmitNoticesRequest request;
  for (int index = 0; index < count; ++index) {
    *request.add_notices() = NewNotice(kOtherCode);
    request.mutable_notices(index)->mutable_citizen()->set_name(std::string(name_bytes, 'a'));
  }
  v1::SubmitNoticesResponse answer;
  return world.intake().SubmitNotices(CallContext().get(), request, &answer);
}

// A batch of exactly so many bytes, each notice with a name that is too long.
grpc::Status SubmitBytes(World& world, size_t bytes, v1::SubmitNoticesResponse& answer) {
  v1::SubmitNoticesRequest request;
  for (int index = 0; index < 10; ++index) {
    *request.add_notices() = NewNotice(kOtherCode);
    request.mutable_notices(index)->mutable_citizen()->set_name(std::string(90'000, 'a'));
  }
  std::string& last = *request.mutable_notices(0)->mutable_citizen()->mutable_name();
  while (request.ByteSizeLong() < bytes) last.append(bytes - request.ByteSizeLong(), 'a');
  last.resize(last.size() - (request.ByteSizeLong() - bytes));
  EXPECT_EQ(request.ByteSizeLong(), bytes);
  return world.intake().SubmitNotices(CallContext().get(), request, &answer);
}

template <typename Request, typename Add>
Request Batch(int count, Add add) {
  Request request;
  request.set_municipality_code(kOtherCode);
  for (int index = 0; index < count; ++index) add(request);
  return request;
}

}  // namespace

v1::PullNoticesRequest PullFrom(const std::string& municipality_code) {
  v1::PullNoticesRequest request;
  request.set_municipality_code(municipality_code);
  return request;
}

v1::ListNoticesRequest ListTo(const std::string& municipality_code, int page_size) {
  v1::ListNoticesRequest request;
  request.set_municipality_code(municipality_code);
  request.set_page_size(page_size);
  return request;
}

void RequestsOutOfRange(World& world) {
  ExpectListOutOfRange(world, "page_size", [](auto& request) { request.set_page_size(-1); });
  ExpectListOutOfRange(world, "page_size", [](auto& request) { request.set_page_size(501); });
  ExpectListOutOfRange(world, "origin", [](auto& request) { request.set_origin(std::string(33, 'a')); });
  ExpectListOutOfRange(world, "states", [](auto& request) { request.add_states(v1::NOTICE_STATE_UNSPECIFIED); });
  ExpectListOutOfRange(world, "states", [](auto& request) { request.add_states(static_cast<v1::NoticeState>(99)); });
  ExpectListOutOfRange(world, "states", [](auto& request) {
    for (int count = 0; count < 9; ++count) request.add_states(v1::NOTICE_STATE_WAITING);
  });
  ExpectPullOutOfRange(world, "max_notices", [](auto& request) { request.set_max_notices(-1); });
  ExpectPullOutOfRange(world, "max_notices", [](auto& request) { request.set_max_notices(501); });
  ExpectPullOutOfRange(world, "max_bytes", [](auto& request) { request.set_max_bytes(-1); });
  ExpectPullOutOfRange(world, "max_bytes", [](auto& request) { request.set_max_bytes((1 << 20) + 1); });
  ExpectPullOutOfRange(world, "wait", [](auto& request) { request.mutable_wait()->set_seconds(-1); });
  ExpectPullOutOfRange(world, "wait", [](auto& request) { request.mutable_wait()->set_seconds(61); });
  ExpectPullOutOfRange(world, "lease_duration",
                       [](auto& request) { request.mutable_lease_duration()->set_seconds(4); });
  ExpectPullOutOfRange(world, "lease_duration",
                       [](auto& request) { request.mutable_lease_duration()->set_seconds(901); });
  ExpectExtendOutOfRange(world, absl::Milliseconds(4999));
  ExpectExtendOutOfRange(world, absl::Minutes(15) + absl::Milliseconds(1));
}

void ExpectBatchesRefused(World& world, int count, Reason reason) {
  const auto extend = Batch<v1::ExtendLeasesRequest>(count, [](auto& request) { request.add_leases(); });
  v1::ExtendLeasesResponse extended;
  ExpectRefused(world.inbox().ExtendLeases(CallContext().get(), extend, &extended), reason, {"leases"});
  const auto acknowledge = Batch<v1::AcknowledgeNoticesRequest>(count, [](auto& request) { request.add_leases(); });
  v1::AcknowledgeNoticesResponse acknowledged;
  ExpectRefused(world.inbox().AcknowledgeNotices(CallContext().get(), acknowledge, &acknowledged), reason, {"leases"});
  const auto refusal = Batch<v1::ReturnNoticesRequest>(count, [](auto& request) { request.add_returns(); });
  v1::ReturnNoticesResponse returned;
  ExpectRefused(world.inbox().ReturnNotices(CallContext().get(), refusal, &returned), reason, {"returns"});
  ExpectRefused(SubmitMany(world, count, 10), reason, {"notices"});
}

void BatchesTooLarge(World& world) {
  ExpectBatchesRefused(world, 501, Reason::kBatchTooLarge);
  v1::SubmitNoticesResponse answer;
  ExpectRefused(SubmitBytes(world, contract::kBatchBytes + 1, answer), Reason::kBatchTooLarge, {"notices"});
  EXPECT_TRUE(SubmitBytes(world, contract::kBatchBytes, answer).ok());
  EXPECT_EQ(answer.results_size(), 10);
  v1::Notice large = NewNotice(kOtherCode);
  large.mutable_citizen()->set_name(std::string(contract::kCallBytes, 'a'));
  ExpectRefused(world.Submit(large), Reason::kBatchTooLarge, {"notice"});
}

}  // namespace envej::wire
