#include "broker/store/batch_record.h"

#include <gtest/gtest.h>

#include <set>

#include "broker/store/record_codec.h"
#include "proto/contract/merkle_tree.h"

namespace envej::store {
namespace {

BatchRecord Record() {
  BatchRecord record{.store_incarnation = std::string(16, 'i'),
                     .broker = "broker-1",
                     .batch = 9,
                     .time = absl::FromUnixMicros(1'800'000'000'000'001),
                     .previous_hash = std::string(32, 'p'),
                     .events_root = {},
                     .events = {"one", "", "three"}};
  record.events_root = contract::MerkleTree(record.events).root();
  return record;
}

TEST(BatchRecord, ComesBackWhole) {
  const absl::StatusOr<BatchRecord> decoded = DecodeBatchRecord(EncodeBatchRecord(Record()));
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(decoded->store_incarnation, Record().store_incarnation);
  EXPECT_EQ(decoded->broker, "broker-1");
  EXPECT_EQ(decoded->batch, 9u);
  EXPECT_EQ(decoded->time, Record().time);
  EXPECT_EQ(decoded->previous_hash, Record().previous_hash);
  EXPECT_EQ(decoded->events_root, Record().events_root);
  EXPECT_EQ(decoded->events, Record().events);
  EXPECT_EQ(HashOf(*decoded), HashOf(Record()));
}

TEST(BatchRecord, HashCoversEveryPart) {
  std::set<std::string> hashes = {HashOf(Record())};
  const auto with = [&](auto change) {
    BatchRecord record = Record();
    change(record);
    hashes.insert(HashOf(record));
  };
  with([](BatchRecord& record) { record.store_incarnation[0] = 'x'; });
  with([](BatchRecord& record) { record.broker = "broker-2"; });
  with([](BatchRecord& record) { record.batch = 10; });
  with([](BatchRecord& record) { record.time += absl::Microseconds(1); });
  with([](BatchRecord& record) { record.previous_hash[0] = 'x'; });
  with([](BatchRecord& record) { record.events_root[0] = 'x'; });
  EXPECT_EQ(hashes.size(), 7u);
}

TEST(BatchRecord, EventsThatDoNotHaveTheRootAreDataLoss) {
  BatchRecord record = Record();
  record.events[0] = "another";
  EXPECT_EQ(DecodeBatchRecord(EncodeBatchRecord(record)).status().code(), absl::StatusCode::kDataLoss);
  record = Record();
  record.events.pop_back();
  EXPECT_EQ(DecodeBatchRecord(EncodeBatchRecord(record)).status().code(), absl::StatusCode::kDataLoss);
}

TEST(BatchRecord, MalformedValuesAreErrors) {
  const std::string payload = Unframe(EncodeBatchRecord(Record()), 1)->payload;
  for (size_t length = 0; length < payload.size(); ++length) {
    EXPECT_FALSE(DecodeBatchRecord(Frame(1, payload.substr(0, length))).ok()) << length;
  }
  EXPECT_FALSE(DecodeBatchRecord(Frame(1, payload + "x")).ok());
  EXPECT_FALSE(DecodeBatchRecord(Frame(1, std::string(200, '\xff'))).ok());
  BatchRecord record = Record();
  record.store_incarnation = "short";
  EXPECT_FALSE(DecodeBatchRecord(EncodeBatchRecord(record)).ok());
}

TEST(BatchHead, ComesBackWholeAndMalformedOnesAreErrors) {
  const BatchHead head{.store_incarnation = std::string(16, 'i'),
                       .batch = 812,
                       .hash = std::string(32, 'h'),
                       .time = absl::FromUnixMicros(5)};
  const std::string value = EncodeBatchHead(head);
  const absl::StatusOr<BatchHead> decoded = DecodeBatchHead(value);
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(decoded->store_incarnation, head.store_incarnation);
  EXPECT_EQ(decoded->batch, 812u);
  EXPECT_EQ(decoded->hash, head.hash);
  EXPECT_EQ(decoded->time, head.time);
  const std::string payload = Unframe(value, 1)->payload;
  for (size_t length = 0; length < payload.size(); ++length) {
    EXPECT_FALSE(DecodeBatchHead(Frame(1, payload.substr(0, length))).ok()) << length;
  }
}

}  // namespace
}  // namespace envej::store
