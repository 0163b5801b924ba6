#ifndef ENVEJ_REGION_CLIENT_NOTICE_SEALER_H_
#define ENVEJ_REGION_CLIENT_NOTICE_SEALER_H_

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "certs/certificate.h"
#include "certs/revocation_set.h"
#include "certs/sealing.h"
#include "certs/tls_files.h"
#include "envej/v1/intake_service.pb.h"
#include "envej/v1/notice.pb.h"
#include "proto/contract/content_commitment.h"
#include "region-client/notice_file.h"

namespace envej::region {

// What a region seals with.
struct SealingFiles {
  certs::TlsFiles tls;  // its own certificate and key sign; inbox certificates must be under `authorities`
  std::string secret;   // for content commitments, as `envej-certs secret` makes it; empty to seal withdrawals alone
  std::vector<std::string> former_secrets;  // those that it replaced, at most four
  // Four digits: which region the certificate is of, where its subject says so to the broker's register alone. Empty
  // where it bears a URI name; a name that is another region's is an error.
  std::string region_code = {};
  // Four digits: whose notices are sealed, where it is a region that this one has succeeded; empty for its own.
  std::string notices_of = {};
  // A file or folder: the lists of `authorities`, against which inbox certificates are held. Empty: they are not.
  std::string revocation_lists = {};
};

// Seals notices to their municipalities before they leave, so that nobody on the way can read them, the broker
// included. It trusts no inbox certificate because the broker gives it, but checks each by itself.
//
// Thread safety: none.
class NoticeSealer {
 public:
  // Reads and checks the files, now. An error is one line that names the file and what to do; one is also that every
  // revocation list has expired.
  static absl::StatusOr<NoticeSealer> Create(const SealingFiles& files, absl::Time now);

  // Takes over what the broker says of the municipalities, with those inbox certificates that may be sealed to at
  // `now`. With revocation lists, one that they say is revoked may not, nor one of which no current list says anything.
  void Learn(const v1::ListMunicipalitiesResponse& response, absl::Time now);

  // The notice as it is sent: sealed, signed and with its commitments. Or why it cannot be sealed, as the broker would
  // refuse it: MUNICIPALITY_UNKNOWN, MUNICIPALITY_NOT_PARTICIPATING, INBOX_CERTIFICATE_MISSING; the last also when none
  // of the certificates can be trusted, and the text then says what is wrong with the first.
  std::variant<v1::Notice, Refusal> Seal(const v1::Notice& plain) const;

  // A withdrawal as it is sent: sealed and signed. FAILED_PRECONDITION if there is no certificate that it may be sealed
  // to, with one line that says why.
  absl::StatusOr<v1::Withdrawal> Seal(const v1::Withdrawal& plain) const;

  // Whether `commitment` is one of this notice, by any of the secrets.
  bool IsOf(const v1::ContentCommitment& commitment, const v1::Notice& plain) const;
  // Whose notices are sealed: four digits.
  const std::string& region_code() const { return region_code_; }
  // Whether one of the secrets has this id.
  bool Knows(const std::string& key_id) const;

 private:
  struct Inbox {
    bool participating = false;
    std::vector<certs::Certificate> certificates;
    std::string why_none;
  };

  NoticeSealer(certs::Sealer sealer, std::string region_code, std::vector<certs::Certificate> authorities,
               std::vector<contract::CommitmentSecret> secrets, std::optional<certs::RevocationSet> revocations)
      : sealer_(std::move(sealer)),
        region_code_(std::move(region_code)),
        authorities_(std::move(authorities)),
        secrets_(std::move(secrets)),
        revocations_(std::move(revocations)) {}

  absl::Status CheckInbox(const certs::Certificate& certificate, absl::string_view municipality_code,
                          absl::Time now) const;

  certs::Sealer sealer_;
  std::string region_code_;  // whose notices are sealed
  std::vector<certs::Certificate> authorities_;
  std::vector<contract::CommitmentSecret> secrets_;  // the one in use first
  std::optional<certs::RevocationSet> revocations_;
  std::map<std::string, Inbox> inboxes_;  // by municipality
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_NOTICE_SEALER_H_
