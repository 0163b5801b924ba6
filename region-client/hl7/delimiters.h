#ifndef ENVEJ_REGION_CLIENT_HL7_DELIMITERS_H_
#define ENVEJ_REGION_CLIENT_HL7_DELIMITERS_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace envej::hl7 {

// What stands between the parts of a message, as its MSH-1 and MSH-2 declare. '\0' where none is declared.
struct Delimiters {
  char field = '|';
  char component = '^';
  char repetition = '~';
  char escape = '\\';
  char subcomponent = '&';
  char truncation = '\0';  // from 2.7 on

  bool operator==(const Delimiters&) const = default;
};

// Of the text that begins a message: "MSH", MSH-1 and MSH-2. Nothing if it does not begin so, or if MSH-2 is not one to
// five characters, or if they and MSH-1 are not all different ASCII punctuation.
std::optional<Delimiters> ReadDelimiters(absl::string_view header);

// The message's first line: all of it before its first CR or LF.
absl::string_view FirstLine(absl::string_view message);

// The text as it stands in a field: what would be taken for a delimiter is escaped, or a space where no escape
// character is declared. Control characters are spaces. `text` is ASCII.
std::string Escaped(absl::string_view text, const Delimiters& delimiters);

}  // namespace envej::hl7

#endif  // ENVEJ_REGION_CLIENT_HL7_DELIMITERS_H_
