#ifndef ENVEJ_CERTS_IDENTITY_H_
#define ENVEJ_CERTS_IDENTITY_H_

#include <string>

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

// The name in `urn:envej:broker:NAME`, which is a server's and no participant's. INVALID_ARGUMENT for any other text.
absl::StatusOr<std::string> ParseBrokerUri(absl::string_view uri);

// "region", "municipality" or "operations", as in the URI.
absl::string_view KindName(ParticipantKind kind);

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_IDENTITY_H_
