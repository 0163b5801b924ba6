#include "certs/options/yaml_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/certs/options/written_file.h"

namespace envej::options {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

// A schema with one of everything.
absl::Status ReadSchema(const std::string& path) {
  absl::StatusOr<YamlReader> reader = YamlReader::Open(path);
  if (!reader.ok()) return reader.status();
  YamlMapping top = reader->Top();
  top.Text("text", {.most_characters = 10});
  top.Number("number", 5, 500);
  top.Flag("flag");
  top.Day("day");
  YamlMapping inner = top.Mapping("inner");
  inner.Text("note", {.lines = true});
  inner.RefuseOtherKeys();
  for (YamlMapping& item : top.Mappings("items", 3)) {
    item.Number("size", 0, 9);
    item.RefuseOtherKeys();
  }
  top.Texts("words", 3, {.most_characters = 5});
  top.RefuseOtherKeys();
  return reader->status();
}

constexpr char kProper[] =
    "text: hello\n"            // 1
    "number: 50\n"             // 2
    "flag: true\n"             // 3
    "day: 2026-02-28\n"        // 4
    "inner:\n"                 // 5
    "  note: |\n"              // 6
    "    first\n"              // 7
    "    second\n"             // 8
    "items:\n"                 // 9
    "  - {size: 1}\n"          // 10
    "  - size: 2\n"            // 11
    "words: [one, \"two\"]\n"  // 12
    ;

std::vector<std::string> ErrorsIn(absl::string_view text) {
  const std::string path = WrittenFile(text);
  return ErrorLines(ReadSchema(path), path);
}

std::vector<std::string> ErrorsAfter(absl::string_view old_part, absl::string_view new_part) {
  return ErrorsIn(Edited(kProper, old_part, new_part));
}

TEST(YamlReader, ReadsEveryKindOfValue) {
  absl::StatusOr<YamlReader> reader = YamlReader::Open(WrittenFile(kProper));
  ASSERT_TRUE(reader.ok()) << reader.status();
  YamlMapping top = reader->Top();
  EXPECT_EQ(top.Text("text", {}), "hello");
  EXPECT_EQ(top.Number("number", 50, 50), 50);
  EXPECT_TRUE(top.Flag("flag"));
  EXPECT_EQ(top.Day("day"), absl::CivilDay(2026, 2, 28));
  EXPECT_EQ(top.Mapping("inner").Text("note", {.lines = true}), "first\nsecond\n");
  std::vector<YamlMapping> items = top.Mappings("items", 2);
  ASSERT_THAT(items, SizeIs(2));
  EXPECT_EQ(items[0].Number("size", 0, 9), 1);
  EXPECT_EQ(items[1].Number("size", 0, 9), 2);
  const std::vector<LocatedText> words = top.Texts("words", 2, {});
  ASSERT_THAT(words, SizeIs(2));
  EXPECT_EQ(words[0].text, "one");
  EXPECT_EQ(words[1].text, "two");
  EXPECT_EQ(words[1].line, 12);
  EXPECT_TRUE(reader->status().ok()) << reader->status();
  EXPECT_THAT(ErrorsIn(kProper), IsEmpty());
}

TEST(YamlReader, TakesPathsFromTheFolderOfTheFile) {
  const std::string path = WrittenFile("near: sub/../file\nfar: /etc/file\n");
  absl::StatusOr<YamlReader> reader = YamlReader::Open(path);
  ASSERT_TRUE(reader.ok()) << reader.status();
  YamlMapping top = reader->Top();
  EXPECT_EQ(top.Path("near"), absl::StrCat(path.substr(0, path.rfind('/')), "/file"));
  EXPECT_EQ(top.Path("far"), "/etc/file");
}

TEST(YamlReader, RefusesWhatTheSchemaRefusesOnItsLine) {
  const struct {
    absl::string_view old_part, new_part, error;
  } kCases[] = {
      {"flag: true", "flag: true\nmore: 1", "4: key \"more\" is not known here"},
      {"    second\n", "    second\n  more: 1\n", "9: key \"more\" is not known here"},
      {"{size: 1}", "{size: 1, more: 1}", "10: key \"more\" is not known here"},
      {"- size: 2", "- size: 2\n    1 2: 3", "12: a key is not known here"},
      {"day: 2026-02-28\n", "", "1: key \"day\" is missing"},
      {"  note: |\n    first\n    second\n", "  {}\n", "5: key \"note\" is missing"},
      {"{size: 1}", "{}", "10: key \"size\" is missing"},
      {"day: 2026-02-28", "flag: false\nday: 2026-02-28", "4: key \"flag\" stands twice, first on line 3"},
      {"{size: 1}", "{size: 1, size: 1}", "10: key \"size\" stands twice, first on line 10"},
      {"text: hello", "text: [hello]", "1: \"text\" must be a text"},
      {"text: hello", "text:", "1: \"text\" must be a text"},
      {"text: hello", "text: ~", "1: \"text\" must be a text"},
      {"text: hello", "text: \"\"", "1: \"text\" is empty"},
      {"text: hello", "text: \" \"", "1: \"text\" is empty"},
      {"text: hello", "text: 12345678901", "1: \"text\" is longer than 10 characters"},
      {"text: hello", "text: \"a\\nb\"",
       "1: \"text\" holds a control, private-use, unassigned or replacement character"},
      {"text: hello", "text: \"a\\uFFFDb\"",
       "1: \"text\" holds a control, private-use, unassigned or replacement character"},
      {"text: hello", "text: \"a\\u202eb\"",
       "1: \"text\" holds a control, private-use, unassigned or replacement character"},
      {"text: hello", "text: \"A\\u030alborg\"", "1: \"text\" is not in Unicode normal form C"},
      {"    second\n", "    \xE2\x80\xAE\n",
       "6: \"note\" holds a control, private-use, unassigned or replacement character"},
      {"number: 50", "number: 4", "2: \"number\" must be a whole number from 5 to 500"},
      {"number: 50", "number: 501", "2: \"number\" must be a whole number from 5 to 500"},
      {"number: 50", "number: \"50\"", "2: \"number\" must be a whole number from 5 to 500"},
      {"number: 50", "number: 050", "2: \"number\" must be a whole number from 5 to 500"},
      {"number: 50", "number: 5e1", "2: \"number\" must be a whole number from 5 to 500"},
      {"number: 50", "number: -50", "2: \"number\" must be a whole number from 5 to 500"},
      {"number: 50", "number: 99999999999999999999", "2: \"number\" must be a whole number from 5 to 500"},
      {"number: 50", "number: {}", "2: \"number\" must be a whole number from 5 to 500"},
      {"flag: true", "flag: yes", "3: \"flag\" must be true or false"},
      {"flag: true", "flag: \"true\"", "3: \"flag\" must be true or false"},
      {"flag: true", "flag: 1", "3: \"flag\" must be true or false"},
      {"2026-02-28", "2026-02-29", "4: \"day\" must be a day of the calendar, written YYYY-MM-DD"},
      {"2026-02-28", "28.2.2026", "4: \"day\" must be a day of the calendar, written YYYY-MM-DD"},
      {"  - {size: 1}\n  - size: 2\n", "  size: 1\n", "9: \"items\" must be a list of mappings"},
      {"{size: 1}", "one", "10: an item of \"items\" must be a mapping"},
      {"- {size: 1}", "- {size: 1}\n  - {size: 1}\n  - {size: 1}", "9: \"items\" holds more than 3 items"},
      {"[one, \"two\"]", "one", "12: \"words\" must be a list of texts"},
      {"[one, \"two\"]", "[one, [two]]", "12: an item of \"words\" must be a text"},
      {"[one, \"two\"]", "\n  - one\n  - twenty", "14: an item of \"words\" is longer than 5 characters"},
      {"[one, \"two\"]", "[1, 2, 3, 4]", "12: \"words\" holds more than 3 items"},
  };
  for (const auto& example : kCases) {
    EXPECT_THAT(ErrorsAfter(example.old_part, example.new_part), ElementsAre(example.error)) << example.new_part;
  }
}

TEST(YamlReader, AMissingMappingIsOneError) {
  EXPECT_THAT(ErrorsAfter("inner:\n  note: |\n    first\n    second\n", ""),
              ElementsAre("1: key \"inner\" is missing"));
  EXPECT_THAT(ErrorsAfter("inner:\n  note: |\n    first\n    second\n", "inner: 1\n"),
              ElementsAre("5: \"inner\" must be a mapping"));
}

TEST(YamlReader, TellsEveryErrorOfTheFileInOrderOfLines) {
  std::string text = Edited(kProper, "text: hello", "text: \"\"");
  text = Edited(text, "{size: 1}", "{size: 11, more: 1}");
  text = Edited(text, "flag: true", "flag: maybe");
  EXPECT_THAT(ErrorsIn(text),
              ElementsAre("1: \"text\" is empty", "3: \"flag\" must be true or false",
                          "10: \"size\" must be a whole number from 0 to 9", "10: key \"more\" is not known here"));
}

TEST(YamlReader, TellsTwentyErrorsAndTheNumberOfTheOthers) {
  std::string text = kProper;
  for (int index = 0; index < 23; ++index) absl::StrAppend(&text, "more", std::string(index + 1, 'x'), ": 1\n");
  const std::vector<std::string> errors = ErrorsIn(text);
  ASSERT_THAT(errors, SizeIs(21));
  EXPECT_EQ(errors[0], "13: key \"morex\" is not known here");
  EXPECT_EQ(errors[20], " and 3 more errors");
}

TEST(YamlReader, ErrorsRepeatNoValueAndNoOddKey) {
  for (const std::string& text : {
           Edited(kProper, "number: 50", "number: Karen Testesen"),
           Edited(kProper, "flag: true", "flag: Karen Testesen"),
           Edited(kProper, "text: hello", "text: Karen Testesen"),
           Edited(kProper, "flag: true", "flag: true\nKaren Testesen: 1"),
           Edited(kProper, "flag: true", "flag: true\nKaren Testesen"),
           Edited(kProper, "flag: true", "flag: true\n? [Karen Testesen]\n: 1"),
           Edited(kProper, "flag: true", "flag: *Testesen"),
           Edited(kProper, "flag: true", "flag: !Testesen true"),
       }) {
    const std::vector<std::string> errors = ErrorsIn(text);
    ASSERT_THAT(errors, SizeIs(1)) << text;
    EXPECT_THAT(errors[0], testing::Not(HasSubstr("Testesen")));
  }
}

TEST(YamlReader, RefusesMalformedYamlOnItsLine) {
  EXPECT_THAT(ErrorsAfter("flag: true", "flag: [true"), ElementsAre(StartsWith("4: ")));
  EXPECT_THAT(ErrorsAfter("flag: true", "flag: true: false"), ElementsAre(StartsWith("3: ")));
  EXPECT_THAT(ErrorsAfter("flag: true", "\tflag: true"), ElementsAre(StartsWith("3: ")));
  EXPECT_THAT(ErrorsAfter("flag: true", "flag: \"\\q\""), ElementsAre(StartsWith("3: ")));
  EXPECT_THAT(ErrorsAfter("flag: true", "flag: true\n? [a]\n: b"), ElementsAre("4: a key must be a text"));
  EXPECT_THAT(ErrorsAfter("flag: true", "flag: true\n~: b"), ElementsAre("4: a key must be a text"));
  EXPECT_THAT(ErrorsAfter("flag: true", "flag: &a true"), ElementsAre("3: anchors and aliases are not allowed"));
  EXPECT_THAT(ErrorsAfter("flag: true", "flag: !!bool true"), ElementsAre("3: tags are not allowed"));
  EXPECT_THAT(ErrorsAfter("flag: true", "flag: true\n---\nmore: 1"),
              ElementsAre("4: the file holds more than one document"));
}

TEST(YamlReader, RefusesWhatIsNotOneMapping) {
  EXPECT_THAT(ErrorsIn(""), ElementsAre("1: the file must hold one mapping"));
  EXPECT_THAT(ErrorsIn("# nothing\n"), ElementsAre("1: the file must hold one mapping"));
  EXPECT_THAT(ErrorsIn("# a list\n- text\n"), ElementsAre("2: the file must hold one mapping"));
  EXPECT_THAT(ErrorsIn("hello\n"), ElementsAre("1: the file must hold one mapping"));
}

TEST(YamlReader, RefusesBytesThatAreNotText) {
  EXPECT_THAT(ErrorsAfter("hello", "h\xE6llo"), ElementsAre("1: the file is not UTF-8"));
  EXPECT_THAT(ErrorsAfter("second", std::string("sec\0nd", 6)), ElementsAre("8: the file holds a control character"));
  EXPECT_THAT(ErrorsAfter("second", "sec\x1Bnd"), ElementsAre("8: the file holds a control character"));
}

TEST(YamlReader, RefusesFilesThatAreTooLargeOrTooDeep) {
  EXPECT_THAT(ErrorsIn(absl::StrCat(kProper, "# ", std::string(kYamlFileBytes, 'x'))),
              ElementsAre(" the file is larger than 4194304 bytes"));
  const std::string opened(kYamlDepth, '[');
  const std::string closed(kYamlDepth, ']');
  EXPECT_THAT(ErrorsIn(absl::StrCat("more: ", opened, closed)), ElementsAre("1: values lie deeper than 16 levels"));
  for (const absl::string_view part : {"[", "{", "- ", "? ", "a: {"}) {
    std::string deep = "more: ";
    for (int count = 0; count < 100'000; ++count) absl::StrAppend(&deep, part);
    EXPECT_THAT(ErrorsIn(deep), ElementsAre(StartsWith("1: "))) << part;
  }
  std::string wide = "more: [";
  for (size_t index = 0; index <= kYamlValues; ++index) wide += "1,";
  EXPECT_THAT(ErrorsIn(wide + "]"), ElementsAre("1: the file holds more than 200000 values"));
}

TEST(YamlReader, NamesAFileThatCannotBeRead) {
  const std::string missing = testing::TempDir() + "no-such-file.yaml";
  const absl::Status status = ReadSchema(missing);
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_THAT(ErrorLines(status, missing), ElementsAre(StartsWith(" the file cannot be read: ")));
  const absl::Status folder = ReadSchema(testing::TempDir());
  EXPECT_TRUE(absl::IsNotFound(folder));
  EXPECT_THAT(std::string(folder.message()), HasSubstr("not a regular file"));
}

TEST(YamlReader, AnswersToEveryDamagedFile) {
  std::mt19937 random(20261122);
  const std::string alphabet = "[]{}:,-?*&!|>'\"%@`#~\n\t  \\0aé<";
  int refused = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string text = kProper;
    const size_t changes = 1 + random() % 4;
    for (size_t change = 0; change < changes; ++change) {
      const size_t place = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[place] = alphabet[random() % alphabet.size()];
          break;
        case 1:
          text.insert(place, 1 + random() % 3, alphabet[random() % alphabet.size()]);
          break;
        default:
          text.erase(place, 1 + random() % 8);
      }
      if (text.empty()) text.push_back('x');
    }
    FileErrors errors("file");
    const absl::StatusOr<YamlNode> root = ParseYaml(text, "file", errors);
    if (root.ok()) continue;
    ++refused;
    EXPECT_THAT(std::string(root.status().message()), StartsWith("file:")) << text;
  }
  EXPECT_GT(refused, 500);
}

}  // namespace
}  // namespace envej::options
