#include "broker/configuration.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "broker/admission/participants_reader.h"
#include "broker/clock.h"
#include "certs/broker_certificate.h"
#include "certs/inbox_certificate.h"
#include "certs/key_file.h"
#include "certs/pem.h"
#include "certs/tls_credentials.h"
#include "proto/contract/day.h"

namespace envej {
namespace {

absl::StatusOr<certs::Sealer> MakeSealer(const options::TlsOptions& tls) {
  const absl::StatusOr<std::string> certificate_pem = certs::ReadCertificateFile(tls.certificate_chain);
  if (!certificate_pem.ok()) return certificate_pem.status();
  const absl::StatusOr<std::string> key_pem = certs::ReadKeyFile(tls.private_key);
  if (!key_pem.ok()) return key_pem.status();
  absl::StatusOr<std::vector<certs::Certificate>> certificates = certs::Certificate::FromPem(*certificate_pem);
  if (!certificates.ok()) return certificates.status();
  absl::StatusOr<certs::KeyPointer> key = certs::ParsePrivateKey(*key_pem);
  if (!key.ok()) return key.status();
  absl::StatusOr<certs::Sealer> sealer = certs::Sealer::Create(certificates->front(), *std::move(key));
  if (sealer.ok()) return sealer;
  return absl::Status(sealer.status().code(), absl::StrCat(tls.private_key, ": ", sealer.status().message()));
}

// One that nobody could seal to is a mistake in the register. Those that have not begun or are over are passed over: a
// register outlives them.
absl::Status CheckInboxCertificates(const admission::Participants& participants, const std::string& authorities_file) {
  const absl::StatusOr<std::string> pem = certs::ReadCertificateFile(authorities_file);
  if (!pem.ok()) return pem.status();
  const absl::StatusOr<std::vector<certs::Certificate>> authorities = certs::Certificate::FromPem(*pem);
  if (!authorities.ok()) return authorities.status();
  const absl::Time now = SystemClock().Now();
  for (const admission::Municipality& municipality : participants.municipalities()) {
    if (municipality.participating && municipality.inbox_certificates.empty()) {
      return absl::InvalidArgumentError(absl::StrCat("municipality ", municipality.code,
                                                     " participates, and has no inbox_certificates in the register: "
                                                     "without them nothing can be sealed to it"));
    }
    for (const certs::Certificate& certificate : municipality.inbox_certificates) {
      if (!certificate.IsValidAt(now)) continue;
      const absl::Status good = certs::CheckInboxCertificate(certificate, *authorities, municipality.code, now);
      if (good.ok()) continue;
      return absl::Status(good.code(), absl::StrCat("the inbox certificate of municipality ", municipality.code,
                                                    " cannot be used: ", good.message()));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<certs::Signer> ReadSigner(const options::TlsOptions& tls) {
  const absl::StatusOr<std::string> chain = certs::ReadCertificateFile(tls.certificate_chain);
  if (!chain.ok()) return chain.status();
  const absl::StatusOr<std::string> key = certs::ReadKeyFile(tls.private_key);
  if (!key.ok()) return key.status();
  absl::StatusOr<certs::Signer> signer = certs::Signer::FromPem(*chain, *key);
  if (signer.ok()) return signer;
  return absl::Status(signer.status().code(),
                      absl::StrCat(tls.certificate_chain, " and ", tls.private_key,
                                   " cannot sign the journal: ", signer.status().message(), ": issue a key on P-256"));
}

}  // namespace

absl::StatusOr<Configuration> ReadConfiguration(const std::string& path) {
  Configuration configuration;
  absl::StatusOr<options::BrokerOptions> read = options::ReadBrokerOptions(path);
  if (!read.ok()) return read.status();
  configuration.options = *std::move(read);
  const options::BrokerOptions& options = configuration.options;

  absl::StatusOr<admission::Participants> participants = admission::ReadParticipants(options.participants);
  if (!participants.ok()) return participants.status();
  configuration.participants = std::make_unique<admission::Participants>(*std::move(participants));

  std::vector<options::CommitmentSecretFile> secret_files = options.commitment.former;
  secret_files.insert(secret_files.begin(), options.commitment.in_use);
  for (const options::CommitmentSecretFile& file : secret_files) {
    absl::StatusOr<std::string> secret = certs::ReadSecretFile(file.secret_file);
    if (!secret.ok()) return secret.status();
    configuration.secrets.push_back({.key_id = file.key_id, .bytes = *std::move(secret)});
  }

  absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> credentials =
      certs::MakeServerCredentials({.certificate_chain = options.tls.certificate_chain,
                                    .private_key = options.tls.private_key,
                                    .authorities = options.tls.client_authorities});
  if (!credentials.ok()) return credentials.status();
  configuration.credentials = *std::move(credentials);

  absl::StatusOr<certs::Sealer> sealer = MakeSealer(options.tls);
  if (!sealer.ok()) return sealer.status();
  configuration.sealer = std::make_unique<certs::Sealer>(*std::move(sealer));
  const absl::Status inboxes = CheckInboxCertificates(*configuration.participants, options.tls.client_authorities);
  if (!inboxes.ok()) return inboxes;

  const absl::Status own = certs::CheckBrokerCertificate(options.tls.certificate_chain, options.broker_name);
  if (!own.ok()) return own;

  absl::StatusOr<certs::Signer> signer = ReadSigner(options.tls);
  if (!signer.ok()) return signer.status();
  configuration.signer = std::make_shared<const certs::Signer>(*std::move(signer));

  absl::StatusOr<absl::TimeZone> copenhagen = contract::CopenhagenTimeZone();
  if (!copenhagen.ok()) return copenhagen.status();
  configuration.copenhagen = *copenhagen;
  return configuration;
}

}  // namespace envej
