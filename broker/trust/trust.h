#ifndef ENVEJ_BROKER_TRUST_TRUST_H_
#define ENVEJ_BROKER_TRUST_TRUST_H_

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "broker/admission/admission.h"
#include "broker/admission/participants.h"
#include "broker/mutex.h"
#include "certs/certificate.h"
#include "certs/identity.h"
#include "certs/revocation_set.h"
#include "certs/sealing.h"
#include "certs/signature.h"
#include "certs/signer_check.h"

namespace envej::trust {

// What the files said at one moment of whom the broker trusts and as whom it acts: the register, the authorities, the
// revocation lists, its own certificate and key. A call is judged and carried out by one of these from its beginning to
// its end, whatever is replaced meanwhile.
//
// Never changes, but for what it remembers of whom it judged. Thread-safe.
class Trust {
 public:
  struct Parts {
    admission::Participants participants;
    certs::SignerCheck authorities;                   // of those who call
    std::optional<certs::RevocationSet> revocations;  // nothing where revocation is not configured
    certs::Sealer sealer;                             // in the broker's own name
    certs::Signer signer;                             // with the same certificate and key
    absl::TimeZone copenhagen;
  };

  explicit Trust(Parts parts);

  const admission::Participants& participants() const { return parts_.participants; }
  const admission::Admission& admission() const { return admission_; }
  const std::optional<certs::RevocationSet>& revocations() const { return parts_.revocations; }
  const certs::Sealer& sealer() const { return parts_.sealer; }
  const certs::Signer& signer() const { return parts_.signer; }

  // Participants::ThresholdsOf, on the day of `now` in Copenhagen.
  contract::Thresholds ThresholdsOf(absl::string_view region_code, absl::string_view municipality_code,
                                    absl::Time now) const {
    return participants().ThresholdsOf(region_code, municipality_code, absl::ToCivilDay(now, parts_.copenhagen));
  }

  // The participant whose certificate this is, judged as of `now`: SignerCheck::Participant has the conditions and the
  // errors. A judgement is remembered for kJudgedAnewAfter, so that asking at every call costs about a microsecond.
  absl::StatusOr<certs::Identity> Identify(const certs::Certificate& certificate, absl::Time now) const;

  // Within this time a certificate that expires, or whose authority or revocation list does, is refused.
  static constexpr absl::Duration kJudgedAnewAfter = absl::Seconds(5);

 private:
  struct Judgement {
    absl::StatusOr<certs::Identity> who;
    absl::Time at;
  };

  const Parts parts_;
  const admission::Admission admission_;
  mutable Mutex mutex_;
  mutable std::map<std::string, Judgement> judged_ ENVEJ_GUARDED_BY(mutex_);  // by fingerprint
};

// The trust that is in force. Thread-safe.
class CurrentTrust {
 public:
  explicit CurrentTrust(std::shared_ptr<const Trust> trust) : trust_(std::move(trust)) {}

  std::shared_ptr<const Trust> Get() const {
    const MutexLock lock(mutex_);
    return trust_;
  }
  // For all who ask from now on.
  void Replace(std::shared_ptr<const Trust> trust) {
    const MutexLock lock(mutex_);
    trust_.swap(trust);
  }

 private:
  mutable Mutex mutex_;
  std::shared_ptr<const Trust> trust_ ENVEJ_GUARDED_BY(mutex_);
};

}  // namespace envej::trust

#endif  // ENVEJ_BROKER_TRUST_TRUST_H_
