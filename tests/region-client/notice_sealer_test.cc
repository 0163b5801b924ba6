#include "region-client/notice_sealer.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/region-client/support/notice_lines.h"
#include "tests/region-client/support/notice_sealer_fixture.h"
#include "tests/support/sealing_world.h"

namespace envej::region {
namespace {

using certs::Certificate;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;

std::string MunicipalityUri(const std::string& code) { return absl::StrCat("urn:envej:municipality:", code); }

TEST_F(NoticeSealerTest, OnlyTheMunicipalityCanReadIt) {
  const v1::Notice sealed = Sealed(MakeSealer());
  EXPECT_FALSE(sealed.has_citizen());
  EXPECT_THAT(sealed.SerializeAsString(), Not(HasSubstr("Opdigtet")));
  EXPECT_EQ(sealed.sealed().signer_fingerprint(), world_.signer().fingerprint());
  const std::optional<v1::Notice> opened = world_.Open(sealed);
  ASSERT_TRUE(opened.has_value());
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(*opened, plain_));
}

TEST_F(NoticeSealerTest, TheEnvelopeGoesAsItIsButForItsCommitments) {
  v1::Envelope envelope = Sealed(MakeSealer()).envelope();
  EXPECT_TRUE(envelope.has_content_commitment());
  EXPECT_THAT(envelope.former_commitments(), IsEmpty());
  envelope.clear_content_commitment();
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(envelope, plain_.envelope()));
}

TEST_F(NoticeSealerTest, TheSameNoticeHasTheSameCommitmentWhenItIsSealedAgain) {
  const v1::Notice first = Sealed(MakeSealer());
  const v1::Notice second = Sealed(MakeSealer());
  EXPECT_NE(first.sealed().cms(), second.sealed().cms());
  EXPECT_EQ(first.envelope().SerializeAsString(), second.envelope().SerializeAsString());
  const v1::ContentCommitment& commitment = first.envelope().content_commitment();
  EXPECT_EQ(commitment.value().size(), 32);
  EXPECT_THAT(commitment.key_id(), MatchesRegex("[0-9a-f]{16}"));
  EXPECT_THAT(certs::ReadFile(world_.secret_file()), Not(HasSubstr(commitment.key_id())));
}

TEST_F(NoticeSealerTest, AnotherNoticeOrRegionHasAnotherCommitment) {
  const NoticeSealer sealer = MakeSealer();
  const auto commitment_to = [&](const NoticeSealer& by, const v1::Notice& plain) {
    return Sealed(by, plain).envelope().content_commitment().value();
  };
  const std::string first = commitment_to(sealer, plain_);
  v1::Notice other = plain_;
  other.mutable_citizen()->set_name("Opdigtet Borger 2");
  EXPECT_NE(commitment_to(sealer, other), first);
  other = plain_;
  other.mutable_envelope()->set_notice_id(NoticeIdNumber(2));
  EXPECT_NE(commitment_to(sealer, other), first);
  SealingFiles files = Files();
  files.tls = authority_.IssueFiles(files_, "other", certs::ClientRequest("urn:envej:region:1082"));
  EXPECT_NE(commitment_to(MakeSealer(files), plain_), first);
}

TEST_F(NoticeSealerTest, AnotherSecretMakesAnotherCommitmentUnderAnotherName) {
  SealingFiles files = Files();
  files.secret = WriteSecret("other", 'c');
  const v1::ContentCommitment first = Sealed(MakeSealer()).envelope().content_commitment();
  const v1::ContentCommitment other = Sealed(MakeSealer(files)).envelope().content_commitment();
  EXPECT_NE(first.key_id(), other.key_id());
  EXPECT_NE(first.value(), other.value());
}

TEST_F(NoticeSealerTest, ANoticeIsRecognisedAfterTheSecretWasReplaced) {
  const v1::ContentCommitment before = Sealed(MakeSealer()).envelope().content_commitment();
  SealingFiles files = Files();
  files.secret = WriteSecret("newest", 'c');
  const v1::ContentCommitment between = Sealed(MakeSealer(files)).envelope().content_commitment();
  files.former_secrets = {files.secret, world_.secret_file()};
  files.secret = WriteSecret("newer yet", 'd');
  const v1::Envelope after = Sealed(MakeSealer(files)).envelope();
  const auto is = [](const v1::ContentCommitment& commitment) {
    return testing::Property(&v1::ContentCommitment::SerializeAsString, commitment.SerializeAsString());
  };
  EXPECT_THAT(after.former_commitments(), ElementsAre(is(between), is(before)));
  EXPECT_THAT(after.content_commitment(), Not(testing::AnyOf(is(between), is(before))));
}

