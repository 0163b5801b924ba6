#include "broker/operations/console/table.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "proto/contract/printable.h"

namespace envej::console {
namespace {

constexpr size_t kGap = 2;

}  // namespace

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {
  for (const Column& column : columns_) widths_.push_back(contract::TerminalColumns(column.heading));
}

void Table::Add(std::vector<std::string> cells, Emphasis emphasis) {
  cells.resize(columns_.size());
  for (size_t i = 0; i < cells.size(); ++i) {
    cells[i] = cells[i].empty() ? "-" : contract::Printable(cells[i]);
    widths_[i] = std::max(widths_[i], contract::TerminalColumns(cells[i]));
  }
  rows_.push_back({.cells = std::move(cells), .emphasis = emphasis});
}

std::string Table::Line(const std::vector<std::string>& cells) const {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) {
    const std::string space(widths_[i] - contract::TerminalColumns(cells[i]), ' ');
    if (i > 0) line.append(kGap, ' ');
    absl::StrAppend(&line, columns_[i].align == Align::kRight ? space : "", cells[i],
                    columns_[i].align == Align::kLeft ? space : "");
  }
  absl::StripTrailingAsciiWhitespace(&line);
  return line;
}

std::vector<std::string> Table::Lines(bool colour, size_t width) const {
  std::vector<std::string> headings;
  for (const Column& column : columns_) headings.push_back(column.heading);
  std::vector<std::string> lines = {
      Emphasised(contract::CutToColumns(Line(headings), width), Emphasis::kHeading, colour)};
  for (const Row& row : rows_) {
    lines.push_back(Emphasised(contract::CutToColumns(Line(row.cells), width), row.emphasis, colour));
  }
  return lines;
}

void Table::Write(const Streams& streams) const {
  for (const std::string& line : Lines(streams.colour)) streams.out << line << '\n';
}

}  // namespace envej::console
