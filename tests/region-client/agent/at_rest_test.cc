#include "region-client/agent/at_rest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/region-client/agent/agent_world.h"

namespace envej::region {
namespace {

using testing::HasSubstr;
using testing::Not;

class AtRestTest : public testing::Test {
 protected:
  AtRest With(char secret, const std::string& former = "") {
    std::vector<std::string> paths;
    for (const char digit : former) paths.push_back(files_.Write(std::string(1, digit), Secret(digit)));
    absl::StatusOr<AtRest> read = AtRest::Read(files_.Write(std::string(1, secret), Secret(secret)), paths);
    EXPECT_TRUE(read.ok()) << read.status();
    return *std::move(read);
  }

  certs::TestDirectory files_;
};

TEST_F(AtRestTest, OpensWhatItSealedAndShowsNothing) {
  const AtRest at_rest = With('a');
  const std::string sealed = *at_rest.Seal("key", "Nanna Prøve");
  EXPECT_THAT(sealed, Not(HasSubstr("Nanna")));
  EXPECT_EQ(*at_rest.Open("key", sealed), "Nanna Prøve");
  EXPECT_NE(*at_rest.Seal("key", "Nanna Prøve"), sealed);
  EXPECT_EQ(*at_rest.Open("key", *at_rest.Seal("key", "")), "");
}

TEST_F(AtRestTest, OpensNothingThatWasChangedOrMoved) {
  const AtRest at_rest = With('a');
  const std::string sealed = *at_rest.Seal("key", "text");
  EXPECT_EQ(at_rest.Open("kez", sealed).status().code(), absl::StatusCode::kDataLoss);
  for (size_t place = 0; place < sealed.size(); ++place) {
    std::string changed = sealed;
    changed[place] = static_cast<char>(changed[place] ^ 1);
    EXPECT_FALSE(at_rest.Open("key", changed).ok()) << place;
    EXPECT_FALSE(at_rest.Open("key", sealed.substr(0, place)).ok()) << place;
  }
}

TEST_F(AtRestTest, AFormerSecretOpensAndFindsAndNothingNewIsUnderIt) {
  const AtRest before = With('a');
  const AtRest after = With('b', "a");
  EXPECT_EQ(*after.Open("key", *before.Seal("key", "text")), "text");
  EXPECT_EQ(before.Open("key", *after.Seal("key", "text")).status().code(), absl::StatusCode::kFailedPrecondition);
  const std::vector<std::string> names = after.NamesOf({"patient", "1"});
  ASSERT_EQ(names.size(), 2u);
  EXPECT_EQ(names[1], before.NamesOf({"patient", "1"})[0]);
  EXPECT_NE(names[0], names[1]);
}

TEST_F(AtRestTest, PartsAreToldApart) {
  const AtRest at_rest = With('a');
  EXPECT_NE(at_rest.NamesOf({"ab", "c"}), at_rest.NamesOf({"a", "bc"}));
}

TEST_F(AtRestTest, TheSameSecretTwiceIsRefused) {
  const std::string path = files_.Write("a", Secret('a'));
  EXPECT_EQ(AtRest::Read(path, {path}).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace envej::region
