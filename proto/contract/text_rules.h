#ifndef ENVEJ_PROTO_CONTRACT_TEXT_RULES_H_
#define ENVEJ_PROTO_CONTRACT_TEXT_RULES_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace envej::contract {

// Whether the text is UTF-8 in Unicode normal form C (UAX #15).
bool IsNfc(absl::string_view text);
// The text in normal form C; nothing if it is not UTF-8.
std::optional<std::string> ToNfc(absl::string_view text);

// Whether the text holds a character that controls rather than writes, or says nothing to a reader: categories Cc, Zl,
// Zp, Cs, Co (private use), Cn (unassigned), the bidirectional controls, and U+FFFD REPLACEMENT CHARACTER, which stands
// where somebody's decoding lost what was written. (Joiners, which some names need, are letters' company and pass.)
bool HasControlCharacter(absl::string_view text);

// Whether the text holds what looks like a CPR number: ten digits of any script, with or without hyphens, dashes,
// spaces, full stops, slashes, colons, low lines or invisible characters between them, of which the first four are a
// day and a month; a day may be raised by 60, as replacement numbers are. Anything else, such as a letter or a comma,
// ends a number. The check digit says nothing: valid numbers fail it. Within a longer run of digits every ten that
// follow one another are looked at.
bool LooksLikeCprNumber(absl::string_view text);

// Unicode code points; nothing if the text is not UTF-8.
std::optional<size_t> CountCharacters(absl::string_view text);
bool HasLetter(absl::string_view text);
// Whether nothing but white space is in it.
bool IsBlank(absl::string_view text);

// Whether it has the form of a region's or a municipality's code: four digits.
bool IsCode(absl::string_view text);
bool IsE164(absl::string_view text);
bool IsEmailAddress(absl::string_view text);

}  // namespace envej::contract

#endif  // ENVEJ_PROTO_CONTRACT_TEXT_RULES_H_
