#include "broker/inbox/record.h"

#include <gtest/gtest.h>

#include <string>

#include "broker/store/key_layout.h"
#include "broker/store/record_codec.h"

namespace envej::inbox {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'800'000'000);
constexpr uint8_t kVersion = 3;
// No proposal, and a trail without hops.
constexpr size_t kWithoutTrailBytes = 1 + 4 + 1;

contract::JournalPosition Position() {
  return {.store_incarnation = std::string(16, 'i'), .broker = "broker-1", .batch = 9, .event_index = 2};
}

Record MakeRecord() {
  Record record;
  record.origin = "ward-1";
  record.discharge_date = "2027-01-15";
  record.discharge_day_ends = kStart;
  record.newest = {.revision = 2,
                   .accepted_at = kStart,
                   .commitment = {.key_id = "key", .value = std::string(32, 'c')},
                   .position = Position()};
  record.first = record.newest;
  record.entered_at = record.due_at = kStart;
  record.lease_count = 3;
  record.token = "1-17";
  return record;
}

Record WithTrail() {
  Record record = MakeRecord();
  record.return_proposal = {.operator_uri = "urn:envej:operations:anna", .proposed_at = kStart};
  AddHop(record.trail, {.type = journal::EventType::kAccepted, .at = kStart, .revision = 2, .actor = "abcd"});
  AddHop(record.trail, {.type = journal::EventType::kReturnProposed, .at = kStart, .revision = 2, .actor = "wxyz"});
  return record;
}

std::string PayloadOf(const Record& record) {
  const std::string value = EncodeRecord(record);
  contract::ByteReader reader(value);
  return store::UnframeOf(reader.Bytes(), kVersion).value();
}

std::string ValueOf(uint8_t version, const std::string& payload) {
  contract::ByteWriter writer;
  writer.Bytes(store::Frame(version, payload));
  writer.Raw(store::EncodePosition(Position()));
  return writer.bytes();
}

TEST(RecordTest, IsReadAsItWasWritten) {
  for (const Record& record : {MakeRecord(), WithTrail()}) {
    const absl::StatusOr<Record> read = DecodeRecord(EncodeRecord(record));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, record);
  }
}

TEST(RecordTest, ReturnByOperationsIsRead) {
  Record record = MakeRecord();
  record.state = State::kReturned;
  record.return_reason = ReturnReason::kNotDeliverable;
  EXPECT_EQ(*DecodeRecord(EncodeRecord(record)), record);
  record.return_reason = static_cast<ReturnReason>(8);
  EXPECT_FALSE(DecodeRecord(EncodeRecord(record)).ok());
}

TEST(RecordTest, ValueOfTheVersionBeforeIsReadAndHasNoTrail) {
  std::string payload = PayloadOf(MakeRecord());
  payload.resize(payload.size() - kWithoutTrailBytes);
  const absl::StatusOr<Record> read = DecodeRecord(ValueOf(2, payload));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, MakeRecord());
  EXPECT_FALSE(DecodeRecord(ValueOf(2, PayloadOf(MakeRecord()))).ok()) << "a trail is not of that version";
  EXPECT_EQ(DecodeRecord(ValueOf(1, payload)).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(DecodeRecord(ValueOf(4, payload)).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST(RecordTest, CutOrLengthenedIsNoRecord) {
  const std::string payload = PayloadOf(WithTrail());
  EXPECT_TRUE(DecodeRecord(ValueOf(kVersion, payload)).ok());
  for (size_t length = 0; length < payload.size(); ++length) {
    EXPECT_FALSE(DecodeRecord(ValueOf(kVersion, payload.substr(0, length))).ok()) << length;
  }
  EXPECT_FALSE(DecodeRecord(ValueOf(kVersion, payload + '\0')).ok());
}

}  // namespace
}  // namespace envej::inbox
