#include "region-client/output.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/text_rules.h"

namespace envej::region {
namespace {

size_t Width(const std::string& cell) { return contract::CountCharacters(cell).value_or(cell.size()); }

std::string PrintableLine(absl::string_view text) {
  if (!contract::HasControlCharacter(text) && contract::CountCharacters(text).has_value()) return std::string(text);
  std::string printable(text);
  for (char& character : printable) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte < 0x20 || byte >= 0x7F) character = '?';
  }
  return printable;
}

}  // namespace

std::string ToJsonLine(const google::protobuf::Message& message) {
  std::string json;
  // Fails only for messages with google.protobuf.Any, of which the contract has none.
  return google::protobuf::util::MessageToJsonString(message, &json).ok() ? json : "{}";
}

std::string Printable(absl::string_view text, bool lines) {
  if (!lines) return PrintableLine(text);
  std::string printable;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (!printable.empty()) printable += '\n';
    printable += PrintableLine(line);
  }
  return printable;
}

std::string Word(const std::string& name, absl::string_view prefix, int number) {
  if (name.empty()) return absl::StrCat("unknown (", number, ")");
  return absl::StrReplaceAll(absl::AsciiStrToLower(absl::StripPrefix(name, prefix)), {{"_", " "}});
}

std::string FormatTimestamp(bool present, const google::protobuf::Timestamp& time, const absl::TimeZone& zone) {
  return present ? absl::FormatTime("%Y-%m-%d %H:%M:%S", contract::FromMessage(time), zone) : "-";
}

void WriteTable(const std::vector<std::vector<std::string>>& rows, std::ostream& out) {
  std::vector<size_t> widths;
  for (const std::vector<std::string>& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Width(row[i]));
  }
  for (const std::vector<std::string>& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      out << row[i];
      if (i + 1 < row.size()) out << std::string(widths[i] - Width(row[i]) + 2, ' ');
    }
    out << '\n';
  }
}

}  // namespace envej::region
