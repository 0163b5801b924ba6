#include "region-client/folder/file_outcome.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace envej::region {
namespace {

TEST(FileOutcomeTest, SaysWhatBecameOfAFile) {
  FileOutcome outcome{.taken = 2, .repeated = 1, .nothing = {{"NOT_OF_CONCERN", 3}}, .refused = {}};
  EXPECT_TRUE(outcome.good());
  outcome.refused.push_back({.place = 4, .problem = {.reason = "WORD_BAD", .text = "it is \"bad\""}});
  EXPECT_FALSE(outcome.good());
  EXPECT_EQ(ToJson(outcome, absl::FromUnixSeconds(0)),
            "{\"at\":\"1970-01-01T00:00:00Z\",\"taken\":2,\"repeated\":1,\"nothing_follows\":{\"NOT_OF_CONCERN\":3},"
            "\"refused\":1,\"reasons\":[{\"reason\":\"WORD_BAD\",\"text\":\"it is \\\"bad\\\"\",\"place\":4}]}\n");
}

TEST(FileOutcomeTest, SaysWhenARejectedFileIsWiped) {
  EXPECT_NE(
      ToJson({}, absl::FromUnixSeconds(0), absl::FromUnixSeconds(86'400)).find("\"wiped_at\":\"1970-01-02T00:00:00Z\""),
      std::string::npos);
}

TEST(FileOutcomeTest, CountsAllAndShowsTheFirstOfWhatWasRefused) {
  FileOutcome outcome;
  outcome.refused.resize(kRefusedShown + 5);
  const nlohmann::json json = nlohmann::json::parse(ToJson(outcome, absl::FromUnixSeconds(0)));
  EXPECT_EQ(json["refused"], kRefusedShown + 5);
  EXPECT_EQ(json["reasons"].size(), kRefusedShown);
}

TEST(FileOutcomeTest, IsJsonWhateverATextHolds) {
  FileOutcome outcome;
  outcome.refused.push_back({.place = 0, .problem = {.reason = "WORD_BAD", .text = "\xFF\n"}});
  EXPECT_TRUE(nlohmann::json::accept(ToJson(outcome, absl::FromUnixSeconds(0))));
}

}  // namespace
}  // namespace envej::region
