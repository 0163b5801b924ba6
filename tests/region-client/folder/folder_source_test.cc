#include "region-client/folder/folder_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "region-client/agent/agent_keys.h"
#include "region-client/folder/sealed_file.h"
#include "tests/region-client/folder/folder_world.h"

namespace envej::region {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class FolderSourceTest : public testing::Test {
 protected:
  void SetUp() override {
    world_.options_.on_file = [this](const FileOutcome& outcome) { outcomes_.push_back(outcome); };
    world_.Start();
  }
  std::string TextOfOnly(const std::string& shelf) const {
    const std::vector<std::string> names = world_.Names(shelf);
    return names.size() == 1 ? world_.Text(absl::StrCat(shelf, "/", names[0])) : "";
  }
  // All that lies on the shelves, whatever its name.
  std::string OnShelves() const {
    std::string all;
    for (const char* const shelf : {"processed", "rejected"}) {
      for (const std::string& name : world_.Names(shelf)) all += world_.Text(absl::StrCat(shelf, "/", name));
    }
    return all;
  }

  FolderWorld world_;
  std::vector<FileOutcome> outcomes_;
};

// Overwrites what the engine's files hold a little behind that text.
void DamageBehind(const std::string& folder, const std::string& text) {
  constexpr size_t kBehind = 1000;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".sst") continue;
    const size_t at = certs::ReadFile(entry.path()).find(text);
    if (at == std::string::npos) continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(at + kBehind));
    file << std::string(kBehind, 'x');
  }
}

TEST_F(FolderSourceTest, AFileIsTakenAndNothingButItsOutcomeStays) {
  world_.Put("a.words", "4711 m1\n4712\nother\n");
  ASSERT_TRUE(world_.Look().ok());
  EXPECT_TRUE(world_.Knows("4711"));
  EXPECT_TRUE(world_.Knows("4712"));
  EXPECT_THAT(world_.Names(), IsEmpty());
  EXPECT_THAT(TextOfOnly("processed"), HasSubstr(R"("taken":2)"));
  EXPECT_THAT(TextOfOnly("processed"), HasSubstr(R"("NOT_OF_CONCERN":1)"));
  EXPECT_THAT(OnShelves(), Not(HasSubstr("4711")));
  ASSERT_THAT(outcomes_, SizeIs(1));
  EXPECT_EQ(outcomes_[0].taken, 2u);
}

TEST_F(FolderSourceTest, AnOutcomeSaysWhenTheFileWasWrittenAndNotItsName) {
  for (const char* const name : {"010190-9999.words", "Nanna.words"}) {
    world_.Put(name, "4711\n");
    std::filesystem::last_write_time(
        world_.Path(name), std::chrono::file_clock::from_sys(std::chrono::sys_seconds(std::chrono::hours(24))));
  }
  ASSERT_TRUE(world_.Look().ok());
  const std::string outcome = "19700102T000000Z-[0-9a-f]{12}.outcome.json";
  EXPECT_THAT(world_.Names("processed"), ElementsAre(MatchesRegex(outcome), MatchesRegex(outcome)));
}

TEST_F(FolderSourceTest, WhatTheyHeldIsSealedWhereThatIsChosen) {
  world_.options_.after_taking = AfterTaking::kSeal;
  world_.Start();
  world_.Put("a.words", "4711 m1\n");
  ASSERT_TRUE(world_.Look().ok());
  const std::vector<std::string> names = world_.Names("processed");
  ASSERT_THAT(names, ElementsAre(EndsWith(".outcome.json"), EndsWith(".sealed")));
  EXPECT_THAT(OnShelves(), Not(HasSubstr("4711")));
  const std::string under(absl::StripSuffix(names[1], kSealedEnding));
  EXPECT_EQ(OpenSealedFile(*world_.at_rest_, under, world_.Text("processed/" + names[1])).value_or(""), "4711 m1\n");
}

