// A peer's certificate and whom it names, and revocation lists.

#include "certs/certificate.h"

#include "certs/certificate_authority.h"
#include "certs/certificate_names.h"
#include "certs/identity.h"
#include "certs/revocation_list.h"
#include "tests/certs/test_files.h"
#include "tests/fuzz/fuzz_target.h"

namespace envej::fuzz {
namespace {

void TryNames(const certs::Certificate& certificate) {
  ENVEJ_FUZZ_CHECK(certificate.fingerprint().size() == 32);
  const certs::CertificateNames names = certs::NamesOf(certificate);
  const auto identity = certs::IdentifyParticipant(names, {});
  if (identity.ok()) ENVEJ_FUZZ_CHECK(*certs::ParseIdentityUri(certs::ToUri(*identity)) == *identity);
}

const certs::Certificate& TheAuthority() {
  static const auto* const authority = new certs::Certificate(certs::TestAuthority().AsCertificate());
  return *authority;
}

}  // namespace

void Try(absl::string_view bytes) {
  if (const auto identity = certs::ParseIdentityUri(bytes); identity.ok()) {
    ENVEJ_FUZZ_CHECK(certs::ToUri(*identity) == std::string(bytes));
  }
  certs::ParseBrokerUri(bytes).status().IgnoreError();
  if (const auto certificate = certs::Certificate::FromDer(bytes); certificate.ok()) {
    TryNames(*certificate);
    const auto again = certs::Certificate::FromDer(certificate->der());
    ENVEJ_FUZZ_CHECK(again.ok() && again->fingerprint() == certificate->fingerprint());
  }
  if (const auto certificates = certs::Certificate::FromPem(bytes); certificates.ok()) {
    for (const certs::Certificate& certificate : *certificates) TryNames(certificate);
  }
  if (const auto lists = certs::RevocationList::Parse(bytes); lists.ok()) {
    for (const certs::RevocationList& list : *lists) {
      ENVEJ_FUZZ_CHECK(list.revoked().size() <= certs::RevocationList::kEntriesMost);
      list.IsSignedBy(TheAuthority());
    }
  }
}

std::vector<std::string> Seeds() {
  const certs::TestAuthority authority;
  const certs::Certificate certificate =
      authority.IssueCertificate(certs::ClientRequest("urn:envej:region:1084:ward-1"));
  const std::string list =
      authority.RevocationListPem({certs::Revoked(certificate, certs::RevocationReason::kKeyCompromise)});
  return {certificate.der(), authority.CertificatePem(), list, "urn:envej:region:1084:ward-1",
          "urn:envej:municipality:0101"};
}

}  // namespace envej::fuzz
