#include "certs/options/yaml_reader.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "proto/contract/day.h"
#include "proto/contract/text_rules.h"

namespace envej::options {
namespace {

constexpr size_t kPathCharacters = 4000;
constexpr size_t kReadBytes = 16384;
constexpr int kNumberDigits = 9;  // so that every number of a file fits an int

absl::Status NotReadable(absl::string_view path, absl::string_view reason) {
  return absl::NotFoundError(absl::StrCat(path, ": the file cannot be read: ", reason));
}

absl::StatusOr<std::string> ReadWhole(absl::string_view path) {
  const std::filesystem::path file{std::string(path)};
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(file, error);
  if (error) return NotReadable(path, error.message());
  if (!std::filesystem::is_regular_file(status)) return NotReadable(path, "it is not a regular file");
  std::ifstream input(file, std::ios::binary);
  if (!input) return NotReadable(path, "it cannot be opened");
  std::string text;
  std::array<char, kReadBytes> part;
  while (input && text.size() <= kYamlFileBytes) {  // a file over the bound is seen by what is read beyond it
    input.read(part.data(), part.size());
    text.append(part.data(), static_cast<size_t>(input.gcount()));
  }
  if (input.bad()) return NotReadable(path, "reading failed");
  return text;
}

// A whole number as YAML writes it, without sign, leading zeroes or quotes.
std::optional<int> ParseNumber(const YamlNode& node) {
  const std::string& text = node.text;
  const bool digits = !text.empty() && text.size() <= kNumberDigits &&
                      std::all_of(text.begin(), text.end(), [](char digit) { return digit >= '0' && digit <= '9'; });
  int number = 0;
  if (node.quoted || !digits || (text.size() > 1 && text[0] == '0') || !absl::SimpleAtoi(text, &number)) {
    return std::nullopt;
  }
  return number;
}

bool HasControl(const std::string& text, bool lines) {
  if (!lines) return contract::HasControlCharacter(text);
  return contract::HasControlCharacter(absl::StrReplaceAll(text, {{"\n", " "}}));
}

// What is wrong with a text; empty if nothing is.
std::string Fault(const std::string& text, const TextRule& rule) {
  if (contract::IsBlank(text)) return "is empty";
  if (!contract::IsNfc(text)) return "is not in Unicode normal form C";
  if (HasControl(text, rule.lines)) return "holds a control, private-use, unassigned or replacement character";
  if (contract::CountCharacters(text).value_or(0) > rule.most_characters) {
    return absl::StrCat("is longer than ", rule.most_characters, " characters");
  }
  if (rule.accepts != nullptr && !rule.accepts(text)) return absl::StrCat("must be ", rule.form);
  return "";
}

}  // namespace

struct YamlReader::State {
  explicit State(absl::string_view path)
      : folder(std::filesystem::path(std::string(path)).parent_path()), errors(path) {}

