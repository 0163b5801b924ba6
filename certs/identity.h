#ifndef ENVEJ_CERTS_IDENTITY_H_
#define ENVEJ_CERTS_IDENTITY_H_

#include <compare>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace envej::certs {

enum class ParticipantKind { kRegion, kMunicipality, kOperations };

// Who a participant is, as its certificate says. Whether that participant is registered, and what it may do, is for
// the broker to decide.
struct Identity {
  ParticipantKind kind = ParticipantKind::kOperations;
  std::string code;    // region or municipality: four digits; operations: a name
  std::string origin;  // which of a region's systems, a name; empty if the certificate speaks for the whole region

  bool operator==(const Identity&) const = default;
};

// A name in an identity: 1 to 32 of the characters a-z, 0-9 and hyphen.
bool IsIdentityName(absl::string_view text);

// The identity that a certificate's URI name states: exactly one of
//   urn:envej:region:1081   urn:envej:region:1081:ORIGIN   urn:envej:municipality:0101   urn:envej:operations:NAME
// INVALID_ARGUMENT for any other text, however close; the message does not repeat it.
absl::StatusOr<Identity> ParseIdentityUri(absl::string_view uri);

// The one URI of an identity: ParseIdentityUri gives the same identity back.
std::string ToUri(const Identity& identity);

// The URI of the participant that an identity is of, whichever of its systems it names.
std::string ParticipantUri(const Identity& identity);

// The name in `urn:envej:broker:NAME`, which is a server's and no participant's. INVALID_ARGUMENT for any other text.
absl::StatusOr<std::string> ParseBrokerUri(absl::string_view uri);

// An attribute of a certificate's subject by which a participant may be known, as Danish OCES system certificates are.
enum class SubjectAttribute { kSerialNumber, kOrganizationIdentifier };

struct SubjectName {
  SubjectAttribute attribute = SubjectAttribute::kSerialNumber;
  std::string value;  // UTF-8; no two values are alike unless every byte is

  auto operator<=>(const SubjectName&) const = default;
};

// Who is known by which.
using SubjectTable = std::map<SubjectName, Identity>;

// All that a certificate says of who it is for, in order.
struct CertificateNames {
  std::vector<std::string> uris;
  std::vector<SubjectName> subject_names;
};

// The one participant that the names are of: by the one URI name, or, where there is no URI name, by the subject. Where
// both say somebody, or both attributes of the subject do, it must be the same. INVALID_ARGUMENT, in words that follow
// "the certificate" and repeat nothing of it: for nobody; for two; for two URI names or two of one attribute, whatever
// they say; for a URI name that is no participant's.
absl::StatusOr<Identity> IdentifyParticipant(const CertificateNames& names, const SubjectTable& table);

// By what operations are told of a certificate: the first 8 hexadecimal digits of its SHA-256 fingerprint, as much as
// tells certificates apart. Of a fingerprint, or at least four bytes that it begins with.
std::string ShortFingerprint(absl::string_view fingerprint);

// "region", "municipality" or "operations", as in the URI.
absl::string_view KindName(ParticipantKind kind);

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_IDENTITY_H_
