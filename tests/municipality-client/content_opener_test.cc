#include "municipality-client/content_opener.h"

#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <functional>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/sealed_payload.h"
#include "tests/municipality-client/support/notices.h"
#include "tests/support/sealing_world.h"

namespace envej::municipality_client {
namespace {

using certs::Certificate;
using certs::RevocationReason;
using certs::RevokedCertificate;
using certs::Sealer;
using support::SealerOf;

constexpr char kOtherRegion[] = "1081";

std::string RegionUri(const std::string& region_code) { return absl::StrCat("urn:envej:region:", region_code); }

Signers SignersOf(const std::vector<Certificate>& certificates) {
  Signers signers;
  for (const Certificate& certificate : certificates) signers.emplace(certificate.fingerprint(), certificate);
  return signers;
}

// A region and a municipality, the broker between them, and another region under the same authority.
class ContentOpenerTest : public testing::Test {
 protected:
  OpeningFiles Files(const std::string& revocation_lists = "") const {
    return {.inbox_certificates = {world_.inbox_certificate_file()},
            .inbox_keys = {world_.inbox_key_file()},
            .authorities = world_.authorities_file(),
            .revocation_lists = revocation_lists};
  }

  ContentOpener Opener(const std::string& revocation_lists = "") const {
    absl::StatusOr<ContentOpener> opener = ContentOpener::Create(Files(revocation_lists));
    EXPECT_TRUE(opener.ok()) << opener.status();
    return *std::move(opener);
  }

  v1::InboxItem ItemOf(const v1::Notice& sealed) const {
    v1::InboxItem item;
    item.set_kind(v1::ITEM_KIND_NOTICE);
    v1::LeaseName& name = *item.mutable_lease()->mutable_name();
    name.set_region_code(kRegion);
    name.set_notice_id(sealed.envelope().notice_id());
    name.set_revision(sealed.envelope().revision());
    *item.mutable_notice() = sealed;
    *item.mutable_accepted_at() = contract::ToMessage(now_);
    return item;
  }
  v1::InboxItem ItemBy(const Sealer& signer, v1::SealedBy sealed_by) const {
    return ItemOf(world_.Seal(plain_, signer, sealed_by));
  }

  Signers AllSigners() const {
    return SignersOf({world_.signer(), broker_.certificate(), other_region_.certificate(), stranger_.certificate()});
  }

  void ExpectOpens(const ContentOpener& opener, const v1::InboxItem& item) const {
    const auto opened = opener.Open(item, AllSigners(), now_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    const v1::Notice* const notice = std::get_if<v1::Notice>(&*opened);
    ASSERT_NE(notice, nullptr) << std::get<v1::ReturnReason>(*opened);
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(*notice, plain_));
  }

  v1::ReturnReason ReasonFor(const ContentOpener& opener, const v1::InboxItem& item) const {
    return ReasonFor(opener, item, AllSigners());
  }
  // Unspecified if it opens.
  v1::ReturnReason ReasonFor(const ContentOpener& opener, const v1::InboxItem& item, const Signers& signers) const {
    const auto opened = opener.Open(item, signers, now_);
    EXPECT_TRUE(opened.ok()) << opened.status();
    if (!opened.ok()) return v1::RETURN_REASON_UNSPECIFIED;
    const v1::ReturnReason* const reason = std::get_if<v1::ReturnReason>(&*opened);
    return reason == nullptr ? v1::RETURN_REASON_UNSPECIFIED : *reason;
  }

  std::string WriteList(const std::vector<RevokedCertificate>& revoked) const {
    return files_.Write("list.pem", world_.authority().RevocationListPem(revoked));
  }

  const absl::Time now_ = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()));
  const v1::Notice plain_ = ProperNotice(1);
  const certs::TestDirectory files_;
  const support::SealingWorld world_{kRegion, kMunicipality};
  const certs::TestAuthority& authority_ = world_.authority();
  const Sealer broker_ = SealerOf(authority_.Issue(certs::ServerRequest()));
  const Sealer other_region_ = SealerOf(authority_.Issue(certs::ClientRequest(RegionUri(kOtherRegion))));
  const certs::TestAuthority other_authority_{"another authority"};
  const Sealer stranger_ = SealerOf(other_authority_.Issue(certs::ClientRequest(RegionUri(kRegion))));
};

