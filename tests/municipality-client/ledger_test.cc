#include "municipality-client/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>

#include "tests/municipality-client/support/notices.h"
#include "tests/municipality-client/support/temporary_folder.h"

namespace envej::municipality_client {
namespace {

LedgerEntry EntryOf(int number) {
  return {.item = {.region_code = kRegion, .notice_id = NoticeIdOf(number), .revision = 1},
          .accepted_at = absl::FromUnixMicros(1'790'000'000'123'456),
          .digest = std::string(64, 'a')};
}

class LedgerTest : public testing::Test {
 protected:
  absl::StatusOr<Ledger> Open() { return Ledger::Open(*PrivateFolder::Open(files_.path())); }

  TemporaryFolder files_;
  const std::string path_ = files_ / ".ledger";
};

TEST(LedgerLine, ComesBackAsItWas) {
  const LedgerEntry entry = EntryOf(7);
  std::string line = EncodeLedgerLine(entry);
  ASSERT_EQ(line.back(), '\n');
  line.pop_back();
  const std::optional<LedgerEntry> decoded = DecodeLedgerLine(line);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->item, entry.item);
  EXPECT_EQ(decoded->kind, entry.kind);
  EXPECT_EQ(decoded->accepted_at, entry.accepted_at);
  EXPECT_EQ(decoded->digest, entry.digest);
}

TEST(LedgerLine, OneOfTheFirstVersionSaysThatItsDigestIsSalted) {
  LedgerEntry entry = EntryOf(7);
  EXPECT_EQ(EncodeLedgerLine(entry).substr(0, 2), "2 ");
  entry.salted = true;
  std::string line = EncodeLedgerLine(entry);
  EXPECT_EQ(line.substr(0, 2), "1 ");
  line.pop_back();
  ASSERT_TRUE(DecodeLedgerLine(line).has_value());
  EXPECT_TRUE(DecodeLedgerLine(line)->salted);
  line[0] = '3';
  EXPECT_FALSE(DecodeLedgerLine(line).has_value());
}

TEST(LedgerLine, SaysWhatTheItemWasAndWhoSealedIt) {
  for (const auto& [kind, by_broker, word] :
       {std::tuple(EntryKind::kNotice, false, " notice "), std::tuple(EntryKind::kNotice, true, " notice-by-broker "),
        std::tuple(EntryKind::kWithdrawal, false, " withdrawal "),
        std::tuple(EntryKind::kWithdrawal, true, " withdrawal-by-broker ")}) {
    LedgerEntry entry = EntryOf(7);
    entry.kind = kind;
    entry.sealed_by_broker = by_broker;
    std::string line = EncodeLedgerLine(entry);
    EXPECT_THAT(line, testing::HasSubstr(word));
    line.pop_back();
    const std::optional<LedgerEntry> decoded = DecodeLedgerLine(line);
    ASSERT_TRUE(decoded.has_value()) << line;
    EXPECT_EQ(decoded->kind, kind);
    EXPECT_EQ(decoded->sealed_by_broker, by_broker);
  }
}

// What a line of the versions before said, which knew notices only and not who sealed them.
TEST(LedgerLine, OneWithoutASealerIsARegions) {
  LedgerEntry entry = EntryOf(7);
  EXPECT_THAT(EncodeLedgerLine(entry), testing::HasSubstr(" 1 notice 2026-"));
  entry.salted = true;
  const std::string line = EncodeLedgerLine(entry);
  EXPECT_FALSE(DecodeLedgerLine(line.substr(0, line.size() - 1))->sealed_by_broker);
}

TEST(LedgerLine, AnyChangedCharacterIsFound) {
  const std::string line = EncodeLedgerLine(EntryOf(7));
  for (size_t i = 0; i + 1 < line.size(); ++i) {
    std::string changed = line.substr(0, line.size() - 1);
    changed[i] = changed[i] == '0' ? '1' : '0';
    if (changed == line.substr(0, line.size() - 1)) continue;
    EXPECT_FALSE(DecodeLedgerLine(changed).has_value()) << "at " << i;
  }
}

TEST_F(LedgerTest, EntriesAreKnownAfterSyncAndAfterOpeningAgain) {
  absl::StatusOr<Ledger> ledger = Open();
  ASSERT_TRUE(ledger.ok()) << ledger.status();
  ASSERT_TRUE(ledger->Append({EntryOf(1), EntryOf(2)}).ok());
  EXPECT_FALSE(ledger->Find(EntryOf(1).item).has_value());
  ASSERT_TRUE(ledger->Sync().ok());
  EXPECT_EQ(ledger->Find(EntryOf(1).item)->digest, EntryOf(1).digest);

  ledger = Open();
  ASSERT_TRUE(ledger.ok()) << ledger.status();
  EXPECT_EQ(ledger->size(), 2);
  EXPECT_TRUE(ledger->Find(EntryOf(2).item).has_value());
  EXPECT_FALSE(ledger->Find(EntryOf(3).item).has_value());
}

TEST_F(LedgerTest, TheSameItemTwiceIsOne) {
  absl::StatusOr<Ledger> ledger = Open();
  ASSERT_TRUE(ledger->Append({EntryOf(1), EntryOf(1)}).ok());
  ASSERT_TRUE(ledger->Sync().ok());
  EXPECT_EQ(ledger->size(), 1);
}

TEST_F(LedgerTest, AnItemTakenBackIsNotKnown) {
  absl::StatusOr<Ledger> ledger = Open();
  LedgerEntry back = EntryOf(1);
  back.digest = "";
  ASSERT_TRUE(ledger->Append({EntryOf(1), back}).ok());
  ASSERT_TRUE(ledger->Sync().ok());
  EXPECT_FALSE(ledger->Find(EntryOf(1).item).has_value());
  ledger = Open();
  EXPECT_FALSE(ledger->Find(EntryOf(1).item).has_value());
}

TEST_F(LedgerTest, ANoticeIsKnownByItsNewestItemAndByWhetherARegionSealedAny) {
  absl::StatusOr<Ledger> ledger = Open();
  LedgerEntry second = EntryOf(1);
  second.item.revision = 2;
  second.sealed_by_broker = true;
  LedgerEntry other = EntryOf(2);
  other.sealed_by_broker = true;
  other.kind = EntryKind::kWithdrawal;
  ASSERT_TRUE(ledger->Append({second, EntryOf(1), other}).ok());
  ASSERT_TRUE(ledger->Sync().ok());
  ledger = Open();
  const std::optional<KnownNotice> first = ledger->FindNotice(kRegion, NoticeIdOf(1));
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->newest_revision, 2);
  EXPECT_EQ(first->newest_kind, EntryKind::kNotice);
  EXPECT_TRUE(first->sealed_by_region);
  EXPECT_EQ(ledger->FindNotice(kRegion, NoticeIdOf(2))->newest_kind, EntryKind::kWithdrawal);
  EXPECT_FALSE(ledger->FindNotice(kRegion, NoticeIdOf(2))->sealed_by_region);
  EXPECT_FALSE(ledger->FindNotice(kRegion, NoticeIdOf(3)).has_value());
  EXPECT_FALSE(ledger->FindNotice("1081", NoticeIdOf(1)).has_value());
}

TEST_F(LedgerTest, ATornLastLineIsCutWhereverItWasTorn) {
  const std::string first = EncodeLedgerLine(EntryOf(1));
  const std::string second = EncodeLedgerLine(EntryOf(2));
  for (size_t length = 1; length < second.size(); ++length) {
    WriteFile(path_, first + second.substr(0, length));
    absl::StatusOr<Ledger> ledger = Open();
    ASSERT_TRUE(ledger.ok()) << ledger.status();
    EXPECT_EQ(ledger->size(), 1);
    EXPECT_EQ(ledger->damaged_lines(), 0);
    ASSERT_EQ(ReadFile(path_), first) << length;
    ASSERT_TRUE(ledger->Append({EntryOf(3)}).ok());
    ASSERT_TRUE(ledger->Sync().ok());
    EXPECT_EQ(Open()->size(), 2);
  }
}

TEST_F(LedgerTest, ADamagedLineIsPassedOverAndCounted) {
  std::string damaged = EncodeLedgerLine(EntryOf(1));
  damaged[20] = damaged[20] == '0' ? '1' : '0';
  WriteFile(path_, damaged + EncodeLedgerLine(EntryOf(2)));
  const absl::StatusOr<Ledger> ledger = Open();
  ASSERT_TRUE(ledger.ok());
  EXPECT_EQ(ledger->damaged_lines(), 1);
  EXPECT_FALSE(ledger->Find(EntryOf(1).item).has_value());
  EXPECT_TRUE(ledger->Find(EntryOf(2).item).has_value());
}

}  // namespace
}  // namespace envej::municipality_client
