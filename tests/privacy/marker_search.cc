#include "tests/privacy/marker_search.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/privacy/encodings.h"

namespace envej::privacy {
namespace {

namespace fs = std::filesystem;

constexpr size_t kWindowBytes = size_t{1} << 20;
constexpr size_t kPageBytes = 4096;
constexpr int kHashBits = 20;

uint64_t Beginning(const char* bytes) {
  static_assert(kMarkerBytes == sizeof(uint64_t));
  uint64_t value = 0;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

size_t Hash(uint64_t beginning) { return static_cast<size_t>(beginning * 0x9e3779b97f4a7c15u >> (64 - kHashBits)); }

class Descriptor {
 public:
  explicit Descriptor(const std::string& path) : value_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) {}
  ~Descriptor() {
    if (value_ >= 0) close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int value() const { return value_; }

 private:
  int value_;
};

}  // namespace

MarkerSearch::MarkerSearch(std::vector<Marker> markers)
    : markers_(std::move(markers)), may_begin_(size_t{1} << kHashBits) {
  for (size_t marker = 0; marker < markers_.size(); ++marker) {
    for (EncodedForm& form : FormsOf(markers_[marker].text)) {
      auto encoding = std::find(encodings_.begin(), encodings_.end(), form.encoding);
      if (encoding == encodings_.end()) encoding = encodings_.insert(encodings_.end(), form.encoding);
      const uint64_t beginning = Beginning(form.bytes.data());
      by_beginning_[beginning].push_back(patterns_.size());
      may_begin_[Hash(beginning)] = true;
      longest_ = std::max(longest_, form.bytes.size());
      patterns_.push_back({marker, static_cast<size_t>(encoding - encodings_.begin()), std::move(form.bytes)});
    }
  }
}

void MarkerSearch::SearchWindow(absl::string_view where, absl::string_view folded, size_t starts) {
  if (folded.size() < kMarkerBytes) return;
  starts = std::min(starts, folded.size() - kMarkerBytes + 1);
  for (size_t at = 0; at < starts; ++at) {
    const uint64_t beginning = Beginning(folded.data() + at);
    if (!may_begin_[Hash(beginning)]) continue;
    const auto candidates = by_beginning_.find(beginning);
    if (candidates == by_beginning_.end()) continue;
    for (const size_t index : candidates->second) {
      const Pattern& pattern = patterns_[index];
      if (!absl::StartsWith(folded.substr(at), pattern.bytes)) continue;
      ++findings_[{pattern.marker, encodings_[pattern.encoding], std::string(where)}];
    }
  }
}

void MarkerSearch::SearchStream(absl::string_view where, const Read& read) {
  ++figures_.files;
  std::vector<char> window(kWindowBytes + longest_);
  size_t held = 0;
  while (true) {
    const size_t count = read(window.data() + held, kWindowBytes);
    std::transform(window.data() + held, window.data() + held + count, window.data() + held, Fold);
    figures_.bytes += count;
    held += count;
    const bool at_end = count == 0;
    // What could reach beyond the window is looked at with the next.
    const size_t starts = at_end ? held : held - std::min(held, longest_ - 1);
    SearchWindow(where, {window.data(), held}, starts);
    if (at_end) return;
    std::memmove(window.data(), window.data() + starts, held - starts);
    held -= starts;
  }
}

void MarkerSearch::SearchText(absl::string_view where, absl::string_view text) {
  SearchStream(where, [&text](char* into, size_t most) {
    const size_t count = std::min(most, text.size());
    std::copy_n(text.data(), count, into);
    text.remove_prefix(count);
    return count;
  });
}

absl::Status MarkerSearch::SearchFile(const std::string& path) {
  const Descriptor file(path);
  if (file.value() < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", path));
  absl::Status status;
  SearchStream(path, [&](char* into, size_t most) -> size_t {
    const ssize_t count = read(file.value(), into, most);
    if (count < 0) status = absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", path));
    return count < 0 ? 0 : static_cast<size_t>(count);
  });
  return status;
}

absl::Status MarkerSearch::SearchFolder(const std::string& path) {
  std::error_code error;
  std::string names;
  for (fs::recursive_directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error)) {
    absl::StrAppend(&names, entry->path().filename().string(), "\n");
    std::error_code vanished;
    if (!entry->is_regular_file(vanished) || entry->is_symlink(vanished)) continue;
    const absl::Status searched = SearchFile(entry->path().string());
    if (!searched.ok() && !absl::IsNotFound(searched)) return searched;
  }
  SearchText(absl::StrCat("the names in ", path), names);
  return error ? absl::InternalError(absl::StrCat("cannot list ", path, ": ", error.message())) : absl::OkStatus();
}

absl::Status MarkerSearch::SearchMemory(absl::string_view where, pid_t process) {
  const Descriptor memory(absl::StrCat("/proc/", process, "/mem"));
  if (memory.value() < 0) return absl::ErrnoToStatus(errno, "cannot open the memory of the process");
  std::ifstream maps(absl::StrCat("/proc/", process, "/maps"));
  const size_t files = figures_.files;
  const size_t bytes = figures_.bytes;
  for (std::string line; std::getline(maps, line);) {
    size_t begin = 0;
    size_t end = 0;
    char mode[5] = {};
    if (std::sscanf(line.c_str(), "%zx-%zx %4s", &begin, &end, mode) != 3 || mode[0] != 'r') continue;
    if (absl::StrContains(line, "[vvar") || absl::StrContains(line, "[vsyscall")) continue;
    SearchStream(where, [&](char* into, size_t most) -> size_t {
      while (begin < end) {
        const ssize_t count = pread(memory.value(), into, std::min(most, end - begin), static_cast<off_t>(begin));
        begin += count > 0 ? static_cast<size_t>(count) : kPageBytes;  // a page that cannot be read is passed over
        if (count > 0) return static_cast<size_t>(count);
      }
      return 0;
    });
  }
  figures_.files = files + 1;
  return figures_.bytes > bytes ? absl::OkStatus() : absl::InternalError("no memory of the process could be read");
}

std::set<size_t> MarkerSearch::FoundMarkers() const {
  std::set<size_t> found;
  for (const auto& [finding, count] : findings_) found.insert(finding.marker);
  return found;
}

void MarkerSearch::Forget() {
  findings_.clear();
  figures_ = {};
}

std::string MarkerSearch::Describe() const {
  std::string lines;
  for (const auto& [finding, count] : findings_) {
    const Marker& marker = markers_[finding.marker];
    absl::StrAppend(&lines, "the ", marker.kind, " of \"", marker.path, "\" in ", finding.encoding, ", ", count,
                    " times: ", finding.where, "\n");
  }
  return lines;
}

}  // namespace envej::privacy