TEST_F(ContentOpenerTest, OpensWhatTheRegionOrTheBrokerSealed) {
  const ContentOpener opener = Opener();
  ExpectOpens(opener, ItemOf(world_.Seal(plain_)));
  ExpectOpens(opener, ItemBy(broker_, v1::SEALED_BY_BROKER));
}

TEST_F(ContentOpenerTest, CommitmentsSayNothingToTheReceiver) {
  v1::InboxItem item = ItemOf(world_.Seal(plain_));
  v1::Envelope& envelope = *item.mutable_notice()->mutable_envelope();
  envelope.mutable_content_commitment()->set_key_id("k1");
  envelope.add_former_commitments()->set_key_id("k0");
  ExpectOpens(Opener(), item);
}

TEST_F(ContentOpenerTest, WhatTheBrokerSignedIsNeverTakenForTheRegionsNorTheReverse) {
  const ContentOpener opener = Opener();
  for (const v1::SealedBy claimed : {v1::SEALED_BY_REGION, v1::SEALED_BY_UNSPECIFIED}) {
    EXPECT_EQ(ReasonFor(opener, ItemBy(broker_, claimed)), v1::RETURN_REASON_NOT_AUTHENTIC) << claimed;
  }
  v1::InboxItem item = ItemOf(world_.Seal(plain_));
  item.mutable_notice()->mutable_sealed()->set_sealed_by(v1::SEALED_BY_BROKER);
  EXPECT_EQ(ReasonFor(opener, item), v1::RETURN_REASON_NOT_AUTHENTIC);
}

TEST_F(ContentOpenerTest, AnotherRegionOrAMunicipalityCannotSignForTheRegion) {
  const ContentOpener opener = Opener();
  EXPECT_EQ(ReasonFor(opener, ItemBy(other_region_, v1::SEALED_BY_REGION)), v1::RETURN_REASON_NOT_AUTHENTIC);
  for (const char* const uri : {"urn:envej:municipality:1084", "urn:envej:municipality:0101"}) {
    const Sealer municipality = SealerOf(authority_.Issue(certs::ClientRequest(uri)));
    EXPECT_EQ(ReasonFor(opener, ItemBy(municipality, v1::SEALED_BY_REGION), SignersOf({municipality.certificate()})),
              v1::RETURN_REASON_NOT_AUTHENTIC);
  }
}

TEST_F(ContentOpenerTest, AnotherAuthoritysCertificatesProveNothing) {
  const ContentOpener opener = Opener();
  EXPECT_EQ(ReasonFor(opener, ItemBy(stranger_, v1::SEALED_BY_REGION)), v1::RETURN_REASON_NOT_AUTHENTIC);
  const Sealer broker = SealerOf(other_authority_.Issue(certs::ServerRequest()));
  EXPECT_EQ(ReasonFor(opener, ItemBy(broker, v1::SEALED_BY_BROKER), SignersOf({broker.certificate()})),
            v1::RETURN_REASON_NOT_AUTHENTIC);
}

TEST_F(ContentOpenerTest, TheSignatureMustBeByTheCertificateThatTheItemNames) {
  const ContentOpener opener = Opener();
  v1::InboxItem item = ItemBy(stranger_, v1::SEALED_BY_REGION);
  item.mutable_notice()->mutable_sealed()->set_signer_fingerprint(world_.signer().fingerprint());
  EXPECT_EQ(ReasonFor(opener, item), v1::RETURN_REASON_NOT_AUTHENTIC);
  // Another certificate of the same region, which did not sign.
  const Sealer second = SealerOf(authority_.Issue(certs::ClientRequest(RegionUri(kRegion))));
  item = ItemOf(world_.Seal(plain_));
  item.mutable_notice()->mutable_sealed()->set_signer_fingerprint(second.certificate().fingerprint());
  EXPECT_EQ(ReasonFor(opener, item, SignersOf({second.certificate(), world_.signer()})),
            v1::RETURN_REASON_NOT_AUTHENTIC);
}

TEST_F(ContentOpenerTest, WithoutTheSignersCertificateItIsNotAuthentic) {
  const ContentOpener opener = Opener();
  const v1::InboxItem item = ItemOf(world_.Seal(plain_));
  EXPECT_EQ(ReasonFor(opener, item, {}), v1::RETURN_REASON_NOT_AUTHENTIC);
  EXPECT_EQ(ReasonFor(opener, item, SignersOf({broker_.certificate()})), v1::RETURN_REASON_NOT_AUTHENTIC);
}

