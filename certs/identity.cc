#include "certs/identity.h"

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "proto/contract/text_rules.h"

namespace envej::certs {
namespace {

constexpr absl::string_view kPrefix = "urn:envej:";
constexpr size_t kNameCharacters = 32;
constexpr size_t kShortFingerprintBytes = 4;
// Longer than any proper URI: nothing longer is taken apart.
constexpr size_t kUriCharacters = 96;

absl::Status NotAnIdentity() {
  return absl::InvalidArgumentError(
      "not a participant's URI: expected urn:envej:region:CODE, urn:envej:region:CODE:ORIGIN, "
      "urn:envej:municipality:CODE or urn:envej:operations:NAME");
}

}  // namespace

bool IsIdentityName(absl::string_view text) {
  return !text.empty() && text.size() <= kNameCharacters && std::all_of(text.begin(), text.end(), [](char character) {
    return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9') || character == '-';
  });
}

absl::StatusOr<Identity> ParseIdentityUri(absl::string_view uri) {
  if (uri.size() > kUriCharacters || !absl::ConsumePrefix(&uri, kPrefix)) return NotAnIdentity();
  const std::vector<absl::string_view> parts = absl::StrSplit(uri, ':');
  if (parts.size() == 2 && parts[0] == "region" && contract::IsCode(parts[1])) {
    return Identity{ParticipantKind::kRegion, std::string(parts[1]), ""};
  }
  if (parts.size() == 3 && parts[0] == "region" && contract::IsCode(parts[1]) && IsIdentityName(parts[2])) {
    return Identity{ParticipantKind::kRegion, std::string(parts[1]), std::string(parts[2])};
  }
  if (parts.size() == 2 && parts[0] == "municipality" && contract::IsCode(parts[1])) {
    return Identity{ParticipantKind::kMunicipality, std::string(parts[1]), ""};
  }
  if (parts.size() == 2 && parts[0] == "operations" && IsIdentityName(parts[1])) {
    return Identity{ParticipantKind::kOperations, std::string(parts[1]), ""};
  }
  return NotAnIdentity();
}

std::string ToUri(const Identity& identity) {
  return absl::StrCat(kPrefix, KindName(identity.kind), ":", identity.code, identity.origin.empty() ? "" : ":",
                      identity.origin);
}

std::string ParticipantUri(const Identity& identity) {
  return ToUri({.kind = identity.kind, .code = identity.code, .origin = ""});
}

absl::StatusOr<std::string> ParseBrokerUri(absl::string_view uri) {
  if (!absl::ConsumePrefix(&uri, kPrefix) || !absl::ConsumePrefix(&uri, "broker:") || !IsIdentityName(uri)) {
    return absl::InvalidArgumentError("not a broker's URI: expected urn:envej:broker:NAME");
  }
  return std::string(uri);
}

absl::StatusOr<Identity> IdentifyParticipant(const CertificateNames& names, const SubjectTable& table) {
  if (names.uris.size() > 1) return absl::InvalidArgumentError("bears more than one URI name");
  std::optional<Identity> named;
  if (!names.uris.empty()) {
    const absl::StatusOr<Identity> identity = ParseIdentityUri(names.uris.front());
    if (!identity.ok()) return absl::InvalidArgumentError("bears a URI name that is no participant's");
    named = *identity;
  }
  std::set<SubjectAttribute> seen;
  for (const SubjectName& name : names.subject_names) {
    if (!seen.insert(name.attribute).second) {
      return absl::InvalidArgumentError("bears an attribute of its subject more than once");
    }
    const auto found = table.find(name);
    if (found == table.end()) continue;
    if (named.has_value() && *named != found->second) {
      return absl::InvalidArgumentError("names two different participants");
    }
    named = found->second;
  }
  if (!named.has_value()) return absl::InvalidArgumentError("names no participant");
  return *named;
}

std::string ShortFingerprint(absl::string_view fingerprint) {
  return absl::BytesToHexString(fingerprint.substr(0, kShortFingerprintBytes));
}

absl::string_view KindName(ParticipantKind kind) {
  switch (kind) {
    case ParticipantKind::kRegion:
      return "region";
    case ParticipantKind::kMunicipality:
      return "municipality";
    case ParticipantKind::kOperations:
      return "operations";
  }
  return "";
}

}  // namespace envej::certs
