#ifndef ENVEJ_PROTO_CONTRACT_PRINTABLE_H_
#define ENVEJ_PROTO_CONTRACT_PRINTABLE_H_

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace envej::contract {

// What came from elsewhere, as programs show it to people.

// `text` on one line and safe for a terminal: a character that controls rather than writes becomes a question mark.
// With `lines`, line ends stay.
std::string Printable(absl::string_view text, bool lines = false);

// How many columns of a terminal printable text takes: none for a mark that stands on the letter before it, two for a
// wide letter. Of what is no UTF-8, its bytes.
size_t TerminalColumns(absl::string_view text);

// The longest beginning of printable text that takes at most so many columns.
std::string CutToColumns(absl::string_view text, size_t columns);

// "NOTICE_STATE_WAITING" as "waiting"; a value that only a newer broker knows as its number.
std::string Word(const std::string& name, absl::string_view prefix, int number);

// Writes rows as columns that are as wide as their widest cell; the first row is the heading.
void WriteTable(const std::vector<std::vector<std::string>>& rows, std::ostream& out);

}  // namespace envej::contract

#endif  // ENVEJ_PROTO_CONTRACT_PRINTABLE_H_
