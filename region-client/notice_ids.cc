#include "region-client/notice_ids.h"

#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "proto/contract/notice_id.h"

namespace envej::region {
namespace {

constexpr size_t kLongestIdLine = 1024;

// The next line without its end, or nothing at the input's end; of one that is too long, what makes it no id.
bool ReadIdLine(std::istream& in, std::string& line) {
  line.clear();
  size_t bytes = 0;
  for (int byte = in.get(); byte != std::istream::traits_type::eof(); byte = in.get()) {
    ++bytes;
    if (byte == '\n') return true;
    if (line.size() < kLongestIdLine) line.push_back(static_cast<char>(byte));
  }
  return bytes > 0;
}

// Collects ids, each once.
class Ids {
 public:
  absl::Status Add(const std::string& id, const std::string& where) {
    if (!contract::NoticeId::Parse(id).has_value()) {
      return absl::InvalidArgumentError(absl::StrCat(where, ": a notice id is a random UUID in lower case"));
    }
    if (seen_.insert(id).second) ids_.push_back(id);
    if (ids_.size() <= kIdsMost) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat("more than ", kIdsMost, " notices: name them in several runs"));
  }
  std::vector<std::string> ids() && { return std::move(ids_); }

 private:
  std::vector<std::string> ids_;
  std::set<std::string> seen_;
};

absl::Status ReadLines(std::istream& in, Ids& ids) {
  std::string line;
  for (size_t number = 1; ReadIdLine(in, line); ++number) {
    const std::string id(absl::StripAsciiWhitespace(line));
    if (id.empty()) continue;
    const absl::Status added = ids.Add(id, absl::StrCat("standard input: line ", number));
    if (!added.ok()) return added;
  }
  return in.bad() ? absl::DataLossError("standard input: cannot be read to its end") : absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ReadNoticeIds(const std::vector<std::string>& arguments, std::istream& in) {
  Ids ids;
  const bool from_input = arguments.size() == 1 && arguments.front() == "-";
  absl::Status read = from_input ? ReadLines(in, ids) : absl::OkStatus();
  for (size_t i = 0; i < arguments.size() && !from_input && read.ok(); ++i) {
    read = ids.Add(arguments[i], absl::StrCat("id ", i + 1));
  }
  if (!read.ok()) return read;
  std::vector<std::string> all = std::move(ids).ids();
  if (all.empty()) return absl::InvalidArgumentError("standard input: names no notices");
  return all;
}

}  // namespace envej::region
