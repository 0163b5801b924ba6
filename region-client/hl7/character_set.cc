#include "region-client/hl7/character_set.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "proto/contract/text_rules.h"

namespace envej::hl7 {
namespace {

struct Name {
  absl::string_view letters;  // of the name, in capitals, with its digits
  CharacterSet set;
};

constexpr Name kNames[] = {
    {"ASCII", CharacterSet::kAscii},      {"USASCII", CharacterSet::kAscii}, {"88591", CharacterSet::kLatin1},
    {"ISO88591", CharacterSet::kLatin1},  {"UTF8", CharacterSet::kUtf8},     {"UNICODE", CharacterSet::kUtf8},
    {"UNICODEUTF8", CharacterSet::kUtf8},
};

bool IsAscii(char c) { return static_cast<unsigned char>(c) < 0x80; }

std::string Latin1ToUtf8(absl::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) text += static_cast<char>(0xC0 | byte >> 6);
    text += static_cast<char>(byte < 0x80 ? byte : 0x80 | (byte & 0x3F));
  }
  return text;
}

}  // namespace

std::optional<CharacterSet> FindCharacterSet(absl::string_view name) {
  std::string letters;
  for (const char c : name) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c))) {
      letters += absl::ascii_toupper(static_cast<unsigned char>(c));
    } else if (c != '/' && c != '-' && c != '_' && c != ' ') {
      return std::nullopt;
    }
  }
  const auto* const found =
      std::find_if(std::begin(kNames), std::end(kNames), [&](const Name& known) { return known.letters == letters; });
  return found == std::end(kNames) ? std::nullopt : std::optional(found->set);
}

std::optional<std::string> ToUtf8(absl::string_view bytes, CharacterSet set) {
  if (std::all_of(bytes.begin(), bytes.end(), IsAscii)) return std::string(bytes);
  switch (set) {
    case CharacterSet::kAscii:
      return std::nullopt;
    case CharacterSet::kLatin1:
      return Latin1ToUtf8(bytes);
    case CharacterSet::kUtf8:
      return contract::CountCharacters(bytes).has_value() ? std::optional<std::string>(bytes) : std::nullopt;
  }
  return std::nullopt;
}

void BlankControls(std::string& text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); }, ' ');
}

}  // namespace envej::hl7
