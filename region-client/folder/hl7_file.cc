#include "region-client/folder/hl7_file.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "region-client/folder/file_outcome.h"

namespace envej::region {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr absl::string_view kBetween = " \t\r\n\x0B\x1C";  // white space, and the bytes that frame a message in MLLP
constexpr size_t kNameBytes = 3;

absl::string_view Trim(absl::string_view text) {
  const size_t first = text.find_first_not_of(kBetween);
  if (first == absl::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBetween) - first + 1);
}

// The name, where the line is a segment of a batch.
absl::string_view NameOfBatchSegment(absl::string_view line) {
  const absl::string_view name = line.substr(0, kNameBytes);
  const bool is_of_batch = name == "FHS" || name == "BHS" || name == "BTS" || name == "FTS";
  const bool ends = line.size() <= kNameBytes || !absl::ascii_isalnum(static_cast<unsigned char>(line[kNameBytes]));
  return is_of_batch && ends ? name : absl::string_view();
}

// Whether a trailer's first field says that count, or nothing.
bool Agrees(absl::string_view trailer, size_t count) {
  if (trailer.size() == kNameBytes) return true;
  const char delimiter = trailer[kNameBytes];
  absl::string_view said = trailer.substr(kNameBytes + 1);
  said = absl::StripAsciiWhitespace(said.substr(0, said.find(delimiter)));
  size_t number = 0;
  return said.empty() || said == "\"\"" || (absl::SimpleAtoi(said, &number) && number == count);
}

// Holds what stands in the file's batches against what they say of it.
class Batches {
 public:
  void Message() {
    if (!is_open_) Begin();
    ++messages_;
  }
  void Segment(absl::string_view name, absl::string_view line) {
    if (name == "FHS") {
      EndFile();
      has_file_header_ = true;
    } else if (name == "BHS") {
      End();
      Begin();
      has_header_ = true;
    } else if (name == "BTS") {
      EndBySaying(line);
    } else {
      EndFileBySaying(line);
    }
  }
  std::vector<FileProblem> Problems() && {
    EndFile();
    return std::move(problems_);
  }

 private:
  void Begin() {
    is_open_ = true;
    messages_ = 0;
    ++batches_;
  }
  void EndBySaying(absl::string_view trailer) {
    if (!is_open_) Begin();
    if (!Agrees(trailer, messages_)) {
      Note("BATCH_COUNT_WRONG",
           absl::StrCat("batch ", batches_, " does not have as many messages as BTS-1 says, but ", messages_));
    }
    has_header_ = false;
    End();
  }
  void EndFileBySaying(absl::string_view trailer) {
    End();
    if (!Agrees(trailer, batches_)) {
      Note("BATCH_COUNT_WRONG", absl::StrCat("the file does not have as many batches as FTS-1 says, but ", batches_));
    }
    has_file_header_ = false;
    EndFile();
  }
  void End() {
    if (has_header_) Note("BATCH_NOT_ENDED", absl::StrCat("batch ", batches_, " has BHS and no BTS"));
    is_open_ = has_header_ = false;
  }
  void EndFile() {
    End();
    if (has_file_header_) Note("BATCH_NOT_ENDED", "the file has FHS and no FTS");
    has_file_header_ = false;
    batches_ = 0;
  }
  void Note(absl::string_view reason, std::string text) {
    if (problems_.size() == kRefusedShown) return;
    problems_.push_back({.reason = std::string(reason), .text = std::move(text)});
  }

  bool has_file_header_ = false;
  size_t batches_ = 0;  // of the file so far
  bool is_open_ = false;
  bool has_header_ = false;
  size_t messages_ = 0;  // of the batch that is open
  std::vector<FileProblem> problems_;
};

// Where messages begin and end in the bytes, line by line.
class Splitting {
 public:
  Splitting(absl::string_view bytes, size_t messages_most) : bytes_(bytes), messages_most_(messages_most) {}

  Hl7File Split() && {
    for (size_t at = 0; at < bytes_.size() && file_.messages.size() <= messages_most_;) {
      const size_t end = std::min(bytes_.find_first_of("\r\n", at), bytes_.size());
      Line(at, Trim(bytes_.substr(at, end - at)));
      at = end + 1;
    }
    End(bytes_.size());
    file_.problems = std::move(batches_).Problems();
    return std::move(file_);
  }

 private:
  void Line(size_t at, absl::string_view line) {
    const absl::string_view of_batch = NameOfBatchSegment(line);
    if (!of_batch.empty() || absl::StartsWith(line, "MSH")) End(at);
    if (!of_batch.empty()) {
      file_.has_batches = true;
      batches_.Segment(of_batch, line);
    } else if (begin_ == absl::string_view::npos && !line.empty()) {
      begin_ = at;
      batches_.Message();
    }
  }
  void End(size_t at) {
    const bool goes_on = begin_ != absl::string_view::npos && file_.messages.size() <= messages_most_;
    if (goes_on) file_.messages.push_back(Trim(bytes_.substr(begin_, at - begin_)));
    begin_ = absl::string_view::npos;
  }

  const absl::string_view bytes_;
  const size_t messages_most_;
  size_t begin_ = absl::string_view::npos;  // of the message that goes on, if one does
  Batches batches_;
  Hl7File file_;
};

}  // namespace

Hl7File SplitHl7File(absl::string_view bytes, size_t messages_most) {
  return Splitting(absl::StripPrefix(bytes, kByteOrderMark), messages_most).Split();
}

}  // namespace envej::region
