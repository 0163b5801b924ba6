#include "broker/inbox/signer_certificates.h"

#include <gtest/gtest.h>

#include <string>

#include "proto/contract/byte_codec.h"
#include "tests/broker/inbox/damage_fixture.h"

namespace envej::inbox {
namespace {

class SignerCertificatesTest : public DamageFixture {
 protected:
  const std::string fingerprint_ = std::string(32, 'f');
  const SignerCertificate certificate_{.owner = "1081", .der = "a certificate"};
  SignerCertificates signers_{store_};
};

TEST_F(SignerCertificatesTest, IsKnownOnceANoticeThatItSignedIsStored) {
  EXPECT_EQ(*signers_.Find(fingerprint_), std::nullopt);
  Submission submission = SubmissionOf(1);
  submission.keep = [this] {
    return Kept{.content = "sealed", .besides = {SignerCertificates::Entry(fingerprint_, certificate_)}};
  };
  inboxes_->SubmitAll({submission},
                      [](const std::vector<absl::StatusOr<Accepted>>& answers) { EXPECT_TRUE(answers.at(0).ok()); });
  EXPECT_EQ(*signers_.Find(fingerprint_), certificate_);
  store_.Damage(store::SignerKey(fingerprint_), std::nullopt);
  EXPECT_EQ(*signers_.Find(fingerprint_), certificate_) << "what was read is remembered";
}

TEST_F(SignerCertificatesTest, DamagedEntryIsAnError) {
  store_.Damage(store::SignerKey(fingerprint_), "x");
  EXPECT_TRUE(absl::IsDataLoss(signers_.Find(fingerprint_).status()));
}

TEST_F(SignerCertificatesTest, NoticeWhoseContentCannotBeMadeIsRefusedAloneAndLeavesNothing) {
  Submission broken = SubmissionOf(1);
  broken.keep = [] { return absl::UnavailableError("it cannot be sealed"); };
  std::vector<absl::StatusOr<Accepted>> answers;
  inboxes_->SubmitAll({broken, SubmissionOf(2)},
                      [&](std::vector<absl::StatusOr<Accepted>> given) { answers = std::move(given); });
  EXPECT_TRUE(absl::IsUnavailable(answers.at(0).status()));
  EXPECT_TRUE(answers.at(1).ok());
  EXPECT_FALSE(inboxes_->Get(Key(1)).ok());
  EXPECT_TRUE(SubmitOne(1).ok()) << "its id is free";
}

TEST_F(SignerCertificatesTest, NothingIsMadeForARepeatedNotice) {
  ASSERT_TRUE(SubmitOne(1).ok());
  Submission again = SubmissionOf(1);
  again.keep = [] {
    ADD_FAILURE() << "sealing costs more than all the rest";
    return Kept();
  };
  inboxes_->SubmitAll({again}, [](const std::vector<absl::StatusOr<Accepted>>& answers) {
    ASSERT_TRUE(answers.at(0).ok());
    EXPECT_TRUE(answers.at(0)->repeated);
  });
}

}  // namespace
}  // namespace envej::inbox
