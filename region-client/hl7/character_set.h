#ifndef ENVEJ_REGION_CLIENT_HL7_CHARACTER_SET_H_
#define ENVEJ_REGION_CLIENT_HL7_CHARACTER_SET_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace envej::hl7 {

// What a message is written in, by MSH-18 (table 0211).
enum class CharacterSet : uint8_t { kAscii = 0, kLatin1 = 1, kUtf8 = 2 };

// "ASCII"; "8859/1" and "ISO-8859-1"; "UNICODE UTF-8", "UNICODE" and "UTF-8"; and the same in other ways of writing
// them. Nothing for any other: none is guessed.
std::optional<CharacterSet> FindCharacterSet(absl::string_view name);

// As UTF-8; nothing if it is not written in the character set.
std::optional<std::string> ToUtf8(absl::string_view bytes, CharacterSet set);

// Each ASCII control character becomes a space.
void BlankControls(std::string& text);

}  // namespace envej::hl7

#endif  // ENVEJ_REGION_CLIENT_HL7_CHARACTER_SET_H_
