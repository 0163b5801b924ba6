#include "municipality-client/notice_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "municipality-client/digest.h"
#include "tests/municipality-client/support/crash_after.h"
#include "tests/municipality-client/support/notices.h"
#include "tests/municipality-client/support/temporary_folder.h"

namespace envej::municipality_client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Opening takes one step, binding three, three temporary files three.
constexpr int kAfterBound = 4;
constexpr int kAfterTemporariesSynced = 8;
constexpr int kAfterLedgerSynced = 10;

Arrival ArrivalOf(int number) {
  return {.item = {.region_code = kRegion, .notice_id = NoticeIdOf(number), .revision = 1},
          .accepted_at = absl::FromUnixSeconds(1'790'000'000),
          .line = JsonOf(ProperNotice(number))};
}

std::vector<Arrival> Arrivals() { return {ArrivalOf(1), ArrivalOf(2), ArrivalOf(3)}; }

class NoticeFolderTest : public testing::Test {
 protected:
  absl::StatusOr<NoticeFolder> Open(StepCallback on_step = nullptr) {
    return NoticeFolder::Open(path_, kMunicipality, on_step);
  }

  // Receives all arrivals in a process of its own that ends after `steps` steps. Whether it got that far.
  bool CrashAfter(int steps) {
    return municipality_client::CrashAfter(steps, [this](const StepCallback& on_step) {
      absl::StatusOr<NoticeFolder> folder = Open(on_step);
      return folder.ok() && folder->Keep(Arrivals()).ok();
    });
  }

  // The municipality's own system takes what is there and deletes it.
  void Consume() {
    for (const std::string& name : NamesIn(path_, "notice-")) {
      ++consumed_[name];
      contents_[name] = ReadFile(path_ + "/" + name);
      std::filesystem::remove(path_ + "/" + name);
    }
  }

  void ExpectEachConsumedOnce() {
    EXPECT_EQ(consumed_.size(), Arrivals().size());
    for (const Arrival& arrival : Arrivals()) {
      EXPECT_EQ(consumed_[FileNameOf(arrival.item)], 1) << FileNameOf(arrival.item);
      EXPECT_EQ(contents_[FileNameOf(arrival.item)], arrival.line + "\n");
    }
    EXPECT_THAT(NamesIn(path_, ".incoming"), IsEmpty());
  }

  TemporaryFolder files_;
  std::string path_ = files_ / "received";
  std::map<std::string, int> consumed_;
  std::map<std::string, std::string> contents_;
};

TEST_F(NoticeFolderTest, KeepsEachNoticeAsTheLineThatTheWardHad) {
  absl::StatusOr<NoticeFolder> folder = Open();
  ASSERT_TRUE(folder.ok()) << folder.status();
  const absl::StatusOr<std::vector<Kept>> kept = folder->Keep(Arrivals());
  ASSERT_TRUE(kept.ok()) << kept.status();
  for (const Kept& one : *kept) EXPECT_TRUE(one.written && one.present);
  EXPECT_THAT(NamesIn(path_, "notice-"),
              ElementsAre("notice-1084-" + NoticeIdOf(1) + "-1.json", "notice-1084-" + NoticeIdOf(2) + "-1.json",
                          "notice-1084-" + NoticeIdOf(3) + "-1.json"));
  EXPECT_EQ(ReadFile(folder->PathOf(ArrivalOf(2).item)), ArrivalOf(2).line + "\n");
}

TEST_F(NoticeFolderTest, WritesAnItemOnceAlsoAfterItsFileWasConsumed) {
  absl::StatusOr<NoticeFolder> folder = Open();
  ASSERT_TRUE(folder->Keep({ArrivalOf(1), ArrivalOf(2), ArrivalOf(1)}).ok());
  std::filesystem::remove(folder->PathOf(ArrivalOf(1).item));
  const absl::StatusOr<std::vector<Kept>> kept = folder->Keep(Arrivals());
  ASSERT_TRUE(kept.ok());
  EXPECT_FALSE((*kept)[0].written || (*kept)[0].present);
  EXPECT_TRUE(!(*kept)[1].written && (*kept)[1].present);
  EXPECT_TRUE((*kept)[2].written && (*kept)[2].present);
}

TEST_F(NoticeFolderTest, ACrashAfterAnyStepNeitherLosesNorDoublesOne) {
  for (const bool consumed_between : {false, true}) {
    int steps = 1;
    for (bool crashed = true; crashed; ++steps) {
      path_ = files_ / (std::to_string(consumed_between) + "-" + std::to_string(steps));
      consumed_.clear();
      SCOPED_TRACE(path_);
      crashed = CrashAfter(steps);
      if (consumed_between) Consume();
      absl::StatusOr<NoticeFolder> folder = Open();
      ASSERT_TRUE(folder.ok()) << folder.status();
      ASSERT_TRUE(folder->Keep(Arrivals()).ok());
      Consume();
      ExpectEachConsumedOnce();
    }
    EXPECT_GT(steps,
              13);  // recovery, the binding thrice, three files, two folder syncs, the ledger twice, three renames
  }
}

TEST_F(NoticeFolderTest, ACrashWhileRecoveringFromACrashNeitherLosesNorDoublesOne) {
  for (int first = 1; first <= 14; ++first) {
    int second = 1;
    for (bool crashed = true; crashed; ++second) {
      path_ = files_ / (std::to_string(first) + "-" + std::to_string(second));
      consumed_.clear();
      SCOPED_TRACE(path_);
      CrashAfter(first);
      Consume();
      crashed = CrashAfter(second);
      Consume();
      absl::StatusOr<NoticeFolder> folder = Open();
      ASSERT_TRUE(folder.ok() && folder->Keep(Arrivals()).ok());
      Consume();
      ExpectEachConsumedOnce();
    }
  }
}

TEST_F(NoticeFolderTest, CompletesWhatTheLedgerKnows) {
  ASSERT_TRUE(CrashAfter(kAfterLedgerSynced));
  const size_t temporaries = NamesIn(path_, ".incoming").size();
  ASSERT_EQ(temporaries, 3);
  const absl::StatusOr<NoticeFolder> folder = Open();
  ASSERT_TRUE(folder.ok());
  EXPECT_EQ(folder->completed_files(), 3);
  EXPECT_EQ(NamesIn(path_, "notice-").size(), 3);
}

TEST_F(NoticeFolderTest, RemovesWhatTheLedgerDoesNotKnow) {
  ASSERT_TRUE(CrashAfter(kAfterTemporariesSynced));
  ASSERT_EQ(NamesIn(path_, ".incoming").size(), 3);
  const absl::StatusOr<NoticeFolder> folder = Open();
  EXPECT_EQ(folder->completed_files(), 0);
  EXPECT_THAT(NamesIn(path_, ".incoming"), IsEmpty());
  EXPECT_THAT(NamesIn(path_, "notice-"), IsEmpty());
}

TEST_F(NoticeFolderTest, ATemporaryFileDamagedOnTheDiskIsForgottenAndWrittenWhenItComesAgain) {
  ASSERT_TRUE(CrashAfter(kAfterLedgerSynced));
  const std::vector<std::string> temporaries = NamesIn(path_, ".incoming");
  ASSERT_EQ(temporaries.size(), 3);
  WriteFile(path_ + "/" + temporaries[0], "{}");
  absl::StatusOr<NoticeFolder> folder = Open();
  ASSERT_TRUE(folder.ok());
  EXPECT_EQ(folder->completed_files(), 2);
  ASSERT_TRUE(folder->Keep(Arrivals()).ok());
  Consume();
  ExpectEachConsumedOnce();
}

TEST_F(NoticeFolderTest, TheLedgerHoldsNothingThatNameOrNumberCouldBeGuessedFrom) {
  ASSERT_TRUE(Open()->Keep({ArrivalOf(1)}).ok());
  const std::string ledger = ReadFile(path_ + "/.ledger");
  EXPECT_THAT(ledger, HasSubstr(NoticeIdOf(1)));
  EXPECT_THAT(ledger, Not(HasSubstr("Zebrafjord")));
  const std::string other = files_ / "other";
  ASSERT_TRUE(NoticeFolder::Open(other, kMunicipality, nullptr)->Keep({ArrivalOf(1)}).ok());
  EXPECT_NE(ReadFile(other + "/.ledger"), ledger);  // the same notice, another digest
}

TEST_F(NoticeFolderTest, OtherContentUnderAKnownNameIsNeitherKeptNorTakenForTheSame) {
  Arrival other = ArrivalOf(1);
  other.line = JsonOf(ProperNotice(9));
  for (const bool consumed : {false, true}) {
    path_ = files_ / (consumed ? "consumed" : "present");
    ASSERT_TRUE(Open()->Keep({ArrivalOf(1)}).ok());
    if (consumed) Consume();
    absl::StatusOr<NoticeFolder> folder = Open();
    const absl::StatusOr<std::vector<Kept>> kept = folder->Keep({other, ArrivalOf(1)});
    ASSERT_TRUE(kept.ok()) << kept.status();
    EXPECT_EQ((*kept)[0].unkept, Unkept::kOtherContent);
    EXPECT_FALSE((*kept)[0].written || (*kept)[0].present);
    EXPECT_TRUE((*kept)[1].unkept == Unkept::kNo && !(*kept)[1].written);
    EXPECT_EQ((*kept)[1].present, !consumed);
    EXPECT_EQ(NamesIn(path_, "notice-").size(), consumed ? 0 : 1);
  }
}

TEST_F(NoticeFolderTest, OtherContentUnderTheSameNameInOneBatchIsFound) {
  Arrival other = ArrivalOf(1);
  other.line = JsonOf(ProperNotice(9));
  const absl::StatusOr<std::vector<Kept>> kept = Open()->Keep({ArrivalOf(1), other});
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_TRUE((*kept)[0].written);
  EXPECT_EQ((*kept)[1].unkept, Unkept::kOtherContent);
  EXPECT_EQ(ReadFile(Open()->PathOf(ArrivalOf(1).item)), ArrivalOf(1).line + "\n");
}

TEST_F(NoticeFolderTest, IsForOneMunicipalityFromItsFirstNoticeOn) {
  ASSERT_TRUE(Open()->Keep({}).ok());
  ASSERT_TRUE(NoticeFolder::Open(path_, "0147", nullptr)->Keep({ArrivalOf(1)}).ok());
  const absl::Status refused = Open().status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("is for the inbox of municipality 0147"));
  EXPECT_TRUE(NoticeFolder::Open(path_, "0147", nullptr).ok());
}

