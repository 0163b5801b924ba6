#include "tests/privacy/encodings.h"

#include <algorithm>
#include <cstdint>
#include <functional>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace envej::privacy {
namespace {

using Escaped = std::function<bool(char ascii)>;  // beyond ASCII everything is

bool Nothing(char) { return false; }
bool Everything(char) { return true; }
bool IsReserved(char ascii) {
  return !absl::ascii_isalnum(static_cast<unsigned char>(ascii)) &&
         absl::string_view("-._~").find(ascii) == absl::string_view::npos;
}
bool IsMarkup(char ascii) { return absl::string_view("<>&'\"+/@").find(ascii) != absl::string_view::npos; }

bool IsAscii(char byte) { return absl::ascii_isascii(static_cast<unsigned char>(byte)); }

std::vector<uint16_t> Utf16(absl::string_view utf8) {
  std::vector<uint16_t> units;
  for (size_t at = 0; at < utf8.size();) {
    const auto first = static_cast<unsigned char>(utf8[at]);
    const size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    uint32_t point = length == 1 ? first : first & (0xffu >> (length + 1));
    for (size_t next = at + 1; next < std::min(at + length, utf8.size()); ++next) {
      point = point << 6 | (static_cast<unsigned char>(utf8[next]) & 0x3f);
    }
    at += length;
    if (point >= 0x10000) {
      units.push_back(static_cast<uint16_t>(0xd800 + ((point - 0x10000) >> 10)));
      units.push_back(static_cast<uint16_t>(0xdc00 + ((point - 0x10000) & 0x3ff)));
    } else {
      units.push_back(static_cast<uint16_t>(point));
    }
  }
  return units;
}

std::string Utf16Bytes(absl::string_view utf8, bool little_endian) {
  std::string bytes;
  for (const uint16_t unit : Utf16(utf8)) {
    const char low = static_cast<char>(unit & 0xff);
    const char high = static_cast<char>(unit >> 8);
    bytes += little_endian ? low : high;
    bytes += little_endian ? high : low;
  }
  return bytes;
}

// The digits that the text has to itself when `before` bytes, of three, stand before it.
std::string Base64Core(absl::string_view utf8, size_t before, bool for_urls) {
  const std::string bytes = absl::StrCat(std::string(before, '\0'), utf8);
  const std::string digits = for_urls ? absl::WebSafeBase64Escape(bytes) : absl::Base64Escape(bytes);
  const size_t begin = (before * 8 + 5) / 6;
  return digits.substr(begin, bytes.size() * 8 / 6 - begin);
}

std::string PercentEscapes(absl::string_view utf8, const Escaped& escaped, bool plus_for_space) {
  std::string text;
  for (const char byte : utf8) {
    if (plus_for_space && byte == ' ') {
      text += '+';
    } else if (!IsAscii(byte) || escaped(byte)) {
      absl::StrAppendFormat(&text, "%%%02x", static_cast<unsigned char>(byte));
    } else {
      text += byte;
    }
  }
  return text;
}

std::string JsonEscapes(absl::string_view utf8, const Escaped& escaped) {
  std::string text;
  for (const uint16_t unit : Utf16(utf8)) {
    if (unit >= 0x80 || escaped(static_cast<char>(unit))) {
      absl::StrAppendFormat(&text, "\\u%04x", unit);
    } else {
      text += static_cast<char>(unit);
    }
  }
  return text;
}

}  // namespace

std::vector<EncodedForm> FormsOf(absl::string_view utf8) {
  std::vector<EncodedForm> forms;
  const auto add = [&forms](const std::string& encoding, std::string bytes) {
    std::transform(bytes.begin(), bytes.end(), bytes.begin(), Fold);
    const bool known =
        std::any_of(forms.begin(), forms.end(), [&bytes](const EncodedForm& form) { return form.bytes == bytes; });
    if (!known) forms.push_back({encoding, std::move(bytes)});
  };
  add("UTF-8", std::string(utf8));
  add("UTF-16 little endian", Utf16Bytes(utf8, true));
  add("UTF-16 big endian", Utf16Bytes(utf8, false));
  add("hex", absl::BytesToHexString(utf8));
  for (const size_t before : {size_t{0}, size_t{1}, size_t{2}}) {
    add(absl::StrCat("base64 at ", before), Base64Core(utf8, before, false));
    add(absl::StrCat("base64 for URLs at ", before), Base64Core(utf8, before, true));
  }
  add("percent escapes beyond ASCII", PercentEscapes(utf8, Nothing, false));
  add("percent escapes", PercentEscapes(utf8, IsReserved, false));
  add("percent escapes of a form", PercentEscapes(utf8, IsReserved, true));
  add("percent escapes of all", PercentEscapes(utf8, Everything, false));
  add("JSON escapes beyond ASCII", JsonEscapes(utf8, Nothing));
  add("JSON escapes", JsonEscapes(utf8, IsMarkup));
  add("JSON escapes of all", JsonEscapes(utf8, Everything));
  add("octal escapes", absl::CEscape(utf8));
  add("C's hexadecimal escapes", absl::CHexEscape(utf8));
  return forms;
}

}  // namespace envej::privacy
