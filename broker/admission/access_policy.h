#ifndef ENVEJ_BROKER_ADMISSION_ACCESS_POLICY_H_
#define ENVEJ_BROKER_ADMISSION_ACCESS_POLICY_H_

#include <array>
#include <optional>

#include "absl/strings/string_view.h"
#include "certs/identity.h"
#include "proto/contract/rejection.h"

namespace envej::admission {

// Every call that the broker answers, but for gRPC's reflection where that is switched on, which tells what the
// contract is.
enum class Method {
  kSubmitNotice,
  kSubmitNotices,
  kReviseNotice,
  kWithdrawNotice,
  kAcknowledgeOutcome,
  kWatchNotices,
  kGetNotice,
  kListNotices,
  kListMunicipalities,
  kGetServiceInfo,
  kPullNotices,
  kExtendLeases,
  kAcknowledgeNotices,
  kReturnNotices,
  kListInboxes,
  kListOperationsNotices,
  kTraceNotice,
  kRedriveNotices,
  kReturnNotice,
  kSuspendParticipant,
  kResumeParticipant,
  kListParticipants,
  kWatchEvents,
  kGetBrokerStatus,
  kCheckHealth,
  kWatchHealth,
};

// Which kinds of caller may make a call.
struct AccessRule {
  Method method;
  absl::string_view path;  // of the call, as gRPC has it, without its first slash
  bool region;
  bool municipality;
  bool operations;
};

// The whole policy. A method without a row is nobody's.
// clang-format off
inline constexpr auto kAccessPolicy = std::to_array<AccessRule>({
    //                                                                                region  municipality  operations
    {Method::kSubmitNotice,          "envej.v1.IntakeService/SubmitNotice",           true,   false,        false},
    {Method::kSubmitNotices,         "envej.v1.IntakeService/SubmitNotices",          true,   false,        false},
    {Method::kReviseNotice,          "envej.v1.IntakeService/ReviseNotice",           true,   false,        false},
    {Method::kWithdrawNotice,        "envej.v1.IntakeService/WithdrawNotice",         true,   false,        false},
    {Method::kAcknowledgeOutcome,    "envej.v1.IntakeService/AcknowledgeOutcome",     true,   false,        false},
    {Method::kWatchNotices,          "envej.v1.IntakeService/WatchNotices",           true,   false,        false},
    {Method::kGetNotice,             "envej.v1.IntakeService/GetNotice",              true,   false,        false},
    {Method::kListNotices,           "envej.v1.IntakeService/ListNotices",            true,   false,        false},
    {Method::kListMunicipalities,    "envej.v1.IntakeService/ListMunicipalities",     true,   false,        false},
    {Method::kGetServiceInfo,        "envej.v1.IntakeService/GetServiceInfo",         true,   true,         true},
    {Method::kPullNotices,           "envej.v1.InboxService/PullNotices",             false,  true,         false},
    {Method::kExtendLeases,          "envej.v1.InboxService/ExtendLeases",            false,  true,         false},
    {Method::kAcknowledgeNotices,    "envej.v1.InboxService/AcknowledgeNotices",      false,  true,         false},
    {Method::kReturnNotices,         "envej.v1.InboxService/ReturnNotices",           false,  true,         false},
    {Method::kListInboxes,           "envej.v1.OperationsService/ListInboxes",        false,  false,        true},
    {Method::kListOperationsNotices, "envej.v1.OperationsService/ListNotices",        false,  false,        true},
    {Method::kTraceNotice,           "envej.v1.OperationsService/TraceNotice",        false,  false,        true},
    {Method::kRedriveNotices,        "envej.v1.OperationsService/RedriveNotices",     false,  false,        true},
    {Method::kReturnNotice,          "envej.v1.OperationsService/ReturnNotice",       false,  false,        true},
    {Method::kSuspendParticipant,    "envej.v1.OperationsService/SuspendParticipant", false,  false,        true},
    {Method::kResumeParticipant,     "envej.v1.OperationsService/ResumeParticipant",  false,  false,        true},
    {Method::kListParticipants,      "envej.v1.OperationsService/ListParticipants",   false,  false,        true},
    {Method::kWatchEvents,           "envej.v1.OperationsService/WatchEvents",        false,  false,        true},
    {Method::kGetBrokerStatus,       "envej.v1.OperationsService/GetBrokerStatus",    false,  false,        true},
    {Method::kCheckHealth,           "grpc.health.v1.Health/Check",                   true,   true,         true},
    {Method::kWatchHealth,           "grpc.health.v1.Health/Watch",                   true,   true,         true},
});
// clang-format on

// Why this kind of caller may not make this call: kCallerKindNotAllowed; nothing if it may. Which notices and which
// inbox it may reach is a further question (admission.h).
std::optional<contract::Reason> Forbids(certs::ParticipantKind kind, Method method);

}  // namespace envej::admission

#endif  // ENVEJ_BROKER_ADMISSION_ACCESS_POLICY_H_