TEST_F(NoticeFolderTest, IsBoundDurablyBeforeAnythingIsReceived) {
  ASSERT_TRUE(CrashAfter(kAfterBound));
  EXPECT_THAT(NamesIn(path_, "."), ElementsAre(".inbox", ".ledger", ".lock"));
  EXPECT_EQ(ReadFile(path_ + "/.ledger"), "");
  EXPECT_FALSE(NoticeFolder::Open(path_, "0147", nullptr).ok());
}

TEST_F(NoticeFolderTest, ABindingThatIsDamagedOrGoneIsNotReplaced) {
  ASSERT_TRUE(Open()->Keep({ArrivalOf(1)}).ok());
  std::string binding = ReadFile(path_ + "/.inbox");
  for (size_t i = 0; i < binding.size(); ++i) {
    std::string damaged = binding;
    damaged[i] = damaged[i] == '0' ? '1' : '0';
    WriteFile(path_ + "/.inbox", damaged);
    EXPECT_THAT(std::string(Open().status().message()), HasSubstr("is damaged")) << i;
  }
  std::filesystem::remove(path_ + "/.inbox");
  EXPECT_THAT(std::string(Open().status().message()), HasSubstr("has lost its file .inbox"));
  WriteFile(path_ + "/.inbox", binding);
  EXPECT_TRUE(Open().ok());
}

