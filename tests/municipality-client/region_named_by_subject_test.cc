#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "municipality-client/content_opener.h"
#include "municipality-client/region_names.h"
#include "proto/contract/message_codec.h"
#include "tests/municipality-client/support/notices.h"
#include "tests/support/sealing_world.h"

namespace envej::municipality_client {
namespace {

using certs::Sealer;
using support::SealerOf;

constexpr char kNamedRegion[] = "1081";
constexpr char kSerialNumber[] = "UI:DK-O:G:1";
constexpr char kOrganization[] = "NTRDK-1";

std::string UriOf(const std::string& region_code) { return absl::StrCat("urn:envej:region:", region_code); }

// Regions whose certificates name them by subject alone, as Danish OCES3 system certificates do.
class RegionNamedBySubjectTest : public testing::Test {
 protected:
  Sealer Issue(const std::string& serial_number, const std::string& organization, const std::string& uri = "") const {
    return Issue(world_.authority(), serial_number, organization, uri);
  }
  static Sealer Issue(const certs::TestAuthority& authority, const std::string& serial_number,
                      const std::string& organization, const std::string& uri = "") {
    certs::LeafRequest request = certs::ClientRequest(uri);
    if (uri.empty()) request.uris.clear();
    request.subject_serial_number = serial_number;
    request.organization_identifier = organization;
    return SealerOf(authority.Issue(request));
  }

  // Of a municipality that was told these names.
  ContentOpener OpenerWith(const std::vector<std::string>& names) const {
    return ContentOpener::Create({.inbox_certificates = {world_.inbox_certificate_file()},
                                  .inbox_keys = {world_.inbox_key_file()},
                                  .authorities = world_.authorities_file(),
                                  .revocation_lists = "",
                                  .regions = ReadRegionNames(names).value()})
        .value();
  }

  // What kRegion sent, signed so. Unspecified if it opens.
  v1::ReturnReason ReasonFor(const ContentOpener& opener, const Sealer& signer) const {
    const absl::Time now = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()));
    const v1::Notice plain = ProperNotice(1);
    v1::InboxItem item;
    item.set_kind(v1::ITEM_KIND_NOTICE);
    v1::LeaseName& name = *item.mutable_lease()->mutable_name();
    name.set_region_code(kRegion);
    name.set_notice_id(plain.envelope().notice_id());
    name.set_revision(plain.envelope().revision());
    *item.mutable_notice() = world_.Seal(plain, signer, v1::SEALED_BY_REGION);
    *item.mutable_accepted_at() = contract::ToMessage(now);
    const auto opened = opener.Open(item, ReadSigners({signer.certificate().der()}), now);
    EXPECT_TRUE(opened.ok()) << opened.status();
    if (!opened.ok()) return v1::RETURN_REASON_UNSPECIFIED;
    const v1::ReturnReason* const reason = std::get_if<v1::ReturnReason>(&*opened);
    return reason == nullptr ? v1::RETURN_REASON_UNSPECIFIED : *reason;
  }

  const support::SealingWorld world_{kRegion, kMunicipality};
  const certs::TestAuthority other_authority_{"another authority"};
};

TEST_F(RegionNamedBySubjectTest, IsKnownOnlyByWhatTheMunicipalityWasTold) {
  const std::string serial = absl::StrCat(kRegion, ":serialNumber=", kSerialNumber);
  const std::string organization = absl::StrCat(kRegion, ":organizationIdentifier=", kOrganization);
  for (const Sealer& signer :
       {Issue(kSerialNumber, ""), Issue("", kOrganization), Issue(kSerialNumber, kOrganization)}) {
    EXPECT_EQ(ReasonFor(OpenerWith({serial, organization}), signer), v1::RETURN_REASON_UNSPECIFIED);
    EXPECT_EQ(ReasonFor(OpenerWith({}), signer), v1::RETURN_REASON_NOT_AUTHENTIC);
  }
  EXPECT_EQ(ReasonFor(OpenerWith({organization}), Issue(kSerialNumber, "")), v1::RETURN_REASON_NOT_AUTHENTIC);
  EXPECT_EQ(ReasonFor(OpenerWith({serial}), Issue("", kSerialNumber)), v1::RETURN_REASON_NOT_AUTHENTIC);
}

TEST_F(RegionNamedBySubjectTest, MustBeTheSendingRegionUnderAnAuthorityAndNoOtherByUri) {
  const std::string serial = absl::StrCat("=", kSerialNumber);
  const ContentOpener opener = OpenerWith({absl::StrCat(kRegion, ":serialNumber", serial)});
  EXPECT_EQ(ReasonFor(OpenerWith({absl::StrCat(kNamedRegion, ":serialNumber", serial)}), Issue(kSerialNumber, "")),
            v1::RETURN_REASON_NOT_AUTHENTIC);
  EXPECT_EQ(ReasonFor(opener, Issue(kSerialNumber, "", UriOf(kRegion))), v1::RETURN_REASON_UNSPECIFIED);
  EXPECT_EQ(ReasonFor(opener, Issue(kSerialNumber, "", UriOf(kNamedRegion))), v1::RETURN_REASON_NOT_AUTHENTIC);
  EXPECT_EQ(ReasonFor(opener, Issue(kSerialNumber, "", "urn:envej:municipality:0101")),
            v1::RETURN_REASON_NOT_AUTHENTIC);
  EXPECT_EQ(ReasonFor(opener, Issue(other_authority_, kSerialNumber, "")), v1::RETURN_REASON_NOT_AUTHENTIC);
}

}  // namespace
}  // namespace envej::municipality_client
