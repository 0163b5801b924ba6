#include "tests/broker/trust/trust_files.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_cat.h"

namespace envej::trust {

GoodFiles::GoodFiles(bool with_revocation) {
  options_.broker_name = "broker-1";
  options_.participants = Path("participants.yaml");
  options_.tls = {.certificate_chain = Path("broker.pem"),
                  .private_key = Path("broker.key"),
                  .client_authorities = Path("authorities.pem"),
                  .revocation_lists = with_revocation ? Path("lists") : ""};
  WriteRegister(RegisterText(false));
  WriteOwn();
  WriteInbox(authority_);
  Write("authorities.pem", authority_.CertificatePem());
  EXPECT_TRUE(std::filesystem::create_directory(Path("lists")));
  WriteList({});
}

absl::StatusOr<TrustFiles> GoodFiles::Read(absl::Time now) const {
  return ReadTrust(options_, absl::UTCTimeZone(), now);
}

std::string GoodFiles::RegisterText(bool region_suspended) const {
  return absl::StrCat("regions:\n  - {code: \"1081\", name: Region Nordjylland, suspended: ",
                      region_suspended ? "true" : "false", "}\n",
                      "agreements: []\n"
                      "operations: []\n"
                      "municipalities:\n"
                      "  - code: \"0101\"\n"
                      "    name: København\n"
                      "    participating: true\n"
                      "    scheme_name: Vejen videre\n"
                      "    phone_number: \"+4533000000\"\n"
                      "    leaflet_text: Ring til os.\n"
                      "    inbox_certificates: inbox.pem\n");
}

void GoodFiles::WriteRegister(const std::string& text) const { Write("participants.yaml", text); }

void GoodFiles::WriteOwn() const {
  const certs::IssuedCertificate own = authority_.Issue(certs::ServerRequest());
  Write("broker.pem", own.certificate_pem);
  Write("broker.key", own.key_pem);
}

void GoodFiles::WriteList(const std::vector<certs::RevokedCertificate>& revoked) const {
  Write("lists/authority.pem", authority_.RevocationListPem(revoked));
}

void GoodFiles::WriteInbox(const certs::TestAuthority& authority) const {
  certs::LeafRequest request = certs::ClientRequest("urn:envej:municipality:0101");
  request.usage = certs::LeafUsage::kInbox;
  Write("inbox.pem", authority.Issue(request).certificate_pem);
}

void GoodFiles::Remove(const std::string& name) const { EXPECT_TRUE(std::filesystem::remove(Path(name))); }

}  // namespace envej::trust
