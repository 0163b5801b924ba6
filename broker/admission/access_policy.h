#ifndef ENVEJ_BROKER_ADMISSION_ACCESS_POLICY_H_
#define ENVEJ_BROKER_ADMISSION_ACCESS_POLICY_H_

#include <array>
#include <optional>

#include "certs/identity.h"
#include "proto/contract/rejection.h"

namespace envej::admission {

// Every call of the contract.
enum class Method {
  kSubmitNotice,
  kSubmitNotices,
  kGetNotice,
  kListNotices,
  kListMunicipalities,
  kGetServiceInfo,
  kPullNotices,
  kExtendLeases,
  kAcknowledgeNotices,
  kReturnNotices,
};

// Which kinds of caller may make a call.
struct AccessRule {
  Method method;
  bool region;
  bool municipality;
  bool operations;
};

// The whole policy. A method without a row is nobody's.
// clang-format off
inline constexpr auto kAccessPolicy = std::to_array<AccessRule>({
    //                            region municipality operations
    {Method::kSubmitNotice,        true,  false,       false},
    {Method::kSubmitNotices,       true,  false,       false},
    {Method::kGetNotice,           true,  false,       false},
    {Method::kListNotices,         true,  false,       false},
    {Method::kListMunicipalities,  true,  false,       false},
    {Method::kGetServiceInfo,      true,  true,        true},
    {Method::kPullNotices,         false, true,        false},
    {Method::kExtendLeases,        false, true,        false},
    {Method::kAcknowledgeNotices,  false, true,        false},
    {Method::kReturnNotices,       false, true,        false},
});
// clang-format on

// Why this kind of caller may not make this call: kCallerKindNotAllowed; nothing if it may. Which notices and which
// inbox it may reach is a further question (admission.h).
std::optional<contract::Reason> Forbids(certs::ParticipantKind kind, Method method);

}  // namespace envej::admission

#endif  // ENVEJ_BROKER_ADMISSION_ACCESS_POLICY_H_
