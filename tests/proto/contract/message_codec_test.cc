#include "proto/contract/message_codec.h"

#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "proto/contract/content_commitment.h"
#include "proto/contract/day.h"
#include "proto/contract/notice_rules.h"
#include "tests/support/refusals.h"

namespace envej::contract {
namespace {

constexpr int kUnknownNumber = 1999;

v1::Notice GoodMessage() {
  v1::Notice message;
  v1::Envelope& envelope = *message.mutable_envelope();
  envelope.set_municipality_code("0101");
  envelope.set_notice_id("6f1b7c8e-3d52-4a19-9c04-2b8e5d7a1f30");
  envelope.set_revision(1);
  *envelope.mutable_created_at() = ToMessage(support::kJudgedAt - absl::Minutes(5));
  envelope.set_discharge_date("2026-11-24");
  v1::ConsentPart& contact = *envelope.mutable_consent()->mutable_contact();
  contact.set_given_on("2026-11-22");
  contact.set_form(v1::CONSENT_FORM_WRITTEN);
  v1::ConsentPart& disclosure = *envelope.mutable_consent()->mutable_disclosure();
  disclosure.set_given_on("2026-11-21");
  disclosure.set_form(v1::CONSENT_FORM_ORAL_RECORDED);
  v1::Criteria& criteria = *envelope.mutable_criteria();
  criteria.set_aged_18_or_over(true);
  criteria.set_mental_illness(true);
  criteria.set_discharged_from_regional_psychiatry(true);
  criteria.set_no_support_under_serviceloven(true);
  envelope.set_contract_version(1);
  v1::Citizen& citizen = *message.mutable_citizen();
  citizen.set_name("Åse Prøvesen");
  citizen.add_phone_numbers("+4512345678");
  citizen.add_phone_numbers("+30101234567");
  citizen.set_email("prøve@example.dk");
  v1::PostalAddress& address = *citizen.mutable_postal_address();
  address.set_street("Prøvevej 1, 2. th.");
  address.set_postal_code("2100");
  address.set_city("Ø");
  return message;
}

Moment Now() { return Moment::At(support::kJudgedAt, CopenhagenTimeZone().value()); }

Reason FirstReason(const v1::Notice& message) {
  const std::optional<Rejection> rejection = CheckNotice(FromMessage(message), Now()).ForNew();
  return rejection.has_value() ? rejection->reason : Reason::kNone;
}

void AddUnknownField(google::protobuf::Message& message) {
  message.GetReflection()->MutableUnknownFields(&message)->AddVarint(kUnknownNumber, 1);
}

TEST(MessageCodecTest, AMessageBecomesTheSameNotice) {
  const CommitmentSecret secret = {.key_id = "k1", .bytes = std::string(32, 's')};
  EXPECT_EQ(CommitTo(secret, "1084", FromMessage(GoodMessage())), CommitTo(secret, "1084", support::GoodNotice()));
  const Notice notice = FromMessage(GoodMessage());
  EXPECT_FALSE(notice.sealed);
  EXPECT_EQ(notice.unknown_fields, UnknownFields());
  EXPECT_FALSE(notice.envelope->content_commitment.has_value());
  EXPECT_EQ(FirstReason(GoodMessage()), Reason::kNone);
}

TEST(MessageCodecTest, ASealedMessageBecomesTheSameNotice) {
  v1::Notice message = GoodMessage();
  message.mutable_sealed()->set_cms("sealed");
  message.mutable_sealed()->set_signer_fingerprint(std::string(32, 'f'));
  const auto commit = [](v1::ContentCommitment& commitment, const char* key_id, char letter) {
    commitment.set_key_id(key_id);
    commitment.set_value(std::string(32, letter));
  };
  commit(*message.mutable_envelope()->mutable_content_commitment(), "k1", 'x');
  commit(*message.mutable_envelope()->add_former_commitments(), "k0", 'y');
  const Notice notice = FromMessage(message);
  EXPECT_FALSE(notice.citizen.has_value());
  EXPECT_EQ(notice.sealed, (SealedContent{.cms = "sealed", .signer_fingerprint = std::string(32, 'f')}));
  EXPECT_EQ(notice.envelope->content_commitment, (ContentCommitment{"k1", std::string(32, 'x')}));
  ASSERT_EQ(notice.envelope->former_commitments.size(), 1u);
  EXPECT_EQ(notice.envelope->former_commitments[0], (ContentCommitment{"k0", std::string(32, 'y')}));
  EXPECT_EQ(FirstReason(message), Reason::kNone);
}

TEST(MessageCodecTest, AnEmptyMessageIsAnEmptyNotice) {
  const Notice notice = FromMessage(v1::Notice());
  EXPECT_FALSE(notice.envelope.has_value());
  EXPECT_FALSE(notice.citizen.has_value());
  EXPECT_FALSE(notice.sealed);
  EXPECT_EQ(notice.unknown_fields, UnknownFields());
}

TEST(MessageCodecTest, WhatIsMissingIsNotFalse) {
  v1::Notice message = GoodMessage();
  v1::Criteria& criteria = *message.mutable_envelope()->mutable_criteria();
  criteria.set_mental_illness(false);
  criteria.clear_aged_18_or_over();
  const Criteria read = FromMessage(message).envelope->criteria;
  EXPECT_EQ(read.aged_18_or_over, std::nullopt);
  EXPECT_EQ(read.mental_illness, std::optional<bool>(false));
  EXPECT_EQ(read.no_support_under_serviceloven, std::optional<bool>(true));
  message.mutable_envelope()->clear_criteria();
  EXPECT_EQ(FromMessage(message).envelope->criteria.mental_illness, std::nullopt);
}

TEST(MessageCodecTest, EachPartThatIsMissingIsRefusedByItsName) {
  v1::Notice message = GoodMessage();
  message.mutable_envelope()->clear_consent();
  EXPECT_EQ(FirstReason(message), Reason::kConsentToContactMissing);
  message = GoodMessage();
  message.mutable_envelope()->mutable_consent()->clear_disclosure();
  EXPECT_EQ(FirstReason(message), Reason::kConsentToDisclosureMissing);
  message = GoodMessage();
  message.mutable_envelope()->clear_created_at();
  EXPECT_EQ(FirstReason(message), Reason::kCreatedAtMissing);
  message = GoodMessage();
  message.mutable_sealed();
  EXPECT_EQ(FirstReason(message), Reason::kSealedContentInvalid);
  message = GoodMessage();
  message.mutable_envelope()->mutable_content_commitment();
  EXPECT_EQ(FirstReason(message), Reason::kContentCommitmentNotAllowed);
  message = GoodMessage();
  message.mutable_envelope()->add_former_commitments();
  EXPECT_EQ(FirstReason(message), Reason::kContentCommitmentNotAllowed);
}

TEST(MessageCodecTest, AFormOfConsentThatOnlyANewerPeerKnowsIsNotSaid) {
  v1::Notice message = GoodMessage();
  message.mutable_envelope()->mutable_consent()->mutable_contact()->set_form(static_cast<v1::ConsentForm>(77));
  EXPECT_EQ(FirstReason(message), Reason::kConsentToContactIncomplete);
}

TEST(MessageCodecTest, AnUnknownFieldInAClosedPartIsSeenAtAnyDepth) {
  using M = v1::Notice&;
  google::protobuf::Message& (*const closed[])(M) = {
      [](M m) -> google::protobuf::Message& { return *m.mutable_citizen(); },
      [](M m) -> google::protobuf::Message& { return *m.mutable_citizen()->mutable_postal_address(); },
      [](M m) -> google::protobuf::Message& { return *m.mutable_envelope()->mutable_consent(); },
      [](M m) -> google::protobuf::Message& { return *m.mutable_envelope()->mutable_consent()->mutable_contact(); },
      [](M m) -> google::protobuf::Message& { return *m.mutable_envelope()->mutable_consent()->mutable_disclosure(); },
      [](M m) -> google::protobuf::Message& { return *m.mutable_envelope()->mutable_criteria(); },
  };
  for (const auto& part : closed) {
    v1::Notice message = GoodMessage();
    AddUnknownField(part(message));
    v1::Notice received;
    ASSERT_TRUE(received.ParseFromString(message.SerializeAsString()));
    SCOPED_TRACE(part(message).GetDescriptor()->name());
    EXPECT_NE(FromMessage(received).unknown_fields, UnknownFields());
    EXPECT_EQ(FirstReason(received), Reason::kUnknownField);
  }
}

TEST(MessageCodecTest, AnUnknownFieldElsewhereIsIgnored) {
  v1::Notice message = GoodMessage();
  AddUnknownField(message);
  AddUnknownField(*message.mutable_envelope());
  AddUnknownField(*message.mutable_envelope()->mutable_created_at());
  v1::Notice received;
  ASSERT_TRUE(received.ParseFromString(message.SerializeAsString()));
  EXPECT_EQ(FromMessage(received).unknown_fields, UnknownFields{.anywhere = true});
  EXPECT_EQ(FirstReason(received), Reason::kNone);
}

TEST(MessageCodecTest, ATimestampThatIsNoneSaysNoTime) {
  for (const int32_t nanos : {-1, 1'000'000'000, INT32_MAX, INT32_MIN}) {
    v1::Notice message = GoodMessage();
    message.mutable_envelope()->mutable_created_at()->set_nanos(nanos);
    EXPECT_EQ(FirstReason(message), Reason::kCreatedAtMissing) << nanos;
  }
  v1::Notice message = GoodMessage();
  message.mutable_envelope()->mutable_created_at()->set_nanos(999'999'999);
  EXPECT_EQ(FirstReason(message), Reason::kNone);
}

TEST(MessageCodecTest, AReceiptComesBackThroughItsMessage) {
  Receipt receipt;
  receipt.region_code = "1084";
  receipt.origin = "ward-system";
  receipt.municipality_code = "0101";
  receipt.notice_id = "6f1b7c8e-3d52-4a19-9c04-2b8e5d7a1f30";
  receipt.revision = 1;
  receipt.accepted_at = absl::FromUnixMicros(1795345200000001);
  receipt.actor = std::string(32, '\xfe');
  receipt.commitment = {.key_id = "k1", .value = std::string(32, '\xff')};
  receipt.position = {.store_incarnation = std::string("\0\x01\xfe 456789abcdef", 16),
                      .broker = "broker-1",
                      .batch = uint64_t{1} << 63,
                      .event_index = 1};
  const std::vector<std::string> events = {"a", AcceptedEvent(receipt), "c"};
  receipt.inclusion = MerkleTree(events).Prove(1);
  v1::Receipt received;
  ASSERT_TRUE(received.ParseFromString(ToMessage(receipt).SerializeAsString()));
  EXPECT_EQ(FromMessage(received), receipt);
  EXPECT_TRUE(CheckReceipt(FromMessage(received)).ok());
  EXPECT_EQ(received.position().store_incarnation(), "0001fe20343536373839616263646566");
}

TEST(MessageCodecTest, AnIncarnationHasOneTextAlone) {
  const std::string digits = "0001fe20343536373839616263646566";
  for (const std::string& text :
       {digits, digits + "0", digits + "G", std::string("0001FE20343536373839616263646566")}) {
    v1::Receipt message;
    message.mutable_position()->set_store_incarnation(text);
    EXPECT_EQ(FromMessage(message).position.store_incarnation.empty(), text != digits) << text;
  }
}

TEST(MessageCodecTest, AMalformedReceiptIsReadAndHoldsNothing) {
  EXPECT_FALSE(CheckReceipt(FromMessage(v1::Receipt())).ok());
  for (const std::string hex : {"0", "zz", "\xc3\xa6", "00 1"}) {
    v1::Receipt message;
    message.mutable_position()->set_store_incarnation(hex);
    EXPECT_FALSE(CheckReceipt(FromMessage(message)).ok());
  }
}

TEST(MessageCodecTest, EveryRejectionComesBackThroughItsMessage) {
  for (const ReasonEntry& entry : AllReasons()) {
    const Rejection rejection{.reason = entry.reason,
                              .violations = {{.field = "citizen.name", .reason = entry.reason}}};
    const v1::Rejection message = ToMessage(rejection);
    EXPECT_EQ(static_cast<int>(message.reason()), static_cast<int>(entry.reason));
    EXPECT_EQ(message.message(), std::string(entry.text));
    EXPECT_EQ(message.field_violations(0).description(), std::string(entry.text));
    EXPECT_EQ(FromMessage(message), rejection);
  }
}

TEST(MessageCodecTest, AReasonThatOnlyANewerPeerKnowsIsNoneAndCanBePassedOn) {
  v1::Rejection message;
  message.set_reason(static_cast<v1::RejectionReason>(4711));
  message.add_field_violations()->set_field("citizen.new");
  message.mutable_field_violations(0)->set_reason(static_cast<v1::RejectionReason>(-1));
  const Rejection rejection = FromMessage(message);
  EXPECT_EQ(rejection,
            (Rejection{.reason = Reason::kNone, .violations = {{.field = "citizen.new", .reason = Reason::kNone}}}));
  EXPECT_EQ(ToMessage(rejection).reason(), v1::REJECTION_REASON_UNSPECIFIED);
}

TEST(MessageCodecTest, TimesComeBackToTheNanosecond) {
  for (const int64_t nanoseconds : {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{-1000000001}, int64_t{999999999},
                                    int64_t{1795345200123456789}, std::numeric_limits<int64_t>::min()}) {
    const absl::Time time = absl::FromUnixNanos(nanoseconds);
    const google::protobuf::Timestamp message = ToMessage(time);
    EXPECT_GE(message.nanos(), 0);
    EXPECT_LE(message.nanos(), 999999999);
    EXPECT_EQ(FromMessage(message), time);
  }
}

TEST(MessageCodecTest, TimesAreClampedToTheYears1To9999) {
  const absl::Time first = absl::FromCivil(absl::CivilSecond(1, 1, 1), absl::UTCTimeZone());
  const absl::Time end = absl::FromCivil(absl::CivilSecond(10000, 1, 1), absl::UTCTimeZone());
  google::protobuf::Timestamp message;
  message.set_seconds(std::numeric_limits<int64_t>::min());
  message.set_nanos(std::numeric_limits<int32_t>::min());
  EXPECT_EQ(FromMessage(message), first);
  message.set_seconds(std::numeric_limits<int64_t>::max());
  message.set_nanos(std::numeric_limits<int32_t>::max());
  EXPECT_EQ(FromMessage(message), end - absl::Nanoseconds(1));
  EXPECT_EQ(FromMessage(ToMessage(absl::InfinitePast())), first);
  EXPECT_EQ(FromMessage(ToMessage(absl::InfiniteFuture())), end - absl::Nanoseconds(1));
  EXPECT_EQ(FromMessage(ToMessage(end)), end - absl::Nanoseconds(1));
}

TEST(MessageCodecTest, DurationsComeBack) {
  for (const absl::Duration duration :
       {absl::ZeroDuration(), absl::Nanoseconds(1), absl::Nanoseconds(-1), absl::Milliseconds(1500),
        absl::Milliseconds(-1500), absl::Hours(24 * 365), absl::Seconds(315576000000), -absl::Seconds(315576000000)}) {
    const google::protobuf::Duration message = ToMessage(duration);
    EXPECT_EQ(FromMessage(message), duration);
    EXPECT_TRUE(message.seconds() == 0 || message.nanos() == 0 || (message.seconds() < 0) == (message.nanos() < 0));
  }
}

TEST(MessageCodecTest, ExtremeDurationsAreReadAndWritten) {
  google::protobuf::Duration message;
  message.set_seconds(std::numeric_limits<int64_t>::max());
  message.set_nanos(std::numeric_limits<int32_t>::max());
  EXPECT_GT(FromMessage(message), absl::Hours(24 * 365 * 10000));
  EXPECT_GT(support::kJudgedAt + FromMessage(message), support::kJudgedAt);
  message.set_seconds(std::numeric_limits<int64_t>::min());
  message.set_nanos(std::numeric_limits<int32_t>::min());
  EXPECT_LT(FromMessage(message), -absl::Hours(24 * 365 * 10000));
  message.set_seconds(1);
  message.set_nanos(-999999999);
  EXPECT_EQ(FromMessage(message), absl::Nanoseconds(1));
  EXPECT_EQ(ToMessage(absl::InfiniteDuration()).seconds(), 315576000000);
  EXPECT_EQ(ToMessage(absl::InfiniteDuration()).nanos(), 0);
  EXPECT_EQ(ToMessage(-absl::InfiniteDuration()).seconds(), -315576000000);
}

}  // namespace
}  // namespace envej::contract
