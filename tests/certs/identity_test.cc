#include "certs/identity.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace envej::certs {
namespace {

TEST(ParseIdentityUri, ReadsEachKindOfParticipantAndWritesItBack) {
  const std::string longest_name(32, 'z');
  const std::vector<std::pair<std::string, Identity>> cases = {
      {"urn:envej:region:1081", {ParticipantKind::kRegion, "1081", ""}},
      {"urn:envej:region:1081:epj-2", {ParticipantKind::kRegion, "1081", "epj-2"}},
      {"urn:envej:region:1084:" + longest_name, {ParticipantKind::kRegion, "1084", longest_name}},
      {"urn:envej:municipality:0101", {ParticipantKind::kMunicipality, "0101", ""}},
      {"urn:envej:operations:night-shift", {ParticipantKind::kOperations, "night-shift", ""}},
      {"urn:envej:operations:1", {ParticipantKind::kOperations, "1", ""}},
  };
  for (const auto& [uri, identity] : cases) {
    const absl::StatusOr<Identity> parsed = ParseIdentityUri(uri);
    ASSERT_TRUE(parsed.ok()) << uri;
    EXPECT_EQ(*parsed, identity) << uri;
    EXPECT_EQ(ToUri(identity), uri);
  }
}

TEST(ParseIdentityUri, RefusesEverythingElse) {
  const std::vector<std::string> refused = {
      "",
      "urn:envej:",
      "urn:envej:region",
      "urn:envej:region:",
      "urn:envej:region:108",
      "urn:envej:region:10811",
      "urn:envej:region:108a",
      "urn:envej:region:-081",
      "urn:envej:region:1081:",
      "urn:envej:region:1081:EPJ",
      "urn:envej:region:1081:epj:",
      "urn:envej:region:1081:epj:more",
      "urn:envej:region:1081:e_j",
      "urn:envej:region:1081:" + std::string(33, 'z'),
      "urn:envej:region:1081 ",
      " urn:envej:region:1081",
      "urn:envej:region:1081\n",
      std::string("urn:envej:region:1081\0", 22),
      std::string("urn:envej:region:1081\0:epj", 26),
      "urn:envej:region:1081/",
      "urn:envej:region:1081?x",
      "urn:envej:region:1081#x",
      "URN:envej:region:1081",
      "urn:Envej:region:1081",
      "urn:envej:Region:1081",
      "urn:envej:region:%31081",
      "urn:envej:region:\xd9\xa1\xd9\xa0",
      "urn:envej::region:1081",
      "urn:envej:municipality:101",
      "urn:envej:municipality:0101:origin",
      "urn:envej:municipality:copenhagen",
      "urn:envej:operations",
      "urn:envej:operations:",
      "urn:envej:operations:a:b",
      "urn:envej:operations:Anna",
      "urn:envej:operations:a b",
      "urn:envej:operations:" + std::string(33, 'a'),
      "urn:envej:broker:main",
      "urn:other:region:1081",
      "spiffe://envej/region/1081",
      "region:1081",
      "urn:envej:region:1081:" + std::string(100'000, ':'),
  };
  for (const std::string& uri : refused) {
    EXPECT_EQ(ParseIdentityUri(uri).status().code(), absl::StatusCode::kInvalidArgument) << uri.substr(0, 100);
  }
}

TEST(ParseIdentityUri, DoesNotRepeatWhatItRefuses) {
  const absl::StatusOr<Identity> parsed = ParseIdentityUri("urn:envej:operations:SECRETNAME");
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.status().ToString().find("SECRETNAME"), std::string::npos);
}

TEST(ParticipantUri, IsTheSameForEachOfARegionsSystems) {
  EXPECT_EQ(ParticipantUri({ParticipantKind::kRegion, "1081", "ward"}), "urn:envej:region:1081");
  EXPECT_EQ(ParticipantUri({ParticipantKind::kRegion, "1081", ""}), "urn:envej:region:1081");
  EXPECT_EQ(ParticipantUri({ParticipantKind::kMunicipality, "0101", ""}), "urn:envej:municipality:0101");
}

TEST(ShortFingerprint, IsTheFirstEightDigits) {
  EXPECT_EQ(ShortFingerprint("\x1a\x2b\x3c\x4d and more"), "1a2b3c4d");
  EXPECT_EQ(ShortFingerprint("\x1a\x2b\x3c\x4d"), "1a2b3c4d");
  EXPECT_EQ(ShortFingerprint(""), "");
}

TEST(ParseBrokerUri, ReadsOnlyABrokersName) {
  ASSERT_TRUE(ParseBrokerUri("urn:envej:broker:main-1").ok());
  EXPECT_EQ(*ParseBrokerUri("urn:envej:broker:main-1"), "main-1");
  for (const char* uri : {"urn:envej:broker:", "urn:envej:broker", "urn:envej:broker:Main", "urn:envej:broker:a:b",
                          "urn:envej:region:1081", "broker:main"}) {
    EXPECT_FALSE(ParseBrokerUri(uri).ok()) << uri;
  }
}

class IdentifyParticipantTest : public ::testing::Test {
 protected:
  using Subject = std::vector<SubjectName>;