TEST_F(ContentOpenerTest, OfTheCertificatesGivenOnlyThoseThatAreSomeCount) {
  const Signers signers = ReadSigners({"", "garbage", world_.signer().der(), world_.signer().der() + "x"});
  ASSERT_EQ(signers.size(), 1);
  EXPECT_EQ(signers.begin()->first, world_.signer().fingerprint());
  EXPECT_EQ(ReasonFor(Opener(), ItemOf(world_.Seal(plain_)), signers), v1::RETURN_REASON_UNSPECIFIED);
}

TEST_F(ContentOpenerTest, ContentMovedToAnotherEnvelopeIsNotAuthentic) {
  const ContentOpener opener = Opener();
  const std::vector<std::function<void(v1::Envelope&)>> moves = {
      [](v1::Envelope& envelope) { envelope.set_notice_id(NoticeIdOf(2)); },
      [](v1::Envelope& envelope) { envelope.set_revision(2); },
      [](v1::Envelope& envelope) { envelope.set_municipality_code("0147"); },
      [](v1::Envelope& envelope) { envelope.set_discharge_date("2026-09-22"); },
      [](v1::Envelope& envelope) { envelope.mutable_created_at()->set_nanos(1); },
      [](v1::Envelope& envelope) { envelope.mutable_consent()->clear_contact(); },
      [](v1::Envelope& envelope) { envelope.mutable_criteria()->set_aged_18_or_over(false); },
      [](v1::Envelope& envelope) { envelope.set_contract_version(2); },
      [](v1::Envelope& envelope) { envelope.Clear(); },
  };
  for (const auto& [sealed, name] : {std::pair(world_.Seal(plain_), "region"),
                                     std::pair(world_.Seal(plain_, broker_, v1::SEALED_BY_BROKER), "broker")}) {
    for (size_t move = 0; move < moves.size(); ++move) {
      v1::Notice moved = sealed;
      moves[move](*moved.mutable_envelope());
      EXPECT_EQ(ReasonFor(opener, ItemOf(moved)), v1::RETURN_REASON_NOT_AUTHENTIC) << name << " " << move;
    }
  }
}

TEST_F(ContentOpenerTest, ContentPassedOffAsAnotherRegionsIsNotAuthentic) {
  const ContentOpener opener = Opener();
  for (v1::InboxItem item : {ItemOf(world_.Seal(plain_)), ItemBy(broker_, v1::SEALED_BY_BROKER),
                             ItemBy(other_region_, v1::SEALED_BY_REGION)}) {
    item.mutable_lease()->mutable_name()->set_region_code(kOtherRegion);
    EXPECT_EQ(ReasonFor(opener, item), v1::RETURN_REASON_NOT_AUTHENTIC);
  }
}

TEST_F(ContentOpenerTest, ContentOfAnotherNoticeUnderThisEnvelopeIsNotAuthentic) {
  v1::Notice swapped = world_.Seal(plain_);
  swapped.mutable_sealed()->set_cms(world_.Seal(ProperNotice(2)).sealed().cms());
  EXPECT_EQ(ReasonFor(Opener(), ItemOf(swapped)), v1::RETURN_REASON_NOT_AUTHENTIC);
}

TEST_F(ContentOpenerTest, SignedContentThatIsNoNoticeIsNotAuthentic) {
  v1::Notice odd = world_.Seal(plain_);
  odd.mutable_sealed()->set_signer_fingerprint(broker_.certificate().fingerprint());
  odd.mutable_sealed()->set_sealed_by(v1::SEALED_BY_BROKER);
  odd.mutable_sealed()->set_cms(*broker_.Seal("\xff no message", {world_.inbox()}));
  EXPECT_EQ(ReasonFor(Opener(), ItemOf(odd)), v1::RETURN_REASON_NOT_AUTHENTIC);
}

