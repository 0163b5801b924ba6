#ifndef ENVEJ_BROKER_OPERATIONS_CONSOLE_TABLE_H_
#define ENVEJ_BROKER_OPERATIONS_CONSOLE_TABLE_H_

#include <cstddef>
#include <limits>
#include <ostream>
#include <string>
#include <vector>

#include "broker/operations/console/output.h"

namespace envej::console {

enum class Align { kLeft, kRight };

struct Column {
  std::string heading;
  Align align = Align::kLeft;
};

inline constexpr size_t kAnyWidth = std::numeric_limits<size_t>::max();

// Rows for people, in columns as wide as their widest cell in columns of a terminal. Every cell is made printable
// (contract::Printable), wherever it came from, and an empty one is shown as "-". Thread safety: none.
class Table {
 public:
  explicit Table(std::vector<Column> columns);

  // One cell for each column.
  void Add(std::vector<std::string> cells, Emphasis emphasis = Emphasis::kPlain);

  size_t rows() const { return rows_.size(); }

  // The heading, then the rows, each at most `width` columns wide and without the line's end.
  std::vector<std::string> Lines(bool colour, size_t width = kAnyWidth) const;
  void Write(const Streams& streams) const;

 private:
  struct Row {
    std::vector<std::string> cells;
    Emphasis emphasis;
  };

  std::string Line(const std::vector<std::string>& cells) const;

  std::vector<Column> columns_;
  std::vector<size_t> widths_;
  std::vector<Row> rows_;
};

}  // namespace envej::console

#endif  // ENVEJ_BROKER_OPERATIONS_CONSOLE_TABLE_H_
