#include "certs/sealed_form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/err.h>

#include "certs/der_reader.h"
#include "certs/sealing.h"
#include "tests/certs/odd_messages.h"
#include "tests/certs/test_files.h"

namespace envej::certs {
namespace {

using testing::HasSubstr;

constexpr char kSignedText[] = "what only the municipality may read";
constexpr char kAuthEnvelopedData[] = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17";
constexpr char kCompressedData[] = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09";

class SealedFormTest : public testing::Test {
 protected:
  ~SealedFormTest() override { EXPECT_EQ(ERR_peek_error(), 0u) << "left in OpenSSL's queue"; }

  Holder Issued(LeafUsage usage) const {
    LeafRequest request = ClientRequest("urn:envej:municipality:0101");
    request.usage = usage;
    return Holder(authority_.Issue(request));
  }

  // Why a message is refused, which the opener and the form alone agree on.
  std::string Refusal(const std::string& message) const {
    EXPECT_NE(message, "");
    const absl::Status status = ReadSealedForm(message).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    EXPECT_EQ(opener_.Open(message).status(), status);
    EXPECT_EQ(IsSealedTo(message, {inbox_.certificate}).status(), status);
    return std::string(status.message());
  }

  // Why what was sealed properly is refused for what it holds.
  std::string ContentRefusal(const std::string& content) const {
    EXPECT_NE(content, "");
    const absl::Status status = opener_.Open(EncryptedMessage(content, inbox_)).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    return std::string(status.message());
  }

  std::string WithChanged(std::string message, const std::string& from, const std::string& to) const {
    const size_t place = message.find(from);
    EXPECT_NE(place, std::string::npos);
    return place == std::string::npos ? "" : message.replace(place, from.size(), to);
  }