TEST_F(ContentOpenerTest, NoChangedByteOpens) {
  const ContentOpener opener = Opener();
  v1::InboxItem item = ItemOf(world_.Seal(plain_));
  std::string& cms = *item.mutable_notice()->mutable_sealed()->mutable_cms();
  ASSERT_EQ(ReasonFor(opener, item), v1::RETURN_REASON_UNSPECIFIED);
  for (size_t place = 0; place < cms.size(); ++place) {
    cms[place] = static_cast<char>(cms[place] ^ 1);
    EXPECT_EQ(ReasonFor(opener, item), v1::RETURN_REASON_CANNOT_BE_OPENED) << place;
    cms[place] = static_cast<char>(cms[place] ^ 1);
  }
  EXPECT_EQ(ReasonFor(opener, item), v1::RETURN_REASON_UNSPECIFIED);
  for (const size_t length : {cms.size() - 1, cms.size() / 2, size_t{1}}) {
    v1::InboxItem cut = item;
    cut.mutable_notice()->mutable_sealed()->mutable_cms()->resize(length);
    EXPECT_EQ(ReasonFor(opener, cut), v1::RETURN_REASON_CANNOT_BE_OPENED) << length;
  }
  cms.push_back('\0');
  EXPECT_EQ(ReasonFor(opener, item), v1::RETURN_REASON_CANNOT_BE_OPENED);
}

TEST_F(ContentOpenerTest, PlainContentAndNoneAtAllCannotBeOpened) {
  const ContentOpener opener = Opener();
  EXPECT_EQ(ReasonFor(opener, ItemOf(plain_)), v1::RETURN_REASON_CANNOT_BE_OPENED);
  EXPECT_EQ(ReasonFor(opener, v1::InboxItem()), v1::RETURN_REASON_CANNOT_BE_OPENED);
}

TEST_F(ContentOpenerTest, WhatIsSealedToAnotherInboxCannotBeOpened) {
  const support::SealingWorld elsewhere(kRegion, "0147");
  v1::Notice sealed = world_.Seal(plain_);
  sealed.mutable_sealed()->set_cms(elsewhere.Seal(plain_).sealed().cms());
  EXPECT_EQ(ReasonFor(Opener(), ItemOf(sealed)), v1::RETURN_REASON_CANNOT_BE_OPENED);
}

TEST_F(ContentOpenerTest, WhileKeysRollOverEitherKeyOpens) {
  const support::SealingWorld next(kRegion, kMunicipality);
  OpeningFiles files = Files();
  files.inbox_certificates.push_back(next.inbox_certificate_file());
  files.inbox_keys.push_back(next.inbox_key_file());
  const absl::StatusOr<ContentOpener> opener = ContentOpener::Create(files);
  ASSERT_TRUE(opener.ok()) << opener.status();
  const Sealer region = SealerOf(authority_.Issue(certs::ClientRequest(RegionUri(kRegion))));
  for (const Certificate& inbox : {world_.inbox(), next.inbox()}) {
    v1::InboxItem item = ItemBy(region, v1::SEALED_BY_REGION);
    item.mutable_notice()->mutable_sealed()->set_cms(*region.Seal(contract::SealedPayloadOf(kRegion, plain_), {inbox}));
    EXPECT_EQ(ReasonFor(*opener, item, SignersOf({region.certificate()})), v1::RETURN_REASON_UNSPECIFIED);
  }
}

TEST_F(ContentOpenerTest, TheSignersCertificateMustHaveBeenValidWhenItWasAccepted) {
  const ContentOpener opener = Opener();
  v1::InboxItem item = ItemOf(world_.Seal(plain_));
  for (const absl::Duration when : {-absl::Hours(2), absl::Hours(2)}) {
    *item.mutable_accepted_at() = contract::ToMessage(now_ + when);
    EXPECT_EQ(ReasonFor(opener, item), v1::RETURN_REASON_NOT_AUTHENTIC);
  }
  item.clear_accepted_at();
  EXPECT_EQ(ReasonFor(opener, item), v1::RETURN_REASON_NOT_AUTHENTIC);
  // Accepted in time, and opened long after it.
  *item.mutable_accepted_at() = contract::ToMessage(now_);
  const auto opened = opener.Open(item, AllSigners(), now_ + absl::Hours(24 * 30));
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_TRUE(std::holds_alternative<v1::Notice>(*opened));
}

// Revoked ten minutes ago, its key somebody else's for twenty more.
class RevokedSignerTest : public ContentOpenerTest {
 protected:
  ContentOpener OpenerRevoking(const Certificate& signer, RevocationReason reason) const {
    RevokedCertificate revoked = certs::Revoked(signer, reason);
    revoked.revoked_at = now_ - absl::Minutes(10);
    revoked.invalid_since = now_ - absl::Minutes(30);
    return Opener(WriteList({revoked}));
  }
  v1::ReturnReason ReasonIfAccepted(const ContentOpener& opener, v1::InboxItem item, absl::Duration before) const {
    *item.mutable_accepted_at() = contract::ToMessage(now_ - before);
    return ReasonFor(opener, item);
  }
};

