#include "region-client/pages/sign_in.h"

#include <algorithm>

#include "certs/certificate_names.h"
#include "certs/identity.h"
#include "proto/contract/text_rules.h"

namespace envej::region {
namespace {

constexpr size_t kStaffNameCharacters = 200;

std::vector<std::string> AllNamesOf(const certs::Certificate& certificate) {
  const certs::CertificateNames said = certs::NamesOf(certificate);
  std::vector<std::string> names = said.uris;
  for (const certs::SubjectName& name : said.subject_names) {
    if (!name.value.empty()) names.push_back(name.value);
  }
  return names;
}

bool AnyOf(const std::vector<std::string>& names, const std::vector<std::string>& listed) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return std::find(listed.begin(), listed.end(), name) != listed.end();
  });
}

PeerKind KindOf(const std::vector<std::string>& names, const SignInOptions& options) {
  const bool is_system = AnyOf(names, options.systems);
  const bool is_proxy = options.proxy.has_value() && AnyOf(names, {options.proxy->certificate});
  const bool is_staff = AnyOf(names, options.staff);
  if (is_system + is_proxy + is_staff != 1) return PeerKind::kNobody;
  if (is_system) return PeerKind::kSystem;
  return is_proxy ? PeerKind::kProxy : PeerKind::kStaff;
}

}  // namespace

Peer PeerOf(const certs::Certificate& certificate, const SignInOptions& options) {
  const std::vector<std::string> names = AllNamesOf(certificate);
  return {.kind = KindOf(names, options),
          .name = names.empty() ? certs::ShortFingerprint(certificate.fingerprint()) : names.front(),
          .fingerprint = certificate.fingerprint()};
}

bool IsStaffName(const std::string& text) {
  const std::optional<size_t> characters = contract::CountCharacters(text);
  return characters.has_value() && *characters <= kStaffNameCharacters && !contract::IsBlank(text) &&
         !contract::HasControlCharacter(text);
}

}  // namespace envej::region