// Inbox certificates that a dishonest directory may give, and what is said of each.
class SubstitutedInboxTest : public NoticeSealerTest {
 protected:
  struct Substitute {
    std::string der;
    std::string said;
  };
  std::vector<Substitute> Substitutes() const {
    const certs::TestAuthority namesake;
    const std::string uri = MunicipalityUri(kMunicipality);
    certs::LeafRequest two_names = certs::ClientRequest(uri);
    two_names.uris.push_back(MunicipalityUri("0147"));
    two_names.usage = certs::LeafUsage::kInbox;
    const std::string good = Issue(authority_, uri).der();
    return {
        {Issue(other_authority_, uri).der(), "not under an accepted authority"},
        {Issue(namesake, uri).der(), "not under an accepted authority"},
        {Issue(authority_, MunicipalityUri("0147")).der(), "the one URI name urn:envej:municipality:0101"},
        {Issue(authority_, "urn:envej:region:0101").der(), "the one URI name urn:envej:municipality:0101"},
        {authority_.IssueCertificate(two_names).der(), "the one URI name urn:envej:municipality:0101"},
        {Issue(authority_, uri, certs::LeafUsage::kClient).der(), "key usage is not keyAgreement alone"},
        {Issue(authority_, uri, certs::LeafUsage::kServer).der(), "key usage is not keyAgreement alone"},
        {authority_.AsCertificate().der(), "is an authority's"},
        {"marmalade", ""},
        {"", ""},
        {good + "x", ""},
        {good.substr(0, good.size() - 1), ""},
    };
  }
};

TEST_F(SubstitutedInboxTest, NothingIsSealedToIt) {
  NoticeSealer sealer = MakeSealer();
  for (const Substitute& substitute : Substitutes()) {
    SCOPED_TRACE(absl::StrCat(substitute.said, " ", absl::BytesToHexString(substitute.der).substr(0, 40)));
    sealer.Learn(Directory({substitute.der}), now_);
    const Refusal refusal = Refused(sealer);
    EXPECT_EQ(refusal.reason, "INBOX_CERTIFICATE_MISSING");
    EXPECT_THAT(refusal.text,
                AllOf(HasSubstr("the one that the broker gives cannot be trusted: "), HasSubstr(substitute.said)));
    EXPECT_THAT(refusal.text, Not(HasSubstr("marmalade")));
  }
}

TEST_F(SubstitutedInboxTest, BesideAGoodOneItIsPassedOver) {
  NoticeSealer sealer = MakeSealer();
  for (const Substitute& substitute : Substitutes()) {
    SCOPED_TRACE(absl::StrCat(substitute.said, " ", absl::BytesToHexString(substitute.der).substr(0, 40)));
    for (const auto& directory :
         {Directory({substitute.der, world_.inbox().der()}), Directory({world_.inbox().der(), substitute.der})}) {
      sealer.Learn(directory, now_);
      const v1::Notice sealed = Sealed(sealer);
      EXPECT_TRUE(world_.Open(sealed).has_value());
      const absl::StatusOr<Certificate> parsed = Certificate::FromDer(substitute.der);
      if (!parsed.ok()) continue;
      EXPECT_FALSE(certs::IsSealedTo(sealed.sealed().cms(), {*parsed}).value());
    }
  }
}

TEST_F(SubstitutedInboxTest, OneThatIsNotValidNowIsNotSealedTo) {
  NoticeSealer sealer = MakeSealer();
  for (const auto& [moment, said] :
       {std::pair(now_ + absl::Hours(2), "no longer valid"), std::pair(now_ - absl::Hours(2), "not valid yet")}) {
    sealer.Learn(Directory({world_.inbox().der()}), moment);
    const Refusal refusal = Refused(sealer);
    EXPECT_EQ(refusal.reason, "INBOX_CERTIFICATE_MISSING");
    EXPECT_THAT(refusal.text, HasSubstr(said));
  }
}

TEST_F(NoticeSealerTest, WhileKeysRollOverItIsSealedToEach) {
  NoticeSealer sealer = MakeSealer();
  const Certificate next = Issue(authority_, MunicipalityUri(kMunicipality));
  sealer.Learn(Directory({next.der(), world_.inbox().der()}), now_);
  const v1::Notice sealed = Sealed(sealer);
  EXPECT_TRUE(world_.Open(sealed).has_value());
  EXPECT_TRUE(certs::IsSealedTo(sealed.sealed().cms(), {next}).value());
}

