#include "proto/contract/text_rules.h"

#include <openssl/crypto.h>
#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "proto/contract/limits.h"

namespace envej::contract {
namespace {

constexpr size_t kCodeDigits = 4;

constexpr utf8proc_option_t kNfc = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);

constexpr utf8proc_int32_t kFirstPrintable = 0x20;
constexpr utf8proc_int32_t kDelete = 0x7f;
constexpr utf8proc_int32_t kFirstCombining = 0x300;
constexpr utf8proc_int32_t kReplacement = 0xFFFD;

// Most characters by far: for these the tables need not be asked.
bool IsPrintableAscii(utf8proc_int32_t character) { return character >= kFirstPrintable && character < kDelete; }

// Calls `visit` with each code point until it returns false; false if the text is not UTF-8.
template <typename Visit>
bool ForEachCharacter(absl::string_view text, const Visit& visit) {
  while (!text.empty()) {
    if (absl::ascii_isascii(static_cast<unsigned char>(text.front()))) {
      if (!visit(utf8proc_int32_t{text.front()})) return true;
      text.remove_prefix(1);
      continue;
    }
    utf8proc_int32_t character = 0;
    const utf8proc_ssize_t length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                                     static_cast<utf8proc_ssize_t>(text.size()), &character);
    if (length <= 0) return false;
    if (!visit(character)) return true;
    text.remove_prefix(static_cast<size_t>(length));
  }
  return true;
}

// Text of characters below the first combining one is composed as it stands.
bool IsPlainlyNfc(absl::string_view text) {
  bool plain = true;
  const bool valid = ForEachCharacter(text, [&](utf8proc_int32_t character) {
    plain = character < kFirstCombining;
    return plain;
  });
  return valid && plain;
}

bool IsBidirectionalControl(utf8proc_int32_t character) {
  return character == 0x061C || character == 0x200E || character == 0x200F ||
         (character >= 0x202A && character <= 0x202E) || (character >= 0x2066 && character <= 0x2069);
}

// Digits that are neither decimal digits nor decompose to one, each run with the value of its first.
struct DigitRun {
  utf8proc_int32_t first;
  utf8proc_int32_t last;
  int value;
};
constexpr DigitRun kOtherDigits[] = {
    {0x1369, 0x1371, 1},   {0x19DA, 0x19DA, 1},   {0x24F5, 0x24FD, 1},   {0x24FF, 0x24FF, 0},
    {0x2776, 0x277E, 1},   {0x2780, 0x2788, 1},   {0x278A, 0x2792, 1},   {0x10A40, 0x10A43, 1},
    {0x10E60, 0x10E68, 1}, {0x11052, 0x1105A, 1}, {0x1F10B, 0x1F10B, 0}, {0x1F10C, 0x1F10C, 0},
};

// A decimal digit's value. Unicode gives each script's digits as a run of ten that starts at zero, where the code point
// is a multiple of 16 or 6 above one.
int DecimalValue(utf8proc_int32_t character) {
  const utf8proc_int32_t low = character & 0xf;
  return low >= 6 && utf8proc_category(character - low) != UTF8PROC_CATEGORY_ND ? low - 6 : low;
}

// Calls `visit` with the value of each digit that the character stands for: one for a digit of any script, also
// superscript, circled or full width; more for forms such as a circled ten; none for other characters.
template <typename Visit>
void ForEachDigit(utf8proc_int32_t character, const Visit& visit) {
  if (character < 0x80) {
    if (character >= '0' && character <= '9') visit(character - '0');
    return;
  }
  const utf8proc_category_t category = utf8proc_category(character);
  if (category != UTF8PROC_CATEGORY_ND && category != UTF8PROC_CATEGORY_NO) return;
  for (const DigitRun& run : kOtherDigits) {
    if (character >= run.first && character <= run.last) return visit(character - run.first + run.value);
  }
  std::array<utf8proc_int32_t, 16> parts{};
  int boundary = 0;
  const utf8proc_ssize_t count =
      utf8proc_decompose_char(character, parts.data(), static_cast<utf8proc_ssize_t>(parts.size()),
                              static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT), &boundary);
  for (size_t index = 0; index < parts.size() && static_cast<utf8proc_ssize_t>(index) < count; ++index) {
    const utf8proc_int32_t part = parts[index];
    if (part >= '0' && part <= '9') {
      visit(part - '0');
    } else if (utf8proc_category(part) == UTF8PROC_CATEGORY_ND) {
      visit(DecimalValue(part));
    }
  }
}

constexpr absl::string_view kAsciiSeparators = " -_./:";

// Others that look like these or like nothing, of categories that hold more than separators.
constexpr utf8proc_int32_t kOtherSeparators[] = {
    0x2212, 0x02D7, 0x2043,                          // minus sign, modifier letter minus, hyphen bullet
    0x00B7, 0x2024, 0x2027, 0x3002, 0xFE52, 0xFF0E,  // middle dot, one dot leader, hyphenation point, full stops
    0x2044, 0x2215, 0xFF0F,                          // fraction slash, division slash, full-width solidus
    0x2236, 0xFE55, 0xFF1A,                          // ratio, small and full-width colon
    0x2800,                                          // empty Braille cell
};