  static Identity Region(const std::string& code) { return {ParticipantKind::kRegion, code, ""}; }
  static SubjectName Serial(const std::string& value) { return {SubjectAttribute::kSerialNumber, value}; }
  static SubjectName Organization(const std::string& value) {
    return {SubjectAttribute::kOrganizationIdentifier, value};
  }

  absl::StatusOr<Identity> Identify(const std::vector<std::string>& uris, const Subject& subject) const {
    return IdentifyParticipant({.uris = uris, .subject_names = subject}, table_);
  }

  void ExpectRefused(const std::vector<std::string>& uris, const Subject& subject, const std::string& why) const {
    const absl::Status status = Identify(uris, subject).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_NE(std::string(status.message()).find(why), std::string::npos) << status;
    EXPECT_EQ(status.message().find("SECRET"), absl::string_view::npos) << status;
  }

  const std::string uri_1081_ = "urn:envej:region:1081";
  const SubjectTable table_ = {{Serial("UI:DK-O:G:1"), Region("1081")},
                               {Serial("UI:DK-O:G:2"), Region("1082")},
                               {Organization("NTRDK-1"), Region("1081")},
                               {Organization("UI:DK-O:G:2"), Region("1083")}};
};

TEST_F(IdentifyParticipantTest, ByUriAlone) {
  EXPECT_EQ(Identify({uri_1081_}, {}).value(), Region("1081"));
  EXPECT_EQ(Identify({uri_1081_}, {Serial("somebody's"), Organization("somebody's")}).value(), Region("1081"));
}

TEST_F(IdentifyParticipantTest, ByEitherAttributeOrBoth) {
  EXPECT_EQ(Identify({}, {Serial("UI:DK-O:G:1")}).value(), Region("1081"));
  EXPECT_EQ(Identify({}, {Organization("NTRDK-1")}).value(), Region("1081"));
  EXPECT_EQ(Identify({}, {Organization("NTRDK-1"), Serial("UI:DK-O:G:1")}).value(), Region("1081"));
  EXPECT_EQ(Identify({}, {Organization("unknown"), Serial("UI:DK-O:G:2")}).value(), Region("1082"));
  EXPECT_EQ(Identify({}, {Organization("NTRDK-1"), Serial("unknown")}).value(), Region("1081"));
}

TEST_F(IdentifyParticipantTest, TheAttributesAreNotMixedUp) {
  EXPECT_EQ(Identify({}, {Organization("UI:DK-O:G:2")}).value(), Region("1083"));
  ExpectRefused({}, {Serial("NTRDK-1")}, "names no participant");
}

TEST_F(IdentifyParticipantTest, ByUriAndSubjectIfBothSayTheSame) {
  EXPECT_EQ(Identify({uri_1081_}, {Serial("UI:DK-O:G:1"), Organization("NTRDK-1")}).value(), Region("1081"));
}

TEST_F(IdentifyParticipantTest, TwoParticipantsAreRefused) {
  ExpectRefused({uri_1081_}, {Serial("UI:DK-O:G:2")}, "two different participants");
  ExpectRefused({uri_1081_}, {Serial("UI:DK-O:G:1"), Organization("UI:DK-O:G:2")}, "two different participants");
  ExpectRefused({}, {Serial("UI:DK-O:G:2"), Organization("NTRDK-1")}, "two different participants");
  // One of its systems is not the whole region.
  ExpectRefused({"urn:envej:region:1081:epj"}, {Serial("UI:DK-O:G:1")}, "two different participants");
}

TEST_F(IdentifyParticipantTest, TwoOfAKindAreRefusedWhateverTheySay) {
  ExpectRefused({uri_1081_, "urn:envej:region:1082"}, {}, "more than one URI name");
  ExpectRefused({uri_1081_, uri_1081_}, {}, "more than one URI name");
  ExpectRefused({uri_1081_, "https://example.dk/SECRET"}, {}, "more than one URI name");
  ExpectRefused({}, {Serial("UI:DK-O:G:1"), Serial("UI:DK-O:G:1")}, "more than once");
  ExpectRefused({}, {Serial("UI:DK-O:G:1"), Serial("SECRET")}, "more than once");
  ExpectRefused({}, {Organization("NTRDK-1"), Organization("")}, "more than once");
}

TEST_F(IdentifyParticipantTest, AUriOfNobodyIsNotMadeGoodByTheSubject) {
  for (const char* uri : {"urn:envej:region:SECRET", "urn:envej:broker:main", "https://example.dk/SECRET", ""}) {
    ExpectRefused({uri}, {Serial("UI:DK-O:G:1")}, "no participant's");
  }
}

TEST_F(IdentifyParticipantTest, NobodyIsRefused) {
  ExpectRefused({}, {}, "names no participant");
  ExpectRefused({}, {Serial("SECRET")}, "names no participant");
  ExpectRefused({}, {Serial(""), Organization("")}, "names no participant");
  for (const std::string& close : {std::string("ui:dk-o:g:1"), std::string("UI:DK-O:G:1 "), std::string("UI:DK-O:G:"),
                                   std::string("UI:DK-O:G:1\0", 12)}) {
    ExpectRefused({}, {Serial(close)}, "names no participant");
  }
}

}  // namespace
}  // namespace envej::certs
