#include "municipality-client/content_opener.h"

#include <openssl/err.h>
#include <openssl/x509.h>

#include "absl/strings/str_cat.h"
#include "certs/key_file.h"
#include "certs/p256.h"
#include "certs/pem.h"
#include "certs/wiped_bytes.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/sealed_payload.h"

namespace envej::municipality_client {
namespace {

using certs::Certificate;

absl::Status InFile(const std::string& path, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(path, ": ", status.message()));
}

absl::StatusOr<std::vector<Certificate>> ReadCertificates(const std::string& path) {
  const absl::StatusOr<std::string> pem = certs::ReadCertificateFile(path);
  if (!pem.ok()) return pem.status();
  absl::StatusOr<std::vector<Certificate>> certificates = Certificate::FromPem(*pem);
  if (!certificates.ok()) return InFile(path, certificates.status());
  return certificates;
}

absl::StatusOr<certs::Opener::Inbox> ReadInbox(const std::string& certificate_path, const std::string& key_path) {
  absl::StatusOr<std::vector<Certificate>> certificates = ReadCertificates(certificate_path);
  if (!certificates.ok()) return certificates.status();
  absl::StatusOr<std::string> pem = certs::ReadKeyFile(key_path);
  if (!pem.ok()) return pem.status();
  const certs::WipedAtEnd wiped(*pem);
  absl::StatusOr<certs::KeyPointer> key = certs::ParsePrivateKey(*pem);
  if (!key.ok()) return InFile(key_path, key.status());
  const X509& own = certificates->front().x509();
  const bool key_matches = X509_check_private_key(&own, key->get()) == 1;
  ERR_clear_error();
  if (!key_matches) {
    return absl::FailedPreconditionError(absl::StrCat("the key in ", key_path,
                                                      " is not that of the first certificate in ", certificate_path,
                                                      ": name files that belong together"));
  }
  if (!certs::IsOnP256(own)) {
    return absl::FailedPreconditionError(
        absl::StrCat(certificate_path, " is no inbox certificate, whose key is on P-256: name the inbox's"));
  }
  return certs::Opener::Inbox{.certificate = std::move(certificates->front()), .key = *std::move(key)};
}

absl::StatusOr<certs::Opener> ReadInboxes(const OpeningFiles& files) {
  if (files.inbox_certificates.size() != files.inbox_keys.size()) {
    return absl::InvalidArgumentError("each --inbox-certificate needs its --inbox-key, in the same order");
  }
  std::vector<certs::Opener::Inbox> inboxes;
  for (size_t place = 0; place < files.inbox_keys.size(); ++place) {
    absl::StatusOr<certs::Opener::Inbox> inbox = ReadInbox(files.inbox_certificates[place], files.inbox_keys[place]);
    if (!inbox.ok()) return inbox.status();
    inboxes.push_back(*std::move(inbox));
  }
  return certs::Opener::Create(std::move(inboxes));
}

}  // namespace

Signers ReadSigners(const std::vector<std::string>& ders) {
  Signers signers;
  for (const std::string& der : ders) {
    absl::StatusOr<Certificate> certificate = Certificate::FromDer(der);
    if (certificate.ok()) signers.emplace(certificate->fingerprint(), *certificate);
  }
  return signers;
}

absl::StatusOr<ContentOpener> ContentOpener::Create(const OpeningFiles& files) {
  absl::StatusOr<certs::Opener> opener = ReadInboxes(files);
  if (!opener.ok()) return opener.status();
  const absl::StatusOr<std::vector<Certificate>> authorities = ReadCertificates(files.authorities);
  if (!authorities.ok()) return authorities.status();
  absl::StatusOr<certs::SignerCheck> check = certs::SignerCheck::Create(*authorities);
  if (!check.ok()) return InFile(files.authorities, check.status());
  std::optional<RevocationLists> revocations;
  if (!files.revocation_lists.empty()) {
    absl::StatusOr<RevocationLists> read = RevocationLists::Read(files.revocation_lists, *authorities);
    if (!read.ok()) return read.status();
    revocations = *std::move(read);
  }
  return ContentOpener(*std::move(opener), *std::move(check), files.regions, files.successions, std::move(revocations));
}

