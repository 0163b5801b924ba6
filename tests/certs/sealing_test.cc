#include "certs/sealing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/certs/odd_messages.h"
#include "tests/certs/test_files.h"

namespace envej::certs {
namespace {

using testing::HasSubstr;

constexpr char kPayload[] = "what only the municipality may read";

class SealingTest : public testing::Test {
 protected:
  ~SealingTest() override { EXPECT_EQ(ERR_peek_error(), 0u) << "left in OpenSSL's queue"; }

  Holder NewInbox(const std::string& code = "0101") const {
    LeafRequest request = ClientRequest("urn:envej:municipality:" + code);
    request.usage = LeafUsage::kInbox;
    return Holder(authority_.Issue(request));
  }
  Holder NewSigner() const { return Holder(authority_.Issue(ClientRequest("urn:envej:region:1084"))); }

  std::string Sealed(absl::string_view payload = kPayload) const {
    return sealer_.Seal(payload, {inbox_.certificate}).value();
  }

  TestAuthority authority_;
  Holder inbox_ = NewInbox();
  Holder signer_ = NewSigner();
  Sealer sealer_ = signer_.MakeSealer();
  Opener opener_ = MakeOpener({inbox_});
};

TEST_F(SealingTest, WhatIsSealedOpensAndSaysWhoSignedIt) {
  const absl::StatusOr<SignedContent> content = opener_.Open(Sealed());
  ASSERT_TRUE(content.ok()) << content.status();
  EXPECT_EQ(content->Payload(signer_.certificate).value(), kPayload);
  EXPECT_EQ(content->Payload(signer_.certificate).value(), kPayload);
}

TEST_F(SealingTest, EveryRecipientOpensItAndNobodyElse) {
  std::vector<Holder> inboxes;
  std::vector<Certificate> recipients;
  for (size_t count = 1; count <= kSealRecipientsMost; ++count) {
    inboxes.push_back(NewInbox());
    recipients.push_back(inboxes.back().certificate);
    const std::string sealed = sealer_.Seal(kPayload, recipients).value();
    for (const Holder& inbox : inboxes) {
      EXPECT_EQ(MakeOpener({inbox}).Open(sealed)->Payload(signer_.certificate).value(), kPayload);
    }
    const absl::Status refused = MakeOpener({NewInbox(), inbox_}).Open(sealed).status();
    EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  }
}

TEST_F(SealingTest, AnotherKeyUnderTheRecipientsNameDoesNotOpenIt) {
  // Another authority of the same name that gives out the same serial number cannot be made here; so the message is
  // changed to name a stranger, who then has the name but not the key.
  const Holder stranger = NewInbox();
  std::string sealed = Sealed();
  const auto serial_of = [](const Holder& holder) {
    const ASN1_INTEGER* serial = X509_get0_serialNumber(&holder.certificate.x509());
    return std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(serial)),
                       static_cast<size_t>(ASN1_STRING_length(serial)));
  };
  const size_t place = sealed.find(serial_of(inbox_));
  ASSERT_NE(place, std::string::npos);
  sealed.replace(place, serial_of(inbox_).size(), serial_of(stranger));
  EXPECT_TRUE(absl::IsDataLoss(MakeOpener({stranger}).Open(sealed).status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(opener_.Open(sealed).status()));
}

TEST_F(SealingTest, OpensAcrossARolloverInEitherOrder) {
  const Holder next = NewInbox();
  const Opener both = MakeOpener({inbox_, next});
  const Opener reversed = MakeOpener({next, inbox_});
  for (const std::vector<Certificate>& recipients : std::vector<std::vector<Certificate>>{
           {inbox_.certificate}, {next.certificate}, {inbox_.certificate, next.certificate}}) {
    const std::string sealed = sealer_.Seal(kPayload, recipients).value();
    EXPECT_EQ(both.Open(sealed)->Payload(signer_.certificate).value(), kPayload);
    EXPECT_EQ(reversed.Open(sealed)->Payload(signer_.certificate).value(), kPayload);
  }
}

TEST_F(SealingTest, AnotherCertificateIsNotTheSigner) {
  const absl::StatusOr<SignedContent> content = opener_.Open(Sealed());
  const absl::Status other = content->Payload(NewSigner().certificate).status();
  EXPECT_TRUE(absl::IsUnauthenticated(other)) << other;
  EXPECT_THAT(std::string(other.message()), HasSubstr("names another certificate"));
}

TEST_F(SealingTest, ASignatureByAnotherKeyUnderTheSignersNameIsRefused) {
  // The certificate of the signer, with another key in it: as if somebody signed in its name.
  const CertificatePointer forged(X509_dup(const_cast<X509*>(&signer_.certificate.x509())));
  const KeyPointer key(EVP_EC_gen("P-256"));
  ASSERT_EQ(X509_set_pubkey(forged.get(), key.get()), 1);
  ASSERT_GT(X509_sign(forged.get(), key.get(), EVP_sha256()), 0);
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(forged.get(), &bytes);
  const Certificate certificate =
      Certificate::FromDer({reinterpret_cast<char*>(bytes), static_cast<size_t>(size)}).value();
  OPENSSL_free(bytes);
  ASSERT_EQ(EVP_PKEY_up_ref(key.get()), 1);
  const Sealer forger = Sealer::Create(certificate, KeyPointer(key.get())).value();
  const absl::StatusOr<SignedContent> content = opener_.Open(*forger.Seal(kPayload, {inbox_.certificate}));
  const absl::Status refused = content->Payload(signer_.certificate).status();
  EXPECT_TRUE(absl::IsUnauthenticated(refused)) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr("not by the certificate's key"));
  EXPECT_EQ(content->Payload(certificate).value(), kPayload);
}

