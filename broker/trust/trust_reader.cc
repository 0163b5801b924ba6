#include "broker/trust/trust_reader.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "broker/admission/participants_reader.h"
#include "certs/broker_certificate.h"
#include "certs/file_hash.h"
#include "certs/file_stamp.h"
#include "certs/inbox_certificate.h"
#include "certs/pem.h"

namespace envej::trust {
namespace {

using certs::Certificate;

absl::Status In(const std::string& file, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(file, ": ", status.message()));
}

// One that nobody could seal to is a mistake in the register. Those that have not begun or are over are passed over: a
// register outlives them.
absl::Status CheckInboxCertificates(const admission::Participants& participants,
                                    const std::vector<Certificate>& authorities, absl::Time now) {
  for (const admission::Municipality& municipality : participants.municipalities()) {
    if (municipality.participating && municipality.inbox_certificates.empty()) {
      return absl::InvalidArgumentError(absl::StrCat("municipality ", municipality.code,
                                                     " participates, and has no inbox_certificates in the register: "
                                                     "without them nothing can be sealed to it"));
    }
    for (const Certificate& certificate : municipality.inbox_certificates) {
      if (!certificate.IsValidAt(now)) continue;
      const absl::Status good = certs::CheckInboxCertificate(certificate, authorities, municipality.code, now);
      if (good.ok()) continue;
      return absl::Status(good.code(), absl::StrCat("the inbox certificate of municipality ", municipality.code,
                                                    " cannot be used: ", good.message()));
    }
  }
  return absl::OkStatus();
}

// As whom the broker acts, by one certificate and key.
struct Own {
  certs::Sealer sealer;
  certs::Signer signer;
};

absl::StatusOr<Own> ReadOwn(const options::TlsOptions& files, const certs::TlsMaterial& tls,
                            absl::string_view broker_name) {
  absl::StatusOr<certs::Signer> signer = certs::Signer::FromPem(tls.certificate_chain, tls.private_key.view());
  if (!signer.ok()) {
    return absl::Status(signer.status().code(),
                        absl::StrCat(files.certificate_chain, " and ", files.private_key,
                                     " cannot sign: ", signer.status().message(), ": issue a key on P-256"));
  }
  if (const absl::Status named = certs::CheckBrokerCertificate(signer->certificate(), broker_name); !named.ok()) {
    return In(files.certificate_chain, named);
  }
  absl::StatusOr<certs::KeyPointer> key = certs::ParsePrivateKey(tls.private_key.view());
  if (!key.ok()) return In(files.private_key, key.status());
  absl::StatusOr<certs::Sealer> sealer = certs::Sealer::Create(signer->certificate(), *std::move(key));
  if (!sealer.ok()) return In(files.private_key, sealer.status());
  return Own{*std::move(sealer), *std::move(signer)};
}

}  // namespace

absl::StatusOr<TrustFiles> ReadTrust(const options::BrokerOptions& options, absl::TimeZone copenhagen, absl::Time now) {
  std::vector<std::string> paths = {options.participants, options.tls.certificate_chain, options.tls.private_key,
                                    options.tls.client_authorities};
  if (!options.tls.revocation_lists.empty()) paths.push_back(options.tls.revocation_lists);
  // The register is read to learn which files it names, and again once all of them have their stamp: what changes while
  // it is read is then seen to have changed.
  const absl::StatusOr<admission::Participants> naming = admission::ReadParticipants(options.participants);
  if (!naming.ok()) return naming.status();
  const std::vector<std::string> named = naming->files();
  paths.insert(paths.end(), named.begin(), named.end());
  std::vector<std::string> of_register = named;
  of_register.insert(of_register.begin(), options.participants);
  std::string stamp = certs::StampOf(paths);
  absl::StatusOr<admission::Participants> participants = admission::ReadParticipants(options.participants);
  if (!participants.ok()) return participants.status();
  if (participants->files() != named) {
    return absl::UnavailableError(absl::StrCat(options.participants, " was changed while it was read"));
  }
  absl::StatusOr<certs::TlsMaterial> tls = certs::LoadTlsFiles({.certificate_chain = options.tls.certificate_chain,
                                                                .private_key = options.tls.private_key,
                                                                .authorities = options.tls.client_authorities},
                                                               now);
  if (!tls.ok()) return tls.status();
  absl::StatusOr<Own> own = ReadOwn(options.tls, *tls, options.broker_name);
  if (!own.ok()) return own.status();
  const absl::StatusOr<std::vector<Certificate>> authorities = Certificate::FromPem(tls->authorities);
  if (!authorities.ok()) return In(options.tls.client_authorities, authorities.status());
  absl::StatusOr<certs::SignerCheck> callers = certs::SignerCheck::Create(*authorities);
  if (!callers.ok()) return In(options.tls.client_authorities, callers.status());
  const absl::Status inboxes = CheckInboxCertificates(*participants, *authorities, now);
  if (!inboxes.ok()) return In(options.participants, inboxes);

  std::optional<certs::RevocationSet> revocations;
  if (!options.tls.revocation_lists.empty()) {
    absl::StatusOr<certs::RevocationSet> lists = certs::RevocationSet::Load(options.tls.revocation_lists, *authorities);
    if (!lists.ok()) return lists.status();
    revocations = *std::move(lists);
  }
  std::vector<std::string> with_revoked;
  if (revocations.has_value()) {
    participants->KeepInboxCertificates(
        [&](const admission::Municipality& municipality, const Certificate& certificate) {
          const bool is_revoked = absl::IsPermissionDenied(certs::CheckInboxStanding(certificate, *revocations, now));
          if (is_revoked) with_revoked.push_back(municipality.code);
          return !is_revoked;
        });
  }
  return TrustFiles{.trust = std::make_shared<const Trust>(Trust::Parts{.participants = *std::move(participants),
                                                                        .authorities = *std::move(callers),
                                                                        .revocations = std::move(revocations),
                                                                        .sealer = std::move(own->sealer),
                                                                        .signer = std::move(own->signer),
                                                                        .copenhagen = copenhagen}),
                    .tls = *std::move(tls),
                    .paths = std::move(paths),
                    .stamp = std::move(stamp),
                    .register_hash = certs::HashOfFiles(of_register),
                    .with_revoked_inbox_certificates = std::move(with_revoked)};
}

}  // namespace envej::trust