absl::Status ContentOpener::RefreshRevocationLists() {
  return revocations_.has_value() ? revocations_->Refresh() : absl::OkStatus();
}

absl::Status ContentOpener::CheckSigner(const v1::InboxItem& item, v1::SealedBy sealed_by, const Certificate& signer,
                                        absl::Time now) const {
  const absl::Time accepted_at = contract::FromMessage(item.accepted_at());
  const certs::RevocationSet* revocations = revocations_.has_value() ? &revocations_->in_force() : nullptr;
  if (sealed_by == v1::SEALED_BY_BROKER) {
    return check_.Broker(signer, accepted_at, revocations, now).status();
  }
  const absl::StatusOr<certs::Identity> region = check_.Participant(signer, regions_, accepted_at, revocations, now);
  if (!region.ok()) return region.status();
  const std::string& sender = item.lease().name().region_code();
  const bool may_sign = region->kind == certs::ParticipantKind::kRegion &&
                        (region->code == sender || successions_.HasSucceeded(region->code, sender, accepted_at));
  return may_sign ? absl::OkStatus() : absl::FailedPreconditionError("another than the sending region signed it");
}

absl::StatusOr<std::variant<std::string, v1::ReturnReason>> ContentOpener::Payload(const v1::InboxItem& item,
                                                                                   const v1::SealedContent& sealed,
                                                                                   const Signers& signers,
                                                                                   absl::Time now) const {
  using Opened = std::variant<std::string, v1::ReturnReason>;
  const absl::StatusOr<certs::SignedContent> content = opener_.Open(sealed.cms());
  if (!content.ok()) return Opened(v1::RETURN_REASON_CANNOT_BE_OPENED);
  const auto signer = signers.find(sealed.signer_fingerprint());
  if (signer == signers.end()) return Opened(v1::RETURN_REASON_NOT_AUTHENTIC);
  const absl::Status trusted = CheckSigner(item, sealed.sealed_by(), signer->second, now);
  if (absl::IsUnavailable(trusted)) return trusted;
  if (!trusted.ok()) return Opened(v1::RETURN_REASON_NOT_AUTHENTIC);
  absl::StatusOr<std::string> payload = content->Payload(signer->second);
  if (!payload.ok()) return Opened(v1::RETURN_REASON_NOT_AUTHENTIC);
  return Opened(*std::move(payload));
}

absl::StatusOr<std::variant<v1::Notice, v1::ReturnReason>> ContentOpener::Open(const v1::InboxItem& item,
                                                                               const Signers& signers,
                                                                               absl::Time now) const {
  using Opened = std::variant<v1::Notice, v1::ReturnReason>;
  absl::StatusOr<std::variant<std::string, v1::ReturnReason>> payload =
      Payload(item, item.notice().sealed(), signers, now);
  if (!payload.ok()) return payload.status();
  if (const v1::ReturnReason* reason = std::get_if<v1::ReturnReason>(&*payload)) return Opened(*reason);
  std::string& bytes = std::get<std::string>(*payload);
  absl::StatusOr<v1::Notice> notice = contract::OpenNotice(bytes, item.lease().name().region_code(), item.notice());
  contract::Wipe(bytes);
  if (!notice.ok()) return Opened(v1::RETURN_REASON_NOT_AUTHENTIC);
  return Opened(*std::move(notice));
}

absl::StatusOr<std::optional<v1::ReturnReason>> ContentOpener::OpenWithdrawal(const v1::InboxItem& item,
                                                                              const Signers& signers,
                                                                              absl::Time now) const {
  using Reason = std::optional<v1::ReturnReason>;
  absl::StatusOr<std::variant<std::string, v1::ReturnReason>> payload =
      Payload(item, item.withdrawal().sealed(), signers, now);
  if (!payload.ok()) return payload.status();
  if (const v1::ReturnReason* reason = std::get_if<v1::ReturnReason>(&*payload)) return Reason(*reason);
  std::string& bytes = std::get<std::string>(*payload);
  const absl::Status belongs =
      contract::CheckWithdrawalPayload(bytes, item.lease().name().region_code(), item.withdrawal());
  contract::Wipe(bytes);
  return belongs.ok() ? Reason() : Reason(v1::RETURN_REASON_NOT_AUTHENTIC);
}

}  // namespace envej::municipality_client
