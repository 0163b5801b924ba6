#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "tests/region-client/support/notice_sealer_fixture.h"

namespace envej::region {
namespace {

using certs::Certificate;
using certs::RevocationReason;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// To which inbox certificates a region with revocation lists seals.
class RevokedInboxTest : public NoticeSealerTest {
 protected:
  RevokedInboxTest() { std::filesystem::create_directory(lists_); }

  SealingFiles Files() const {
    return {.tls = {.certificate_chain = world_.region_files().certificate_chain,
                    .private_key = world_.region_files().private_key,
                    .authorities = files_.Write(
                        "both.pem", absl::StrCat(world_.authority().CertificatePem(), second_.CertificatePem()))},
            .secret = world_.secret_file(),
            .former_secrets = {},
            .revocation_lists = lists_};
  }

  void Publish(const certs::TestAuthority& authority, const std::vector<certs::RevokedCertificate>& revoked,
               absl::Time next_update) const {
    const std::string name = &authority == &second_ ? "lists/second.pem" : "lists/first.pem";
    const auto list = authority.authority().MakeRevocationList(
        {.number = 1, .this_update = now_ - absl::Hours(2), .next_update = next_update, .revoked = revoked});
    files_.Write(name, list.value());
  }
  void Publish(const certs::TestAuthority& authority, const std::vector<certs::RevokedCertificate>& revoked) const {
    Publish(authority, revoked, now_ + absl::Hours(1));
  }

  // One that was told of these certificates.
  NoticeSealer Told(const SealingFiles& files, const std::vector<Certificate>& certificates) const {
    std::vector<std::string> ders;
    for (const Certificate& certificate : certificates) ders.push_back(certificate.der());
    return MakeSealer(files, Directory(ders));
  }

  bool IsSealedTo(const NoticeSealer& sealer, const Certificate& certificate) const {
    const std::variant<v1::Notice, Refusal> sealed = sealer.Seal(plain_);
    const v1::Notice* const notice = std::get_if<v1::Notice>(&sealed);
    return notice != nullptr && certs::IsSealedTo(notice->sealed().cms(), {certificate}).value();
  }

  // Why no notice can be sealed to these certificates.
  std::string Refused(const std::vector<Certificate>& certificates) const {
    const std::variant<v1::Notice, Refusal> sealed = Told(Files(), certificates).Seal(plain_);
    const Refusal* const refusal = std::get_if<Refusal>(&sealed);
    EXPECT_NE(refusal, nullptr);
    if (refusal == nullptr) return "";
    EXPECT_EQ(refusal->reason, "INBOX_CERTIFICATE_MISSING");
    return refusal->text;
  }

  Certificate Inbox(const certs::TestAuthority& authority) const {
    return Issue(authority, absl::StrCat("urn:envej:municipality:", kMunicipality));
  }

  const std::string lists_ = files_.Path("lists");
  const certs::TestAuthority& first_ = authority_;
  const certs::TestAuthority& second_ = other_authority_;
  const Certificate good_ = Inbox(first_);
  const Certificate revoked_ = Inbox(first_);
  const Certificate of_second_ = Inbox(second_);
};

TEST_F(RevokedInboxTest, ARevokedOneIsPassedOverAndTheOthersAreSealedTo) {
  Publish(first_, {certs::Revoked(revoked_, RevocationReason::kKeyCompromise)});
  for (const auto& told : {std::vector{revoked_, good_}, std::vector{good_, revoked_}}) {
    const NoticeSealer sealer = Told(Files(), told);
    EXPECT_TRUE(IsSealedTo(sealer, good_));
    EXPECT_FALSE(IsSealedTo(sealer, revoked_));
  }
}

TEST_F(RevokedInboxTest, WithoutListsNobodyAsks) {
  SealingFiles files = Files();
  files.revocation_lists.clear();
  EXPECT_TRUE(IsSealedTo(Told(files, {revoked_}), revoked_));
  EXPECT_TRUE(IsSealedTo(Told(files, {of_second_}), of_second_));
}

TEST_F(RevokedInboxTest, WhereNoneIsLeftTheNoticeIsRefusedAndTheReasonOfTheFirstIsSaid) {
  const Certificate other = Inbox(first_);
  Publish(first_, {certs::Revoked(revoked_, RevocationReason::kKeyCompromise),
                   certs::Revoked(other, RevocationReason::kSuperseded)});
  EXPECT_THAT(Refused({revoked_, other}),
              AllOf(HasSubstr("the inbox certificate is revoked (keyCompromise)"), Not(HasSubstr("superseded"))));
}

// What is sealed now is opened later.
TEST_F(RevokedInboxTest, OneThatIsRevokedFromALaterDateOnIsPassedOverToo) {
  certs::RevokedCertificate later = certs::Revoked(revoked_, RevocationReason::kSuperseded);
  later.revoked_at += absl::Hours(1);
  Publish(first_, {later});
  EXPECT_THAT(Refused({revoked_}), HasSubstr("is revoked (superseded)"));
}

TEST_F(RevokedInboxTest, OneWhoseAuthorityHasNoListIsPassedOver) {
  Publish(first_, {});
  const NoticeSealer sealer = Told(Files(), {of_second_, good_});
  EXPECT_TRUE(IsSealedTo(sealer, good_));
  EXPECT_FALSE(IsSealedTo(sealer, of_second_));
  EXPECT_THAT(Refused({of_second_}), HasSubstr("no revocation list says anything of the certificate: get the current "
                                               "list of its authority for --revocation-lists"));
  Publish(second_, {});
  EXPECT_TRUE(IsSealedTo(Told(Files(), {of_second_}), of_second_));
}

TEST_F(RevokedInboxTest, OneWhoseListHasExpiredIsPassedOver) {
  Publish(first_, {});
  Publish(second_, {}, now_ - absl::Minutes(1));
  const NoticeSealer sealer = Told(Files(), {of_second_, good_});
  EXPECT_TRUE(IsSealedTo(sealer, good_));
  EXPECT_FALSE(IsSealedTo(sealer, of_second_));
  EXPECT_THAT(Refused({of_second_}), HasSubstr("the revocation list for the certificate has expired: get the current"));
}

TEST_F(RevokedInboxTest, ListsThatCannotBeUsedAreAnErrorBeforeAnythingIsSent) {
  const auto unusable = [&] {
    const absl::StatusOr<NoticeSealer> sealer = NoticeSealer::Create(Files(), now_);
    EXPECT_FALSE(sealer.ok());
    EXPECT_THAT(std::string(sealer.status().message()), AllOf(HasSubstr(lists_), Not(HasSubstr("\n"))));
    return std::string(sealer.status().message());
  };
  EXPECT_THAT(unusable(), HasSubstr("holds no revocation list: put the current list of each authority there"));
  files_.Write("lists/first.pem", "marmalade");
  EXPECT_THAT(unusable(), AllOf(HasSubstr("first.pem"), Not(HasSubstr("marmalade"))));
  files_.Write("lists/first.pem", certs::TestAuthority("a stranger").RevocationListPem({}));
  EXPECT_THAT(unusable(), HasSubstr("none of the authorities signed"));
  Publish(first_, {}, now_ - absl::Minutes(1));
  EXPECT_THAT(unusable(), HasSubstr("holds only revocation lists that have expired: put the current list of each"));
}

}  // namespace
}  // namespace envej::region
