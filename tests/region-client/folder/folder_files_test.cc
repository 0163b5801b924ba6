#include "region-client/folder/folder_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/certs/test_files.h"

namespace envej::region {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class FolderFilesTest : public testing::Test {
 protected:
  FolderFiles Open() { return FolderFiles::Open(Path("")).value(); }
  std::string Path(absl::string_view name) const { return files_.Path(absl::StrCat("in/", name)); }
  void Put(absl::string_view name, absl::string_view text) const { files_.Write(absl::StrCat("in/", name), text); }
  static SeenFile Seen(const FolderFiles& files) { return files.HandedOver().value().at(0); }

  certs::TestDirectory files_;
};

TEST_F(FolderFilesTest, ItsFoldersAreTheOwnersAlone) {
  const FolderFiles files = Open();
  for (const char* const name : {"", "processed", "rejected"}) EXPECT_EQ(certs::ModeOf(Path(name)) & 0777, 0700u);
}

TEST_F(FolderFilesTest, RefusesAFolderThatOthersMayEnterOrThatIsALink) {
  { Open(); }
  std::filesystem::create_directory_symlink(Path(""), files_.Path("link"));
  EXPECT_EQ(FolderFiles::Open(files_.Path("link")).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(FolderFiles::Open(files_.Path("link/")).status().code(), absl::StatusCode::kFailedPrecondition);
  chmod(Path("processed").c_str(), 0750);
  EXPECT_EQ(FolderFiles::Open(Path("")).status().code(), absl::StatusCode::kFailedPrecondition);
  chmod(Path("processed").c_str(), 0700);
  chmod(Path("").c_str(), 0770);
  EXPECT_EQ(FolderFiles::Open(Path("")).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(FolderFilesTest, OneProcessAtATimeWorksInIt) {
  const FolderFiles files = Open();
  EXPECT_EQ(FolderFiles::Open(Path("")).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(FolderFilesTest, SeesWhatIsHandedOverOldestFirst) {
  const FolderFiles files = Open();
  for (const char* const name : {".hidden", "half.tmp", "half.hl7.part", "old.hl7"}) Put(name, "x");
  std::filesystem::create_directory(Path("folder"));
  std::filesystem::last_write_time(Path("old.hl7"),
                                   std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  const std::vector<SeenFile> seen = files.HandedOver().value();
  EXPECT_THAT(seen, ElementsAre(Field(&SeenFile::name, "old.hl7"), Field(&SeenFile::name, "folder")));
  EXPECT_TRUE(!seen[0].is_folder && seen[1].is_folder);
}

TEST_F(FolderFilesTest, TellsFilesFromWhatIsNone) {
  const FolderFiles files = Open();
  files_.Write("target", "x");
  std::filesystem::create_symlink(files_.Path("target"), Path("link"));
  EXPECT_FALSE(Seen(files).is_file);
  std::filesystem::remove(Path("link"));
  ASSERT_EQ(mkfifo(Path("pipe").c_str(), 0600), 0);
  EXPECT_FALSE(Seen(files).is_file);
  std::filesystem::remove(Path("pipe"));
  std::filesystem::create_hard_link(files_.Path("target"), Path("second"));
  EXPECT_FALSE(Seen(files).is_file);
  std::filesystem::remove(files_.Path("target"));
  EXPECT_TRUE(Seen(files).is_file);
}

TEST_F(FolderFilesTest, ReadsWhatItSawAndNothingElse) {
  const FolderFiles files = Open();
  Put("a.hl7", "first");
  const SeenFile seen = Seen(files);
  EXPECT_EQ(files.Read(seen).value_or(""), "first");
  std::ofstream(Path("a.hl7"), std::ios::app) << " and more";
  EXPECT_EQ(files.Read(seen).status().code(), absl::StatusCode::kAborted);
  std::filesystem::remove(Path("a.hl7"));
  EXPECT_EQ(files.Read(seen).status().code(), absl::StatusCode::kAborted);
  files_.Write("target", "first");
  std::filesystem::create_symlink(files_.Path("target"), Path("a.hl7"));
  EXPECT_EQ(files.Read(seen).status().code(), absl::StatusCode::kAborted);
}

TEST_F(FolderFilesTest, WhatIsWrittenAndMovedIsTheOwnersAlone) {
  const FolderFiles files = Open();
  files_.Write("in/a.hl7", "first", 0644);
  ASSERT_TRUE(files.Write(Shelf::kProcessed, "a.outcome", "good").ok());
  ASSERT_TRUE(files.Write(Shelf::kProcessed, "a.outcome", "better").ok());
  ASSERT_TRUE(files.Move("a.hl7", Shelf::kRejected, "b.hl7").ok());
  EXPECT_EQ(certs::ReadFile(Path("processed/a.outcome")), "better");
  EXPECT_EQ(certs::ReadFile(Path("rejected/b.hl7")), "first");
  EXPECT_EQ(certs::ModeOf(Path("processed/a.outcome")) & 0777, 0600u);
  EXPECT_EQ(certs::ModeOf(Path("rejected/b.hl7")) & 0777, 0600u);
  EXPECT_TRUE(files.Find(Shelf::kRejected, "b.hl7").has_value());
  EXPECT_FALSE(files.Find(Shelf::kHandedOver, "a.hl7").has_value());
}

TEST_F(FolderFilesTest, NothingIsLeftInTheBlocksOfAFileThatIsOverwritten) {
  const FolderFiles files = Open();
  const std::string text(200'000, 'x');
  Put("a.hl7", text);
  ASSERT_TRUE(files.Move("a.hl7", Shelf::kProcessed, "a").ok());
  // Through a descriptor of before, also what was truncated would be seen if it were still there.
  std::ifstream open(Path("processed/a"), std::ios::binary);
  ASSERT_TRUE(files.Overwrite(Shelf::kProcessed, "a").ok());
  EXPECT_EQ(std::filesystem::file_size(Path("processed/a")), 0u);
  EXPECT_TRUE(files.Remove(Shelf::kProcessed, "a").ok());
  EXPECT_TRUE(files.Remove(Shelf::kProcessed, "a").ok());
  EXPECT_FALSE(files.Find(Shelf::kProcessed, "a").has_value());
}

TEST_F(FolderFilesTest, ALinkIsNotFollowedWhereItIsOverwritten) {
  const FolderFiles files = Open();
  files_.Write("target", "theirs");
  std::filesystem::create_symlink(files_.Path("target"), Path("processed/a"));
  EXPECT_TRUE(files.Overwrite(Shelf::kProcessed, "a").ok());
  EXPECT_EQ(certs::ReadFile(files_.Path("target")), "theirs");
}

TEST_F(FolderFilesTest, ItsErrorsNameNoFile) {
  const FolderFiles files = Open();
  const absl::Status status = files.Move("0101011234.hl7", Shelf::kRejected, "x");
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("0101011234")));
}

}  // namespace
}  // namespace envej::region
