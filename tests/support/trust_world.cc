#include "tests/support/trust_world.h"

#include <vector>

#include "certs/pem.h"
#include "proto/contract/day.h"
#include "tests/support/broker_process.h"

namespace envej::support {
namespace {

admission::Register MakeRegister(const TrustSettings& settings) {
  admission::Region region;
  region.code = "1081";
  region.name = "Region Nordjylland";
  admission::Municipality municipality;
  municipality.code = kCode;
  municipality.name = "København";
  municipality.participating = true;
  municipality.inbox_certificates = settings.inbox_certificates;
  if (municipality.inbox_certificates.empty()) {
    municipality.inbox_certificates = *certs::Certificate::FromPem(InboxFor(kCode).certificate_pem);
  }
  municipality.access.suspended = settings.municipality_suspended;
  admission::Register entries;
  entries.regions = {region};
  entries.municipalities = {municipality};
  entries.agreements = {{.region_code = "1081",
                         .municipality_code = kCode,
                         .first_day = absl::CivilDay(2020, 1, 1),
                         .last_day = absl::CivilDay(2090, 1, 1)}};
  return entries;
}

}  // namespace

std::shared_ptr<const trust::Trust> MakeTrust(const TrustSettings& settings) {
  const certs::IssuedCertificate own = SharedAuthority().Issue(certs::ServerRequest());
  std::vector<certs::Certificate> authorities = settings.authorities;
  if (authorities.empty()) authorities.push_back(SharedAuthority().AsCertificate());
  return std::make_shared<const trust::Trust>(
      trust::Trust::Parts{.participants = admission::Participants(MakeRegister(settings)),
                          .authorities = *certs::SignerCheck::Create(authorities),
                          .revocations = settings.revocations,
                          .sealer = *certs::Sealer::Create(certs::Certificate::FromPem(own.certificate_pem)->front(),
                                                           *certs::ParsePrivateKey(own.key_pem)),
                          .signer = *certs::Signer::FromPem(own.certificate_pem, own.key_pem),
                          .copenhagen = contract::CopenhagenTimeZone().value()});
}

}  // namespace envej::support
