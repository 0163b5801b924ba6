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

// An item as it is handed out, but for what its record and its lease say.
inbox::Kept AsKept(const v1::InboxItem& item, std::vector<store::KeyValue> besides) {
  return {.content = item.SerializeAsString(), .besides = std::move(besides)};
}

}  // namespace

inbox::Keep ContentKeeper::Keep(const Caller& caller, std::string region_code, v1::Notice message,
                                const admission::Municipality& municipality, absl::Time now) const {
  return [this, caller, region_code = std::move(region_code),
          sent = std::make_shared<const WipedNotice>(std::move(message)), &municipality,
          now]() -> absl::StatusOr<inbox::Kept> {
    const std::vector<Certificate> in_force = InForce(municipality.inbox_certificates, now);
    const v1::Notice& notice = sent->message;
    if (in_force.empty()) return contract::Refusal(Reason::kInboxCertificateMissing);
    if (!notice.has_sealed() && municipality.sealed_by_sender_only) {
      return contract::Refusal(Reason::kContentNotSealed);
    }
    absl::StatusOr<Sealed> sealed;
    if (notice.has_sealed()) {
      sealed = Check(caller, notice.sealed(), in_force);
    } else {
      std::string payload = contract::SealedPayloadOf(region_code, notice);
      sealed = Seal(caller, payload, in_force);
      contract::Wipe(payload);
    }
    if (!sealed.ok()) return sealed.status();
    v1::InboxItem item;
    *item.mutable_notice()->mutable_envelope() = notice.envelope();
    *item.mutable_notice()->mutable_sealed() = std::move(sealed->content);
    return AsKept(item, std::move(sealed->besides));
  };
}

inbox::Keep ContentKeeper::Keep(const Caller& caller, std::string region_code, v1::Withdrawal message,
                                const admission::Municipality& municipality, absl::Time now) const {
  return [this, caller, region_code = std::move(region_code), withdrawal = std::move(message), &municipality,
          now]() -> absl::StatusOr<inbox::Kept> {
    const std::vector<Certificate> in_force = InForce(municipality.inbox_certificates, now);
    if (in_force.empty()) return contract::Refusal(Reason::kInboxCertificateMissing);
    if (!withdrawal.has_sealed() && municipality.sealed_by_sender_only) {
      return contract::Refusal(Reason::kContentNotSealed);
    }
    absl::StatusOr<Sealed> sealed = withdrawal.has_sealed()
                                        ? Check(caller, withdrawal.sealed(), in_force)
                                        : Seal(caller, contract::SealedPayloadOf(region_code, withdrawal), in_force);
    if (!sealed.ok()) return sealed.status();
    v1::InboxItem item;
    *item.mutable_withdrawal() = withdrawal;
    *item.mutable_withdrawal()->mutable_sealed() = std::move(sealed->content);
    return AsKept(item, std::move(sealed->besides));
  };
}

absl::StatusOr<ContentKeeper::Sealed> ContentKeeper::Seal(const Caller& caller, absl::string_view payload,
                                                          const std::vector<Certificate>& in_force) const {
  const certs::Sealer& sealer = caller.trust->sealer();
  absl::StatusOr<std::string> cms = sealer.Seal(payload, in_force);
  if (!cms.ok()) return absl::InternalError("the content of a notice cannot be sealed");
  const Certificate& own = sealer.certificate();
  Sealed sealed;
  sealed.content.set_cms(*std::move(cms));
  sealed.content.set_signer_fingerprint(own.fingerprint());
  sealed.content.set_sealed_by(v1::SEALED_BY_BROKER);
  const absl::StatusOr<std::optional<inbox::SignerCertificate>> known = signers_.Find(own.fingerprint());
  if (!known.ok() || !known->has_value()) {
    sealed.besides.push_back(inbox::SignerCertificates::Entry(own.fingerprint(), {.owner = "", .der = own.der()}));
  }
  return sealed;
}

absl::StatusOr<ContentKeeper::Sealed> ContentKeeper::Check(const Caller& caller, const v1::SealedContent& sent,
                                                           const std::vector<Certificate>& in_force) const {
  const absl::StatusOr<bool> to_inbox = certs::IsSealedTo(sent.cms(), in_force);
  if (!to_inbox.ok()) return contract::Refusal(Reason::kSealedContentInvalid, "sealed.cms");
  if (!*to_inbox) return contract::Refusal(Reason::kSealedToAnother, "sealed.cms");
  const std::string& fingerprint = sent.signer_fingerprint();
  const absl::StatusOr<std::optional<inbox::SignerCertificate>> known = signers_.Find(fingerprint);
  const bool is_shown = fingerprint == caller.certificate.fingerprint();
  const bool is_known = known.ok() && known->has_value() && (*known)->owner == caller.identity.code;
  if (!is_shown && !is_known) {
    return known.ok() ? contract::Refusal(Reason::kSignerUnknown, "sealed.signer_fingerprint") : known.status();
  }
  Sealed sealed;
  sealed.content.set_cms(sent.cms());
  sealed.content.set_signer_fingerprint(fingerprint);
  sealed.content.set_sealed_by(v1::SEALED_BY_REGION);
  if (!is_known) {
    sealed.besides.push_back(inbox::SignerCertificates::Entry(
        fingerprint, {.owner = caller.identity.code, .der = caller.certificate.der()}));
  }
  return sealed;
}

}  // namespace envej::wire
