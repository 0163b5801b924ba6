// What a region's call holds: read field by field, then leniently, then by the contract's rules.

#include "broker/wire/field_walk.h"
#include "broker/wire/lenient_reader.h"
#include "broker/wire/sent_notice.h"
#include "envej/v1/intake_service.pb.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/notice_rules.h"
#include "tests/fuzz/fuzz_target.h"

namespace envej::fuzz {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

bool LiesWithin(absl::string_view part, absl::string_view whole) {
  return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void TryNotice(absl::string_view bytes) {
  const absl::StatusOr<wire::SentNotice> sent = wire::ReadNotice(bytes);
  if (!sent.ok()) return;
  if (sent->is_well_formed) {
    // Nothing is accepted that a municipality's Protobuf could not read.
    v1::Notice message;
    ENVEJ_FUZZ_CHECK(message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
    ENVEJ_FUZZ_CHECK(message.SerializePartialAsString() == sent->message.SerializePartialAsString());
  }
  const contract::Notice notice = contract::FromMessage(sent->message);
  const contract::Moment moment = contract::Moment::At(kNow, absl::UTCTimeZone());
  for (const contract::Rule& rule : contract::AllRules()) rule.broken(notice, moment);
}

}  // namespace

void Try(absl::string_view bytes) {
  wire::FieldWalk walk(bytes);
  size_t end = 0;
  while (walk.Next()) {
    ENVEJ_FUZZ_CHECK(walk.begin() == end && walk.end() > walk.begin() && walk.end() <= bytes.size());
    if (walk.content().has_value()) ENVEJ_FUZZ_CHECK(LiesWithin(*walk.content(), bytes));
    end = walk.end();
  }
  ENVEJ_FUZZ_CHECK(!walk.IsComplete() || end == bytes.size());

  v1::Notice strict;
  v1::Notice lenient;
  if (strict.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    ENVEJ_FUZZ_CHECK(wire::ReadLeniently(bytes, lenient));
    ENVEJ_FUZZ_CHECK(strict.SerializePartialAsString() == lenient.SerializePartialAsString());
  } else {
    wire::ReadLeniently(bytes, lenient);
  }
  TryNotice(bytes);
  for (const contract::SentAs sent_as : {contract::SentAs::kNew, contract::SentAs::kRevision}) {
    wire::ReadRequest(bytes, sent_as).status().IgnoreError();
  }
  const absl::StatusOr<std::vector<absl::string_view>> batch = wire::SplitBatch(bytes);
  if (!batch.ok()) return;
  for (const absl::string_view notice : *batch) {
    ENVEJ_FUZZ_CHECK(LiesWithin(notice, bytes));
    TryNotice(notice);
  }
}

std::vector<std::string> Seeds() {
  v1::Notice notice;
  v1::Envelope& envelope = *notice.mutable_envelope();
  envelope.set_municipality_code("0101");
  envelope.set_notice_id("6d3f1c9e-0b52-4a7e-9c11-4f5e6a7b8c9d");
  envelope.set_revision(1);
  envelope.mutable_created_at()->set_seconds(1'799'999'000);
  envelope.set_discharge_date("2027-01-15");
  for (v1::ConsentPart* const part :
       {envelope.mutable_consent()->mutable_contact(), envelope.mutable_consent()->mutable_disclosure()}) {
    part->set_given_on("2027-01-10");
    part->set_form(v1::CONSENT_FORM_WRITTEN);
  }
  envelope.mutable_criteria()->set_aged_18_or_over(true);
  envelope.mutable_criteria()->set_mental_illness(true);
  envelope.mutable_content_commitment()->set_key_id("key");
  envelope.mutable_content_commitment()->set_value(std::string(32, 'c'));
  v1::Notice sealed = notice;
  notice.mutable_citizen()->set_name("Opdigtet B\xc3\xb8rger");
  notice.mutable_citizen()->add_phone_numbers("+4520000001");
  notice.mutable_citizen()->mutable_postal_address()->set_street("Opdigtet Vej 7");
  sealed.mutable_sealed()->set_cms("cms");
  sealed.mutable_sealed()->set_signer_fingerprint(std::string(32, 'f'));
  v1::SubmitNoticesRequest batch;
  *batch.add_notices() = notice;
  *batch.add_notices() = sealed;
  v1::SubmitNoticeRequest request;
  *request.mutable_notice() = notice;
  return {notice.SerializeAsString(), sealed.SerializeAsString(), batch.SerializeAsString(),
          request.SerializeAsString()};
}

}  // namespace envej::fuzz
