#include "broker/store/key_layout.h"

#include <gtest/gtest.h>

#include <set>

#include "broker/store/record_codec.h"

namespace envej::store {
namespace {

constexpr absl::string_view kId = "6d3f1c9e-0b52-4a7e-9c11-4f5e6a7b8c9d";

ItemKey Item(uint32_t revision = 1) {
  return {.notice = {.municipality_code = "0101", .region_code = "1084", .id = *contract::NoticeId::Parse(kId)},
          .revision = revision};
}

absl::Time At(int64_t micros) { return absl::FromUnixMicros(micros); }

TEST(KeyLayout, KeysSortAsTheirNumbersDo) {
  EXPECT_LT(JournalKey(255), JournalKey(256));
  EXPECT_LT(JournalKey(1), JournalKey(uint64_t{1} << 40));
  EXPECT_LT(WaitingKey(At(-1), Item()), WaitingKey(At(0), Item()));
  EXPECT_LT(WaitingKey(At(255), Item(9)), WaitingKey(At(256), Item(1)));
  EXPECT_LT(DueKey(At(255), Item().notice), DueKey(At(256), Item().notice));
  EXPECT_LT(ParkedKey(At(255), Item(9)), ParkedKey(At(256), Item(1)));
  EXPECT_LT(ContentKey(At(-1), Item(9)), ContentKey(At(0), Item(1)));
  EXPECT_LT(ContentKey(At(1), Item(255)), ContentKey(At(1), Item(256)));
}

TEST(KeyLayout, KeysOfBatchesNameThem) {
  EXPECT_EQ(*ParseBatchKey(JournalKey(258)), 258u);
  EXPECT_EQ(*ParseBatchKey(CheckpointKey(uint64_t{1} << 40)), uint64_t{1} << 40);
  EXPECT_FALSE(ParseBatchKey(JournalKey(1).substr(1)).ok());
  EXPECT_FALSE(ParseBatchKey(JournalKey(1) + '\0').ok());
  EXPECT_FALSE(ParseBatchKey(HeadKey()).ok());
  EXPECT_LT(CheckpointKey(~uint64_t{0}), EndOfPrefix(CheckpointPrefix()));
  EXPECT_LT(JournalKey(~uint64_t{0}), EndOfPrefix(JournalPrefix()));
}

TEST(KeyLayout, WaitingKeysOfOneInboxLieWithinItsPrefix) {
  const std::string prefix = WaitingPrefix("0101");
  const std::string key = WaitingKey(absl::InfiniteFuture(), Item(0xffffffff));
  EXPECT_LE(prefix, key);
  EXPECT_LT(key, EndOfPrefix(prefix));
  ItemKey neighbour = Item();
  neighbour.notice.municipality_code = "0102";
  EXPECT_GE(WaitingKey(absl::InfinitePast(), neighbour), EndOfPrefix(prefix));
  EXPECT_LT(key, EndOfPrefix(WaitingPrefix()));
}

TEST(KeyLayout, DueUpToDividesWhatIsDueFromWhatIsNot) {
  EXPECT_LT(DueKey(At(1000), Item().notice), DueUpTo(At(1000)));
  EXPECT_GE(DueKey(At(1001), Item().notice), DueUpTo(At(1000)));
  EXPECT_LE(DuePrefix(), DueUpTo(absl::InfinitePast()));
}

TEST(KeyLayout, KindsOfKeyNeverMeet) {
  const std::set<std::string> keys = {EpochKey(),
                                      HeadKey(),
                                      JournalKey(1),
                                      CheckpointKey(1),
                                      SecretKey("key"),
                                      ContentKey(At(1), Item()),
                                      RecordKey(Item().notice),
                                      WaitingKey(At(1), Item()),
                                      ParkedKey(At(1), Item()),
                                      SignerKey("fingerprint"),
                                      DueKey(At(1), Item().notice),
                                      ForgetKey(At(1), Item().notice),
                                      ForgottenKey(),
                                      RecoveryKey(),
                                      SuspensionKey("urn:envej:region:1081"),
                                      SchemaKey()};
  std::set<char> kinds;
  for (const std::string& key : keys) kinds.insert(key[0]);
  EXPECT_EQ(kinds.size(), keys.size());
}

TEST(KeyLayout, OnlyEpochHeadAndJournalAreTheStoresOwn) {
  for (const std::string& key : {EpochKey(), HeadKey(), JournalKey(7)}) EXPECT_TRUE(IsStoresOwn(key));
  for (const std::string& key : {RecordKey(Item().notice), ContentKey(At(1), Item()), WaitingKey(At(1), Item()),
                                 DueKey(At(1), Item().notice), std::string()}) {
    EXPECT_FALSE(IsStoresOwn(key));
  }
}

TEST(KeyLayout, KeysParseBack) {
  const absl::StatusOr<WaitingEntry> waiting = ParseWaitingKey(WaitingKey(At(1234567), Item(7)));
  ASSERT_TRUE(waiting.ok()) << waiting.status();
  EXPECT_EQ(waiting->entered_at, At(1234567));
  EXPECT_EQ(waiting->item, Item(7));
  const absl::StatusOr<DueEntry> due = ParseDueKey(DueKey(At(-5), Item().notice));
  ASSERT_TRUE(due.ok()) << due.status();
  EXPECT_EQ(due->due_at, At(-5));
  EXPECT_EQ(due->notice, Item().notice);
  const absl::StatusOr<DueEntry> forget = ParseForgetKey(ForgetKey(At(5), Item().notice));
  ASSERT_TRUE(forget.ok()) << forget.status();
  EXPECT_EQ(forget->due_at, At(5));
  EXPECT_EQ(forget->notice, Item().notice);
  const absl::StatusOr<NoticeKey> record = ParseRecordKey(RecordKey(Item().notice));
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_EQ(*record, Item().notice);
}

TEST(KeyLayout, MalformedKeysAreErrors) {
  const std::string waiting = WaitingKey(At(1), Item());
  const std::string due = DueKey(At(1), Item().notice);
  const std::string record = RecordKey(Item().notice);
  for (size_t length = 0; length < waiting.size(); ++length) {
    EXPECT_FALSE(ParseWaitingKey(waiting.substr(0, length)).ok()) << length;
    EXPECT_FALSE(ParseDueKey(due.substr(0, std::min(length, due.size() - 1))).ok()) << length;
    EXPECT_FALSE(ParseRecordKey(record.substr(0, std::min(length, record.size() - 1))).ok()) << length;
  }
  EXPECT_FALSE(ParseWaitingKey(waiting + "x").ok());
  EXPECT_FALSE(ParseWaitingKey(due).ok());
  EXPECT_FALSE(ParseDueKey(waiting).ok());
  EXPECT_FALSE(ParseForgetKey(due).ok());
  EXPECT_FALSE(ParseRecordKey(ContentKey(At(1), Item())).ok());
  std::string letter_in_code = waiting;
  letter_in_code[1] = 'x';
  EXPECT_FALSE(ParseWaitingKey(letter_in_code).ok());
  std::string id_not_random = record;
  id_not_random[9 + 6] = 0x10;
  EXPECT_FALSE(ParseRecordKey(id_not_random).ok());
}

TEST(KeyLayout, PositionsAndEpochsComeBackAndMalformedOnesAreErrors) {
  const contract::JournalPosition position{
      .store_incarnation = std::string(16, 'i'), .broker = "broker-1", .batch = 812, .event_index = 3};
  const absl::StatusOr<contract::JournalPosition> decoded = DecodePosition(EncodePosition(position));
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(*decoded, position);
  EXPECT_EQ(*DecodeEpoch(EncodeEpoch(77)), 77u);
  EXPECT_EQ(*DecodeTime(EncodeTime(At(-5))), At(-5));
  EXPECT_EQ(*DecodeSchema(EncodeSchema(2)), 2u);
  EXPECT_FALSE(DecodeTime(EncodeSchema(2)).ok());
  EXPECT_FALSE(DecodeSchema(EncodeTime(At(5))).ok());
  EXPECT_FALSE(DecodePosition("").ok());
  EXPECT_FALSE(DecodePosition(Frame(1, "short")).ok());
  EXPECT_FALSE(DecodePosition(EncodeEpoch(77)).ok());
  EXPECT_FALSE(DecodePosition(Frame(2, "")).ok());
  EXPECT_FALSE(DecodeEpoch(EncodePosition(position)).ok());
}

}  // namespace
}  // namespace envej::store