// What the first version left: salted digests, and no binding.
class FirstVersionsFolderTest : public NoticeFolderTest {
 protected:
  FirstVersionsFolderTest() {
    EXPECT_TRUE(Open().ok());
    std::string lines;
    for (const int number : {1, 2, 3}) lines += EncodeLedgerLine(EntryOf(number));
    WriteFile(path_ + "/.ledger", lines);
    WriteFile(path_ + "/" + FileNameOf(ArrivalOf(1).item), ArrivalOf(1).line + "\n");
    WriteFile(path_ + "/.incoming_1084_" + NoticeIdOf(3) + "_1_salt3", ArrivalOf(3).line + "\n");
  }

  static LedgerEntry EntryOf(int number) {
    const Arrival arrival = ArrivalOf(number);
    return {.item = arrival.item,
            .accepted_at = arrival.accepted_at,
            .digest = Sha256Hex("salt" + std::to_string(number) + arrival.line + "\n"),
            .salted = true};
  }
};

TEST_F(FirstVersionsFolderTest, IsBoundAtItsNextUse) {
  ASSERT_TRUE(Open()->Keep({ArrivalOf(1)}).ok());
  EXPECT_FALSE(NoticeFolder::Open(path_, "0147", nullptr).ok());
}

TEST_F(FirstVersionsFolderTest, IsRecoveredAsBefore) {
  const absl::StatusOr<NoticeFolder> folder = Open();
  ASSERT_TRUE(folder.ok()) << folder.status();
  EXPECT_EQ(folder->completed_files(), 1);
  EXPECT_EQ(ReadFile(folder->PathOf(ArrivalOf(3).item)), ArrivalOf(3).line + "\n");
}

