#include "tests/benchmark/region_user.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/key_file.h"
#include "certs/pem.h"
#include "proto/contract/sealed_payload.h"

namespace envej::benchmark {
namespace {

using certs::Certificate;

constexpr size_t kCommitmentBytes = 32;

absl::StatusOr<std::vector<Certificate>> ReadCertificates(const std::string& path) {
  const absl::StatusOr<std::string> pem = certs::ReadCertificateFile(path);
  if (!pem.ok()) return pem.status();
  return Certificate::FromPem(*pem);
}

absl::StatusOr<certs::Sealer> SealerOf(const certs::TlsFiles& files) {
  const absl::StatusOr<std::vector<Certificate>> own = ReadCertificates(files.certificate_chain);
  if (!own.ok()) return own.status();
  const absl::StatusOr<std::string> pem = certs::ReadKeyFile(files.private_key);
  if (!pem.ok()) return pem.status();
  absl::StatusOr<certs::KeyPointer> key = certs::ParsePrivateKey(*pem);
  if (!key.ok()) return key.status();
  return certs::Sealer::Create(own->front(), *std::move(key));
}

}  // namespace

absl::StatusOr<std::unique_ptr<RegionUser>> RegionUser::Connect(Stage& stage, const std::string& name) {
  const absl::StatusOr<certs::TlsFiles> files = stage.IssueToClient(name, absl::StrCat("urn:envej:region:", kRegion));
  if (!files.ok()) return files.status();
  absl::StatusOr<certs::Sealer> sealer = SealerOf(*files);
  if (!sealer.ok()) return sealer.status();
  absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = Stage::Connect(stage.broker(), *files);
  if (!channel.ok()) return channel.status();
  return std::unique_ptr<RegionUser>(new RegionUser(*files, *std::move(sealer), *std::move(channel)));
}

absl::StatusOr<v1::Notice> RegionUser::Seal(const Stage& stage, const std::string& municipality_code) const {
  v1::Notice plain;
  NoticeMaker().Make(municipality_code, plain);
  const absl::StatusOr<std::vector<Certificate>> inbox =
      ReadCertificates(stage.InboxCertificateFile(municipality_code));
  if (!inbox.ok()) return inbox.status();
  absl::StatusOr<std::string> cms = sealer_.Seal(contract::SealedPayloadOf(kRegion, plain), *inbox);
  if (!cms.ok()) return cms.status();
  v1::Notice sealed;
  *sealed.mutable_envelope() = plain.envelope();
  v1::ContentCommitment& commitment = *sealed.mutable_envelope()->mutable_content_commitment();
  commitment.set_key_id("benchmark");
  commitment.set_value(std::string(kCommitmentBytes, 'c'));
  sealed.mutable_sealed()->set_cms(*std::move(cms));
  sealed.mutable_sealed()->set_signer_fingerprint(sealer_.certificate().fingerprint());
  return sealed;
}

}  // namespace envej::benchmark
