#include "certs/certificate_authority.h"
#include "certs/der_reader.h"
#include "certs/pem.h"
#include "certs/sealed_form.h"
#include "certs/sealing.h"
#include "tests/certs/test_files.h"
#include "tests/fuzz/fuzz_target.h"

namespace envej::fuzz {
namespace {

// One region that seals and one inbox that opens.
struct World {
  World() {
    const certs::TestAuthority authority;
    const certs::IssuedCertificate region = authority.Issue(certs::ClientRequest("urn:envej:region:1084"));
    certs::LeafRequest request = certs::ClientRequest("urn:envej:municipality:0101");
    request.usage = certs::LeafUsage::kInbox;
    const certs::IssuedCertificate issued = authority.Issue(request);
    inbox.push_back(certs::Certificate::FromPem(issued.certificate_pem)->front());
    sealer.emplace(*certs::Sealer::Create(certs::Certificate::FromPem(region.certificate_pem)->front(),
                                          *certs::ParsePrivateKey(region.key_pem)));
    std::vector<certs::Opener::Inbox> inboxes;
    inboxes.push_back({.certificate = inbox.front(), .key = *certs::ParsePrivateKey(issued.key_pem)});
    opener.emplace(*certs::Opener::Create(std::move(inboxes)));
  }
  std::vector<certs::Certificate> inbox;
  std::optional<certs::Sealer> sealer;
  std::optional<certs::Opener> opener;
};

const World& TheWorld() {
  static const auto* const world = new World;
  return *world;
}

void Walk(absl::string_view bytes, int depth) {
  for (const uint8_t tag : {certs::kDerSequence, certs::kDerSet, certs::DerConstructed(0), certs::kDerOctetString}) {
    certs::DerReader reader(bytes);
    const auto content = reader.Read(tag);
    if (content.has_value() && depth < 8) Walk(*content, depth + 1);
  }
}

}  // namespace

void Try(absl::string_view bytes) {
  Walk(bytes, 0);
  const auto names = certs::ReadSealedForm(bytes);
  const auto sealed_to = certs::IsSealedTo(bytes, TheWorld().inbox);
  const auto content = TheWorld().opener->Open(bytes);
  if (!content.ok()) return;
  // What opens has the one form that the broker lets through.
  ENVEJ_FUZZ_CHECK(names.ok() && sealed_to.ok() && *sealed_to);
  content->Payload(TheWorld().sealer->certificate()).status().IgnoreError();
}

std::vector<std::string> Seeds() {
  return {*TheWorld().sealer->Seal("content", TheWorld().inbox),
          *TheWorld().sealer->Seal(std::string(2000, 'c'), TheWorld().inbox)};
}

}  // namespace envej::fuzz
