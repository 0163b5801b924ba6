#include "broker/admission/access_policy.h"

#include <algorithm>

namespace envej::admission {
namespace {

bool Allows(const AccessRule& rule, certs::ParticipantKind kind) {
  switch (kind) {
    case certs::ParticipantKind::kRegion:
      return rule.region;
    case certs::ParticipantKind::kMunicipality:
      return rule.municipality;
    case certs::ParticipantKind::kOperations:
      return rule.operations;
  }
  return false;
}

}  // namespace

std::optional<contract::Reason> Forbids(certs::ParticipantKind kind, Method method) {
  const auto* rule = std::find_if(kAccessPolicy.begin(), kAccessPolicy.end(),
                                  [&](const AccessRule& row) { return row.method == method; });
  if (rule != kAccessPolicy.end() && Allows(*rule, kind)) return std::nullopt;
  return contract::Reason::kCallerKindNotAllowed;
}

}  // namespace envej::admission
