#ifndef ENVEJ_CERTS_REVOCATION_LIST_H_
#define ENVEJ_CERTS_REVOCATION_LIST_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/certificate.h"
#include "certs/openssl_pointers.h"
#include "certs/revocation.h"

namespace envej::certs {

// A complete revocation list of one authority (RFC 5280, section 5). Not for use from several threads at once.
class RevocationList {
 public:
  static constexpr size_t kEntriesMost = 200'000;

  // Every list in the text: PEM blocks or, if there is none, lists in DER one after another; at least one.
  // INVALID_ARGUMENT in a few words, which never repeat what was read: malformed; not complete in itself (a delta list,
  // an indirect one, or one for some certificates or reasons only); with a critical extension that is not understood;
  // without next update; larger than kEntriesMost; signed over MD5 or SHA-1.
  static absl::StatusOr<std::vector<RevocationList>> Parse(absl::string_view contents);

  // Whether the authority, which may sign lists, signed this one under its own name.
  bool IsSignedBy(const Certificate& authority) const;

  const std::string& number() const { return number_; }  // as SerialText gives it; empty if it states none
  absl::Time this_update() const { return this_update_; }
  absl::Time next_update() const { return next_update_; }
  const X509_NAME& issuer() const { return *X509_CRL_get_issuer(parsed_.get()); }
  // In no particular order; without those that are taken off again (removeFromCRL).
  const std::vector<RevokedCertificate>& revoked() const { return revoked_; }

 private:
  explicit RevocationList(RevocationListPointer parsed) : parsed_(std::move(parsed)) {}

  absl::Status Read();

  RevocationListPointer parsed_;
  std::string number_;
  absl::Time this_update_;
  absl::Time next_update_;
  std::vector<RevokedCertificate> revoked_;
};

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_REVOCATION_LIST_H_
