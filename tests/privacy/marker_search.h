#ifndef ENVEJ_TESTS_PRIVACY_MARKER_SEARCH_H_
#define ENVEJ_TESTS_PRIVACY_MARKER_SEARCH_H_

#include <sys/types.h>

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace envej::privacy {

// A text that nobody but the right one may find, and stands nowhere else.
struct Marker {
  std::string path;  // the way on which it was sent, so that a finding names it
  std::string kind;  // "name", "phone number", ...
  std::string text;  // UTF-8, at least kMarkerBytes bytes
};

struct Finding {
  size_t marker = 0;     // its place in what the search was made with
  std::string encoding;  // as in encodings.h
  std::string where;     // the file, or what the text was said to be

  auto operator<=>(const Finding&) const = default;
};

struct SearchFigures {
  size_t files = 0;  // and texts, and processes
  size_t bytes = 0;
};

// Looks for many markers in every encoding at once, some hundred megabytes a second. It does not see through
// compression or encryption. Thread safety: none.
class MarkerSearch {
 public:
  explicit MarkerSearch(std::vector<Marker> markers);

  void SearchText(absl::string_view where, absl::string_view text);
  // A regular file, as it is while it is read.
  absl::Status SearchFile(const std::string& path);
  // All regular files below, and the names of everything there. What vanishes meanwhile is passed over.
  absl::Status SearchFolder(const std::string& path);
  // All memory that another process can read; needs the right to (root). The process goes on meanwhile.
  absl::Status SearchMemory(absl::string_view where, pid_t process);

  const std::vector<Marker>& markers() const { return markers_; }
  size_t encodings() const { return encodings_.size(); }
  // What was found since the last Forget, and how often.
  const std::map<Finding, size_t>& findings() const { return findings_; }
  // The markers found, whatever the encoding.
  std::set<size_t> FoundMarkers() const;
  // What was searched since the last Forget.
  const SearchFigures& figures() const { return figures_; }
  void Forget();
  // One line a finding, which names path, kind, encoding and place, but not the marker.
  std::string Describe() const;

 private:
  struct Pattern {
    size_t marker = 0;
    size_t encoding = 0;
    std::string bytes;
  };
  using Read = std::function<size_t(char* into, size_t most)>;  // 0 at the end

  void SearchStream(absl::string_view where, const Read& read);
  void SearchWindow(absl::string_view where, absl::string_view folded, size_t starts);

  const std::vector<Marker> markers_;
  std::vector<std::string> encodings_;
  std::vector<Pattern> patterns_;
  std::unordered_map<uint64_t, std::vector<size_t>> by_beginning_;  // a pattern's first kMarkerBytes bytes
  std::vector<bool> may_begin_;                                     // by a hash of those bytes
  size_t longest_ = 0;
  std::map<Finding, size_t> findings_;
  SearchFigures figures_;
};

}  // namespace envej::privacy

#endif  // ENVEJ_TESTS_PRIVACY_MARKER_SEARCH_H_
