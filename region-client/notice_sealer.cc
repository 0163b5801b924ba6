#include "region-client/notice_sealer.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "certs/certificate_names.h"
#include "certs/identity.h"
#include "certs/inbox_certificate.h"
#include "certs/key_file.h"
#include "certs/pem.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/rejection.h"
#include "proto/contract/sealed_payload.h"

namespace envej::region {
namespace {

using certs::Certificate;
using contract::Reason;

constexpr size_t kKeyIdBytes = 8;

// The name under which commitments by this secret go: found from the secret, so that the two cannot be mixed up, while
// the secret cannot be found from it.
std::string KeyIdOf(const std::string& secret) {
  const std::string named = absl::StrCat("envej commitment key id\n", secret);
  std::array<unsigned char, SHA256_DIGEST_LENGTH> hash{};
  SHA256(reinterpret_cast<const unsigned char*>(named.data()), named.size(), hash.data());
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(hash.data()), kKeyIdBytes));
}

absl::StatusOr<std::vector<contract::CommitmentSecret>> ReadSecrets(const SealingFiles& files) {
  if (files.secret.empty()) return std::vector<contract::CommitmentSecret>();
  std::vector<std::string> paths = files.former_secrets;
  paths.insert(paths.begin(), files.secret);
  std::vector<contract::CommitmentSecret> secrets;
  for (const std::string& path : paths) {
    absl::StatusOr<std::string> secret = certs::ReadSecretFile(path);
    if (!secret.ok()) return secret.status();
    std::string key_id = KeyIdOf(*secret);
    for (const contract::CommitmentSecret& other : secrets) {
      if (other.key_id == key_id) return absl::InvalidArgumentError(absl::StrCat(path, " holds a secret given before"));
    }
    secrets.push_back({.key_id = std::move(key_id), .bytes = *std::move(secret)});
  }
  return secrets;
}

absl::StatusOr<std::optional<certs::RevocationSet>> ReadRevocationLists(const std::string& path,
                                                                        const std::vector<Certificate>& authorities,
                                                                        absl::Time now) {
  if (path.empty()) return std::optional<certs::RevocationSet>();
  absl::StatusOr<certs::RevocationSet> read = certs::RevocationSet::Load(path, authorities);
  if (!read.ok()) return read.status();
  if (!read->AnyIsCurrent(now)) {
    return absl::FailedPreconditionError(
        absl::StrCat(path,
                     " holds only revocation lists that have expired: put the current list of each authority "
                     "there"));
  }
  return std::optional<certs::RevocationSet>(*std::move(read));
}

// The region that the certificate names, or that was named for one that the register knows by its subject.
absl::StatusOr<std::string> RegionCodeOf(const Certificate& certificate, const SealingFiles& files) {
  const std::string& path = files.tls.certificate_chain;
  const certs::CertificateNames names = certs::NamesOf(certificate);
  if (names.uris.empty() && !names.subject_names.empty()) {
    if (!files.region_code.empty()) return files.region_code;
    return absl::FailedPreconditionError(
        absl::StrCat(path, " bears no URI name that says which region it is of: give the region's code with --region"));
  }
  const absl::StatusOr<certs::Identity> identity =
      certs::IdentifyParticipant({.uris = names.uris, .subject_names = {}}, {});
  if (!identity.ok() || identity->kind != certs::ParticipantKind::kRegion) {
    return absl::FailedPreconditionError(absl::StrCat(path, " is not the certificate of a region"));
  }
  if (!files.region_code.empty() && files.region_code != identity->code) {
    return absl::FailedPreconditionError(absl::StrCat(path, " is the certificate of region ", identity->code,
                                                      ", and --region says ", files.region_code));
  }
  return identity->code;
}

void SetCommitment(const contract::ContentCommitment& commitment, v1::ContentCommitment& message) {
  message.set_key_id(commitment.key_id);
  message.set_value(commitment.value);
}

Refusal RefusalFor(Reason reason) { return ToRefusal({.reason = reason, .violations = {}}); }

}  // namespace

absl::StatusOr<NoticeSealer> NoticeSealer::Create(const SealingFiles& files, absl::Time now) {
  const absl::StatusOr<certs::TlsMaterial> tls = certs::LoadTlsFiles(files.tls, now);
  if (!tls.ok()) return tls.status();
  absl::StatusOr<std::vector<Certificate>> own = Certificate::FromPem(tls->certificate_chain);
  if (!own.ok()) return own.status();
  absl::StatusOr<certs::KeyPointer> key = certs::ParsePrivateKey(tls->private_key.view());
  if (!key.ok()) return key.status();
  absl::StatusOr<std::vector<Certificate>> authorities = Certificate::FromPem(tls->authorities);
  if (!authorities.ok()) return authorities.status();
  absl::StatusOr<std::optional<certs::RevocationSet>> revocations =
      ReadRevocationLists(files.revocation_lists, *authorities, now);
  if (!revocations.ok()) return revocations.status();
  absl::StatusOr<std::string> region_code = RegionCodeOf(own->front(), files);
  if (!region_code.ok()) return region_code.status();
  absl::StatusOr<std::vector<contract::CommitmentSecret>> secrets = ReadSecrets(files);
  if (!secrets.ok()) return secrets.status();
  absl::StatusOr<certs::Sealer> sealer = certs::Sealer::Create(own->front(), *std::move(key));
  if (!sealer.ok()) {
    return absl::Status(sealer.status().code(), absl::StrCat(files.tls.private_key, ": ", sealer.status().message()));
  }
  if (!files.notices_of.empty()) *region_code = files.notices_of;
  return NoticeSealer(*std::move(sealer), *std::move(region_code), *std::move(authorities), *std::move(secrets),
                      *std::move(revocations));
}

