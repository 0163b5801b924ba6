#ifndef ENVEJ_MUNICIPALITY_CLIENT_CONTENT_OPENER_H_
#define ENVEJ_MUNICIPALITY_CLIENT_CONTENT_OPENER_H_

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "certs/certificate.h"
#include "certs/identity.h"
#include "certs/sealing.h"
#include "certs/signer_check.h"
#include "envej/v1/inbox_service.pb.h"
#include "municipality-client/revocation_lists.h"
#include "municipality-client/successions.h"

namespace envej::municipality_client {

// What a municipality opens content with.
struct OpeningFiles {
  std::vector<std::string> inbox_certificates;  // at least one; several while keys roll over
  std::vector<std::string> inbox_keys;          // of each, in the same order; mode 0600 or narrower
  std::string authorities;                      // under which signers and their brokers must be
  std::string revocation_lists;                 // a file or folder; empty where revocation is not looked at
  certs::SubjectTable regions = {};             // those whose certificates name them by subject
  Successions successions = {};                 // those who may sign for others' notices
};

// Certificates by fingerprint.
using Signers = std::map<std::string, certs::Certificate>;
// Of what the broker gave, those that are certificates.
Signers ReadSigners(const std::vector<std::string>& ders);

// Opens sealed content and judges who sealed it, trusting nobody on the way: what the broker says of a notice must be
// what was signed, and the signer must have been who it should be when the notice was accepted.
//
// Thread safety: any thread, but RefreshRevocationLists only while nobody else calls anything.
class ContentOpener {
 public:
  // Reads and checks the files. An error is one line that names the file and what to do.
  static absl::StatusOr<ContentOpener> Create(const OpeningFiles& files);

  // RevocationLists::Refresh, where revocation is looked at.
  absl::Status RefreshRevocationLists();
  // RevocationLists::generation; 0 where revocation is not looked at.
  int revocation_generation() const { return revocations_.has_value() ? revocations_->generation() : 0; }

  // The plain notice; or why it is returned:
  //   CANNOT_BE_OPENED  sealed to none of the keys, changed, of another form, or not sealed at all
  //   NOT_AUTHENTIC     what was signed belongs to another notice, the signature does not hold, or the signer is not
  //                     this region, nor one that had succeeded it by then (or, where the broker sealed it, not a
  //                     broker), or was revoked by then
  // UNAVAILABLE, which is no reason to return it, while no current revocation list says anything of its signer.
  absl::StatusOr<std::variant<v1::Notice, v1::ReturnReason>> Open(const v1::InboxItem& item, const Signers& signers,
                                                                  absl::Time now) const;

  // Nothing if the item's withdrawal is what was signed, by who should have; or why it is returned, as above.
  // UNAVAILABLE as above.
  absl::StatusOr<std::optional<v1::ReturnReason>> OpenWithdrawal(const v1::InboxItem& item, const Signers& signers,
                                                                 absl::Time now) const;

 private:
  ContentOpener(certs::Opener opener, certs::SignerCheck check, certs::SubjectTable regions, Successions successions,
                std::optional<RevocationLists> revocations)
      : opener_(std::move(opener)),
        check_(std::move(check)),
        regions_(std::move(regions)),
        successions_(std::move(successions)),
        revocations_(std::move(revocations)) {}

  // What was signed, or why the item is returned. It may hold content: the caller wipes it.
  absl::StatusOr<std::variant<std::string, v1::ReturnReason>> Payload(const v1::InboxItem& item,
                                                                      const v1::SealedContent& sealed,
                                                                      const Signers& signers, absl::Time now) const;
  // OK if the signer is who the item says.
  absl::Status CheckSigner(const v1::InboxItem& item, v1::SealedBy sealed_by, const certs::Certificate& signer,
                           absl::Time now) const;

  certs::Opener opener_;
  certs::SignerCheck check_;
  certs::SubjectTable regions_;
  Successions successions_;
  std::optional<RevocationLists> revocations_;
};

}  // namespace envej::municipality_client

#endif  // ENVEJ_MUNICIPALITY_CLIENT_CONTENT_OPENER_H_