TEST_F(NoticeSealerTest, AMunicipalityMustBeKnownTakePartAndHaveACertificate) {
  NoticeSealer sealer = MakeSealer();
  sealer.Learn(Directory({}), now_);
  Refusal refusal = Refused(sealer);
  EXPECT_EQ(refusal.reason, "INBOX_CERTIFICATE_MISSING");
  EXPECT_THAT(refusal.text, Not(HasSubstr("trusted")));
  sealer.Learn(Directory({world_.inbox().der()}, false), now_);
  EXPECT_EQ(Refused(sealer).reason, "MUNICIPALITY_NOT_PARTICIPATING");
  // What was learnt before no longer counts.
  sealer.Learn({}, now_);
  EXPECT_EQ(Refused(sealer).reason, "MUNICIPALITY_UNKNOWN");
  // Of one that learnt nothing at all, too.
  EXPECT_EQ(Refused(*NoticeSealer::Create(Files(), now_)).reason, "MUNICIPALITY_UNKNOWN");
}

v1::Withdrawal PlainWithdrawal() {
  v1::Withdrawal plain;
  plain.set_municipality_code(kMunicipality);
  plain.set_notice_id(NoticeIdNumber(1));
  plain.set_revision(2);
  plain.set_reason(v1::WITHDRAWAL_REASON_DECEASED);
  plain.set_contract_version(1);
  return plain;
}

TEST_F(NoticeSealerTest, AWithdrawalIsSealedAndSignedAsItIs) {
  const absl::StatusOr<v1::Withdrawal> sealed = MakeSealer().Seal(PlainWithdrawal());
  ASSERT_TRUE(sealed.ok()) << sealed.status();
  EXPECT_TRUE(world_.Opens(*sealed));
  EXPECT_EQ(sealed->sealed().signer_fingerprint(), world_.signer().fingerprint());
  v1::Withdrawal plain = *sealed;
  plain.clear_sealed();
  EXPECT_EQ(plain.SerializeAsString(), PlainWithdrawal().SerializeAsString());
  v1::Withdrawal moved = *sealed;
  moved.set_revision(3);
  EXPECT_FALSE(world_.Opens(moved));
}

TEST_F(NoticeSealerTest, AWithdrawalIsSealedAlsoToWhoTakesNoPartAnyMoreButToNoCertificateThatCannotBeTrusted) {
  NoticeSealer sealer = MakeSealer();
  sealer.Learn(Directory({world_.inbox().der()}, /*participating=*/false), now_);
  EXPECT_TRUE(sealer.Seal(PlainWithdrawal()).ok());
  sealer.Learn(Directory({world_.signer().der()}), now_);
  const absl::Status distrusted = sealer.Seal(PlainWithdrawal()).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(distrusted));
  EXPECT_THAT(std::string(distrusted.message()), HasSubstr("cannot be trusted: "));
  for (const v1::ListMunicipalitiesResponse& directory : {Directory({}), v1::ListMunicipalitiesResponse()}) {
    sealer.Learn(directory, now_);
    EXPECT_EQ(sealer.Seal(PlainWithdrawal()).status().message(), "the broker gives no inbox certificate");
  }
}

TEST_F(NoticeSealerTest, WithoutASecretItSealsWithdrawalsAlone) {
  SealingFiles files = Files();
  files.secret.clear();
  const NoticeSealer sealer = MakeSealer(files);
  EXPECT_TRUE(sealer.Seal(PlainWithdrawal()).ok());
  EXPECT_EQ(Refused(sealer).reason, "NOT_SEALED");
}

TEST_F(NoticeSealerTest, KnowsTheCommitmentsOfANoticeUnderEachSecret) {
  const NoticeSealer before = MakeSealer();
  const v1::ContentCommitment commitment = Sealed(before).envelope().content_commitment();
  EXPECT_TRUE(before.IsOf(commitment, plain_));
  v1::Notice other = plain_;
  other.mutable_envelope()->set_revision(2);
  EXPECT_FALSE(before.IsOf(commitment, other));
  SealingFiles files = Files();
  files.former_secrets = {files.secret};
  files.secret = WriteSecret("newer", 'd');
  EXPECT_TRUE(MakeSealer(files).IsOf(commitment, plain_));
  files.former_secrets.clear();
  EXPECT_FALSE(MakeSealer(files).IsOf(commitment, plain_));
}

TEST_F(NoticeSealerTest, TooManyInboxCertificatesAreRefusedNotCut) {
  NoticeSealer sealer = MakeSealer();
  std::vector<std::string> many;
  for (int i = 0; i < 9; ++i) many.push_back(Issue(authority_, MunicipalityUri(kMunicipality)).der());
  sealer.Learn(Directory(many), now_);
  EXPECT_EQ(Refused(sealer).reason, "NOT_SEALED");
  many.pop_back();
  sealer.Learn(Directory(many), now_);
  Sealed(sealer);
}

}  // namespace
}  // namespace envej::region
