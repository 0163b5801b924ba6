// What becomes of content on its way through a running broker: nobody but the municipality reads it, and only what the
// municipality will be able to open is accepted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "certs/pem.h"
#include "certs/sealing.h"
#include "proto/contract/sealed_payload.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/expect_refusal.h"
#include "tests/support/notice_messages.h"

namespace envej::system {
namespace {

using contract::Reason;
using support::BrokerProcess;
using support::CallContext;
using support::ExpectRefused;
using support::kCode;
using support::kOtherCode;

// A region's system with a certificate of its own, with which it calls and seals.
class Sender {
 public:
  Sender(const BrokerProcess& broker, const std::string& uri)
      : issued_(support::SharedAuthority().Issue(certs::ClientRequest(uri))),
        region_code_(uri.substr(uri.rfind(':') + 1)),
        sealer_(*certs::Sealer::Create(certs::Certificate::FromPem(issued_.certificate_pem)->front(),
                                       *certs::ParsePrivateKey(issued_.key_pem))) {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = support::SharedAuthority().CertificatePem();
    options.pem_cert_chain = issued_.certificate_pem;
    options.pem_private_key = issued_.key_pem;
    intake_ = v1::IntakeService::NewStub(support::OpenChannel(broker.address(), grpc::SslCredentials(options)));
  }

  v1::Notice Seal(const v1::Notice& plain, const std::string& to, char commitment = 'c') const {
    const certs::Certificate inbox = certs::Certificate::FromPem(support::InboxFor(to).certificate_pem)->front();
    v1::Notice sealed;
    *sealed.mutable_envelope() = plain.envelope();
    Commit(*sealed.mutable_envelope()->mutable_content_commitment(), "key", commitment);
    sealed.mutable_sealed()->set_cms(*sealer_.Seal(contract::SealedPayloadOf(region_code_, plain), {inbox}));
    sealed.mutable_sealed()->set_signer_fingerprint(sealer_.certificate().fingerprint());
    return sealed;
  }
  static void Commit(v1::ContentCommitment& message, const std::string& key_id, char letter) {
    message.set_key_id(key_id);
    message.set_value(std::string(32, letter));
  }

  grpc::Status Submit(const v1::Notice& notice) {
    v1::SubmitNoticeRequest request;
    *request.mutable_notice() = notice;
    answer_.Clear();
    return intake_->SubmitNotice(CallContext().get(), request, &answer_);
  }
  const v1::SubmitNoticeResponse& answer() const { return answer_; }

 private:
  const certs::IssuedCertificate issued_;
  const std::string region_code_;
  const certs::Sealer sealer_;
  std::unique_ptr<v1::IntakeService::Stub> intake_;
  v1::SubmitNoticeResponse answer_;
};

v1::PullNoticesResponse PullAll(const BrokerProcess& broker) {
  v1::PullNoticesRequest request;
  request.set_municipality_code(kCode);
  v1::PullNoticesResponse pulled;
  EXPECT_TRUE(broker.Inbox(support::kMunicipality)->PullNotices(CallContext().get(), request, &pulled).ok());
  return pulled;
}

bool StoreHolds(const BrokerProcess& broker, const std::string& text) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(broker.data())) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (bytes.find(text) != std::string::npos) return true;
  }
  return false;
}

class SealingTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(broker_.Start());
    sender_.emplace(broker_, support::kRegion);
  }

  BrokerProcess broker_;
  std::optional<Sender> sender_;
};

TEST_F(SealingTest, PlainContentIsSealedOnArrivalInTheBrokersName) {
  const v1::Notice plain = support::NewNotice(kCode);
  ASSERT_TRUE(sender_->Submit(plain).ok());
  const v1::PullNoticesResponse pulled = PullAll(broker_);
  ASSERT_EQ(pulled.items_size(), 1);
  const v1::Notice& kept = pulled.items(0).notice();
  EXPECT_FALSE(kept.has_citizen());
  EXPECT_EQ(kept.sealed().sealed_by(), v1::SEALED_BY_BROKER);
  EXPECT_EQ(support::Opened(pulled.items(0), pulled).SerializeAsString(), plain.SerializeAsString());
  ASSERT_EQ(pulled.signer_certificates_size(), 1);
  const certs::Certificate signer = *certs::Certificate::FromDer(pulled.signer_certificates(0));
  EXPECT_THAT(certs::UriNames(signer.x509()), testing::ElementsAre("urn:envej:broker:broker-1"));
  EXPECT_TRUE(StoreHolds(broker_, plain.envelope().discharge_date())) << "the positive control";
  for (const char* const marked : {support::kMarkedName, support::kMarkedPhone, support::kMarkedStreet}) {
    EXPECT_FALSE(StoreHolds(broker_, marked));
  }
}

TEST_F(SealingTest, SealedContentIsKeptAsItIsUnderTheRegionsName) {
  const v1::Notice plain = support::NewNotice(kCode);
  v1::Notice sealed = sender_->Seal(plain, kCode);
  sealed.mutable_sealed()->set_sealed_by(v1::SEALED_BY_BROKER);  // the broker says so, not the sender
  ASSERT_TRUE(sender_->Submit(sealed).ok());
  const v1::PullNoticesResponse pulled = PullAll(broker_);
  ASSERT_EQ(pulled.items_size(), 1);
  EXPECT_EQ(pulled.items(0).notice().sealed().cms(), sealed.sealed().cms());
  EXPECT_EQ(pulled.items(0).notice().sealed().sealed_by(), v1::SEALED_BY_REGION);
  EXPECT_EQ(support::Opened(pulled.items(0), pulled).SerializeAsString(), plain.SerializeAsString());
}

