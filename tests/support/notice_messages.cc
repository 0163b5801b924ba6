#include "tests/support/notice_messages.h"

#include <google/protobuf/message.h>
#include <google/protobuf/unknown_field_set.h>
#include <openssl/rand.h>

#include <cstdlib>
#include <optional>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "proto/contract/day.h"
#include "proto/contract/message_codec.h"
#include "tests/support/refusals.h"

namespace envej::support {
namespace {

constexpr int kFieldUnknownToAll = 1000;

absl::CivilDay DayAt(absl::Time now) { return absl::ToCivilDay(now, contract::CopenhagenTimeZone().value()); }

absl::CivilDay TooOldOn(absl::CivilDay day) { return absl::CivilDay(day.year() - 1, day.month(), day.day()) - 1; }

// Days that are none stay as they are, and so do the first and the last that can be written. A consent that is just too
// old is so by the calendar, not by a count of days.
std::string Moved(const std::string& text, absl::CivilDay to) {
  const std::optional<absl::CivilDay> day = contract::ParseDay(text);
  if (!day.has_value()) return text;
  if (*day == absl::CivilDay(1, 1, 1) || *day == absl::CivilDay(9999, 12, 31)) return text;
  if (*day == TooOldOn(kJudgedOn)) return contract::FormatDay(TooOldOn(to));
  return contract::FormatDay(*day + (to - kJudgedOn));
}

void SetPart(const std::optional<contract::ConsentPart>& part, absl::CivilDay to,
             v1::ConsentPart* (v1::Consent::*make)(), v1::Consent& consent) {
  if (!part.has_value()) return;
  v1::ConsentPart& message = *(consent.*make)();
  message.set_given_on(Moved(part->given_on, to));
  message.set_form(static_cast<v1::ConsentForm>(part->form));
}

void SetEnvelope(const contract::Envelope& envelope, absl::Time now, v1::Envelope& message) {
  const absl::CivilDay to = DayAt(now);
  message.set_municipality_code(envelope.municipality_code);
  message.set_notice_id(envelope.notice_id);
  message.set_revision(envelope.revision);
  if (envelope.created_at.has_value()) {
    *message.mutable_created_at() = contract::ToMessage(*envelope.created_at + (now - kJudgedAt));
  }
  message.set_discharge_date(Moved(envelope.discharge_date, to));
  v1::Consent& consent = *message.mutable_consent();
  SetPart(envelope.consent.contact, to, &v1::Consent::mutable_contact, consent);
  SetPart(envelope.consent.disclosure, to, &v1::Consent::mutable_disclosure, consent);
  v1::Criteria& criteria = *message.mutable_criteria();
  const contract::Criteria& said = envelope.criteria;
  if (said.aged_18_or_over) criteria.set_aged_18_or_over(*said.aged_18_or_over);
  if (said.mental_illness) criteria.set_mental_illness(*said.mental_illness);
  if (said.discharged_from_regional_psychiatry) {
    criteria.set_discharged_from_regional_psychiatry(*said.discharged_from_regional_psychiatry);
  }
  if (said.no_support_under_serviceloven) {
    criteria.set_no_support_under_serviceloven(*said.no_support_under_serviceloven);
  }
  if (envelope.content_commitment.has_value()) {
    message.mutable_content_commitment()->set_key_id(envelope.content_commitment->key_id);
    message.mutable_content_commitment()->set_value(envelope.content_commitment->value);
  }
  for (const contract::ContentCommitment& former : envelope.former_commitments) {
    v1::ContentCommitment& commitment = *message.add_former_commitments();
    commitment.set_key_id(former.key_id);
    commitment.set_value(former.value);
  }
  message.set_contract_version(envelope.contract_version);
}

void SetCitizen(const contract::Citizen& citizen, v1::Citizen& message) {
  message.set_name(citizen.name);
  for (const std::string& number : citizen.phone_numbers) message.add_phone_numbers(number);
  message.set_email(citizen.email);
  message.set_name_and_address_protection(citizen.name_and_address_protection);
  if (!citizen.postal_address.has_value()) return;
  message.mutable_postal_address()->set_street(citizen.postal_address->street);
  message.mutable_postal_address()->set_postal_code(citizen.postal_address->postal_code);
  message.mutable_postal_address()->set_city(citizen.postal_address->city);
}

void AddUnknownField(google::protobuf::Message& part) {
  part.GetReflection()->MutableUnknownFields(&part)->AddVarint(kFieldUnknownToAll, 1);
}

}  // namespace

std::string NewNoticeId() {
  std::string bytes(16, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) != 1) std::abort();
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  const std::string digits = absl::BytesToHexString(bytes);
  return absl::StrCat(digits.substr(0, 8), "-", digits.substr(8, 4), "-", digits.substr(12, 4), "-",
                      digits.substr(16, 4), "-", digits.substr(20));
}

v1::Notice NewNotice(absl::string_view municipality_code) {
  contract::Notice notice = GoodNotice();
  notice.envelope->municipality_code = std::string(municipality_code);
  notice.envelope->notice_id = NewNoticeId();
  notice.citizen->name = kMarkedName;
  notice.citizen->phone_numbers = {kMarkedPhone};
  notice.citizen->postal_address->street = kMarkedStreet;
  return MessageAt(notice, absl::Now());
}

v1::Notice Revised(v1::Notice notice) {
  notice.mutable_envelope()->set_revision(notice.envelope().revision() + 1);
  notice.mutable_citizen()->set_phone_numbers(0, absl::StrCat("+45", 20000000 + notice.envelope().revision()));
  return notice;
}

v1::Withdrawal WithdrawalOf(const v1::Notice& notice, v1::WithdrawalReason reason) {
  v1::Withdrawal withdrawal;
  withdrawal.set_municipality_code(notice.envelope().municipality_code());
  withdrawal.set_notice_id(notice.envelope().notice_id());
  withdrawal.set_revision(notice.envelope().revision() + 1);
  *withdrawal.mutable_created_at() = notice.envelope().created_at();
  withdrawal.set_reason(reason);
  withdrawal.set_contract_version(contract::kContractVersion);
  return withdrawal;
}

v1::Notice MessageAt(const contract::Notice& notice, absl::Time now) {
  v1::Notice message;
  if (notice.envelope.has_value()) SetEnvelope(*notice.envelope, now, *message.mutable_envelope());
  if (notice.citizen.has_value()) SetCitizen(*notice.citizen, *message.mutable_citizen());
  if (notice.sealed.has_value()) {
    message.mutable_sealed()->set_cms(notice.sealed->cms);
    message.mutable_sealed()->set_signer_fingerprint(notice.sealed->signer_fingerprint);
  }
  if (notice.unknown_fields.consent) AddUnknownField(*message.mutable_envelope()->mutable_consent());
  if (notice.unknown_fields.criteria) AddUnknownField(*message.mutable_envelope()->mutable_criteria());
  if (notice.unknown_fields.citizen) AddUnknownField(*message.mutable_citizen());
  return message;
}

}  // namespace envej::support
