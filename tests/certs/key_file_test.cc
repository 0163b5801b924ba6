#include "certs/key_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/escaping.h"
#include "tests/certs/test_files.h"

namespace envej::certs {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string MessageOf(const absl::StatusOr<std::string>& result) { return std::string(result.status().message()); }

TEST(ReadKeyFile, ReadsAFileThatOnlyItsOwnerMayUse) {
  const TestDirectory directory;
  for (const mode_t mode : {0600u, 0400u, 0700u}) {
    const absl::StatusOr<std::string> contents = ReadKeyFile(directory.Write("key", "contents", mode));
    ASSERT_TRUE(contents.ok()) << contents.status();
    EXPECT_EQ(*contents, "contents");
  }
}

TEST(ReadKeyFile, RefusesEveryBitForGroupAndOthers) {
  const TestDirectory directory;
  for (const mode_t bit : {0040u, 0020u, 0010u, 0004u, 0002u, 0001u}) {
    const std::string path = directory.Write("key", "contents", 0600 | bit);
    const absl::StatusOr<std::string> contents = ReadKeyFile(path);
    EXPECT_EQ(contents.status().code(), absl::StatusCode::kFailedPrecondition) << bit;
    EXPECT_THAT(MessageOf(contents), AllOf(HasSubstr("chmod 600 " + path), Not(HasSubstr("contents"))));
  }
}

TEST(ReadKeyFile, SaysWhichModeItFound) {
  const TestDirectory directory;
  EXPECT_THAT(MessageOf(ReadKeyFile(directory.Write("key", "contents", 0644))), HasSubstr("mode 0644"));
}

TEST(ReadKeyFile, RefusesAFileOfAnotherUser) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  constexpr uid_t kSomebody = 12345;
  constexpr gid_t kSameGroup = static_cast<gid_t>(-1);
  const TestDirectory directory;
  const std::string path = directory.Write("key", "contents");
  ASSERT_EQ(chown(path.c_str(), kSomebody, kSameGroup), 0);
  const absl::StatusOr<std::string> of_another = ReadKeyFile(path);
  EXPECT_EQ(of_another.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(MessageOf(of_another),
              AllOf(HasSubstr("number 12345"), HasSubstr("run chown 0 " + path), Not(HasSubstr("contents"))));
  EXPECT_TRUE(ReadCertificateFile(path).ok()) << "certificates are public";
  ASSERT_EQ(chown(path.c_str(), geteuid(), kSameGroup), 0);
  EXPECT_TRUE(ReadKeyFile(path).ok());
}

TEST(ReadKeyFile, RefusesWhatIsNoRegularFileWithoutWaiting) {
  const TestDirectory directory;
  const std::string pipe = directory.Path("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(MessageOf(ReadKeyFile(pipe)), AllOf(HasSubstr(pipe), HasSubstr("not a regular file")));
  EXPECT_THAT(MessageOf(ReadKeyFile(directory.Path(""))), HasSubstr("not a regular file"));
}

TEST(ReadKeyFile, NamesTheFileThatIsMissing) {
  const TestDirectory directory;
  const absl::StatusOr<std::string> contents = ReadKeyFile(directory.Path("none"));
  EXPECT_EQ(contents.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(MessageOf(contents), HasSubstr(directory.Path("none")));
}

TEST(ReadKeyFile, RefusesMoreThanItsBound) {
  const TestDirectory directory;
  EXPECT_TRUE(ReadKeyFile(directory.Write("key", std::string(64 << 10, 'x'))).ok());
  EXPECT_THAT(MessageOf(ReadKeyFile(directory.Write("key", std::string((64 << 10) + 1, 'x')))), HasSubstr("larger"));
}

TEST(ReadCertificateFile, MayBeOpenToOthers) {
  const TestDirectory directory;
  EXPECT_TRUE(ReadCertificateFile(directory.Write("certificate", "contents", 0644)).ok());
}

TEST(ReadSecretFile, ReadsThirtyTwoBytes) {
  const TestDirectory directory;
  const std::string digits = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";
  for (const std::string& contents : {digits, digits + "\n"}) {
    const absl::StatusOr<std::string> secret = ReadSecretFile(directory.Write("secret", contents));
    ASSERT_TRUE(secret.ok()) << secret.status();
    EXPECT_EQ(*secret, absl::HexStringToBytes(digits));
    EXPECT_EQ(secret->size(), kSecretBytes);
  }
}

TEST(ReadSecretFile, RefusesAnythingElseWithoutRepeatingIt) {
  const TestDirectory directory;
  const std::string almost(63, 'a');
  for (const std::string& contents :
       {std::string(), almost, almost + "g", almost + "aa", almost + "a\n\n", almost + "a\r\n", " " + almost + "a"}) {
    const absl::StatusOr<std::string> secret = ReadSecretFile(directory.Write("secret", contents));
    EXPECT_EQ(secret.status().code(), absl::StatusCode::kInvalidArgument) << contents;
    EXPECT_THAT(MessageOf(secret), AllOf(HasSubstr(directory.Path("secret")), Not(HasSubstr("aaaa"))));
  }
}

TEST(ReadSecretFile, RefusesAWiderMode) {
  const TestDirectory directory;
  const std::string path = directory.Write("secret", std::string(64, 'a'), 0640);
  EXPECT_THAT(MessageOf(ReadSecretFile(path)), HasSubstr("chmod 600 " + path));
}

}  // namespace
}  // namespace envej::certs
