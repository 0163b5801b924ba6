#include "region-client/folder/hl7_file.h"

#include <algorithm>
#include <array>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace envej::region {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr absl::string_view kBetween = " \t\r\n\x0B\x1C";  // white space, and the bytes that frame a message in MLLP
constexpr std::array<absl::string_view, 4> kOfBatch = {"FHS", "BHS", "BTS", "FTS"};

bool IsOfBatch(absl::string_view line) {
  return std::any_of(kOfBatch.begin(), kOfBatch.end(),
                     [&](absl::string_view name) { return absl::StartsWith(line, name); });
}

absl::string_view Trim(absl::string_view text) {
  const size_t first = text.find_first_not_of(kBetween);
  if (first == absl::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBetween) - first + 1);
}

// Where messages begin and end in the bytes, line by line.
class Splitting {
 public:
  explicit Splitting(absl::string_view bytes) : bytes_(bytes) {}

  std::vector<absl::string_view> Split() {
    for (size_t at = 0; at < bytes_.size();) {
      const size_t end = std::min(bytes_.find_first_of("\r\n", at), bytes_.size());
      Line(at, bytes_.substr(at, end - at));
      at = end + 1;
    }
    End(bytes_.size());
    return messages_;
  }

 private:
  void Line(size_t at, absl::string_view line) {
    line = Trim(line);
    const bool begins = absl::StartsWith(line, "MSH");
    if (begins || IsOfBatch(line)) End(at);
    if (begin_ == absl::string_view::npos && !line.empty() && !IsOfBatch(line)) begin_ = at;
  }
  void End(size_t at) {
    if (begin_ != absl::string_view::npos) messages_.push_back(Trim(bytes_.substr(begin_, at - begin_)));
    begin_ = absl::string_view::npos;
  }

  const absl::string_view bytes_;
  size_t begin_ = absl::string_view::npos;  // of the message that goes on, if one does
  std::vector<absl::string_view> messages_;
};

}  // namespace

std::vector<absl::string_view> SplitHl7File(absl::string_view bytes) {
  return Splitting(absl::StripPrefix(bytes, kByteOrderMark)).Split();
}

}  // namespace envej::region