  std::filesystem::path folder;
  FileErrors errors;
  YamlNode root;
};

absl::StatusOr<YamlReader> YamlReader::Open(absl::string_view path) {
  const absl::StatusOr<std::string> text = ReadWhole(path);
  if (!text.ok()) return text.status();
  auto state = std::make_unique<State>(path);
  absl::StatusOr<YamlNode> root = ParseYaml(*text, path, state->errors);
  if (!root.ok()) return root.status();
  state->root = *std::move(root);
  return YamlReader(std::move(state));
}

YamlReader::YamlReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
YamlReader::YamlReader(YamlReader&&) noexcept = default;
YamlReader& YamlReader::operator=(YamlReader&&) noexcept = default;
YamlReader::~YamlReader() = default;

YamlMapping YamlReader::Top() { return YamlMapping(&state_->root, state_.get()); }

absl::Status YamlReader::status() const { return state_->errors.ToStatus(); }

std::string YamlMapping::Text(absl::string_view key, const TextRule& rule) {
  const YamlNode* node = Require(key, YamlNode::Kind::kScalar, "a text");
  return node == nullptr ? "" : CheckedText(key, *node, rule);
}

std::string YamlMapping::Path(absl::string_view key) {
  const std::string text = Text(key, {.most_characters = kPathCharacters});
  if (text.empty()) return "";
  return (state_->folder / text).lexically_normal().string();
}

int YamlMapping::Number(absl::string_view key, int least, int most) {
  const std::string form = absl::StrCat("a whole number from ", least, " to ", most);
  const YamlNode* node = Require(key, YamlNode::Kind::kScalar, form);
  if (node == nullptr) return least;
  const std::optional<int> number = ParseNumber(*node);
  if (number.has_value() && *number >= least && *number <= most) return *number;
  Refuse(key, absl::StrCat("\"", key, "\" must be ", form));
  return least;
}

bool YamlMapping::Flag(absl::string_view key) {
  const YamlNode* node = Require(key, YamlNode::Kind::kScalar, "true or false");
  if (node == nullptr) return false;
  if (!node->quoted && (node->text == "true" || node->text == "false")) return node->text == "true";
  Refuse(key, absl::StrCat("\"", key, "\" must be true or false"));
  return false;
}

absl::CivilDay YamlMapping::Day(absl::string_view key) {
  constexpr absl::string_view kForm = "a day of the calendar, written YYYY-MM-DD";
  const YamlNode* node = Require(key, YamlNode::Kind::kScalar, kForm);
  if (node == nullptr) return {};
  const std::optional<absl::CivilDay> day = contract::ParseDay(node->text);
  if (!day.has_value()) Refuse(key, absl::StrCat("\"", key, "\" must be ", kForm));
  return day.value_or(absl::CivilDay());
}

YamlMapping YamlMapping::Mapping(absl::string_view key) {
  return YamlMapping(Require(key, YamlNode::Kind::kMapping, "a mapping"), state_);
}

std::vector<YamlMapping> YamlMapping::Mappings(absl::string_view key, size_t most) {
  const YamlNode* list = Require(key, YamlNode::Kind::kList, "a list of mappings");
  std::vector<YamlMapping> mappings;
  if (list == nullptr) return mappings;
  if (list->children.size() > most) {
    Refuse(key, absl::StrCat("\"", key, "\" holds more than ", most, " items"));
    return mappings;
  }
  for (const YamlNode& node : list->children) {
    if (node.kind == YamlNode::Kind::kMapping) {
      mappings.push_back(YamlMapping(&node, state_));
    } else {
      refused_.insert(std::string(key));
      RefuseLine(node.line, absl::StrCat("an item of \"", key, "\" must be a mapping"));
    }
  }
  return mappings;
}

std::vector<LocatedText> YamlMapping::Texts(absl::string_view key, size_t most, const TextRule& rule) {
  const YamlNode* list = Require(key, YamlNode::Kind::kList, "a list of texts");
  std::vector<LocatedText> texts;
  if (list == nullptr) return texts;
  if (list->children.size() > most) {
    Refuse(key, absl::StrCat("\"", key, "\" holds more than ", most, " items"));
    return texts;
  }
  for (const YamlNode& node : list->children) {
    const std::string fault =
        node.kind == YamlNode::Kind::kScalar ? Fault(node.text, rule) : std::string("must be a text");
    if (fault.empty()) {
      texts.push_back({.text = node.text, .line = node.line});
    } else {
      refused_.insert(std::string(key));
      RefuseLine(node.line, absl::StrCat("an item of \"", key, "\" ", fault));
    }
  }
  return texts;
}

bool YamlMapping::Has(absl::string_view key) {
  asked_.insert(std::string(key));
  return Find(key) != nullptr;
}

void YamlMapping::RefuseOtherKeys() {
  if (node_ == nullptr) return;
  for (const YamlNode& child : node_->children) {
    if (!asked_.contains(child.key)) RefuseLine(child.line, absl::StrCat(QuoteKey(child.key), " is not known here"));
  }
}

void YamlMapping::Refuse(absl::string_view key, absl::string_view reason) {
  refused_.insert(std::string(key));
  RefuseLine(LineOf(key), reason);
}

void YamlMapping::RefuseLine(int line, absl::string_view reason) {
  if (node_ != nullptr) state_->errors.Add(line, reason);
}

bool YamlMapping::Refused(absl::string_view key) const {
  return node_ == nullptr || refused_.contains(std::string(key));
}

int YamlMapping::LineOf(absl::string_view key) const {
  const YamlNode* child = Find(key);
  if (child != nullptr) return child->line;
  return node_ == nullptr ? 1 : node_->line;
}

const YamlNode* YamlMapping::Find(absl::string_view key) const {
  if (node_ == nullptr) return nullptr;
  const auto found = std::find_if(node_->children.begin(), node_->children.end(),
                                  [&](const YamlNode& child) { return absl::string_view(child.key) == key; });
  return found == node_->children.end() ? nullptr : &*found;
}

const YamlNode* YamlMapping::Require(absl::string_view key, YamlNode::Kind kind, absl::string_view form) {
  asked_.insert(std::string(key));
  const YamlNode* node = Find(key);
  if (node == nullptr) {
    Refuse(key, absl::StrCat("key \"", key, "\" is missing"));
    return nullptr;
  }
  if (node->kind == kind) return node;
  Refuse(key, absl::StrCat("\"", key, "\" must be ", form));
  return nullptr;
}

std::string YamlMapping::CheckedText(absl::string_view key, const YamlNode& node, const TextRule& rule) {
  const std::string fault = Fault(node.text, rule);
  if (fault.empty()) return node.text;
  Refuse(key, absl::StrCat("\"", key, "\" ", fault));
  return "";
}

}  // namespace envej::options
