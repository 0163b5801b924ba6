#include "region-client/hl7/delimiters.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace envej::hl7 {
namespace {

constexpr size_t kEncodingCharactersMost = 5;

bool AreAllDifferentPunctuation(std::string characters) {
  std::sort(characters.begin(), characters.end());
  return std::all_of(characters.begin(), characters.end(),
                     [](char c) { return absl::ascii_ispunct(static_cast<unsigned char>(c)); }) &&
         std::adjacent_find(characters.begin(), characters.end()) == characters.end();
}

// The letter that stands for a delimiter in an escape; '\0' for what is none.
char EscapeLetter(char c, const Delimiters& delimiters) {
  if (c == delimiters.field) return 'F';
  if (c == delimiters.component) return 'S';
  if (c == delimiters.repetition) return 'R';
  if (c == delimiters.escape) return 'E';
  if (c == delimiters.subcomponent) return 'T';
  if (c == delimiters.truncation) return 'P';
  return '\0';
}

}  // namespace

absl::string_view FirstLine(absl::string_view message) { return message.substr(0, message.find_first_of("\r\n")); }

std::optional<Delimiters> ReadDelimiters(absl::string_view header) {
  header = FirstLine(header);
  if (!absl::StartsWith(header, "MSH") || header.size() < 5) return std::nullopt;
  Delimiters delimiters{.field = header[3], .repetition = '\0', .escape = '\0', .subcomponent = '\0'};
  const absl::string_view encoding = header.substr(4, header.find(delimiters.field, 4) - 4);
  if (encoding.empty() || encoding.size() > kEncodingCharactersMost) return std::nullopt;
  if (!AreAllDifferentPunctuation(absl::StrCat(header.substr(3, 1), encoding))) return std::nullopt;
  char* const places[] = {&delimiters.component, &delimiters.repetition, &delimiters.escape, &delimiters.subcomponent,
                          &delimiters.truncation};
  for (size_t at = 0; at < encoding.size(); ++at) *places[at] = encoding[at];
  return delimiters;
}

std::string Escaped(absl::string_view text, const Delimiters& delimiters) {
  std::string escaped;
  for (const char c : text) {
    const char letter = EscapeLetter(c, delimiters);
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c)) || (letter != '\0' && delimiters.escape == '\0')) {
      escaped += ' ';
    } else if (letter != '\0') {
      escaped.append({delimiters.escape, letter, delimiters.escape});
    } else {
      escaped += c;
    }
  }
  return escaped;
}

}  // namespace envej::hl7
