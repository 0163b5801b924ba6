#include "region-client/ward/patient_number.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"

namespace envej::ward {
namespace {

constexpr char kNoBreakSpace[] = "\xC2\xA0";
constexpr size_t kCprDigits = 10;
constexpr size_t kCprHyphen = 6;

bool IsCprNumberWithHyphen(const std::string& number) {
  const auto digits = std::count_if(number.begin(), number.end(), [](char c) { return absl::ascii_isdigit(c); });
  return number.size() == kCprDigits + 1 && number[kCprHyphen] == '-' && digits == kCprDigits;
}

}  // namespace

std::string NumberInItsForm(const std::string& written) {
  std::string number = absl::StrReplaceAll(written, {{" ", ""}, {kNoBreakSpace, ""}});
  if (IsCprNumberWithHyphen(number)) number.erase(kCprHyphen, 1);
  return number;
}

PatientId InItsForm(PatientId said, const Site& site) {
  if (site.same_authority.contains(said.authority)) said.authority = site.patient_authority;
  said.value = NumberInItsForm(said.value);
  return said;
}

}  // namespace envej::ward
