#ifndef ENVEJ_CERTS_OPTIONS_YAML_DOCUMENT_H_
#define ENVEJ_CERTS_OPTIONS_YAML_DOCUMENT_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace envej::options {

inline constexpr size_t kYamlFileBytes = size_t{4} << 20;
inline constexpr size_t kYamlValues = 200'000;  // of every kind, in one file
inline constexpr size_t kYamlDepth = 16;        // mappings and lists in one another
inline constexpr size_t kFileErrors = 20;       // reported of one file

// A value of a YAML file: nothing, a scalar as it was written, a list or a mapping.
struct YamlNode {
  enum class Kind { kNothing, kScalar, kList, kMapping };

  Kind kind = Kind::kNothing;
  int line = 1;         // counted from 1; of its key, if it has one
  bool quoted = false;  // a scalar in quotes, or a block of text
  std::string key;      // where it is a mapping's
  std::string text;     // of a scalar
  std::vector<YamlNode> children;
};

// What was found wrong in one file, in the order of its lines.
class FileErrors {
 public:
  explicit FileErrors(absl::string_view file) : file_(file) {}

  // `reason` holds no value of the file: its keys at most.
  void Add(int line, absl::string_view reason);

  // OK if nothing was added. Otherwise INVALID_ARGUMENT: one line `FILE:LINE: reason` for each error, kFileErrors at
  // most, with the number of the others in a last one.
  absl::Status ToStatus() const;

 private:
  std::string file_;
  std::vector<std::pair<int, std::string>> errors_;
  size_t count_ = 0;
};

// A key as it may be repeated in an error text: as it is if it is a short word, otherwise only said to be a key.
std::string QuoteKey(absl::string_view key);

// The one mapping that `text` holds, as YAML 1.2 without anchors, aliases and tags. What stops the reading is the
// status: text that is not UTF-8 or not YAML, more or deeper values than the bounds above, several documents. A key
// that stands twice goes into `errors` and its first value counts. Throws nothing.
absl::StatusOr<YamlNode> ParseYaml(absl::string_view text, absl::string_view file, FileErrors& errors);

}  // namespace envej::options

#endif  // ENVEJ_CERTS_OPTIONS_YAML_DOCUMENT_H_
