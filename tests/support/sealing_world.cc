#include "tests/support/sealing_world.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/pem.h"
#include "proto/contract/sealed_payload.h"

namespace envej::support {
namespace {

using certs::Certificate;

Certificate IssueInbox(const certs::TestAuthority& authority, const certs::TestDirectory& files,
                       const std::string& municipality_code) {
  certs::LeafRequest request = certs::ClientRequest(absl::StrCat("urn:envej:municipality:", municipality_code));
  request.usage = certs::LeafUsage::kInbox;
  const certs::IssuedCertificate issued = authority.Issue(request);
  files.Write("inbox.pem", issued.certificate_pem);
  files.Write("inbox.key", issued.key_pem);
  files.Write("secret", std::string(64, 'b') + "\n");
  return Certificate::FromPem(issued.certificate_pem)->front();
}

certs::Opener OpenerFrom(const Certificate& inbox, const std::string& key_pem) {
  std::vector<certs::Opener::Inbox> inboxes;
  inboxes.push_back({.certificate = inbox, .key = *certs::ParsePrivateKey(key_pem)});
  return *certs::Opener::Create(std::move(inboxes));
}

}  // namespace

certs::Sealer SealerOf(const certs::IssuedCertificate& issued) {
  return *certs::Sealer::Create(Certificate::FromPem(issued.certificate_pem)->front(),
                                *certs::ParsePrivateKey(issued.key_pem));
}

SealingWorld::SealingWorld(const std::string& region_code, const std::string& municipality_code)
    : region_code_(region_code),
      region_files_(authority_.IssueFiles(files_, "region",
                                          certs::ClientRequest(absl::StrCat("urn:envej:region:", region_code)))),
      sealer_(SealerOf({.certificate_pem = certs::ReadFile(region_files_.certificate_chain),
                        .key_pem = certs::ReadFile(region_files_.private_key)})),
      inbox_(IssueInbox(authority_, files_, municipality_code)),
      opener_(OpenerFrom(inbox_, certs::ReadFile(inbox_key_file()))) {}

v1::Notice SealingWorld::Seal(const v1::Notice& plain) const { return Seal(plain, sealer_, v1::SEALED_BY_REGION); }

v1::Notice SealingWorld::Seal(const v1::Notice& plain, const certs::Sealer& signer, v1::SealedBy sealed_by) const {
  v1::Notice sealed;
  *sealed.mutable_envelope() = plain.envelope();
  *sealed.mutable_sealed() = SealPayload(contract::SealedPayloadOf(region_code_, plain), signer, sealed_by);
  return sealed;
}

v1::Withdrawal SealingWorld::Seal(const v1::Withdrawal& plain) const {
  return Seal(plain, sealer_, v1::SEALED_BY_REGION);
}

v1::Withdrawal SealingWorld::Seal(const v1::Withdrawal& plain, const certs::Sealer& signer,
                                  v1::SealedBy sealed_by) const {
  v1::Withdrawal sealed = plain;
  *sealed.mutable_sealed() = SealPayload(contract::SealedPayloadOf(region_code_, plain), signer, sealed_by);
  return sealed;
}

v1::SealedContent SealingWorld::SealPayload(const std::string& payload, const certs::Sealer& signer,
                                            v1::SealedBy sealed_by) const {
  v1::SealedContent sealed;
  const absl::StatusOr<std::string> cms = signer.Seal(payload, {inbox_});
  EXPECT_TRUE(cms.ok()) << cms.status();
  sealed.set_cms(cms.value_or(""));
  sealed.set_signer_fingerprint(signer.certificate().fingerprint());
  sealed.set_sealed_by(sealed_by);
  return sealed;
}

std::optional<v1::Notice> SealingWorld::Open(const v1::Notice& sealed) const {
  const absl::StatusOr<certs::SignedContent> content = opener_.Open(sealed.sealed().cms());
  if (!content.ok()) return std::nullopt;
  const absl::StatusOr<std::string> payload = content->Payload(signer());
  if (!payload.ok()) return std::nullopt;
  absl::StatusOr<v1::Notice> notice = contract::OpenNotice(*payload, region_code_, sealed);
  return notice.ok() ? std::optional<v1::Notice>(*std::move(notice)) : std::nullopt;
}

bool SealingWorld::Opens(const v1::Withdrawal& sealed) const {
  const absl::StatusOr<certs::SignedContent> content = opener_.Open(sealed.sealed().cms());
  if (!content.ok()) return false;
  const absl::StatusOr<std::string> payload = content->Payload(signer());
  return payload.ok() && contract::CheckWithdrawalPayload(*payload, region_code_, sealed).ok();
}

}  // namespace envej::support
