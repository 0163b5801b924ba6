#ifndef ENVEJ_TESTS_SUPPORT_TRUST_WORLD_H_
#define ENVEJ_TESTS_SUPPORT_TRUST_WORLD_H_

#include <memory>
#include <optional>
#include <vector>

#include "broker/trust/trust.h"
#include "certs/revocation_set.h"

namespace envej::support {

// What may differ from trust to trust.
struct TrustSettings {
  bool municipality_suspended = false;
  std::optional<certs::RevocationSet> revocations = std::nullopt;
  std::vector<certs::Certificate> authorities = {};         // SharedAuthority's, if none are given
  std::vector<certs::Certificate> inbox_certificates = {};  // InboxFor's, if none are given
};

// A trust in region 1081 and municipality kCode, which have an agreement, under SharedAuthority (broker_process.h).
std::shared_ptr<const trust::Trust> MakeTrust(const TrustSettings& settings = {});

}  // namespace envej::support

#endif  // ENVEJ_TESTS_SUPPORT_TRUST_WORLD_H_
