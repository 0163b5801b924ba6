#include "broker/wire/content_keeper.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "proto/contract/rejection.h"
#include "proto/contract/sealed_payload.h"
#include "proto/contract/wiping.h"

namespace envej::wire {
namespace {

using certs::Certificate;
using contract::Reason;

std::vector<Certificate> InForce(const std::vector<Certificate>& certificates, absl::Time now) {
  std::vector<Certificate> in_force;
  std::copy_if(certificates.begin(), certificates.end(), std::back_inserter(in_force),
               [now](const Certificate& certificate) { return certificate.IsValidAt(now); });
  return in_force;
}

struct WipedNotice {
  explicit WipedNotice(v1::Notice sent) : message(std::move(sent)) {}
  ~WipedNotice() { contract::Wipe(message); }
  WipedNotice(const WipedNotice&) = delete;
  WipedNotice& operator=(const WipedNotice&) = delete;

  v1::Notice message;
};

inbox::Kept AsKept(const v1::Envelope& envelope, v1::SealedContent sealed) {
  v1::Notice kept;
  *kept.mutable_envelope() = envelope;
  *kept.mutable_sealed() = std::move(sealed);
  return {.content = kept.SerializeAsString(), .besides = {}};
}

}  // namespace

inbox::Keep ContentKeeper::Keep(const Caller& caller, v1::Notice message, const admission::Municipality& municipality,
                                absl::Time now) const {
  return [this, caller, sent = std::make_shared<const WipedNotice>(std::move(message)), &municipality,
          now]() -> absl::StatusOr<inbox::Kept> {
    const std::vector<Certificate> in_force = InForce(municipality.inbox_certificates, now);
    const v1::Notice& notice = sent->message;
    if (in_force.empty()) return contract::Refusal(Reason::kInboxCertificateMissing);
    if (notice.has_sealed()) return KeepSealed(caller, notice, in_force);
    if (municipality.sealed_by_sender_only) return contract::Refusal(Reason::kContentNotSealed);
    return KeepPlain(caller, notice, in_force);
  };
}

absl::StatusOr<inbox::Kept> ContentKeeper::KeepPlain(const Caller& caller, const v1::Notice& message,
                                                     const std::vector<Certificate>& in_force) const {
  const certs::Sealer& sealer = caller.trust->sealer();
  std::string payload = contract::SealedPayloadOf(caller.identity.code, message);
  absl::StatusOr<std::string> cms = sealer.Seal(payload, in_force);
  contract::Wipe(payload);
  if (!cms.ok()) return absl::InternalError("the content of a notice cannot be sealed");
  const Certificate& own = sealer.certificate();
  v1::SealedContent sealed;
  sealed.set_cms(*std::move(cms));
  sealed.set_signer_fingerprint(own.fingerprint());
  sealed.set_sealed_by(v1::SEALED_BY_BROKER);
  inbox::Kept kept = AsKept(message.envelope(), std::move(sealed));
  const absl::StatusOr<std::optional<inbox::SignerCertificate>> known = signers_.Find(own.fingerprint());
  if (!known.ok() || !known->has_value()) {
    kept.besides.push_back(inbox::SignerCertificates::Entry(own.fingerprint(), {.owner = "", .der = own.der()}));
  }
  return kept;
}

absl::StatusOr<inbox::Kept> ContentKeeper::KeepSealed(const Caller& caller, const v1::Notice& message,
                                                      const std::vector<Certificate>& in_force) const {
  const absl::StatusOr<bool> to_inbox = certs::IsSealedTo(message.sealed().cms(), in_force);
  if (!to_inbox.ok()) return contract::Refusal(Reason::kSealedContentInvalid, "sealed.cms");
  if (!*to_inbox) return contract::Refusal(Reason::kSealedToAnother, "sealed.cms");
  const std::string& fingerprint = message.sealed().signer_fingerprint();
  const absl::StatusOr<std::optional<inbox::SignerCertificate>> known = signers_.Find(fingerprint);
  const bool is_shown = fingerprint == caller.certificate.fingerprint();
  const bool is_known = known.ok() && known->has_value() && (*known)->owner == caller.identity.code;
  if (!is_shown && !is_known) {
    return known.ok() ? contract::Refusal(Reason::kSignerUnknown, "sealed.signer_fingerprint") : known.status();
  }
  v1::SealedContent sealed;
  sealed.set_cms(message.sealed().cms());
  sealed.set_signer_fingerprint(fingerprint);
  sealed.set_sealed_by(v1::SEALED_BY_REGION);
  inbox::Kept kept = AsKept(message.envelope(), std::move(sealed));
  if (!is_known) {
    kept.besides.push_back(inbox::SignerCertificates::Entry(
        fingerprint, {.owner = caller.identity.code, .der = caller.certificate.der()}));
  }
  return kept;
}

}  // namespace envej::wire
