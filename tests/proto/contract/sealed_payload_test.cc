#include "proto/contract/sealed_payload.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "envej/v1/sealed_payload.pb.h"

namespace envej::contract {
namespace {

v1::Notice Plain() {
  v1::Notice notice;
  v1::Envelope& envelope = *notice.mutable_envelope();
  envelope.set_municipality_code("0101");
  envelope.set_notice_id("6f1b7c8e-3d52-4a19-9c04-2b8e5d7a1f30");
  envelope.set_revision(1);
  envelope.mutable_created_at()->set_seconds(1'800'000'000);
  envelope.set_discharge_date("2027-01-15");
  envelope.mutable_consent()->mutable_contact()->set_given_on("2027-01-10");
  envelope.mutable_criteria()->set_mental_illness(true);
  envelope.set_contract_version(1);
  v1::Citizen& citizen = *notice.mutable_citizen();
  citizen.set_name("Åse Prøvesen");
  citizen.add_phone_numbers("+4512345678");
  citizen.mutable_postal_address()->set_street("Prøvevej 1");
  return notice;
}

// As it travels: the envelope with a commitment, and content that is not looked at here.
v1::Notice Sealed(v1::Notice notice = Plain()) {
  notice.mutable_sealed()->set_cms("sealed");
  notice.mutable_envelope()->mutable_content_commitment()->set_key_id("k1");
  notice.mutable_envelope()->add_former_commitments()->set_key_id("k0");
  return notice;
}

TEST(SealedPayloadTest, OpensToTheNoticeThatWasSealed) {
  const absl::StatusOr<v1::Notice> opened = OpenNotice(SealedPayloadOf("1084", Plain()), "1084", Sealed());
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->SerializeAsString(), Plain().SerializeAsString());
}

TEST(SealedPayloadTest, DoesNotHoldForAnotherRegionOrAnyOtherEnvelope) {
  const std::string payload = SealedPayloadOf("1084", Plain());
  EXPECT_TRUE(absl::IsFailedPrecondition(OpenNotice(payload, "1085", Sealed()).status()));
  const std::vector<std::function<void(v1::Envelope&)>> changes = {
      [](v1::Envelope& envelope) { envelope.set_municipality_code("0147"); },
      [](v1::Envelope& envelope) { envelope.set_notice_id("6f1b7c8e-3d52-4a19-9c04-2b8e5d7a1f31"); },
      [](v1::Envelope& envelope) { envelope.set_revision(2); },
      [](v1::Envelope& envelope) { envelope.mutable_created_at()->set_nanos(1); },
      [](v1::Envelope& envelope) { envelope.set_discharge_date("2027-01-16"); },
      [](v1::Envelope& envelope) { envelope.mutable_consent()->mutable_contact()->set_given_on("2027-01-11"); },
      [](v1::Envelope& envelope) { envelope.mutable_consent()->mutable_disclosure(); },
      [](v1::Envelope& envelope) { envelope.mutable_criteria()->clear_mental_illness(); },
      [](v1::Envelope& envelope) { envelope.set_contract_version(2); },
      [](v1::Envelope& envelope) { envelope.Clear(); },
  };
  for (const auto& change : changes) {
    v1::Notice moved = Sealed();
    change(*moved.mutable_envelope());
    EXPECT_TRUE(absl::IsFailedPrecondition(OpenNotice(payload, "1084", moved).status())) << moved.DebugString();
  }
}

TEST(SealedPayloadTest, FieldsThatTheContractDoesNotKnowAreNotBound) {
  v1::Notice sealed = Sealed();
  sealed.mutable_envelope()->GetReflection()->MutableUnknownFields(sealed.mutable_envelope())->AddVarint(99, 1);
  EXPECT_TRUE(OpenNotice(SealedPayloadOf("1084", Plain()), "1084", sealed).ok());
}

TEST(SealedPayloadTest, WhatIsNoPayloadIsRefused) {
  EXPECT_TRUE(absl::IsInvalidArgument(OpenNotice("\xff", "1084", Sealed()).status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(OpenNotice("", "1084", Sealed()).status()));
}

TEST(SealedPayloadTest, WipingLeavesNothing) {
  std::string plain = "Åse Prøvesen, who has a name that is not short";
  const char* const bytes = plain.data();
  Wipe(plain);
  EXPECT_TRUE(plain.empty());
  EXPECT_EQ(bytes[1], '\0');
  v1::Notice notice = Plain();
  Wipe(*notice.mutable_citizen());
  EXPECT_EQ(notice.citizen().ByteSizeLong(), 0u);
}

}  // namespace
}  // namespace envej::contract
