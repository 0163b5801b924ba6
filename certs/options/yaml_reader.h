#ifndef ENVEJ_CERTS_OPTIONS_YAML_READER_H_
#define ENVEJ_CERTS_OPTIONS_YAML_READER_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "certs/options/yaml_document.h"

namespace envej::options {

// What a text must be, beside what every one must: not blank, UTF-8 in normal form C, without what
// contract::HasControlCharacter finds.
struct TextRule {
  size_t most_characters = 4096;
  bool lines = false;                                 // line breaks are allowed
  bool (*accepts)(absl::string_view text) = nullptr;  // every text, where there is none
  absl::string_view form = "";                        // in words: what `accepts` asks for
};

// One text of a list, and where it stands.
struct LocatedText {
  std::string text;
  int line = 1;
};

class YamlMapping;

// A YAML file that is read against a schema: the code that asks for the keys is the schema, and every key that nobody
// asked for is refused. All that is wrong is gathered; `status` tells it in the end. What was asked for and is not
// there, or is wrong, is answered with an empty value, so that reading goes on.
//
// Not safe to use from several threads.
class YamlReader {
 public:
  // Reads the whole file, which is closed again. Errors: NOT_FOUND if it cannot be opened, INVALID_ARGUMENT for what
  // ParseYaml refuses.
  static absl::StatusOr<YamlReader> Open(absl::string_view path);

  YamlReader(YamlReader&&) noexcept;
  YamlReader& operator=(YamlReader&&) noexcept;
  ~YamlReader();

  // The file's mapping. It, and all that is read from it, lives as long as this reader.
  YamlMapping Top();

  // OK, or all that was found wrong: see FileErrors.
  absl::Status status() const;

 private:
  friend class YamlMapping;
  struct State;

  explicit YamlReader(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

// One mapping of the file. Read every key, then call `RefuseOtherKeys`.
class YamlMapping {
 public:
  // Required values.
  std::string Text(absl::string_view key, const TextRule& rule);
  std::string Path(absl::string_view key);  // one that is relative is taken from the file's folder
  int Number(absl::string_view key, int least, int most);
  bool Flag(absl::string_view key);
  absl::CivilDay Day(absl::string_view key);  // YYYY-MM-DD
  YamlMapping Mapping(absl::string_view key);
  std::vector<YamlMapping> Mappings(absl::string_view key, size_t most);  // a list, which may be empty
  std::vector<LocatedText> Texts(absl::string_view key, size_t most, const TextRule& rule);

  // Whether the key is there, for those that may be missing. It counts as asked for.
  bool Has(absl::string_view key);

  // Reports each key that was not asked for.
  void RefuseOtherKeys();

  // Reports a reason of the caller's own, on the line of the key; of the mapping if the key is missing.
  void Refuse(absl::string_view key, absl::string_view reason);
  // Reports it on another line.
  void RefuseLine(int line, absl::string_view reason);

  // Whether something was reported about the key or an item of its list, so that what was not read is not judged
  // further.
  bool Refused(absl::string_view key) const;

  // Where the key stands; where the mapping begins if the key is missing.
  int LineOf(absl::string_view key) const;

 private:
  friend class YamlReader;

  YamlMapping(const YamlNode* node, YamlReader::State* state) : node_(node), state_(state) {}

  const YamlNode* Find(absl::string_view key) const;
  // The key's value if it is there and of this kind; otherwise nullptr, and what is wrong is reported.
  const YamlNode* Require(absl::string_view key, YamlNode::Kind kind, absl::string_view form);
  std::string CheckedText(absl::string_view key, const YamlNode& node, const TextRule& rule);

  const YamlNode* node_;  // nullptr for one that is not there: nothing of it is reported
  YamlReader::State* state_;
  std::set<std::string> asked_;
  std::set<std::string> refused_;
};

}  // namespace envej::options

#endif  // ENVEJ_CERTS_OPTIONS_YAML_READER_H_