  TestAuthority authority_;
  Holder inbox_ = Issued(LeafUsage::kInbox);
  Holder signer_ = Issued(LeafUsage::kClient);
  Opener opener_ = MakeOpener({inbox_});
  std::string signed_ = SignedMessage(kSignedText, signer_);
};

TEST_F(SealedFormTest, WhatOpensslMakesWithTheRightChoicesHasTheForm) {
  const std::string message = EncryptedMessage(signed_, inbox_);
  const absl::StatusOr<std::vector<absl::string_view>> recipients = ReadSealedForm(message);
  ASSERT_TRUE(recipients.ok()) << recipients.status();
  EXPECT_EQ(recipients->size(), 1u);
  EXPECT_EQ(recipients->front(), NameInSealing(inbox_.certificate));
  EXPECT_EQ(opener_.Open(message)->Payload(signer_.certificate).value(), kSignedText);
}

TEST_F(SealedFormTest, OtherCmsTypesAreRefused) {
  EXPECT_THAT(Refusal(EncryptedMessage(signed_, inbox_, {.content = EVP_aes_256_cbc()})),
              HasSubstr("not one CMS AuthEnvelopedData"));
  EXPECT_THAT(Refusal(signed_), HasSubstr("not one CMS AuthEnvelopedData"));
  EXPECT_THAT(Refusal(WithChanged(EncryptedMessage(signed_, inbox_), kAuthEnvelopedData, kCompressedData)),
              HasSubstr("not one CMS AuthEnvelopedData"));
  EXPECT_THAT(Refusal("text"), HasSubstr("not one CMS AuthEnvelopedData"));
}

TEST_F(SealedFormTest, OtherCiphersAreRefused) {
  EXPECT_THAT(Refusal(EncryptedMessage(signed_, inbox_, {.content = EVP_aes_128_gcm()})), HasSubstr("recipients"));
  EXPECT_THAT(Refusal(WithChanged(EncryptedMessage(signed_, inbox_), "\x60\x86\x48\x01\x65\x03\x04\x01\x2e",
                                  "\x60\x86\x48\x01\x65\x03\x04\x01\x2f")),  // AES-256-CCM
              HasSubstr("AES-256-GCM"));
  EXPECT_THAT(Refusal(EncryptedMessage(signed_, inbox_, {.content_type = NID_pkcs7_signed})), HasSubstr("AES-256-GCM"));
}

TEST_F(SealedFormTest, OtherWaysToTheKeyAreRefused) {
  EXPECT_THAT(Refusal(EncryptedMessage(signed_, inbox_, {.wrap = EVP_aes_128_wrap()})), HasSubstr("recipients"));
  for (const EVP_MD* digest : {EVP_sha1(), EVP_sha384()}) {
    EXPECT_THAT(Refusal(EncryptedMessage(signed_, inbox_, {.derivation = digest})), HasSubstr("recipients"));
  }
  EXPECT_THAT(Refusal(EncryptedMessage(signed_, inbox_, {.recipient_flags = CMS_USE_KEYID})), HasSubstr("recipients"));
  EXPECT_THAT(Refusal(EncryptedMessage(signed_, SelfSigned(KeyPointer(EVP_RSA_gen(2048))))), HasSubstr("recipients"));
  EXPECT_THAT(Refusal(EncryptedMessage(signed_, SelfSigned(KeyPointer(EVP_EC_gen("P-384"))))), HasSubstr("recipients"));
}

TEST_F(SealedFormTest, MoreRecipientsThanEightAreRefused) {
  // By hand, since a sealer makes no such message: the set is filled with its own only member.
  const std::string message = EncryptedMessage(signed_, inbox_);
  const size_t set = message.find(std::string("\x02\x01\x00\x31", 4)) + 3;
  ASSERT_EQ(static_cast<unsigned char>(message[set + 1]), 0x81);
  const auto size = static_cast<unsigned char>(message[set + 2]);
  const std::string member = message.substr(set + 3, size);
  const std::string content = message.substr(set + 3 + size);
  for (const int count : {0, 8, 9}) {
    std::string members;
    for (int index = 0; index < count; ++index) members += member;
    const std::string enveloped = Element(0x30, Element(0x02, std::string(1, '\0')) + Element(0x31, members) + content);
    const std::string forged = Element(0x30, Element(0x06, kAuthEnvelopedData) + Element(0xa0, enveloped));
    if (count == 8) {
      EXPECT_EQ(ReadSealedForm(forged)->size(), 8u);
    } else {
      EXPECT_THAT(Refusal(forged), HasSubstr("recipients"));
    }
  }
}

TEST_F(SealedFormTest, AttributesAreRefusedBeforeOpensslSeesThem) {
  const std::string message = EncryptedMessage(signed_, inbox_);
  const size_t enveloped = message.find(std::string("\x02\x01\x00\x31", 4));
  const std::string attribute = Element(0x30, Element(0x06, "\x2a\x03") + Element(0x31, Element(0x04, "x")));
  const auto with = [&](const std::string& before_mac, const std::string& after) {
    std::string body = message.substr(enveloped);
    body.insert(body.size() - 18, before_mac);
    return Element(0x30, Element(0x06, kAuthEnvelopedData) + Element(0xa0, Element(0x30, body + after)));
  };
  EXPECT_TRUE(opener_.Open(with("", "")).ok());
  for (const uint8_t tag : {DerConstructed(1), DerConstructed(2), DerConstructed(3)}) {
    EXPECT_THAT(Refusal(with(Element(tag, attribute), "")), HasSubstr("AES-256-GCM"));
    EXPECT_THAT(Refusal(with("", Element(tag, attribute))), HasSubstr("attributes"));
  }
}

TEST_F(SealedFormTest, AShortenedTagIsRefused) {
  const std::string message = EncryptedMessage(signed_, inbox_);
  const size_t enveloped = message.find(std::string("\x02\x01\x00\x31", 4));
  const std::string body = message.substr(enveloped, message.size() - enveloped - 18);
  for (const size_t size : {16, 15, 12, 4, 0}) {
    const std::string tag = message.substr(message.size() - 16, size);
    const std::string shortened = Element(
        0x30, Element(0x06, kAuthEnvelopedData) + Element(0xa0, Element(0x30, body + Element(kDerOctetString, tag))));
    if (size == 16) {
      EXPECT_TRUE(opener_.Open(shortened).ok());
    } else {
      EXPECT_THAT(Refusal(shortened), HasSubstr("AES-256-GCM"));
    }
  }
}

TEST_F(SealedFormTest, OtherEncodingsOfTheSameMessageAreRefused) {
  const std::string message = EncryptedMessage(signed_, inbox_);
  const size_t enveloped = message.find(std::string("\x02\x01\x00\x31", 4));
  const std::string inner = Element(0x30, message.substr(enveloped));
  const std::string type = Element(0x06, kAuthEnvelopedData);
  EXPECT_TRUE(ReadSealedForm(Element(0x30, type + Element(0xa0, inner))).ok());
  const std::string open_end("\0\0", 2);
  EXPECT_THAT(Refusal("\x30\x80" + type + "\xa0\x80" + inner + open_end + open_end), HasSubstr("DER"));
  const std::string body = type + Element(0xa0, inner);
  const std::string long_length = {'\x30', '\x83', '\0', static_cast<char>(body.size() >> 8),
                                   static_cast<char>(body.size() & 0xff)};
  EXPECT_THAT(Refusal(long_length + body), HasSubstr("DER"));
}

TEST_F(SealedFormTest, ContentThatIsNotSignedIsRefused) {
  EXPECT_THAT(ContentRefusal(kSignedText), HasSubstr("something else than one CMS SignedData"));
  EXPECT_THAT(ContentRefusal(EncryptedMessage(signed_, inbox_)), HasSubstr("something else"));
  EXPECT_THAT(ContentRefusal(signed_ + "x"), HasSubstr("something else"));
  EXPECT_THAT(ContentRefusal(SignedMessage(signed_, signer_, CMS_BINARY | CMS_NOCERTS | CMS_DETACHED)),
              HasSubstr("without a payload"));
}

TEST_F(SealedFormTest, ContentSignedInAnotherWayIsRefused) {
  EXPECT_THAT(ContentRefusal(SignedMessage(kSignedText, signer_, CMS_BINARY)), HasSubstr("holds certificates"));
  EXPECT_THAT(ContentRefusal(SignedMessage(kSignedText, signer_, CMS_BINARY | CMS_NOCERTS | CMS_NOATTR)),
              HasSubstr("signed attributes"));
  EXPECT_THAT(ContentRefusal(SignedMessage(kSignedText, signer_, CMS_BINARY | CMS_NOCERTS | CMS_USE_KEYID)),
              HasSubstr("issuer and serial"));
  for (const EVP_MD* digest : {EVP_sha1(), EVP_sha512()}) {
    EXPECT_THAT(ContentRefusal(SignedMessage(kSignedText, signer_, CMS_BINARY | CMS_NOCERTS, digest)),
                HasSubstr("ECDSA with SHA-256"));
  }
  EXPECT_THAT(ContentRefusal(SignedMessage(kSignedText, SelfSigned(KeyPointer(EVP_RSA_gen(2048))))),
              HasSubstr("ECDSA with SHA-256"));
}

TEST_F(SealedFormTest, ASignatureWithinASignatureIsOnlyAPayload) {
  // What is signed twice is sealed content whose payload happens to be a message; it is not unwrapped further.
  const absl::StatusOr<SignedContent> content = opener_.Open(EncryptedMessage(SignedMessage(signed_, signer_), inbox_));
  ASSERT_TRUE(content.ok()) << content.status();
  EXPECT_EQ(content->Payload(signer_.certificate).value(), signed_);
}

}  // namespace
}  // namespace envej::certs