TEST_F(FirstVersionsFolderTest, AnItemTakenBackLeavesAFolderThatOpens) {
  WriteFile(path_ + "/.incoming_1084_" + NoticeIdOf(3) + "_1_salt3", "{}");
  ASSERT_TRUE(Open().ok());
  absl::StatusOr<NoticeFolder> folder = Open();
  ASSERT_TRUE(folder.ok()) << folder.status();
  EXPECT_TRUE(folder->Keep({ArrivalOf(3)})->front().written);
}

TEST_F(FirstVersionsFolderTest, OnlyAFileThatIsThereShowsThatAnItemIsTheSame) {
  Arrival other = ArrivalOf(1);
  other.line = JsonOf(ProperNotice(9));
  const absl::StatusOr<std::vector<Kept>> kept = Open()->Keep({ArrivalOf(1), other, ArrivalOf(2)});
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_TRUE((*kept)[0].unkept == Unkept::kNo && !(*kept)[0].written);
  EXPECT_EQ((*kept)[1].unkept, Unkept::kOtherContent);
  EXPECT_EQ((*kept)[2].unkept, Unkept::kOtherContent);
}

TEST_F(NoticeFolderTest, ASecondProcessIsRefused) {
  const absl::StatusOr<NoticeFolder> first = Open();
  ASSERT_TRUE(first.ok());
  EXPECT_THAT(std::string(Open().status().message()), HasSubstr("another envej-municipality is working in"));
}

TEST_F(NoticeFolderTest, WritesNothingAfterAFailure) {
  absl::StatusOr<NoticeFolder> folder = Open();
  Arrival unwritable = ArrivalOf(1);
  unwritable.item.region_code = "none/1084";
  EXPECT_FALSE(folder->Keep({unwritable}).ok());
  EXPECT_TRUE(folder->failed());
  EXPECT_FALSE(folder->Keep({ArrivalOf(2)}).ok());
  EXPECT_THAT(NamesIn(path_, "notice-"), IsEmpty());
}

}  // namespace
}  // namespace envej::municipality_client
