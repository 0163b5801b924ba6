#include "certs/options/yaml_document.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <map>
#include <optional>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "proto/contract/text_rules.h"

namespace envej::options {
namespace {

constexpr size_t kQuotedKeyCharacters = 64;

[[noreturn]] void Stop(const YAML::Mark& mark, const std::string& reason) { throw YAML::ParserException(mark, reason); }

int LineOf(const YAML::Mark& mark) { return mark.is_null() ? 1 : mark.line + 1; }

// Builds the tree from the parser's events. It throws only the parser's own exception, through the parser and to
// ParseYaml.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(FileErrors& errors) : errors_(errors) {}

  YamlNode TakeRoot() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (started_) Stop(mark, "the file holds more than one document");
    started_ = true;
  }
  void OnDocumentEnd() override {}

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { Stop(mark, "anchors and aliases are not allowed"); }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Place(mark, NewNode(mark, "", anchor, YamlNode::Kind::kNothing));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode node = NewNode(mark, tag, anchor, YamlNode::Kind::kScalar);
    node.quoted = tag == "!";
    node.text = value;
    Place(mark, std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(mark, NewNode(mark, tag, anchor, YamlNode::Kind::kList));
  }
  void OnSequenceEnd() override { Close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(mark, NewNode(mark, tag, anchor, YamlNode::Kind::kMapping));
  }
  void OnMapEnd() override { Close(); }

 private:
  struct Key {
    std::string text;
    int line = 1;
    bool again = false;
  };
  struct Frame {
    YamlNode node;
    std::map<std::string, int> lines;  // of the mapping's keys so far
    std::optional<Key> key;            // the one whose value comes next
  };

  YamlNode NewNode(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YamlNode::Kind kind) {
    if (++values_ > kYamlValues) Stop(mark, absl::StrCat("the file holds more than ", kYamlValues, " values"));
    if (anchor != 0) Stop(mark, "anchors and aliases are not allowed");
    if (!tag.empty() && tag != "?" && tag != "!") Stop(mark, "tags are not allowed");
    YamlNode node;
    node.kind = kind;
    node.line = LineOf(mark);
    return node;
  }

  bool AwaitsKey() const {
    return !frames_.empty() && frames_.back().node.kind == YamlNode::Kind::kMapping && !frames_.back().key.has_value();
  }

  void Open(const YAML::Mark& mark, YamlNode node) {
    if (AwaitsKey()) Stop(mark, "a key must be a text");
    if (frames_.size() == kYamlDepth) Stop(mark, absl::StrCat("values lie deeper than ", kYamlDepth, " levels"));
    frames_.push_back({.node = std::move(node), .lines = {}, .key = std::nullopt});
  }

  void Close() {
    YamlNode node = std::move(frames_.back().node);
    frames_.pop_back();
    PlaceValue(std::move(node));
  }

  void Place(const YAML::Mark& mark, YamlNode node) {
    if (!AwaitsKey()) return PlaceValue(std::move(node));
    if (node.kind != YamlNode::Kind::kScalar) Stop(mark, "a key must be a text");
    Frame& frame = frames_.back();
    const auto [first, added] = frame.lines.try_emplace(node.text, node.line);
    if (!added) {
      errors_.Add(node.line, absl::StrCat(QuoteKey(node.text), " stands twice, first on line ", first->second));
    }
    frame.key = Key{.text = std::move(node.text), .line = node.line, .again = !added};
  }

  void PlaceValue(YamlNode node) {
    if (frames_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = frames_.back();
    if (frame.node.kind == YamlNode::Kind::kMapping) {
      const bool again = frame.key->again;
      node.key = std::move(frame.key->text);
      node.line = frame.key->line;
      frame.key.reset();
      if (again) return;
    }
    frame.node.children.push_back(std::move(node));
  }

  FileErrors& errors_;
  bool started_ = false;
  size_t values_ = 0;
  std::vector<Frame> frames_;
  YamlNode root_;
};

absl::Status ErrorAt(absl::string_view file, int line, absl::string_view reason) {
  FileErrors errors(file);
  errors.Add(line, reason);
  return errors.ToStatus();
}

bool HasRawControl(absl::string_view line) {
  return std::any_of(line.begin(), line.end(), [](char character) {
    return absl::ascii_iscntrl(static_cast<unsigned char>(character)) && character != '\t' && character != '\r';
  });
}

absl::Status CheckCharacters(absl::string_view text, absl::string_view file) {
  int number = 0;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    if (!contract::CountCharacters(line).has_value()) return ErrorAt(file, number, "the file is not UTF-8");
    if (HasRawControl(line)) return ErrorAt(file, number, "the file holds a control character");
  }
  return absl::OkStatus();
}

}  // namespace

void FileErrors::Add(int line, absl::string_view reason) {
  if (++count_ <= kFileErrors) errors_.emplace_back(line, reason);
}

absl::Status FileErrors::ToStatus() const {
  if (count_ == 0) return absl::OkStatus();
  std::vector<std::pair<int, std::string>> sorted = errors_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& left, const auto& right) { return left.first < right.first; });
  std::vector<std::string> lines;
  for (const auto& [line, reason] : sorted) lines.push_back(absl::StrCat(file_, ":", line, ": ", reason));
  if (count_ > kFileErrors) lines.push_back(absl::StrCat(file_, ": and ", count_ - kFileErrors, " more errors"));
  return absl::InvalidArgumentError(absl::StrJoin(lines, "\n"));
}

std::string QuoteKey(absl::string_view key) {
  const bool word =
      !key.empty() && key.size() <= kQuotedKeyCharacters && std::all_of(key.begin(), key.end(), [](char character) {
        return absl::ascii_isalpha(static_cast<unsigned char>(character)) || character == '_' || character == '-';
      });
  return word ? absl::StrCat("key \"", key, "\"") : std::string("a key");
}

absl::StatusOr<YamlNode> ParseYaml(absl::string_view text, absl::string_view file, FileErrors& errors) {
  if (text.size() > kYamlFileBytes) {
    return absl::InvalidArgumentError(absl::StrCat(file, ": the file is larger than ", kYamlFileBytes, " bytes"));
  }
  const absl::Status characters = CheckCharacters(text, file);
  if (!characters.ok()) return characters;
  YamlNode root;
  try {
    std::istringstream input{std::string(text)};
    YAML::Parser parser(input);
    TreeBuilder builder(errors);
    while (parser.HandleNextDocument(builder)) continue;
    root = builder.TakeRoot();
  } catch (const YAML::Exception& error) {
    return ErrorAt(file, LineOf(error.mark), error.msg);
  } catch (const std::exception&) {
    return ErrorAt(file, 1, "the file cannot be read as YAML");
  }
  if (root.kind != YamlNode::Kind::kMapping) return ErrorAt(file, root.line, "the file must hold one mapping");
  return root;
}

}  // namespace envej::options
