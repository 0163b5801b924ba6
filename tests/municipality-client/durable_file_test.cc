#include "municipality-client/durable_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "tests/municipality-client/support/temporary_folder.h"

namespace envej::municipality_client {
namespace {

using testing::HasSubstr;

mode_t ModeOf(const std::string& path) {
  struct stat about;
  return lstat(path.c_str(), &about) == 0 ? about.st_mode & 07777 : 0;
}

class PrivateFolderTest : public testing::Test {
 protected:
  TemporaryFolder files_;
  const std::string path_ = files_ / "received";
};

TEST_F(PrivateFolderTest, IsMadePrivateWhateverTheUmask) {
  for (const mode_t mask : {mode_t{0}, mode_t{0277}}) {
    const mode_t before = umask(mask);
    const std::string path = path_ + std::to_string(mask);
    const absl::StatusOr<PrivateFolder> folder = PrivateFolder::Open(path);
    const absl::Status written = folder.ok() ? folder->WriteNew("a", "text") : folder.status();
    umask(before);
    ASSERT_TRUE(written.ok()) << written;
    EXPECT_EQ(ModeOf(path), 0700);
    EXPECT_EQ(ModeOf(path + "/a"), 0600);
  }
}

TEST_F(PrivateFolderTest, IsRefusedWithAdviceWhenOthersMayEnter) {
  for (const mode_t mode : {0750, 0701, 0770, 0755}) {
    mkdir(path_.c_str(), 0700);
    chmod(path_.c_str(), mode);
    const absl::Status status = PrivateFolder::Open(path_).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(std::string(status.message()), HasSubstr("chmod 700 " + path_));
    EXPECT_EQ(ModeOf(path_), mode);
  }
}

TEST_F(PrivateFolderTest, IsRefusedAsASymbolicLinkOrAFileOrWithoutAParent) {
  mkdir((files_ / "other").c_str(), 0700);
  ASSERT_EQ(symlink((files_ / "other").c_str(), path_.c_str()), 0);
  for (const std::string& path : {path_, path_ + "/"}) {
    EXPECT_EQ(PrivateFolder::Open(path).status(),
              absl::FailedPreconditionError(path_ + " is a symbolic link; name the folder itself"));
  }
  WriteFile(files_ / "file", "");
  EXPECT_FALSE(PrivateFolder::Open(files_ / "file").ok());
  EXPECT_FALSE(PrivateFolder::Open(files_ / "none/received").ok());
}

TEST_F(PrivateFolderTest, NeverWritesThroughALinkOrOverAFile) {
  const absl::StatusOr<PrivateFolder> folder = PrivateFolder::Open(path_);
  ASSERT_TRUE(folder.ok());
  WriteFile(files_ / "elsewhere", "before");
  ASSERT_EQ(symlink((files_ / "elsewhere").c_str(), (path_ + "/link").c_str()), 0);
  EXPECT_FALSE(folder->WriteNew("link", "text").ok());
  EXPECT_FALSE(folder->OpenForAppend("link").ok());
  EXPECT_FALSE(folder->Read("link", 100).ok());
  EXPECT_EQ(ReadFile(files_ / "elsewhere"), "before");
  ASSERT_TRUE(folder->WriteNew("a", "text").ok());
  EXPECT_FALSE(folder->WriteNew("a", "other").ok());
  EXPECT_EQ(ReadFile(path_ + "/a"), "text");
}

TEST_F(PrivateFolderTest, ReadsUpToItsBound) {
  const absl::StatusOr<PrivateFolder> folder = PrivateFolder::Open(path_);
  ASSERT_TRUE(folder->WriteNew("a", "text").ok());
  EXPECT_EQ(**folder->Read("a", 4), "text");
  EXPECT_FALSE(folder->Read("a", 3).ok());
  EXPECT_FALSE(folder->Read("none", 3)->has_value());
}

TEST_F(PrivateFolderTest, IsNamedWhenNothingMoreCanBeWritten) {
  const absl::StatusOr<PrivateFolder> folder = PrivateFolder::Open(path_);
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit two_bytes = {.rlim_cur = 2, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &two_bytes), 0);
  const absl::Status status = folder->WriteNew("a", "text");
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_THAT(std::string(status.message()), HasSubstr("cannot write to " + path_ + ": "));
}

TEST(WriteAllTest, SaysThatTheDiskIsFullAndWhere) {
  const FileDescriptor full(open("/dev/full", O_WRONLY | O_CLOEXEC));
  EXPECT_EQ(WriteAll(full, "text", "/inbox"),
            absl::ResourceExhaustedError("cannot write to /inbox: No space left on device"));
}

TEST_F(PrivateFolderTest, IsLockedOnceAtATime) {
  const absl::StatusOr<PrivateFolder> folder = PrivateFolder::Open(path_);
  {
    const absl::StatusOr<FileDescriptor> first = folder->Lock(".lock");
    ASSERT_TRUE(first.ok());
    const absl::Status second = folder->Lock(".lock").status();
    EXPECT_EQ(second.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(std::string(second.message()), HasSubstr("another envej-municipality is working in " + path_));
  }
  EXPECT_TRUE(folder->Lock(".lock").ok());
}

}  // namespace
}  // namespace envej::municipality_client
