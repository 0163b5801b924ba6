// The search finds what it is to find: whatever the suite's other tests do not find is not there.

#include "tests/privacy/marker_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tests/certs/test_files.h"
#include "tests/privacy/encodings.h"
#include "tests/support/sanitizer.h"

namespace envej::privacy {
namespace {

constexpr char kName[] = "Ærø Blåbærsøn";
constexpr char kPhone[] = "+4599887766";
constexpr char kEmail[] = "zqvx.borger@example.dk";

std::vector<Marker> Markers() {
  return {{"test", "name", kName}, {"test", "phone number", kPhone}, {"test", "e-mail address", kEmail}};
}

// The encodings under which the marker is found in a text, and nothing but that marker.
std::set<std::string> Found(absl::string_view text, size_t marker = 0) {
  MarkerSearch search(Markers());
  search.SearchText("text", text);
  std::set<std::string> encodings;
  for (const auto& [finding, count] : search.findings()) {
    EXPECT_EQ(finding.marker, marker);
    encodings.insert(finding.encoding);
  }
  return encodings;
}

struct Written {
  const char* what;
  std::string bytes;
};

// Written out by hand, so that they do not rest on the code that they test.
std::vector<Written> NamesByHand() {
  using namespace std::string_literals;
  return {
      {"UTF-8", "\xc3\x86r\xc3\xb8 Bl\xc3\xa5"s + "b\xc3\xa6rs\xc3\xb8n"},
      {"upper case ASCII", "\xc3\x86R\xc3\xb8 BL\xc3\xa5"s + "B\xc3\xa6RS\xc3\xb8N"},
      {"UTF-16 little endian", "\xc6\0r\0\xf8\0 \0B\0l\0\xe5\0b\0\xe6\0r\0s\0\xf8\0n\0"s},
      {"UTF-16 big endian", "\0\xc6\0r\0\xf8\0 \0B\0l\0\xe5\0b\0\xe6\0r\0s\0\xf8\0n"s},
      {"hex", "c38672c3b820426cc3a562c3a67273c3b86e"},
      {"HEX", "C38672C3B820426CC3A562C3A67273C3B86E"},
      {"mixed hex", "c38672C3B820426cC3a562c3A67273c3B86E"},
      {"percent", "%C3%86r%C3%B8%20Bl%C3%A5b%C3%A6rs%C3%B8n"},
      {"percent in lower case", "%c3%86r%c3%b8%20Bl%c3%a5b%c3%a6rs%c3%b8n"},
      {"percent in mixed case", "%C3%86r%c3%B8%20Bl%c3%a5b%C3%a6rs%c3%B8n"},
      {"percent with a space", "%C3%86r%C3%B8 Bl%C3%A5b%C3%A6rs%C3%B8n"},
      {"percent of a form", "%C3%86r%C3%B8+Bl%C3%A5b%C3%A6rs%C3%B8n"},
      {"percent of all", "%C3%86%72%C3%B8%20%42%6C%C3%A5%62%C3%A6%72%73%C3%B8%6E"},
      {"JSON", "\\u00c6r\\u00f8 Bl\\u00e5b\\u00e6rs\\u00f8n"},
      {"JSON in upper case", "\\u00C6r\\u00F8 Bl\\u00E5b\\u00E6rs\\u00F8n"},
      {"JSON in mixed case", "\\u00C6r\\u00f8 Bl\\u00E5b\\u00e6rs\\u00F8n"},
      {"JSON of all", "\\u00c6\\u0072\\u00f8\\u0020\\u0042\\u006c\\u00e5\\u0062\\u00e6\\u0072\\u0073\\u00f8\\u006e"},
      {"octal", "\\303\\206r\\303\\270 Bl\\303\\245b\\303\\246rs\\303\\270n"},
  };
}

TEST(MarkerSearch, FindsANameInEveryEncodingWhateverStandsAround) {
  for (const Written& written : NamesByHand()) {
    EXPECT_EQ(Found(written.bytes).size(), 1u) << written.what;
    EXPECT_FALSE(Found(absl::StrCat("x", written.bytes, "y")).empty()) << written.what;
    EXPECT_FALSE(Found(absl::StrCat(std::string(1000, '\xff'), written.bytes, std::string(7, '\0'))).empty())
        << written.what;
  }
}

TEST(MarkerSearch, FindsBase64AtEachAlignmentAndLength) {
  size_t marker = 0;
  for (const char* const text : {kName, kPhone, kEmail}) {
    for (const std::string before : {"", "a", "ab", "abc", "\xff\xfe\xfd\xfc"}) {
      for (const std::string after : {"", "z", "zy", "zyx", "\xff"}) {
        const std::string bytes = absl::StrCat(before, text, after);
        EXPECT_FALSE(Found(absl::Base64Escape(bytes), marker).empty()) << before << text << after;
        EXPECT_FALSE(Found(absl::WebSafeBase64Escape(bytes), marker).empty()) << before << text << after;
      }
    }
    ++marker;
  }
}

TEST(MarkerSearch, FindsAsciiWhereOnlySomeOfItIsEscaped) {
  EXPECT_FALSE(Found("tel=%2B4599887766", 1).empty());
  EXPECT_FALSE(Found("\\u002B4599887766", 1).empty());
  EXPECT_FALSE(Found("zqvx.borger%40example.dk", 2).empty());
  EXPECT_FALSE(Found("ZQVX.Borger@EXAMPLE.dk", 2).empty());
  EXPECT_FALSE(Found("zqvx.borger\\u0040example.dk", 2).empty());
}

TEST(MarkerSearch, FindsNothingElse) {
  MarkerSearch search(Markers());
  for (const Written& written : NamesByHand()) {
    std::string cut = written.bytes;
    cut.pop_back();
    search.SearchText(written.what, cut);
    search.SearchText(written.what, absl::StrCat(cut, "\x01"));
  }
  search.SearchText("another number", "+4599887765");
  search.SearchText("nothing", "");
  EXPECT_THAT(search.findings(), testing::IsEmpty()) << search.Describe();
}

TEST(MarkerSearch, FindsAcrossTheWindowsInWhichItReads) {
  const certs::TestDirectory directory;
  for (const size_t place : {size_t{0}, (size_t{1} << 20) - 18, (size_t{1} << 20) - 17, (size_t{1} << 20) - 1,
                             size_t{1} << 20, (size_t{2} << 20) - 9, size_t{3} << 20}) {
    std::string contents((size_t{3} << 20) + 100, '\0');
    contents.replace(place, sizeof kName - 1, kName);
    MarkerSearch search(Markers());
    ASSERT_TRUE(search.SearchFile(directory.Write("file", contents)).ok());
    ASSERT_EQ(search.findings().size(), 1u) << place;
    EXPECT_EQ(search.findings().begin()->second, 1u) << "once, at " << place;
    EXPECT_EQ(search.figures().bytes, contents.size());
  }
}

TEST(MarkerSearch, LooksIntoFilesAndAtNamesOfAFolder) {
  const certs::TestDirectory directory;
  std::filesystem::create_directories(directory.Path("a/b"));
  directory.Write("a/b/file", absl::StrCat("x", kName));
  directory.Write(absl::StrCat("a/", kPhone), "");
  MarkerSearch search(Markers());
  ASSERT_TRUE(search.SearchFolder(directory.Path("a")).ok());
  EXPECT_THAT(search.FoundMarkers(), testing::ElementsAre(0, 1));
  EXPECT_THAT(search.Describe(), testing::HasSubstr("the name of \"test\" in UTF-8, 1 times: "));
  EXPECT_THAT(search.Describe(), testing::Not(testing::HasSubstr(kName)));
  search.Forget();
  EXPECT_TRUE(search.findings().empty());
  EXPECT_FALSE(search.SearchFolder(directory.Path("none")).ok());
}

TEST(MarkerSearch, LooksIntoMemory) {
  if (support::kUnderSanitizer) GTEST_SKIP() << "a sanitizer's own memory is too large to be searched";
  MarkerSearch search(Markers());
  ASSERT_TRUE(search.SearchMemory("own", getpid()).ok());
  EXPECT_EQ(search.FoundMarkers().size(), 3u) << "its own, which holds them";
  EXPECT_GT(search.figures().bytes, size_t{1} << 20);
}

}  // namespace
}  // namespace envej::privacy