TEST_F(SealingTest, ASignatureMovedToAnotherPayloadIsRefused) {
  std::string message = SignedMessage(kPayload, signer_);
  const size_t place = message.find(kPayload);
  ASSERT_NE(place, std::string::npos);
  ASSERT_EQ(opener_.Open(EncryptedMessage(message, inbox_))->Payload(signer_.certificate).value(), kPayload);
  message[place] ^= 1;
  const absl::StatusOr<SignedContent> content = opener_.Open(EncryptedMessage(message, inbox_));
  ASSERT_TRUE(content.ok()) << content.status();
  EXPECT_TRUE(absl::IsUnauthenticated(content->Payload(signer_.certificate).status()));
}

TEST_F(SealingTest, NoChangedByteOfASignedMessageGivesAnotherPayload) {
  const std::string message = SignedMessage(kPayload, signer_);
  for (size_t place = 0; place < message.size(); ++place) {
    std::string changed = message;
    changed[place] ^= 1;
    const absl::StatusOr<SignedContent> content = opener_.Open(EncryptedMessage(changed, inbox_));
    if (!content.ok()) continue;
    const absl::StatusOr<std::string> payload = content->Payload(signer_.certificate);
    EXPECT_TRUE(!payload.ok() || *payload == kPayload) << "byte " << place;
  }
}

TEST_F(SealingTest, TwoSealingsNeverLookAlike) { EXPECT_NE(Sealed(), Sealed()); }

TEST_F(SealingTest, NothingOfThePayloadOrItsSignerIsInASealedMessage) {
  const std::string sealed = Sealed();
  EXPECT_EQ(sealed.find(kPayload), std::string::npos);
  EXPECT_EQ(sealed.find("region"), std::string::npos);
}

