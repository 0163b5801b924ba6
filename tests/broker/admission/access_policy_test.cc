#include "broker/admission/access_policy.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "envej/v1/inbox_service.pb.h"
#include "envej/v1/intake_service.pb.h"
#include "envej/v1/operations_service.pb.h"
#include "grpc/health/v1/health_service.pb.h"

namespace envej::admission {
namespace {

using certs::ParticipantKind;
using contract::Reason;

constexpr auto kRegion = ParticipantKind::kRegion;
constexpr auto kMunicipality = ParticipantKind::kMunicipality;
constexpr auto kOperations = ParticipantKind::kOperations;

constexpr struct {
  ParticipantKind kind;
  Method method;
  bool allowed;
} kExpected[] = {
    {kRegion, Method::kSubmitNotice, true},
    {kRegion, Method::kSubmitNotices, true},
    {kRegion, Method::kGetNotice, true},
    {kRegion, Method::kListNotices, true},
    {kRegion, Method::kListMunicipalities, true},
    {kRegion, Method::kGetServiceInfo, true},
    {kRegion, Method::kPullNotices, false},
    {kRegion, Method::kExtendLeases, false},
    {kRegion, Method::kAcknowledgeNotices, false},
    {kRegion, Method::kReturnNotices, false},
    {kRegion, Method::kCheckHealth, true},
    {kRegion, Method::kWatchHealth, true},
    {kMunicipality, Method::kSubmitNotice, false},
    {kMunicipality, Method::kSubmitNotices, false},
    {kMunicipality, Method::kGetNotice, false},
    {kMunicipality, Method::kListNotices, false},
    {kMunicipality, Method::kListMunicipalities, false},
    {kMunicipality, Method::kGetServiceInfo, true},
    {kMunicipality, Method::kPullNotices, true},
    {kMunicipality, Method::kExtendLeases, true},
    {kMunicipality, Method::kAcknowledgeNotices, true},
    {kMunicipality, Method::kReturnNotices, true},
    {kMunicipality, Method::kCheckHealth, true},
    {kMunicipality, Method::kWatchHealth, true},
    {kOperations, Method::kSubmitNotice, false},
    {kOperations, Method::kSubmitNotices, false},
    {kOperations, Method::kGetNotice, false},
    {kOperations, Method::kListNotices, false},
    {kOperations, Method::kListMunicipalities, false},
    {kOperations, Method::kGetServiceInfo, true},
    {kOperations, Method::kPullNotices, false},
    {kOperations, Method::kExtendLeases, false},
    {kOperations, Method::kAcknowledgeNotices, false},
    {kOperations, Method::kReturnNotices, false},
    {kOperations, Method::kCheckHealth, true},
    {kOperations, Method::kWatchHealth, true},
    {kRegion, Method::kReviseNotice, true},
    {kRegion, Method::kWithdrawNotice, true},
    {kRegion, Method::kAcknowledgeOutcome, true},
    {kRegion, Method::kWatchNotices, true},
    {kMunicipality, Method::kReviseNotice, false},
    {kMunicipality, Method::kWithdrawNotice, false},
    {kMunicipality, Method::kAcknowledgeOutcome, false},
    {kMunicipality, Method::kWatchNotices, false},
    {kOperations, Method::kReviseNotice, false},
    {kOperations, Method::kWithdrawNotice, false},
    {kOperations, Method::kAcknowledgeOutcome, false},
    {kOperations, Method::kWatchNotices, false},
    {kRegion, Method::kListInboxes, false},
    {kRegion, Method::kListOperationsNotices, false},
    {kRegion, Method::kTraceNotice, false},
    {kRegion, Method::kRedriveNotices, false},
    {kRegion, Method::kReturnNotice, false},
    {kRegion, Method::kSuspendParticipant, false},
    {kRegion, Method::kResumeParticipant, false},
    {kRegion, Method::kListParticipants, false},
    {kRegion, Method::kWatchEvents, false},
    {kRegion, Method::kGetBrokerStatus, false},
    {kMunicipality, Method::kListInboxes, false},
    {kMunicipality, Method::kListOperationsNotices, false},
    {kMunicipality, Method::kTraceNotice, false},
    {kMunicipality, Method::kRedriveNotices, false},
    {kMunicipality, Method::kReturnNotice, false},
    {kMunicipality, Method::kSuspendParticipant, false},
    {kMunicipality, Method::kResumeParticipant, false},
    {kMunicipality, Method::kListParticipants, false},
    {kMunicipality, Method::kWatchEvents, false},
    {kMunicipality, Method::kGetBrokerStatus, false},
    {kOperations, Method::kListInboxes, true},
    {kOperations, Method::kListOperationsNotices, true},
    {kOperations, Method::kTraceNotice, true},
    {kOperations, Method::kRedriveNotices, true},
    {kOperations, Method::kReturnNotice, true},
    {kOperations, Method::kSuspendParticipant, true},
    {kOperations, Method::kResumeParticipant, true},
    {kOperations, Method::kListParticipants, true},
    {kOperations, Method::kWatchEvents, true},
    {kOperations, Method::kGetBrokerStatus, true},
};

TEST(AccessPolicy, EveryCellIsAsExpected) {
  for (const auto& cell : kExpected) {
    const std::optional<Reason> expected =
        cell.allowed ? std::nullopt : std::optional<Reason>(Reason::kCallerKindNotAllowed);
    EXPECT_EQ(Forbids(cell.kind, cell.method), expected)
        << "kind " << static_cast<int>(cell.kind) << ", method " << static_cast<int>(cell.method);
  }
}

TEST(AccessPolicy, EveryMethodHasOneRowAndThreeExpectedCells) {
  std::set<Method> methods;
  for (const AccessRule& rule : kAccessPolicy) EXPECT_TRUE(methods.insert(rule.method).second);
  std::set<std::pair<ParticipantKind, Method>> cells;
  for (const auto& cell : kExpected) {
    EXPECT_TRUE(methods.contains(cell.method));
    cells.insert({cell.kind, cell.method});
  }
  EXPECT_EQ(cells.size(), methods.size() * 3);
}

// Each of them exists, and each call of a service that the broker has stands in the table.
TEST(AccessPolicy, TheTableNamesEveryCallOfTheServicesAndNoOther) {
  std::set<std::string> calls;
  for (const google::protobuf::FileDescriptor* file :
       {v1::PullNoticesRequest::descriptor()->file(), v1::SubmitNoticeRequest::descriptor()->file(),
        v1::TraceNoticeRequest::descriptor()->file(), grpc::health::v1::HealthCheckRequest::descriptor()->file()}) {
    for (int index = 0; index < file->service_count(); ++index) {
      const google::protobuf::ServiceDescriptor& service = *file->service(index);
      for (int method = 0; method < service.method_count(); ++method) {
        calls.insert(service.full_name() + "/" + service.method(method)->name());
      }
    }
  }
  std::set<std::string> rows;
  for (const AccessRule& rule : kAccessPolicy) rows.insert(std::string(rule.path));
  EXPECT_EQ(rows, calls);
}

TEST(AccessPolicy, WhatIsNotInTheTableIsForbidden) {
  EXPECT_EQ(Forbids(kRegion, static_cast<Method>(1000)), Reason::kCallerKindNotAllowed);
  EXPECT_EQ(Forbids(static_cast<ParticipantKind>(1000), Method::kGetServiceInfo), Reason::kCallerKindNotAllowed);
}

}  // namespace
}  // namespace envej::admission
