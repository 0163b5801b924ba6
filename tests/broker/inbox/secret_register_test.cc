#include "broker/inbox/secret_register.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/store/key_layout.h"
#include "tests/support/memory_store.h"

namespace envej::inbox {
namespace {

using testing::HasSubstr;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

class SecretRegisterTest : public testing::Test {
 protected:
  static contract::CommitmentSecret Secret(const std::string& key_id, char letter) {
    return {.key_id = key_id, .bytes = std::string(32, letter)};
  }

  absl::Status Check(const std::vector<contract::CommitmentSecret>& secrets, absl::Time now = kNow) {
    return CheckSecrets(store_, secrets, now);
  }
  void ExpectRefused(const std::vector<contract::CommitmentSecret>& secrets, const std::string& text,
                     absl::Time now = kNow) {
    const absl::Status status = Check(secrets, now);
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(text));
  }

  store::MemoryStore store_;
  const contract::CommitmentSecret first_ = Secret("first", 'a');
  const contract::CommitmentSecret second_ = Secret("second", 'b');
};

TEST_F(SecretRegisterTest, SameSecretIsGoodAtEveryStart) {
  EXPECT_TRUE(Check({first_}).ok());
  EXPECT_TRUE(Check({first_}).ok());
}

TEST_F(SecretRegisterTest, OtherSecretUnderTheSameKeyIdIsRefused) {
  ASSERT_TRUE(Check({first_}).ok());
  ExpectRefused({Secret("first", 'x')}, "first is another one than the store has met");
  ExpectRefused({second_, Secret("first", 'x')}, "first is another one than the store has met");
  EXPECT_TRUE(Check({first_}).ok()) << "a refusal changes nothing";
}

TEST_F(SecretRegisterTest, ReplacedSecretIsNeededUntilItsNoticesAreForgotten) {
  ASSERT_TRUE(Check({first_}).ok());
  ExpectRefused({second_}, "first, which is not given: name it under commitment.former for seven months");
  ASSERT_TRUE(Check({second_, first_}).ok());
  const absl::Time later = kNow + absl::Hours(24 * 100);
  ASSERT_TRUE(Check({second_, first_}, later).ok()) << "a later start does not begin the time anew";
  ExpectRefused({second_}, "name it under commitment.former until 2027-08-20", later);
  EXPECT_TRUE(Check({second_}, kNow + kSecretNeeded).ok());
  EXPECT_TRUE(Check({second_, Secret("first", 'z')}, kNow + kSecretNeeded).ok()) << "it is forgotten";
}

TEST_F(SecretRegisterTest, SecretThatIsInUseAgainIsNeededAgain) {
  ASSERT_TRUE(Check({first_}).ok());
  ASSERT_TRUE(Check({second_, first_}).ok());
  ASSERT_TRUE(Check({first_, second_}, kNow + absl::Hours(24)).ok());
  ExpectRefused({second_}, "first, which is not given", kNow + kSecretNeeded);
}

TEST_F(SecretRegisterTest, DamagedEntryIsWrittenAnew) {
  ASSERT_TRUE(Check({first_}).ok());
  store_.Damage(store::SecretKey("first"), "x");
  EXPECT_TRUE(Check({first_}).ok());
  ExpectRefused({Secret("first", 'x')}, "first is another one");
}

}  // namespace
}  // namespace envej::inbox
