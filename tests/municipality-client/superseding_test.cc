// What a folder holds of a notice that is revised and withdrawn.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "municipality-client/notice_folder.h"
#include "tests/municipality-client/support/crash_after.h"
#include "tests/municipality-client/support/notices.h"
#include "tests/municipality-client/support/temporary_folder.h"

namespace envej::municipality_client {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const absl::Time kAccepted = absl::FromUnixSeconds(1'790'000'000);

ItemName NameOf(uint32_t revision) {
  return {.region_code = kRegion, .notice_id = NoticeIdOf(1), .revision = revision};
}

Arrival Revision(uint32_t revision, bool by_broker = false) {
  return {.item = NameOf(revision),
          .sealed_by_broker = by_broker,
          .accepted_at = kAccepted,
          .line = JsonOf(RevisedNotice(1, revision))};
}

Arrival Withdrawn(uint32_t revision, bool by_broker = false) {
  return {.item = NameOf(revision),
          .kind = EntryKind::kWithdrawal,
          .sealed_by_broker = by_broker,
          .accepted_at = kAccepted,
          .line = JsonOf(WithdrawalOf(1, revision))};
}

std::string NoticeFile(uint32_t revision) { return FileNameOf(NameOf(revision)); }
std::string WithdrawnFile(uint32_t revision) { return FileNameOf(NameOf(revision), EntryKind::kWithdrawal); }

class SupersedingTest : public testing::Test {
 protected:
  absl::StatusOr<NoticeFolder> Open(StepCallback on_step = nullptr) {
    return NoticeFolder::Open(path_, kMunicipality, on_step);
  }

  // What became of the one arrival, in a folder that is opened for it.
  Kept Keep(const Arrival& arrival) {
    absl::StatusOr<NoticeFolder> folder = Open();
    EXPECT_TRUE(folder.ok()) << folder.status();
    const absl::StatusOr<std::vector<Kept>> kept = folder->Keep({arrival});
    EXPECT_TRUE(kept.ok()) << kept.status();
    return kept->front();
  }

  // Keeps it in a process of its own that ends after `steps` steps. Whether it got that far.
  bool CrashAfter(int steps, const Arrival& arrival) {
    return municipality_client::CrashAfter(steps, [&](const StepCallback& on_step) {
      absl::StatusOr<NoticeFolder> folder = Open(on_step);
      return folder.ok() && folder->Keep({arrival}).ok();
    });
  }

  // All that tells of notices.
  std::vector<std::string> Files() const {
    std::vector<std::string> files = NamesIn(path_, "notice-");
    for (const std::string& name : NamesIn(path_, "withdrawn-")) files.push_back(name);
    return files;
  }

  TemporaryFolder files_;
  std::string path_ = files_ / "received";
};

TEST(ItemFiles, AreReadBackFromTheirNames) {
  for (const EntryKind kind : {EntryKind::kNotice, EntryKind::kWithdrawal}) {
    const std::optional<NamedFile> file = ParseFileName(FileNameOf(NameOf(12), kind));
    ASSERT_TRUE(file.has_value());
    EXPECT_EQ(file->item, NameOf(12));
    EXPECT_EQ(file->kind, kind);
  }
  for (const char* const other : {"", "notice-", "notice-1084", "notice-1084-.json", "notice-1084-5", ".ledger",
                                  "notice-1084-x-1.json.bak", "notice-1084-x-01.json", "other-1084-x-1.json"}) {
    EXPECT_FALSE(ParseFileName(other).has_value()) << other;
  }
}

TEST_F(SupersedingTest, ARevisionTakesThePlaceOfWhatItReplaces) {
  EXPECT_EQ(Keep(Revision(1)).replaces, 0);
  const Kept kept = Keep(Revision(3));
  EXPECT_TRUE(kept.written && kept.present);
  EXPECT_EQ(kept.replaces, 1);
  EXPECT_THAT(Files(), ElementsAre(NoticeFile(3)));
  EXPECT_EQ(ReadFile(path_ + "/" + NoticeFile(3)), Revision(3).line + "\n");
}

TEST_F(SupersedingTest, AFirstItemMayHaveAnyRevision) {
  const Kept kept = Keep(Revision(4));
  EXPECT_TRUE(kept.written);
  EXPECT_EQ(kept.replaces, 0);
}

TEST_F(SupersedingTest, WhatTheMunicipalityHadElsewhereIsTakenFromTheBrokersWord) {
  Arrival arrival = Revision(4);
  arrival.replaces = 2;
  EXPECT_EQ(Keep(arrival).replaces, 2);
}

TEST_F(SupersedingTest, AnOlderRevisionDoesNotComeBack) {
  Keep(Revision(2));
  for (const bool consumed : {false, true}) {
    if (consumed) std::filesystem::remove(path_ + "/" + NoticeFile(2));
    const Kept late = Keep(Revision(1));
    EXPECT_FALSE(late.written || late.present);
    EXPECT_EQ(late.newer, 2);
    EXPECT_EQ(late.unkept, Unkept::kNo);
    EXPECT_EQ(Files().size(), consumed ? 0 : 1);
  }
}

TEST_F(SupersedingTest, AWithdrawalErasesAllThatIsThereAndTellsIt) {
  Keep(Revision(1));
  // What came back from a copy, also under numbers that nobody gave, and one of another notice.
  for (const uint32_t revision : {2, 9}) WriteFile(path_ + "/" + NoticeFile(revision), "{}");
  const std::string other = FileNameOf({.region_code = "1081", .notice_id = NoticeIdOf(1), .revision = 1});
  WriteFile(path_ + "/" + other, "{}");
  const Kept kept = Keep(Withdrawn(3));
  EXPECT_TRUE(kept.written && kept.present);
  EXPECT_EQ(kept.replaces, 1);
  EXPECT_THAT(Files(), ElementsAre(other, WithdrawnFile(3)));
  EXPECT_EQ(ReadFile(path_ + "/" + WithdrawnFile(3)), JsonOf(WithdrawalOf(1, 3)) + "\n");
}

TEST_F(SupersedingTest, AWithdrawalIsToldAlsoWhenTheNoticeWasConsumedOrNeverCame) {
  for (const bool came : {true, false}) {
    path_ = files_ / (came ? "came" : "never");
    if (came) Keep(Revision(1));
    std::filesystem::remove(path_ + "/" + NoticeFile(1));
    EXPECT_TRUE(Keep(Withdrawn(2)).present);
    EXPECT_THAT(Files(), ElementsAre(WithdrawnFile(2)));
    std::filesystem::remove(path_ + "/" + WithdrawnFile(2));
    const Kept again = Keep(Withdrawn(2));
    EXPECT_FALSE(again.written || again.present);
    EXPECT_EQ(again.unkept, Unkept::kNo);
  }
}

TEST_F(SupersedingTest, NothingOfAWithdrawnNoticeComesBack) {
  Keep(Revision(1));
  Keep(Withdrawn(3));
  for (const uint32_t revision : {1, 2}) EXPECT_EQ(Keep(Revision(revision)).unkept, Unkept::kNo);
  EXPECT_EQ(Keep(Revision(3)).unkept, Unkept::kOtherContent);
  EXPECT_EQ(Keep(Revision(4)).unkept, Unkept::kWithdrawn);
  EXPECT_THAT(Files(), ElementsAre(WithdrawnFile(3)));
  EXPECT_TRUE(Keep(Withdrawn(5)).written) << "a region may say it again";
  EXPECT_THAT(Files(), ElementsAre(WithdrawnFile(5)));
}

TEST_F(SupersedingTest, WhatTheRegionSealedGivesWayToWhatTheRegionSealedOnly) {
  Keep(Revision(1));
  Keep(Revision(2));
  for (const Arrival& arrival : {Revision(3, true), Withdrawn(3, true)}) {
    const Kept kept = Keep(arrival);
    EXPECT_EQ(kept.unkept, Unkept::kNotAuthentic);
    EXPECT_FALSE(kept.written || kept.present);
  }
  std::filesystem::remove(path_ + "/" + NoticeFile(2));
  EXPECT_EQ(Keep(Withdrawn(3, true)).unkept, Unkept::kNotAuthentic) << "also when it was consumed";
  EXPECT_TRUE(Keep(Withdrawn(3)).written);
}

TEST_F(SupersedingTest, WhatTheBrokerSealedGivesWayToEither) {
  for (const bool by_broker : {false, true}) {
    path_ = files_ / std::to_string(by_broker);
    Keep(Revision(1, true));
    EXPECT_TRUE(Keep(Revision(2, by_broker)).written);
    EXPECT_TRUE(Keep(Withdrawn(3, by_broker)).written);
    EXPECT_THAT(Files(), ElementsAre(WithdrawnFile(3)));
  }
}

TEST_F(SupersedingTest, ANoticeThatTheRegionSealedOnceIsItsOwnFromThenOn) {
  Keep(Revision(1, true));
  Keep(Revision(2));
  EXPECT_EQ(Keep(Withdrawn(3, true)).unkept, Unkept::kNotAuthentic);
}

TEST_F(SupersedingTest, AWithdrawalOfWhatNeverCameStopsTheLateCopy) {
  for (const bool by_broker : {false, true}) {
    path_ = files_ / std::to_string(by_broker);
    const Kept kept = Keep(Withdrawn(2, by_broker));
    EXPECT_EQ(kept.unkept, Unkept::kNo) << "it is acknowledged";
    EXPECT_TRUE(kept.unknown);
    EXPECT_EQ(kept.written, !by_broker) << "the broker's word is no order to those who took it elsewhere";
    EXPECT_EQ(Files().size(), by_broker ? 0u : 1u);

    EXPECT_FALSE(Keep(Revision(1, by_broker)).written);
    EXPECT_EQ(Keep(Revision(3, by_broker)).unkept, Unkept::kWithdrawn);
    EXPECT_THAT(NamesIn(path_, "notice-"), IsEmpty());
    const Kept again = Keep(Withdrawn(2, by_broker));
    EXPECT_FALSE(again.written || again.unknown);
    EXPECT_EQ(again.unkept, Unkept::kNo);
  }
}

TEST_F(SupersedingTest, WhatIsOnlyRememberedLeavesNoFileAlsoAfterACrash) {
  int steps = 1;
  for (bool crashed = true; crashed; ++steps) {
    path_ = files_ / std::to_string(steps);
    SCOPED_TRACE(path_);
    crashed = CrashAfter(steps, Withdrawn(2, true));
    EXPECT_EQ(Keep(Withdrawn(2, true)).unkept, Unkept::kNo);
    EXPECT_EQ(Keep(Revision(3, true)).unkept, Unkept::kWithdrawn);
    EXPECT_THAT(Files(), IsEmpty());
    EXPECT_THAT(NamesIn(path_, ".incoming"), IsEmpty());
  }
  EXPECT_GT(steps, 4);
}

// Whoever has the broker could keep the notice back anyway, but nobody would be told that it had come.
TEST_F(SupersedingTest, WhatTheRegionSealedIsKeptAlsoAfterAWithdrawalThatTheBrokerSealed) {
  for (const uint32_t withdrawn : {1, 2}) {
    path_ = files_ / std::to_string(withdrawn);
    Keep(Withdrawn(withdrawn, true));
    const Kept kept = Keep(Revision(1));
    EXPECT_TRUE(kept.written && kept.present && kept.disputed);
    ASSERT_TRUE(Open().ok());
    EXPECT_THAT(Files(), ElementsAre(NoticeFile(1))) << "it is not superseded";
    EXPECT_FALSE(Keep(Revision(1)).written) << "it is the same as before";
    EXPECT_TRUE(Keep(Revision(3)).written);
    EXPECT_EQ(Keep(Withdrawn(4, true)).unkept, Unkept::kNotAuthentic);
    const Kept signed_one = Keep(Withdrawn(4));
    EXPECT_TRUE(signed_one.written);
    EXPECT_FALSE(signed_one.disputed);
    EXPECT_THAT(Files(), ElementsAre(WithdrawnFile(4)));
  }
}

TEST_F(SupersedingTest, TheRegionsOwnWithdrawalCountsAlsoAfterTheBrokers) {
  Keep(Withdrawn(3, true));
  EXPECT_TRUE(Keep(Withdrawn(2)).written);
  for (const uint32_t revision : {3, 4}) {
    EXPECT_EQ(Keep(Revision(revision)).unkept, Unkept::kWithdrawn) << "by the region's own word";
  }
  EXPECT_THAT(Files(), ElementsAre(WithdrawnFile(2)));
}

TEST_F(SupersedingTest, SeveralItemsOfANoticeInOneBatchAreJudgedOneByOne) {
  absl::StatusOr<NoticeFolder> folder = Open();
  const absl::StatusOr<std::vector<Kept>> kept =
      folder->Keep({Revision(1), Revision(2), Revision(1), Withdrawn(3), Revision(4)});
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_TRUE((*kept)[0].written && !(*kept)[0].present);
  EXPECT_EQ((*kept)[1].replaces, 1);
  EXPECT_EQ((*kept)[2].newer, 2);
  EXPECT_TRUE((*kept)[3].present);
  EXPECT_EQ((*kept)[4].unkept, Unkept::kWithdrawn);
  EXPECT_THAT(Files(), ElementsAre(WithdrawnFile(3)));
}

// At each moment there is the older, the newer or both, and afterwards the newer alone.
TEST_F(SupersedingTest, ACrashAfterAnyStepLeavesTheOlderOrTheNewer) {
  for (const Arrival& newer : {Revision(2), Withdrawn(2)}) {
    int steps = 1;
    for (bool crashed = true; crashed; ++steps) {
      path_ = files_ / FileNameOf(newer.item, newer.kind).substr(0, 6) + std::to_string(steps);
      SCOPED_TRACE(path_);
      Keep(Revision(1));
      crashed = CrashAfter(steps, newer);
      EXPECT_THAT(Files(), testing::Not(IsEmpty()));
      const Kept kept = Keep(newer);
      EXPECT_TRUE(kept.present);
      EXPECT_THAT(Files(), ElementsAre(FileNameOf(newer.item, newer.kind)));
      EXPECT_THAT(NamesIn(path_, ".incoming"), IsEmpty());
    }
    // Opening, the file, its name, the ledger twice, its renaming, the erasure, the folder.
    EXPECT_EQ(steps, 10);
  }
}

TEST_F(SupersedingTest, OpeningCompletesAnErasureThatACrashLeft) {
  constexpr int kRenamed = 6;
  for (const Arrival& newer : {Revision(2), Withdrawn(2)}) {
    path_ = files_ / FileNameOf(newer.item, newer.kind).substr(0, 6);
    Keep(Revision(1));
    ASSERT_TRUE(CrashAfter(kRenamed, newer));
    ASSERT_EQ(Files().size(), 2);
    for (int steps = 1; CrashAfter(steps, newer); ++steps) EXPECT_LT(steps, 10);
    ASSERT_TRUE(Open().ok());
    EXPECT_THAT(Files(), ElementsAre(FileNameOf(newer.item, newer.kind)));
  }
}

TEST_F(SupersedingTest, ANewerFileDamagedBeforeItWasInPlaceLeavesTheOlder) {
  constexpr int kLedgerSynced = 5;
  Keep(Revision(1));
  ASSERT_TRUE(CrashAfter(kLedgerSynced, Withdrawn(2)));
  const std::vector<std::string> temporaries = NamesIn(path_, ".incoming");
  ASSERT_EQ(temporaries.size(), 1);
  WriteFile(path_ + "/" + temporaries[0], "{}");
  ASSERT_TRUE(Open().ok());
  EXPECT_THAT(Files(), ElementsAre(NoticeFile(1)));
  EXPECT_TRUE(Keep(Withdrawn(2)).written);
  EXPECT_THAT(Files(), ElementsAre(WithdrawnFile(2)));
}

}  // namespace
}  // namespace envej::municipality_client