TEST_F(RevokedSignerTest, WhatWasAcceptedBeforeTheRevocationHolds) {
  for (const auto& [signer, sealed_by] :
       {std::pair(world_.signer(), v1::SEALED_BY_REGION), std::pair(broker_.certificate(), v1::SEALED_BY_BROKER)}) {
    const ContentOpener opener = OpenerRevoking(signer, RevocationReason::kSuperseded);
    const v1::InboxItem item =
        sealed_by == v1::SEALED_BY_BROKER ? ItemBy(broker_, sealed_by) : ItemOf(world_.Seal(plain_));
    EXPECT_EQ(ReasonIfAccepted(opener, item, absl::Minutes(31)), v1::RETURN_REASON_UNSPECIFIED) << sealed_by;
    EXPECT_EQ(ReasonIfAccepted(opener, item, absl::Minutes(11)), v1::RETURN_REASON_UNSPECIFIED) << sealed_by;
    EXPECT_EQ(ReasonIfAccepted(opener, item, absl::Minutes(10)), v1::RETURN_REASON_NOT_AUTHENTIC) << sealed_by;
    EXPECT_EQ(ReasonIfAccepted(opener, item, absl::ZeroDuration()), v1::RETURN_REASON_NOT_AUTHENTIC) << sealed_by;
  }
}

TEST_F(RevokedSignerTest, AStolenKeyCountsFromWhenItWasStolen) {
  const ContentOpener opener = OpenerRevoking(world_.signer(), RevocationReason::kKeyCompromise);
  const v1::InboxItem item = ItemOf(world_.Seal(plain_));
  EXPECT_EQ(ReasonIfAccepted(opener, item, absl::Minutes(31)), v1::RETURN_REASON_UNSPECIFIED);
  EXPECT_EQ(ReasonIfAccepted(opener, item, absl::Minutes(11)), v1::RETURN_REASON_NOT_AUTHENTIC);
}

TEST_F(RevokedSignerTest, OthersAreUntouched) {
  const ContentOpener opener = OpenerRevoking(other_region_.certificate(), RevocationReason::kKeyCompromise);
  ExpectOpens(opener, ItemOf(world_.Seal(plain_)));
  ExpectOpens(opener, ItemBy(broker_, v1::SEALED_BY_BROKER));
}

TEST_F(RevokedSignerTest, WithoutACurrentListNothingIsOpenedAndNothingReturned) {
  const ContentOpener opener = Opener(WriteList({}));
  const v1::InboxItem item = ItemOf(world_.Seal(plain_));
  ExpectOpens(opener, item);
  const auto expired = opener.Open(item, AllSigners(), now_ + absl::Hours(2));
  EXPECT_TRUE(absl::IsUnavailable(expired.status())) << expired.status();

  // What would be returned with a list is returned without one.
  const auto broken = opener.Open(ItemOf(plain_), AllSigners(), now_ + absl::Hours(2));
  ASSERT_TRUE(broken.ok()) << broken.status();
  EXPECT_EQ(std::get<v1::ReturnReason>(*broken), v1::RETURN_REASON_CANNOT_BE_OPENED);
  const auto strange = opener.Open(ItemBy(stranger_, v1::SEALED_BY_REGION), AllSigners(), now_ + absl::Hours(2));
  ASSERT_TRUE(strange.ok()) << strange.status();
  EXPECT_EQ(std::get<v1::ReturnReason>(*strange), v1::RETURN_REASON_NOT_AUTHENTIC);
}

TEST_F(RevokedSignerTest, AnAuthorityWithoutAListLeavesItsSignersUnjudged) {
  OpeningFiles files = Files(WriteList({}));
  files.authorities = files_.Write("both.pem", authority_.CertificatePem() + other_authority_.CertificatePem());
  const absl::StatusOr<ContentOpener> opener = ContentOpener::Create(files);
  ASSERT_TRUE(opener.ok()) << opener.status();
  const auto opened = opener->Open(ItemBy(stranger_, v1::SEALED_BY_REGION), AllSigners(), now_);
  EXPECT_TRUE(absl::IsUnavailable(opened.status())) << opened.status();
  ExpectOpens(*opener, ItemOf(world_.Seal(plain_)));
}

}  // namespace
}  // namespace envej::municipality_client