TEST_F(FolderSourceTest, ABadOneIsRejectedWithItsReasonAndTheRestOfItTaken) {
  world_.Put("a.words", "4711 m1\nbad\n4712 m2\n");
  world_.Put("b.words", "4713\n");
  ASSERT_TRUE(world_.Look().ok());
  for (const char* const patient : {"4711", "4712", "4713"}) EXPECT_TRUE(world_.Knows(patient));
  EXPECT_THAT(world_.Names("rejected"), ElementsAre("a.words", "a.words.reason.json"));
  EXPECT_THAT(world_.Text("rejected/a.words.reason.json"),
              HasSubstr(R"([{"reason":"WORD_BAD","text":"the line is bad","place":2}])"));
  EXPECT_THAT(world_.Text("rejected/a.words.reason.json"), Not(HasSubstr("4711")));
  EXPECT_EQ(certs::ModeOf(world_.Path("rejected/a.words")) & 0777, 0600u);
  EXPECT_EQ(certs::ModeOf(world_.Path("rejected/a.words.reason.json")) & 0777, 0600u);
  EXPECT_THAT(world_.Names("processed"), ElementsAre(EndsWith(".outcome.json")));
  // Mended and put back, only what is new is taken.
  world_.Put("a.words", "4711 m1\n4714 m3\n4712 m2\n");
  ASSERT_TRUE(world_.Look().ok());
  EXPECT_EQ(outcomes_.back().repeated, 2u);
  EXPECT_EQ(outcomes_.back().taken, 1u);
}

TEST_F(FolderSourceTest, RejectsWhatNoDecoderMayHave) {
  world_.options_.file_bytes_most = 10;
  world_.options_.items_most = 3;
  world_.Start();
  world_.files_.Write("target", "4711\n");
  std::filesystem::create_symlink(world_.files_.Path("target"), world_.Path("link.words"));
  ASSERT_EQ(mkfifo(world_.Path("pipe.words").c_str(), 0600), 0);
  world_.Put("empty.words", "");
  world_.Put("blank.words", "\n");
  world_.Put("large.words", "12345678901");
  world_.Put("many.words", "1\n2\n3\n4\n");
  world_.Put("broken.words", "broken");
  world_.Put("unknown.doc", "4711\n");
  world_.Put("good.WORDS", "4712\n");
  ASSERT_TRUE(world_.Look().ok());
  EXPECT_THAT(world_.Names(), IsEmpty());
  EXPECT_FALSE(world_.Knows("4711"));
  EXPECT_TRUE(world_.Knows("4712"));
  EXPECT_EQ(certs::ReadFile(world_.files_.Path("target")), "4711\n");
  EXPECT_THAT(world_.Names("rejected"), SizeIs(16));
  const std::vector<std::pair<std::string, std::string>> reasons = {
      {"link.words", "NOT_A_FILE"},     {"pipe.words", "NOT_A_FILE"},      {"empty.words", "FILE_EMPTY"},
      {"blank.words", "FILE_INVALID"},  {"large.words", "FILE_TOO_LARGE"}, {"many.words", "FILE_INVALID"},
      {"broken.words", "FILE_INVALID"}, {"unknown.doc", "ENDING_UNKNOWN"}};
  for (const auto& [name, reason] : reasons) {
    EXPECT_THAT(world_.Text(absl::StrCat("rejected/", name, ".reason.json")), HasSubstr(reason)) << name;
  }
}

TEST_F(FolderSourceTest, AFileThatIsWrittenToIsWaitedFor) {
  world_.Put("a.words", "4711");
  world_.Put("b.words.tmp", "4713\n");
  ASSERT_TRUE(world_.source_->Look().ok());
  world_.now_ += world_.options_.unchanged_for - absl::Seconds(1);
  std::ofstream(world_.Path("a.words"), std::ios::app) << "0\n";
  ASSERT_TRUE(world_.source_->Look().ok());
  world_.now_ += absl::Seconds(2);
  ASSERT_TRUE(world_.source_->Look().ok());
  EXPECT_THAT(world_.Names(), ElementsAre("a.words", "b.words.tmp"));
  std::filesystem::rename(world_.Path("b.words.tmp"), world_.Path("b.words"));
  ASSERT_TRUE(world_.Look().ok());
  EXPECT_TRUE(world_.Knows("47110"));
  EXPECT_FALSE(world_.Knows("4711"));
  EXPECT_TRUE(world_.Knows("4713"));
}

TEST_F(FolderSourceTest, AClockThatIsSetBackHoldsNothingUp) {
  world_.Put("a.words", "4711\n");
  ASSERT_TRUE(world_.source_->Look().ok());
  world_.now_ -= absl::Hours(24);
  ASSERT_TRUE(world_.Look().ok());
  EXPECT_TRUE(world_.Knows("4711"));
}

TEST_F(FolderSourceTest, ALookTakesNoMoreThanItsBound) {
  world_.options_.files_a_look = 2;
  world_.Start();
  for (int file = 0; file < 5; ++file) world_.Put(absl::StrCat(file, ".words"), "4711\n");
  ASSERT_TRUE(world_.Look().ok());
  EXPECT_THAT(world_.Names(), SizeIs(3));
  ASSERT_TRUE(world_.source_->Look().ok());
  EXPECT_THAT(world_.Names(), SizeIs(1));
}