TEST_F(SealingTest, ANoticeSealedAnewIsRecognisedByItsCommitments) {
  const v1::Notice plain = support::NewNotice(kCode);
  ASSERT_TRUE(sender_->Submit(sender_->Seal(plain, kCode)).ok());
  const std::string receipt = sender_->answer().receipt().SerializeAsString();
  ASSERT_TRUE(sender_->Submit(sender_->Seal(plain, kCode)).ok());
  EXPECT_TRUE(sender_->answer().repeated_submission());
  EXPECT_EQ(sender_->answer().receipt().SerializeAsString(), receipt);
  v1::Notice under_a_new_secret = sender_->Seal(plain, kCode);
  Sender::Commit(*under_a_new_secret.mutable_envelope()->mutable_content_commitment(), "new-key", 'n');
  ExpectRefused(sender_->Submit(under_a_new_secret), Reason::kNoticeIdReused);
  Sender::Commit(*under_a_new_secret.mutable_envelope()->add_former_commitments(), "key", 'c');
  ASSERT_TRUE(sender_->Submit(under_a_new_secret).ok());
  EXPECT_TRUE(sender_->answer().repeated_submission());
  ExpectRefused(sender_->Submit(sender_->Seal(plain, kCode, 'x')), Reason::kNoticeIdReused);
  EXPECT_EQ(PullAll(broker_).items_size(), 1);
}

TEST_F(SealingTest, WhatTheMunicipalityCouldNotOpenIsRefused) {
  ExpectRefused(sender_->Submit(sender_->Seal(support::NewNotice(kCode), kOtherCode)), Reason::kSealedToAnother,
                {"sealed.cms"});
  v1::Notice cut = sender_->Seal(support::NewNotice(kCode), kCode);
  cut.mutable_sealed()->mutable_cms()->pop_back();
  ExpectRefused(sender_->Submit(cut), Reason::kSealedContentInvalid, {"sealed.cms"});
  EXPECT_EQ(PullAll(broker_).items_size(), 0);
}

TEST_F(SealingTest, ASignerIsKnownOnceItsRegionHasShownIt) {
  Sender renewed(broker_, support::kRegion);
  const v1::Notice sealed_before = sender_->Seal(support::NewNotice(kCode), kCode);
  ExpectRefused(renewed.Submit(sealed_before), Reason::kSignerUnknown, {"sealed.signer_fingerprint"});
  ASSERT_TRUE(sender_->Submit(sender_->Seal(support::NewNotice(kCode), kCode)).ok());
  EXPECT_TRUE(renewed.Submit(sealed_before).ok()) << "after a renewal, what was sealed before may still be sent";
  Sender other_region(broker_, support::kOtherRegion);
  ExpectRefused(other_region.Submit(sender_->Seal(support::NewNotice(kCode), kCode)), Reason::kSignerUnknown,
                {"sealed.signer_fingerprint"});
}

TEST(SealingRegisterTest, AMunicipalityMayTakeOnlyWhatTheSenderSealed) {
  BrokerProcess broker;
  const std::string participants = certs::ReadFile(broker.folder().Path("participants.yaml"));
  broker.folder().Write("participants.yaml",
                        absl::StrReplaceAll(participants, {{"inbox-0101.pem", "inbox-0101.pem, sealing: sender"}}));
  ASSERT_TRUE(broker.Start());
  Sender sender(broker, support::kRegion);
  ExpectRefused(sender.Submit(support::NewNotice(kCode)), Reason::kContentNotSealed);
  EXPECT_TRUE(sender.Submit(sender.Seal(support::NewNotice(kCode), kCode)).ok());
  EXPECT_TRUE(sender.Submit(support::NewNotice(kOtherCode)).ok()) << "the others are as they were";
}

TEST(SealingRegisterTest, NothingIsAcceptedForAnInboxWhoseCertificateIsOver) {
  BrokerProcess broker;
  certs::LeafRequest request = certs::ClientRequest("urn:envej:municipality:0101");
  request.usage = certs::LeafUsage::kInbox;
  request.not_after = request.not_before + absl::Minutes(1);
  broker.folder().Write("inbox-0101.pem", support::SharedAuthority().Issue(request).certificate_pem);
  ASSERT_TRUE(broker.Start());
  Sender sender(broker, support::kRegion);
  ExpectRefused(sender.Submit(support::NewNotice(kCode)), Reason::kInboxCertificateMissing);
  EXPECT_TRUE(sender.Submit(support::NewNotice(kOtherCode)).ok());
}

TEST(SealingRegisterTest, ACertificateThatIsNoInboxsStopsTheStart) {
  BrokerProcess broker;
  const certs::LeafRequest client = certs::ClientRequest("urn:envej:municipality:0101");
  broker.folder().Write("inbox-0101.pem", support::SharedAuthority().Issue(client).certificate_pem);
  const support::Ended ended = broker.StartRefused();
  EXPECT_EQ(ended.code, support::kConfigurationRefused);
  EXPECT_THAT(ended.err, testing::HasSubstr("the inbox certificate of municipality 0101 cannot be used"));
}

}  // namespace
}  // namespace envej::system
