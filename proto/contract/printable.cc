#include "proto/contract/printable.h"

#include <utf8proc.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "proto/contract/text_rules.h"

namespace envej::contract {
namespace {

std::string PrintableLine(absl::string_view text) {
  if (!HasControlCharacter(text) && CountCharacters(text).has_value()) return std::string(text);
  std::string printable(text);
  for (char& character : printable) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte < 0x20 || byte >= 0x7F) character = '?';
  }
  return printable;
}

// The next character of `rest`: its bytes and its columns. A byte that begins no character is one of each.
struct Step {
  size_t bytes = 1;
  size_t columns = 1;
};

Step NextCharacter(absl::string_view rest) {
  utf8proc_int32_t character = 0;
  const utf8proc_ssize_t bytes = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(rest.data()),
                                                  static_cast<utf8proc_ssize_t>(rest.size()), &character);
  if (bytes <= 0) return {};
  return {.bytes = static_cast<size_t>(bytes),
          .columns = static_cast<size_t>(std::max(0, utf8proc_charwidth(character)))};
}

}  // namespace

std::string Printable(absl::string_view text, bool lines) {
  if (!lines) return PrintableLine(text);
  std::string printable;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (!printable.empty()) printable += '\n';
    printable += PrintableLine(line);
  }
  return printable;
}

size_t TerminalColumns(absl::string_view text) {
  size_t columns = 0;
  while (!text.empty()) {
    const Step step = NextCharacter(text);
    columns += step.columns;
    text.remove_prefix(step.bytes);
  }
  return columns;
}

std::string CutToColumns(absl::string_view text, size_t columns) {
  size_t bytes = 0;
  size_t used = 0;
  while (bytes < text.size()) {
    const Step step = NextCharacter(text.substr(bytes));
    if (used + step.columns > columns) break;
    used += step.columns;
    bytes += step.bytes;
  }
  return std::string(text.substr(0, bytes));
}

std::string Word(const std::string& name, absl::string_view prefix, int number) {
  if (name.empty()) return absl::StrCat("unknown (", number, ")");
  return absl::StrReplaceAll(absl::AsciiStrToLower(absl::StripPrefix(name, prefix)), {{"_", " "}});
}

void WriteTable(const std::vector<std::vector<std::string>>& rows, std::ostream& out) {
  std::vector<size_t> widths;
  for (const std::vector<std::string>& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], TerminalColumns(row[i]));
  }
  for (const std::vector<std::string>& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      out << row[i];
      if (i + 1 < row.size()) out << std::string(widths[i] - TerminalColumns(row[i]) + 2, ' ');
    }
    out << '\n';
  }
}

}  // namespace envej::contract
