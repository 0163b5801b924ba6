#include "proto/contract/text_rules.h"

#include <utf8proc.h>

#include <array>
#include <cstdlib>
#include <functional>

#include "absl/strings/ascii.h"
#include "proto/contract/limits.h"

namespace envej::contract {
namespace {

constexpr utf8proc_option_t kNfc = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);

// Calls `visit` with each code point until it returns false; false if the text is not UTF-8.
bool ForEachCharacter(absl::string_view text, const std::function<bool(utf8proc_int32_t)>& visit) {
  while (!text.empty()) {
    utf8proc_int32_t character = 0;
    const utf8proc_ssize_t length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                                     static_cast<utf8proc_ssize_t>(text.size()), &character);
    if (length <= 0) return false;
    if (!visit(character)) return true;
    text.remove_prefix(static_cast<size_t>(length));
  }
  return true;
}

bool IsAscii(absl::string_view text) {
  for (const char character : text) {
    if (!absl::ascii_isascii(static_cast<unsigned char>(character))) return false;
  }
  return true;
}

bool IsBidirectionalControl(utf8proc_int32_t character) {
  return character == 0x061C || character == 0x200E || character == 0x200F ||
         (character >= 0x202A && character <= 0x202E) || (character >= 0x2066 && character <= 0x2069);
}

// A digit's value in any script; -1 for other characters. Unicode gives each script's digits as a run of ten that
// starts at zero, so the digits from a character down to the run's start count its value; compatibility forms (such as
// full width, circled and superscript) decompose to the digit itself.
int DigitValue(utf8proc_int32_t character) {
  if (character >= '0' && character <= '9') return character - '0';
  if (character < 0x80) return -1;
  const utf8proc_category_t category = utf8proc_category(character);
  if (category != UTF8PROC_CATEGORY_ND && category != UTF8PROC_CATEGORY_NO) return -1;
  std::array<utf8proc_int32_t, 8> decomposed{};
  int boundary = 0;
  const utf8proc_ssize_t count =
      utf8proc_decompose_char(character, decomposed.data(), static_cast<utf8proc_ssize_t>(decomposed.size()),
                              static_cast<utf8proc_option_t>(UTF8PROC_COMPAT), &boundary);
  for (utf8proc_ssize_t index = 0; index < count && index < static_cast<utf8proc_ssize_t>(decomposed.size()); ++index) {
    const utf8proc_int32_t part = decomposed[static_cast<size_t>(index)];
    if (part >= '0' && part <= '9') return part - '0';
  }
  if (category != UTF8PROC_CATEGORY_ND) return -1;
  // Runs start where the code point is a multiple of 16, or 6 above one.
  const utf8proc_int32_t low = character & 0xf;
  if (character >= 0x1D7CE && character <= 0x1D7FF) return (character - 0x1D7CE) % 10;
  return low >= 6 && utf8proc_category(character - low) != UTF8PROC_CATEGORY_ND ? low - 6 : low;
}

// What may stand between the digits of one number.
bool IsSeparator(utf8proc_int32_t character) {
  switch (utf8proc_category(character)) {
    case UTF8PROC_CATEGORY_ZS:  // spaces
    case UTF8PROC_CATEGORY_PD:  // hyphens and dashes
    case UTF8PROC_CATEGORY_CF:  // invisible
    case UTF8PROC_CATEGORY_MN:  // marks on the digit before, such as variation selectors and keycaps
    case UTF8PROC_CATEGORY_ME:
      return true;
    default:
      return character == 0x2212 || character == '_';  // minus sign
  }
}

// Whether ten digits start with a day and a month.
bool StartsWithDay(const std::array<int, 10>& digits) {
  int day = digits[0] * 10 + digits[1];
  if (day > 60) day -= 60;
  const int month = digits[2] * 10 + digits[3];
  return day >= 1 && day <= 31 && month >= 1 && month <= 12;
}

}  // namespace

bool IsNfc(absl::string_view text) {
  if (IsAscii(text)) return true;
  const std::optional<std::string> normalised = ToNfc(text);
  return normalised.has_value() && *normalised == std::string(text);
}

std::optional<std::string> ToNfc(absl::string_view text) {
  utf8proc_uint8_t* mapped = nullptr;
  const utf8proc_ssize_t length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                               static_cast<utf8proc_ssize_t>(text.size()), &mapped, kNfc);
  if (length < 0) return std::nullopt;
  std::string normalised(reinterpret_cast<const char*>(mapped), static_cast<size_t>(length));
  std::free(mapped);
  return normalised;
}

bool HasControlCharacter(absl::string_view text) {
  bool found = false;
  ForEachCharacter(text, [&](utf8proc_int32_t character) {
    switch (utf8proc_category(character)) {
      case UTF8PROC_CATEGORY_CC:
      case UTF8PROC_CATEGORY_ZL:
      case UTF8PROC_CATEGORY_ZP:
      case UTF8PROC_CATEGORY_CS:
      case UTF8PROC_CATEGORY_CN:
        found = true;
        break;
      default:
        found = IsBidirectionalControl(character);
    }
    return !found;
  });
  return found;
}

bool LooksLikeCprNumber(absl::string_view text) {
  std::array<int, 10> last{};
  size_t run = 0;
  bool found = false;
  ForEachCharacter(text, [&](utf8proc_int32_t character) {
    const int digit = DigitValue(character);
    if (digit >= 0) {
      std::copy(last.begin() + 1, last.end(), last.begin());
      last.back() = digit;
      found = ++run >= last.size() && StartsWithDay(last);
    } else if (!IsSeparator(character)) {
      run = 0;
    }
    return !found;
  });
  return found;
}

std::optional<size_t> CountCharacters(absl::string_view text) {
  size_t count = 0;
  const bool valid = ForEachCharacter(text, [&](utf8proc_int32_t) {
    ++count;
    return true;
  });
  if (!valid) return std::nullopt;
  return count;
}

bool HasLetter(absl::string_view text) {
  bool found = false;
  ForEachCharacter(text, [&](utf8proc_int32_t character) {
    const utf8proc_category_t category = utf8proc_category(character);
    found = category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
    return !found;
  });
  return found;
}

bool IsBlank(absl::string_view text) {
  bool blank = true;
  ForEachCharacter(text, [&](utf8proc_int32_t character) {
    blank = character == '\t' || utf8proc_category(character) == UTF8PROC_CATEGORY_ZS;
    return blank;
  });
  return blank;
}

bool IsE164(absl::string_view text) {
  if (text.empty() || text[0] != '+') return false;
  const absl::string_view digits = text.substr(1);
  if (digits.size() < kPhoneNumberDigitsLeast || digits.size() > kPhoneNumberDigitsMost || digits[0] == '0')
    return false;
  for (const char digit : digits) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(digit))) return false;
  }
  const bool danish = digits.substr(0, 2) == "45";
  return !danish || digits.size() == 10;
}

bool IsEmailAddress(absl::string_view text) {
  const std::optional<size_t> characters = CountCharacters(text);
  if (!characters.has_value() || *characters > kEmailCharacters) return false;
  const size_t at = text.rfind('@');
  if (at == absl::string_view::npos || at == 0 || text.find(' ') != absl::string_view::npos) return false;
  if (text.find('@') != at) return false;
  const absl::string_view domain = text.substr(at + 1);
  const size_t dot = domain.find('.');
  return dot != absl::string_view::npos && dot != 0 && domain.back() != '.' &&
         domain.find("..") == absl::string_view::npos;
}

}  // namespace envej::contract
