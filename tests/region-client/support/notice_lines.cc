#include "tests/region-client/support/notice_lines.h"

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "proto/contract/day.h"
#include "proto/contract/message_codec.h"

namespace envej::region {

std::string NoticeIdNumber(unsigned number) { return absl::StrFormat("5f0a8f4e-9d3c-4b7a-8c21-%012x", number); }

v1::Notice NoticeNumber(unsigned number, absl::Time now) {
  const std::string today = contract::FormatDay(absl::ToCivilDay(now, contract::CopenhagenTimeZone().value()));
  v1::Notice notice;
  v1::Envelope& envelope = *notice.mutable_envelope();
  envelope.set_municipality_code("0101");
  envelope.set_notice_id(NoticeIdNumber(number));
  envelope.set_revision(1);
  *envelope.mutable_created_at() = contract::ToMessage(absl::FromUnixSeconds(absl::ToUnixSeconds(now) - 60));
  envelope.set_discharge_date(today);
  for (v1::ConsentPart* part :
       {envelope.mutable_consent()->mutable_contact(), envelope.mutable_consent()->mutable_disclosure()}) {
    part->set_given_on(today);
    part->set_form(v1::CONSENT_FORM_WRITTEN);
  }
  v1::Criteria& criteria = *envelope.mutable_criteria();
  criteria.set_aged_18_or_over(true);
  criteria.set_mental_illness(true);
  criteria.set_discharged_from_regional_psychiatry(true);
  criteria.set_no_support_under_serviceloven(true);
  envelope.set_contract_version(1);
  notice.mutable_citizen()->set_name(absl::StrCat("Opdigtet Borger ", number));
  notice.mutable_citizen()->add_phone_numbers(absl::StrFormat("+4520%06u", number));
  return notice;
}

std::string ToLine(const v1::Notice& notice) {
  std::string line;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(notice, &line).ok());
  return line + "\n";
}

std::string LineNumber(unsigned number, absl::Time now) { return ToLine(NoticeNumber(number, now)); }

std::string Replaced(const std::string& text, const std::string& from, const std::string& to) {
  EXPECT_NE(text.find(from), std::string::npos) << from;
  return absl::StrReplaceAll(text, {{from, to}});
}

}  // namespace envej::region
