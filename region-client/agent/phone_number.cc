#include "region-client/agent/phone_number.h"

#include <phonenumbers/phonenumberutil.h>

#include <cstddef>

namespace envej::region {
namespace {

constexpr char kCountry[] = "DK";
constexpr size_t kPhoneCharactersMost = 40;

}  // namespace

std::optional<std::string> ToE164(const std::string& written) {
  using i18n::phonenumbers::PhoneNumber;
  using i18n::phonenumbers::PhoneNumberUtil;
  if (written.size() > kPhoneCharactersMost) return std::nullopt;
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber number;
  if (util.Parse(written, kCountry, &number) != PhoneNumberUtil::NO_PARSING_ERROR) return std::nullopt;
  if (!util.IsValidNumber(number)) return std::nullopt;
  std::string form;
  util.Format(number, PhoneNumberUtil::E164, &form);
  return form;
}

}  // namespace envej::region