TEST_F(FolderSourceTest, FilesOfOneNameReplaceNoneThatWasRejected) {
  for (const char* const text : {"bad\n", "bad\n\n", "bad\nbad\n"}) {
    world_.Put("a.words", text);
    ASSERT_TRUE(world_.Look().ok());
  }
  world_.Put("b.words.reason.json", "4711\n");
  ASSERT_TRUE(world_.Look().ok());
  world_.Put("b.words", "bad\n");
  ASSERT_TRUE(world_.Look().ok());
  std::vector<std::string> files;
  for (const std::string& name : world_.Names("rejected")) files.push_back(world_.Text("rejected/" + name));
  for (const char* const text : {"bad\n", "bad\n\n", "bad\nbad\n", "4711\n"}) {
    EXPECT_THAT(files, testing::Contains(text));
  }
  EXPECT_THAT(files, SizeIs(10));
}

TEST_F(FolderSourceTest, ANameThatIsTooLongIsItsHash) {
  world_.Put(absl::StrCat(std::string(245, 'n'), ".words"), "bad\n");
  ASSERT_TRUE(world_.Look().ok());
  EXPECT_THAT(world_.Names(), IsEmpty());
  EXPECT_THAT(world_.Names("rejected"), SizeIs(2));
}

TEST_F(FolderSourceTest, WhatFailsForTheAgentsOwnSakeStaysAndIsTakenLater) {
  world_.desk_options_.cases_most = 1;
  world_.Start();
  world_.Put("a.words", "4711 m1\n4712 m2\n");
  EXPECT_EQ(world_.Look().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(world_.Names(), ElementsAre("a.words"));
  EXPECT_THAT(world_.Names("rejected"), IsEmpty());
  world_.desk_options_.cases_most = 10;
  world_.Start();
  ASSERT_TRUE(world_.Look().ok());
  EXPECT_TRUE(world_.Knows("4712"));
  EXPECT_EQ(outcomes_.back().repeated, 1u);
  EXPECT_EQ(outcomes_.back().taken, 1u);
}

TEST_F(FolderSourceTest, ADamagedRecordOfOnePatientHoldsUpNoOtherFile) {
  const std::string case_id(kCaseIdBytes, 'c');
  ward::v1::Case large;  // so that the engine keeps it in a block of its own
  large.mutable_person()->mutable_contact()->set_name(std::string(20'000, 'n'));
  AgentBatch batch = world_.store_->NewBatch();
  batch.PutPatient(Patient("4711"), case_id);
  batch.PutCase(case_id, std::nullopt, large);
  ASSERT_TRUE(world_.store_->Write(std::move(batch)).ok());
  ASSERT_TRUE(world_.store_->Compact().ok());
  world_.Start();
  DamageBehind(world_.agent_.folder(), case_id);
  world_.Put("a.words", "4711 m1\n");
  world_.Put("b.words", "4712 m2\n");
  EXPECT_EQ(world_.Look().code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(world_.Knows("4712"));
  EXPECT_THAT(world_.Names(), ElementsAre("a.words"));
  EXPECT_THAT(world_.Names("rejected"), IsEmpty());
}

TEST_F(FolderSourceTest, TheSameBytesAgainAreTakenOnce) {
  world_.Put("a.words", "4711\n");
  ASSERT_TRUE(world_.Look().ok());
  world_.Put("b.words", "4711\n");
  ASSERT_TRUE(world_.Look().ok());
  EXPECT_EQ(outcomes_.back().repeated, 1u);
}

TEST_F(FolderSourceTest, OutcomesGoAfterAMonth) {
  world_.Put("a.words", "4711\n");
  ASSERT_TRUE(world_.Look().ok());
  world_.now_ += absl::Hours(24 * 29);
  ASSERT_TRUE(world_.Look().ok());
  EXPECT_THAT(world_.Names("processed"), SizeIs(1));
  world_.now_ += absl::Hours(24 * 2);
  ASSERT_TRUE(world_.Look().ok());
  EXPECT_THAT(world_.Names("processed"), IsEmpty());
}

// However long ago a system wrote it. Who has it open sees that it was overwritten; what has a name elsewhere is not.
TEST_F(FolderSourceTest, WhatWasRejectedIsWipedWithItsReasonsAfterItsTime) {
  size_t wiped = 0;
  world_.options_.on_wiped = [&](size_t files) { wiped += files; };
  world_.options_.rejected_kept = absl::Hours(24 * 3);
  world_.Start();
  world_.Put("b.words", "bad\n4711\n");
  std::filesystem::last_write_time(world_.Path("b.words"),
                                   std::filesystem::file_time_type::clock::now() - std::chrono::hours(24 * 30));
  ASSERT_TRUE(world_.Look().ok());
  EXPECT_THAT(world_.Text("rejected/b.words.reason.json"), HasSubstr("\"wiped_at\":\""));
  std::ifstream open(world_.Path("rejected/b.words"));
  world_.now_ += absl::Hours(24 * 2);
  ASSERT_TRUE(world_.Look().ok());
  EXPECT_THAT(world_.Names("rejected"), UnorderedElementsAre("b.words", "b.words.reason.json"));
  EXPECT_EQ(wiped, 0u);
  world_.files_.Write("elsewhere", "bad\n");
  std::filesystem::create_hard_link(world_.files_.Path("elsewhere"), world_.Path("rejected/a.words"));
  world_.now_ += absl::Hours(24 * 2);
  ASSERT_TRUE(world_.Look().ok());
  EXPECT_THAT(world_.Names("rejected"), IsEmpty());
  EXPECT_EQ(open.get(), std::ifstream::traits_type::eof());
  EXPECT_EQ(certs::ReadFile(world_.files_.Path("elsewhere")), "bad\n");
  EXPECT_EQ(wiped, 1u);
}

TEST_F(FolderSourceTest, AFolderThatIsNamedAsAFileIsPassedOverAndSaidOnce) {
  int said = 0;
  world_.options_.on_folder = [&] { ++said; };
  world_.options_.files_a_look = 1;
  world_.Start();
  std::filesystem::create_directory(world_.Path("subfolder"));
  ASSERT_TRUE(world_.Look().ok());
  EXPECT_EQ(said, 0);
  std::filesystem::create_directory(world_.Path("a.words"));
  world_.Put("b.words", "4711\n");
  ASSERT_TRUE(world_.Look().ok());
  ASSERT_TRUE(world_.Look().ok());
  EXPECT_EQ(said, 1);
  EXPECT_TRUE(world_.Knows("4711"));
  EXPECT_TRUE(std::filesystem::is_directory(world_.Path("a.words")));
  std::filesystem::create_directory(world_.Path("c.words"));
  ASSERT_TRUE(world_.Look().ok());
  EXPECT_EQ(said, 2);
}

TEST_F(FolderSourceTest, BeginsNoFileOnceItIsToStop) {
  world_.Put("a.words", "4711\n");
  std::stop_source stopping;
  stopping.request_stop();
  ASSERT_TRUE(world_.Look(stopping.get_token()).ok());
  EXPECT_FALSE(world_.Knows("4711"));
  ASSERT_TRUE(world_.Look().ok());
  EXPECT_TRUE(world_.Knows("4711"));
}

TEST_F(FolderSourceTest, LooksUntilTheAgentStopsAndSaysAnErrorOnce) {
  std::atomic<int> errors = 0;
  world_.options_.on_error = [&](const absl::Status&) { ++errors; };
  world_.options_.look_every = absl::Milliseconds(5);
  world_.options_.unchanged_for = absl::ZeroDuration();
  world_.desk_options_.cases_most = 0;
  world_.Start();
  std::atomic<int> tries = 0;
  world_.Put("a.words", "4711\n");
  Stopping stopping;
  world_.desk_.reset();
  world_.source_.reset();
  world_.desk_ = std::make_unique<Desk>(
      world_.desk_options_, *world_.store_, world_.locks_,
      [&] {
        ++tries;
        return kFolderNow;
      },
      absl::UTCTimeZone(), [] {});
  FolderSource source =
      FolderSource::Open(world_.options_, {{".words", DecodeWords}}, *world_.desk_, *world_.at_rest_, [] {
        return kFolderNow;
      }).value();
  std::thread looks([&] { source.Run(stopping); });
  const absl::Time until = absl::Now() + absl::Seconds(30);
  while (tries < 3 && absl::Now() < until) absl::SleepFor(absl::Milliseconds(5));
  stopping.Stop();
  looks.join();
  EXPECT_GE(tries, 3);
  EXPECT_EQ(errors, 1);
}

}  // namespace
}  // namespace envej::region