TEST_F(SealingTest, BoundsAreKeptFromBothSides) {
  for (const size_t size : {size_t{1}, size_t{4095}, size_t{4096}, size_t{4097}, kSealPayloadBytesMost}) {
    const std::string payload(size, 'x');
    const std::string sealed = Sealed(payload);
    EXPECT_LE(sealed.size(), kSealedBytesMost);
    EXPECT_EQ(opener_.Open(sealed)->Payload(signer_.certificate).value(), payload);
  }
  const std::vector<Certificate> inbox = {inbox_.certificate};
  EXPECT_TRUE(absl::IsInvalidArgument(sealer_.Seal("", inbox).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(sealer_.Seal(std::string(kSealPayloadBytesMost + 1, 'x'), inbox).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(sealer_.Seal("x", {}).status()));
  const std::vector<Certificate> too_many(kSealRecipientsMost + 1, inbox_.certificate);
  EXPECT_TRUE(absl::IsInvalidArgument(sealer_.Seal("x", too_many).status()));

  const std::string large =
      EncryptedMessage(SignedMessage(std::string(kSealPayloadBytesMost + 1, 'x'), signer_), inbox_);
  EXPECT_TRUE(absl::IsInvalidArgument(opener_.Open(large).status()));
  const std::string huge(size_t{16} << 20, '\x30');
  EXPECT_TRUE(absl::IsInvalidArgument(opener_.Open(huge).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(opener_.Open("").status()));
}

TEST_F(SealingTest, KeysMustBelongToTheirCertificatesAndBeOnP256) {
  EXPECT_TRUE(absl::IsInvalidArgument(Sealer::Create(signer_.certificate, inbox_.Key()).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(Sealer::Create(signer_.certificate, nullptr).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(Opener::Create({}).status()));
  std::vector<Opener::Inbox> crossed;
  crossed.push_back({inbox_.certificate, signer_.Key()});
  EXPECT_TRUE(absl::IsInvalidArgument(Opener::Create(std::move(crossed)).status()));

  for (const Holder& other : {SelfSigned(KeyPointer(EVP_EC_gen("P-384"))), SelfSigned(KeyPointer(EVP_RSA_gen(2048)))}) {
    EXPECT_TRUE(absl::IsInvalidArgument(Sealer::Create(other.certificate, other.Key()).status()));
    EXPECT_TRUE(absl::IsInvalidArgument(sealer_.Seal("x", {inbox_.certificate, other.certificate}).status()));
    EXPECT_TRUE(absl::IsInvalidArgument(opener_.Open(Sealed())->Payload(other.certificate).status()));
  }
}

TEST_F(SealingTest, IsSealedToNeedsOneRecipientAmongTheCertificates) {
  const Holder other = NewInbox();
  const std::string sealed = sealer_.Seal(kPayload, {inbox_.certificate, other.certificate}).value();
  EXPECT_TRUE(IsSealedTo(sealed, {inbox_.certificate}).value());
  EXPECT_TRUE(IsSealedTo(sealed, {NewInbox().certificate, other.certificate}).value());
  EXPECT_FALSE(IsSealedTo(sealed, {NewInbox().certificate}).value());
  EXPECT_FALSE(IsSealedTo(sealed, {}).value());
  EXPECT_TRUE(absl::IsInvalidArgument(IsSealedTo(sealed + "x", {inbox_.certificate}).status()));
}

TEST_F(SealingTest, OneSealerAndOneOpenerServeManyThreads) {
  constexpr int kThreads = 8;
  constexpr int kMessages = 40;
  const Opener opener = MakeOpener({NewInbox(), inbox_});
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int message = 0; message < kMessages; ++message) {
        const std::string payload = absl::StrCat("payload ", thread, " ", message);
        const absl::StatusOr<std::string> sealed = sealer_.Seal(payload, {inbox_.certificate});
        if (!sealed.ok() || !IsSealedTo(*sealed, {inbox_.certificate}).value_or(false)) continue;
        const absl::StatusOr<SignedContent> content = opener.Open(*sealed);
        if (content.ok() && content->Payload(signer_.certificate).value_or("") == payload) ++good;
      }
      if (ERR_peek_error() != 0) good = -kThreads * kMessages;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, kThreads * kMessages);
}

}  // namespace
}  // namespace envej::certs
