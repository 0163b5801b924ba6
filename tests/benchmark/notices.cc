#include "tests/benchmark/notices.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "proto/contract/day.h"
#include "proto/contract/limits.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/notice_id.h"

namespace envej::benchmark {
namespace {

constexpr std::array<absl::string_view, 8> kGivenNames = {"Anne-Mette", "Søren",  "Åse", "Karl Emil",
                                                          "Kirsten",    "Jørgen", "Ida", "Mads"};
constexpr std::array<absl::string_view, 8> kFamilyNames = {"Sørensen",   "Holm", "Kjær Nielsen", "Madsen",
                                                           "Østergaard", "Lund", "Bæk Hansen",   "Thomsen"};

contract::NoticeId RandomId(std::mt19937_64& random) {
  std::string bytes;
  for (int half = 0; half < 2; ++half) {
    uint64_t bits = random();
    for (int byte = 0; byte < 8; ++byte, bits >>= 8) bytes.push_back(static_cast<char>(bits & 0xff));
  }
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  return contract::NoticeId::FromBytes(bytes).value_or(contract::NoticeId());
}

void Give(const std::string& day, v1::ConsentPart& part) {
  part.set_given_on(day);
  part.set_form(v1::CONSENT_FORM_WRITTEN);
}

}  // namespace

NoticeMaker::NoticeMaker() {
  std::random_device seed;
  random_.seed((static_cast<uint64_t>(seed()) << 32) | seed());
  const absl::CivilDay today = absl::ToCivilDay(absl::Now(), absl::UTCTimeZone());
  discharge_date_ = contract::FormatDay(today + 2);
  consent_day_ = contract::FormatDay(today - 3);
}

void NoticeMaker::Make(const std::string& municipality_code, v1::Notice& notice) {
  const uint64_t turn = made_++;
  v1::Envelope& envelope = *notice.mutable_envelope();
  envelope.set_municipality_code(municipality_code);
  envelope.set_revision(1);
  envelope.set_discharge_date(discharge_date_);
  Give(consent_day_, *envelope.mutable_consent()->mutable_contact());
  Give(consent_day_, *envelope.mutable_consent()->mutable_disclosure());
  v1::Criteria& criteria = *envelope.mutable_criteria();
  criteria.set_aged_18_or_over(true);
  criteria.set_mental_illness(true);
  criteria.set_discharged_from_regional_psychiatry(true);
  criteria.set_no_support_under_serviceloven(true);
  envelope.set_contract_version(contract::kContractVersion);

  v1::Citizen& citizen = *notice.mutable_citizen();
  citizen.set_name(absl::StrCat(kGivenNames[turn % kGivenNames.size()], " ",
                                kFamilyNames[turn / kGivenNames.size() % kFamilyNames.size()]));
  citizen.clear_phone_numbers();
  citizen.add_phone_numbers(absl::StrCat("+4520", 100000 + turn % 900000));
  citizen.add_phone_numbers(absl::StrCat("+4533", 100000 + turn % 900000));
  citizen.set_email(absl::StrCat("borger", turn % 1000, "@example.dk"));
  v1::PostalAddress& address = *citizen.mutable_postal_address();
  address.set_street(absl::StrCat("Nørre Allé ", turn % 200 + 1, ", 2. tv"));
  address.set_postal_code("9000");
  address.set_city("Aalborg");
  Renew(notice);
}

void NoticeMaker::Renew(v1::Notice& notice) {
  notice.mutable_envelope()->set_notice_id(RandomId(random_).ToString());
  *notice.mutable_envelope()->mutable_created_at() = contract::ToMessage(absl::Now());
}

}  // namespace envej::benchmark
