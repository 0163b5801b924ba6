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

TEST(ParseBrokerUri, ReadsOnlyABrokersName) {
  ASSERT_TRUE(ParseBrokerUri("urn:envej:broker:main-1").ok());
  EXPECT_EQ(*ParseBrokerUri("urn:envej:broker:main-1"), "main-1");
  for (const char* uri : {"urn:envej:broker:", "urn:envej:broker", "urn:envej:broker:Main", "urn:envej:broker:a:b",
                          "urn:envej:region:1081", "broker:main"}) {
    EXPECT_FALSE(ParseBrokerUri(uri).ok()) << uri;
  }
}

}  // namespace
}  // namespace envej::certs
