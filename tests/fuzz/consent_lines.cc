// A file of lines, of which each is a consent, a withdrawal or a notice.

#include "absl/time/time.h"
#include "region-client/folder/line_decoder.h"
#include "region-client/ward/answer.h"
#include "region-client/ward/patient_number.h"
#include "tests/fuzz/fuzz_target.h"

namespace envej::fuzz {
namespace {

constexpr char kYes[] =
    R"({"id":"c1","patient":{"authority":"hospital","value":"010190-9999"},"municipality_code":"0101",)"
    R"("consent":{"contact":{"given_on":"2027-01-14","form":"CONSENT_FORM_WRITTEN"},)"
    R"("disclosure":{"given_on":"2027-01-14","form":"CONSENT_FORM_ORAL_RECORDED"}},)"
    R"("criteria":{"aged_18_or_over":true,"mental_illness":true,"discharged_from_regional_psychiatry":true,)"
    R"("no_support_under_serviceloven":true},)"
    R"("contact":{"name":"Opdigtet Borger","phone_numbers":["+45 20 00 00 01"],"email":"borger@example.org"}})";
constexpr char kNo[] = R"({"patient":{"value":"4711"},"municipality_code":"0101","consent":{}})";
constexpr char kWithdrawn[] = R"({"id":"c2","patient":{"value":"4711"},"withdrawn":true})";

void CheckAnswer(const region::ConsentAnswer& answer) {
  ENVEJ_FUZZ_CHECK(!answer.patient.value.empty());
  ENVEJ_FUZZ_CHECK(ward::NumberInItsForm(answer.patient.value) == answer.patient.value);
  if (!answer.given.has_value() || !ward::IsYes(*answer.given)) return;
  ENVEJ_FUZZ_CHECK(answer.given->municipality_code().size() == 4);
  for (const std::string& number : answer.given->contact().phone_numbers()) {
    ENVEJ_FUZZ_CHECK(!number.empty() && number[0] == '+');
  }
}

}  // namespace

void Try(absl::string_view bytes) {
  const absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  const auto items = region::DecodeLines(bytes, /*items_most=*/10'000, now, absl::UTCTimeZone());
  if (!items.ok()) return;
  size_t place = 0;  // of the line before
  for (const region::FileItem& item : *items) {
    ENVEJ_FUZZ_CHECK(item.place > place);
    place = item.place;
    if (const auto* const answer = std::get_if<region::ConsentAnswer>(&item.said)) CheckAnswer(*answer);
    if (const auto* const problem = std::get_if<region::FileProblem>(&item.said)) {
      ENVEJ_FUZZ_CHECK(!problem->reason.empty());
    }
  }
}

std::vector<std::string> Seeds() {
  const std::string yes = kYes;
  return {yes + "\n", "\xEF\xBB\xBF" + yes + "\r\n\n" + kNo + "\n" + kWithdrawn, std::string(kNo) + "\n{}\n[]\n"};
}

}  // namespace envej::fuzz
