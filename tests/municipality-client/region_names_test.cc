#include "municipality-client/region_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace envej::municipality_client {
namespace {

using certs::ParticipantKind;
using certs::SubjectAttribute;
using certs::SubjectTable;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string WhyNot(const std::vector<std::string>& texts) {
  const absl::StatusOr<SubjectTable> regions = ReadRegionNames(texts);
  EXPECT_EQ(regions.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(regions.status().message());
}

TEST(RegionNamesTest, ARegionIsKnownByEitherAttribute) {
  const absl::StatusOr<SubjectTable> regions =
      ReadRegionNames({"1081:serialNumber=UI:DK-O:G:1", "1081:organizationIdentifier=NTRDK-1",
                       "1082:serialNumber=NTRDK-1", "1082:serialNumber=a=b, c"});
  ASSERT_TRUE(regions.ok()) << regions.status();
  const certs::Identity first = {.kind = ParticipantKind::kRegion, .code = "1081", .origin = ""};
  const certs::Identity second = {.kind = ParticipantKind::kRegion, .code = "1082", .origin = ""};
  EXPECT_EQ(*regions, (SubjectTable{{{SubjectAttribute::kSerialNumber, "UI:DK-O:G:1"}, first},
                                    {{SubjectAttribute::kOrganizationIdentifier, "NTRDK-1"}, first},
                                    {{SubjectAttribute::kSerialNumber, "NTRDK-1"}, second},
                                    {{SubjectAttribute::kSerialNumber, "a=b, c"}, second}}));
}

TEST(RegionNamesTest, NoneIsNobody) { EXPECT_EQ(ReadRegionNames({}).value(), SubjectTable()); }

TEST(RegionNamesTest, WithoutARegionsCodeItIsRefused) {
  for (const char* const text :
       {"", ":", "1081", "108:serialNumber=marmalade", "10811:serialNumber=marmalade", "108x:serialNumber=marmalade",
        " 1081:serialNumber=marmalade", "serialNumber=marmalade", "urn:envej:region:1081", ":serialNumber=marmalade"}) {
    EXPECT_THAT(WhyNot({text}), AllOf(HasSubstr("four digits and a colon"), Not(HasSubstr("marmalade")))) << text;
  }
}

TEST(RegionNamesTest, AnotherAttributeIsRefused) {
  for (const char* const text :
       {"1081:", "1081:marmalade", "1081:serialNumber", "1081:serialnumber=marmalade", "1081:CN=marmalade",
        "1081: serialNumber=marmalade", "1081:serialNumber =marmalade", "1081:ward:serialNumber=marmalade"}) {
    EXPECT_THAT(WhyNot({text}),
                AllOf(HasSubstr("serialNumber= or organizationIdentifier="), Not(HasSubstr("marmalade"))))
        << text;
  }
}

TEST(RegionNamesTest, AValueIsWhatTheRegisterWouldTake) {
  const std::string longest(256, 'x');
  EXPECT_TRUE(ReadRegionNames({absl::StrCat("1081:serialNumber=", longest)}).ok());
  for (const std::string& value : std::vector<std::string>{
           "", " ", "\t", "a\nb", "marmalade\xff", "marmalade A\xcc\x8a", std::string("a\0b", 3), longest + "x"}) {
    EXPECT_THAT(WhyNot({absl::StrCat("1081:serialNumber=", value)}),
                AllOf(HasSubstr("1 to 256 characters"), Not(HasSubstr("marmalade"))));
  }
}

TEST(RegionNamesTest, ASubjectIsOfOneRegionAndGivenOnce) {
  const std::string name = "serialNumber=marmalade";
  for (const char* const code : {"1081", "1082"}) {
    EXPECT_THAT(WhyNot({"1081:" + name, "1083:serialNumber=other", absl::StrCat(code, ":", name)}),
                AllOf(HasSubstr(absl::StrCat("number 3, of region ", code)), HasSubstr("given before, of region 1081"),
                      Not(HasSubstr("marmalade"))));
  }
}

TEST(RegionNamesTest, ThereAreSixtyFourAtMost) {
  std::vector<std::string> texts;
  for (size_t i = 0; i < kRegionNamesMost; ++i) texts.push_back(absl::StrCat("1081:serialNumber=", i));
  EXPECT_EQ(ReadRegionNames(texts).value().size(), 64);
  texts.push_back("1081:serialNumber=x");
  EXPECT_THAT(WhyNot(texts), HasSubstr("64 times at most"));
}

}  // namespace
}  // namespace envej::municipality_client
