#include "broker/commands/signature_check.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "certs/key_file.h"
#include "certs/revocation_set.h"
#include "certs/signature.h"

namespace envej::commands {
namespace {

using Certificates = std::vector<certs::Certificate>;

absl::StatusOr<Certificates> ReadCertificates(const std::string& path) {
  const absl::StatusOr<std::string> pem = certs::ReadCertificateFile(path);
  if (!pem.ok()) return pem.status();
  absl::StatusOr<Certificates> certificates = certs::Certificate::FromPem(*pem);
  if (certificates.ok()) return certificates;
  return absl::Status(certificates.status().code(), absl::StrCat(path, " ", certificates.status().message()));
}

absl::StatusOr<std::optional<certs::RevocationSet>> ReadLists(const SignatureFiles& files, Certificates authorities) {
  if (files.revocation_lists.empty()) return std::optional<certs::RevocationSet>();
  if (!files.authorities_for_lists.empty()) {
    const absl::StatusOr<Certificates> more = ReadCertificates(files.authorities_for_lists);
    if (!more.ok()) return more.status();
    authorities.insert(authorities.end(), more->begin(), more->end());
  }
  absl::StatusOr<certs::RevocationSet> lists = certs::RevocationSet::Load(files.revocation_lists, authorities);
  if (!lists.ok()) return lists.status();
  return std::optional<certs::RevocationSet>(*std::move(lists));
}

}  // namespace

absl::StatusOr<journal::CheckSignatureFunction> ReadSignatureCheck(const SignatureFiles& files, absl::Time now) {
  const absl::StatusOr<Certificates> authorities = ReadCertificates(files.authorities);
  if (!authorities.ok()) return authorities.status();
  const absl::StatusOr<std::optional<certs::RevocationSet>> lists = ReadLists(files, *authorities);
  if (!lists.ok()) return lists.status();
  return [authorities = *authorities, lists = *lists, now](const contract::SignedCheckpoint& signed_checkpoint) {
    const absl::StatusOr<certs::Certificate> signer = certs::Certificate::FromDer(signed_checkpoint.signer_certificate);
    if (!signer.ok()) return absl::DataLossError("names no certificate");
    const contract::Checkpoint& checkpoint = signed_checkpoint.checkpoint;
    const absl::Status is_signed =
        certs::CheckSignature(*signer, contract::EncodeCheckpoint(checkpoint), signed_checkpoint.signature);
    if (!is_signed.ok()) return absl::DataLossError("has a signature that is not its signer's");
    const absl::Status counts = certs::CheckBrokerSigner(*signer, authorities, checkpoint.broker, checkpoint.time,
                                                         lists.has_value() ? &*lists : nullptr, now);
    if (counts.ok()) return counts;
    return absl::DataLossError(absl::StrCat("has a signature that does not count: ", counts.message()));
  };
}

}  // namespace envej::commands
