// The message in vectors/, and the openssl command line as somebody else's implementation.

#include <gtest/gtest.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "certs/inbox_certificate.h"
#include "certs/sealing.h"
#include "envej/v1/sealed_payload.pb.h"
#include "tests/certs/odd_messages.h"
#include "tests/certs/test_files.h"

namespace envej::certs {
namespace {

class SealingVectorsTest : public testing::Test {
 protected:
  static std::string Vector(const std::string& name) {
    return absl::StrCat(std::getenv("ENVEJ_SOURCE_DIRECTORY"), "/tests/certs/vectors/", name);
  }
  static Holder ReadHolder(const std::string& name) {
    return Holder({ReadFile(Vector(name + ".pem")), ReadFile(Vector(name + ".key"))});
  }

  // Runs `openssl cms` in the test's own directory.
  void Cms(const std::string& arguments) const {
    const std::string command =
        absl::StrCat("cd '", directory_.Path(""), "' && openssl cms -binary ", arguments, " 2>errors");
    EXPECT_EQ(std::system(command.c_str()), 0) << command << "\n" << ReadFile(directory_.Path("errors"));
  }

  TestDirectory directory_;
  Holder inbox_ = ReadHolder("inbox");
  Holder signer_ = ReadHolder("signer");
  std::string payload_ = ReadFile(Vector("payload.binpb"));
  std::string sealed_ = ReadFile(Vector("sealed.der"));
};

TEST_F(SealingVectorsTest, TheSealedMessageOpens) {
  ASSERT_FALSE(payload_.empty());
  EXPECT_TRUE(IsSealedTo(sealed_, {inbox_.certificate}).value());
  const absl::StatusOr<SignedContent> content = MakeOpener({inbox_}).Open(sealed_);
  ASSERT_TRUE(content.ok()) << content.status();
  EXPECT_EQ(content->Payload(signer_.certificate).value(), payload_);
  v1::SealedPayload payload;
  ASSERT_TRUE(payload.ParseFromString(payload_));
  EXPECT_EQ(payload.region_code(), "1084");
  EXPECT_EQ(payload.envelope().municipality_code(), "0101");
  EXPECT_EQ(payload.citizen().name(), "Opdigtet Borger");
}

TEST_F(SealingVectorsTest, TheInboxCertificateIsOne) {
  const std::vector<Certificate> authorities = Certificate::FromPem(ReadFile(Vector("authority.pem"))).value();
  const absl::Time then = absl::FromCivil(absl::CivilDay(2027, 6, 1), absl::UTCTimeZone());
  const absl::Status inbox = CheckInboxCertificate(inbox_.certificate, authorities, "0101", then);
  EXPECT_TRUE(inbox.ok()) << inbox;
  EXPECT_FALSE(CheckInboxCertificate(signer_.certificate, authorities, "0101", then).ok());
}

TEST_F(SealingVectorsTest, OpensslOpensAndVerifiesWhatIsSealed) {
  const Holder second = SelfSigned(KeyPointer(EVP_EC_gen("P-256")));
  for (const std::vector<Certificate>& recipients :
       std::vector<std::vector<Certificate>>{{inbox_.certificate}, {second.certificate, inbox_.certificate}}) {
    directory_.Write("sealed.der", signer_.MakeSealer().Seal(payload_, recipients).value());
    Cms(absl::StrCat("-decrypt -inform DER -in sealed.der -out signed.der -recip ", Vector("inbox.pem"), " -inkey ",
                     Vector("inbox.key")));
    Cms(absl::StrCat("-verify -inform DER -in signed.der -out payload -purpose any -certfile ", Vector("signer.pem"),
                     " -CAfile ", Vector("authority.pem")));
    EXPECT_EQ(ReadFile(directory_.Path("payload")), payload_);
  }
}

TEST_F(SealingVectorsTest, WhatOpensslSealsOpens) {
  const Holder second = SelfSigned(KeyPointer(EVP_EC_gen("P-256")));
  directory_.Write("second.pem", second.pem.certificate_pem);
  Cms(absl::StrCat("-sign -nodetach -nocerts -nosmimecap -md sha256 -outform DER -out signed.der -in ",
                   Vector("payload.binpb"), " -signer ", Vector("signer.pem"), " -inkey ", Vector("signer.key")));
  const std::string encrypt = absl::StrCat("-encrypt -aes-256-gcm -in signed.der -outform DER -out sealed.der -recip ",
                                           Vector("inbox.pem"), " -keyopt ecdh_kdf_md:sha256");
  Cms(encrypt);
  const std::string to_one = ReadFile(directory_.Path("sealed.der"));
  Cms(encrypt + " -recip second.pem -keyopt ecdh_kdf_md:sha256");
  const std::string to_two = ReadFile(directory_.Path("sealed.der"));
  EXPECT_EQ(MakeOpener({inbox_}).Open(to_one)->Payload(signer_.certificate).value(), payload_);
  EXPECT_EQ(MakeOpener({inbox_}).Open(to_two)->Payload(signer_.certificate).value(), payload_);
  EXPECT_EQ(MakeOpener({second}).Open(to_two)->Payload(signer_.certificate).value(), payload_);
  EXPECT_FALSE(MakeOpener({second}).Open(to_one).ok());
}

TEST_F(SealingVectorsTest, WhatOpensslSealsByItsOwnChoicesIsRefused) {
  directory_.Write("signed.der", SignedMessage(payload_, signer_));
  for (const char* choice : {"-aes-256-gcm", "-aes-256-cbc -keyopt ecdh_kdf_md:sha256"}) {
    Cms(absl::StrCat("-encrypt -in signed.der -outform DER -out sealed.der -recip ", Vector("inbox.pem"), " ", choice));
    const absl::Status refused = MakeOpener({inbox_}).Open(ReadFile(directory_.Path("sealed.der"))).status();
    EXPECT_TRUE(absl::IsInvalidArgument(refused)) << choice << ": " << refused;
  }
}

}  // namespace
}  // namespace envej::certs