// What may stand between the digits of one number.
bool IsSeparator(utf8proc_int32_t character) {
  if (IsPrintableAscii(character)) return kAsciiSeparators.find(static_cast<char>(character)) != kAsciiSeparators.npos;
  if (utf8proc_get_property(character)->ignorable) return true;
  switch (utf8proc_category(character)) {
    case UTF8PROC_CATEGORY_ZS:  // spaces
    case UTF8PROC_CATEGORY_PD:  // hyphens and dashes
    case UTF8PROC_CATEGORY_PC:  // low lines
    case UTF8PROC_CATEGORY_CF:  // invisible
    case UTF8PROC_CATEGORY_MN:  // marks on the digit before, such as variation selectors and keycaps
    case UTF8PROC_CATEGORY_ME:
      return true;
    default:
      return std::find(std::begin(kOtherSeparators), std::end(kOtherSeparators), character) !=
             std::end(kOtherSeparators);
  }
}

// Whether ten digits start with a day and a month.
bool StartsWithDay(const std::array<int, 10>& digits) {
  int day = digits[0] * 10 + digits[1];
  if (day > 60) day -= 60;
  const int month = digits[2] * 10 + digits[3];
  return day >= 1 && day <= 31 && month >= 1 && month <= 12;
}

// Letters and digits of any script, and the ASCII characters in `also`.
bool HasOnly(absl::string_view text, absl::string_view also) {
  bool good = true;
  const bool valid = ForEachCharacter(text, [&](utf8proc_int32_t character) {
    if (character < 0x80) {
      const char ascii = static_cast<char>(character);
      good = absl::ascii_isalnum(static_cast<unsigned char>(ascii)) || also.find(ascii) != absl::string_view::npos;
    } else {
      const utf8proc_category_t category = utf8proc_category(character);
      good = (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_ME) || category == UTF8PROC_CATEGORY_ND;
    }
    return good;
  });
  return valid && good;
}

// RFC 5322's dot-atom, with letters beyond ASCII as RFC 6531 allows them. Quoted forms are refused.
bool IsLocalPart(absl::string_view text) {
  return !text.empty() && text.front() != '.' && text.back() != '.' && text.find("..") == absl::string_view::npos &&
         HasOnly(text, ".!#$%&'*+-/=?^_`{|}~");
}

// Two or more labels of letters, digits and hyphens.
bool IsDomain(absl::string_view text) {
  const std::vector<absl::string_view> labels = absl::StrSplit(text, '.');
  for (const absl::string_view label : labels) {
    if (label.empty() || label.front() == '-' || label.back() == '-' || !HasOnly(label, "-")) return false;
  }
  return labels.size() >= 2;
}

}  // namespace

bool IsNfc(absl::string_view text) {
  if (IsPlainlyNfc(text)) return true;
  std::optional<std::string> normalised = ToNfc(text);
  if (!normalised.has_value()) return false;
  const bool same = absl::string_view(*normalised) == text;
  OPENSSL_cleanse(normalised->data(), normalised->capacity());
  return same;
}

std::optional<std::string> ToNfc(absl::string_view text) {
  // By hand what utf8proc_map does, which leaves plain copies behind.
  const auto* const bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const auto size = static_cast<utf8proc_ssize_t>(text.size());
  const utf8proc_ssize_t room = utf8proc_decompose(bytes, size, nullptr, 0, kNfc);
  if (room < 0) return std::nullopt;
  std::vector<utf8proc_int32_t> characters(static_cast<size_t>(room) +
                                           1);  // one more: what is written ends with a zero
  utf8proc_ssize_t length = utf8proc_decompose(bytes, size, characters.data(), room, kNfc);
  if (length >= 0) length = utf8proc_reencode(characters.data(), length, kNfc);
  std::optional<std::string> normalised;
  if (length >= 0) normalised.emplace(reinterpret_cast<const char*>(characters.data()), static_cast<size_t>(length));
  OPENSSL_cleanse(characters.data(), characters.size() * sizeof(utf8proc_int32_t));
  return normalised;
}

bool HasControlCharacter(absl::string_view text) {
  bool found = false;
  ForEachCharacter(text, [&](utf8proc_int32_t character) {
    if (IsPrintableAscii(character)) return true;
    switch (utf8proc_category(character)) {
      case UTF8PROC_CATEGORY_CC:
      case UTF8PROC_CATEGORY_ZL:
      case UTF8PROC_CATEGORY_ZP:
      case UTF8PROC_CATEGORY_CS:
      case UTF8PROC_CATEGORY_CO:
      case UTF8PROC_CATEGORY_CN:
        found = true;
        break;
      default:
        found = character == kReplacement || IsBidirectionalControl(character);
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
    bool any_digit = false;
    ForEachDigit(character, [&](int digit) {
      any_digit = true;
      std::copy(last.begin() + 1, last.end(), last.begin());
      last.back() = digit;
      found = found || (++run >= last.size() && StartsWithDay(last));
    });
    if (!any_digit && !IsSeparator(character)) run = 0;
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
    const bool visible = !utf8proc_get_property(character)->ignorable;  // Hangul fillers are letters that show nothing
    found = visible && category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
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

bool IsCode(absl::string_view text) {
  return text.size() == kCodeDigits && text.find_first_not_of("0123456789") == absl::string_view::npos;
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
  const size_t at = text.find('@');
  return at != absl::string_view::npos && IsLocalPart(text.substr(0, at)) && IsDomain(text.substr(at + 1));
}

}  // namespace envej::contract