absl::Status NoticeSealer::CheckInbox(const Certificate& certificate, absl::string_view municipality_code,
                                      absl::Time now) const {
  const absl::Status trusted = certs::CheckInboxCertificate(certificate, authorities_, municipality_code, now);
  if (!trusted.ok() || !revocations_.has_value()) return trusted;
  absl::Status standing = certs::CheckInboxStanding(certificate, *revocations_, now);
  if (!absl::IsUnavailable(standing)) return standing;
  return absl::UnavailableError(
      absl::StrCat(standing.message(), ": get the current list of its authority for --revocation-lists"));
}

void NoticeSealer::Learn(const v1::ListMunicipalitiesResponse& response, absl::Time now) {
  inboxes_.clear();
  for (const v1::Municipality& municipality : response.municipalities()) {
    Inbox inbox{.participating = municipality.participating(), .certificates = {}, .why_none = {}};
    for (const std::string& der : municipality.inbox_certificates()) {
      absl::StatusOr<Certificate> certificate = Certificate::FromDer(der);
      const absl::Status trusted =
          certificate.ok() ? CheckInbox(*certificate, municipality.municipality_code(), now) : certificate.status();
      if (trusted.ok()) {
        inbox.certificates.push_back(*std::move(certificate));
      } else if (inbox.why_none.empty()) {
        inbox.why_none = std::string(trusted.message());
      }
    }
    inboxes_.emplace(municipality.municipality_code(), std::move(inbox));
  }
}

std::variant<v1::Notice, Refusal> NoticeSealer::Seal(const v1::Notice& plain) const {
  const auto found = inboxes_.find(plain.envelope().municipality_code());
  if (found == inboxes_.end()) return RefusalFor(Reason::kMunicipalityUnknown);
  const Inbox& inbox = found->second;
  if (!inbox.participating) return RefusalFor(Reason::kMunicipalityNotParticipating);
  if (inbox.certificates.empty()) {
    Refusal refusal = RefusalFor(Reason::kInboxCertificateMissing);
    if (!inbox.why_none.empty()) {
      absl::StrAppend(&refusal.text, "; the one that the broker gives cannot be trusted: ", inbox.why_none);
    }
    return refusal;
  }
  if (secrets_.empty()) {
    return Refusal{.reason = "NOT_SEALED", .text = "there is no secret to commit to it with", .fields = {}};
  }
  std::string payload = contract::SealedPayloadOf(region_code_, plain);
  absl::StatusOr<std::string> cms = sealer_.Seal(payload, inbox.certificates);
  contract::Wipe(payload);
  if (!cms.ok()) return Refusal{.reason = "NOT_SEALED", .text = std::string(cms.status().message()), .fields = {}};

  v1::Notice sealed;
  v1::Envelope& envelope = *sealed.mutable_envelope();
  envelope = plain.envelope();
  const contract::Notice notice = contract::FromMessage(plain);
  for (const contract::CommitmentSecret& secret : secrets_) {
    const bool in_use = &secret == &secrets_.front();
    SetCommitment(contract::CommitTo(secret, region_code_, notice),
                  in_use ? *envelope.mutable_content_commitment() : *envelope.add_former_commitments());
  }
  sealed.mutable_sealed()->set_cms(*std::move(cms));
  sealed.mutable_sealed()->set_signer_fingerprint(sealer_.certificate().fingerprint());
  return sealed;
}

absl::StatusOr<v1::Withdrawal> NoticeSealer::Seal(const v1::Withdrawal& plain) const {
  const auto found = inboxes_.find(plain.municipality_code());
  if (found == inboxes_.end() || found->second.certificates.empty()) {
    const bool is_given = found != inboxes_.end() && !found->second.why_none.empty();
    return absl::FailedPreconditionError(
        is_given
            ? absl::StrCat("the inbox certificate that the broker gives cannot be trusted: ", found->second.why_none)
            : "the broker gives no inbox certificate");
  }
  const absl::StatusOr<std::string> cms =
      sealer_.Seal(contract::SealedPayloadOf(region_code_, plain), found->second.certificates);
  if (!cms.ok()) return absl::FailedPreconditionError(cms.status().message());
  v1::Withdrawal sealed = plain;
  sealed.mutable_sealed()->set_cms(*cms);
  sealed.mutable_sealed()->set_signer_fingerprint(sealer_.certificate().fingerprint());
  return sealed;
}

bool NoticeSealer::Knows(const std::string& key_id) const {
  return std::any_of(secrets_.begin(), secrets_.end(),
                     [&](const contract::CommitmentSecret& secret) { return secret.key_id == key_id; });
}

bool NoticeSealer::IsOf(const v1::ContentCommitment& commitment, const v1::Notice& plain) const {
  const contract::Notice notice = contract::FromMessage(plain);
  return std::any_of(secrets_.begin(), secrets_.end(), [&](const contract::CommitmentSecret& secret) {
    return secret.key_id == commitment.key_id() &&
           contract::CommitTo(secret, region_code_, notice).value == commitment.value();
  });
}

}  // namespace envej::region
