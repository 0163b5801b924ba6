#ifndef ENVEJ_TESTS_PRIVACY_ENCODINGS_H_
#define ENVEJ_TESTS_PRIVACY_ENCODINGS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace envej::privacy {

// One way in which a text may stand in bytes that somebody else wrote.
struct EncodedForm {
  std::string encoding;  // its name, for whoever reads a finding
  std::string bytes;     // with ASCII letters in lower case: see Fold
};

// Every form in which a text of at least kMarkerBytes bytes is looked for, each once: UTF-8, UTF-16 of both byte
// orders, hexadecimal digits, base64 at each of its three alignments in both alphabets, percent escapes, JSON's \u
// escapes and C's octal and hexadecimal ones; of the escapes those that leave ASCII alone, those that leave only what
// they must, and those that leave nothing. `utf8` is valid UTF-8.
std::vector<EncodedForm> FormsOf(absl::string_view utf8);

inline constexpr size_t kMarkerBytes = 8;

// An ASCII letter in lower case; every other byte as it is. What is searched is folded, so that letters and escapes of
// either case, also mixed, are found. Of base64 it leaves more than enough to tell a marker from chance.
inline char Fold(char byte) { return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + ('a' - 'A')) : byte; }

}  // namespace envej::privacy

#endif  // ENVEJ_TESTS_PRIVACY_ENCODINGS_H_
