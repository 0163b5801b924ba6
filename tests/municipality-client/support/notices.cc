#include "tests/municipality-client/support/notices.h"

#include <google/protobuf/util/json_util.h>

#include "absl/strings/str_format.h"

namespace envej::municipality_client {

std::string NoticeIdOf(int number) { return absl::StrFormat("7d1f0c52-3b6a-4e8f-9a41-%012x", number); }

v1::Notice ProperNotice(int number) {
  v1::Notice notice;
  v1::Envelope& envelope = *notice.mutable_envelope();
  envelope.set_municipality_code(kMunicipality);
  envelope.set_notice_id(NoticeIdOf(number));
  envelope.set_revision(1);
  envelope.mutable_created_at()->set_seconds(1'790'000'000);
  envelope.set_discharge_date("2026-09-21");
  for (v1::ConsentPart* part :
       {envelope.mutable_consent()->mutable_contact(), envelope.mutable_consent()->mutable_disclosure()}) {
    part->set_given_on("2026-09-20");
    part->set_form(v1::CONSENT_FORM_WRITTEN);
  }
  envelope.mutable_criteria()->set_aged_18_or_over(true);
  envelope.mutable_criteria()->set_mental_illness(true);
  envelope.mutable_criteria()->set_discharged_from_regional_psychiatry(true);
  envelope.mutable_criteria()->set_no_support_under_serviceloven(true);
  envelope.set_contract_version(1);
  notice.mutable_citizen()->set_name(kMarkedName);
  notice.mutable_citizen()->add_phone_numbers(kMarkedNumber);
  return notice;
}

v1::Notice RevisedNotice(int number, uint32_t revision) {
  v1::Notice notice = ProperNotice(number);
  notice.mutable_envelope()->set_revision(revision);
  notice.mutable_citizen()->set_phone_numbers(0, RevisedNumber(revision));
  return notice;
}

std::string RevisedNumber(uint32_t revision) { return absl::StrFormat("+459988%04d", revision); }

v1::Withdrawal WithdrawalOf(int number, uint32_t revision) {
  v1::Withdrawal withdrawal;
  withdrawal.set_municipality_code(kMunicipality);
  withdrawal.set_notice_id(NoticeIdOf(number));
  withdrawal.set_revision(revision);
  withdrawal.mutable_created_at()->set_seconds(1'790'000'200);
  withdrawal.set_reason(v1::WITHDRAWAL_REASON_CONSENT_WITHDRAWN);
  withdrawal.set_contract_version(1);
  return withdrawal;
}

std::string JsonOf(const google::protobuf::Message& message) {
  std::string json;
  return google::protobuf::util::MessageToJsonString(message, &json).ok() ? json : "";
}

}  // namespace envej::municipality_client
