#include "proto/contract/receipt.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"

namespace envej::contract {
namespace {

Receipt Acceptance(uint32_t event_index) {
  Receipt receipt;
  receipt.region_code = "1084";
  receipt.origin = "ward-system";
  receipt.municipality_code = "0101";
  receipt.notice_id = "6f1b7c8e-3d52-4a19-9c04-2b8e5d7a1f30";
  receipt.revision = 1;
  receipt.accepted_at = absl::FromUnixMicros(1795345200000001);
  receipt.actor = std::string(32, 'a');
  receipt.commitment = {.key_id = "k1", .value = std::string(32, 'c')};
  receipt.position = {
      .store_incarnation = std::string(16, 'i'), .broker = "broker-1", .batch = 7, .event_index = event_index};
  return receipt;
}

// The receipt of one event of a batch of five, of which the others are of another kind.
Receipt GoodReceipt() {
  Receipt receipt = Acceptance(3);
  const std::vector<std::string> events = {"a", "b", "c", AcceptedEvent(receipt), "e"};
  receipt.inclusion = MerkleTree(events).Prove(3);
  return receipt;
}

TEST(ReceiptTest, AGoodReceiptHolds) { EXPECT_TRUE(CheckReceipt(GoodReceipt()).ok()); }

TEST(ReceiptTest, TheEventIsFixedForEver) {
  EXPECT_EQ(absl::BytesToHexString(AcceptedEvent(Acceptance(0))),
            "01"
            "0000000431303834"
            "0000000b776172642d73797374656d"
            "0000000430313031"
            "0000002436663162376338652d336435322d346131392d396330342d326238653564376131663330"
            "00000001"
            "800660db60e52c01"
            "00000020"
            "6161616161616161616161616161616161616161616161616161616161616161"
            "000000026b31"
            "00000020"
            "6363636363636363636363636363636363636363636363636363636363636363");
}

TEST(ReceiptTest, WhateverIsAlteredIsSeen) {
  using R = Receipt&;
  void (*const alterations[])(R) = {
      [](R r) { r.region_code = "1085"; },
      [](R r) { r.origin.clear(); },
      [](R r) { r.municipality_code = "0147"; },
      [](R r) { r.notice_id.back() = '1'; },
      [](R r) { r.revision = 2; },
      [](R r) { r.accepted_at += absl::Microseconds(1); },
      [](R r) { r.actor[31] = 'b'; },
      [](R r) { r.actor.clear(); },
      [](R r) { r.commitment.key_id = "k2"; },
      [](R r) { r.commitment.value[0] = 'x'; },
      [](R r) { r.position.event_index = 2; },
      [](R r) { r.position.event_index = 5; },
      [](R r) { r.inclusion.event_count = 4; },
      [](R r) { r.inclusion.event_count = 0; },
      [](R r) { r.inclusion.path[0][0] ^= 1; },
      [](R r) { r.inclusion.path.pop_back(); },
      [](R r) { r.inclusion.path.clear(); },
      [](R r) { r.inclusion.root[0] ^= 1; },
      [](R r) { r.inclusion = {}; },
      [](R r) { r = Receipt{}; },
  };
  for (size_t index = 0; index < std::size(alterations); ++index) {
    Receipt receipt = GoodReceipt();
    alterations[index](receipt);
    const absl::Status status = CheckReceipt(receipt);
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << index;
    EXPECT_EQ(std::string(status.message()).find("6f1b"), std::string::npos);
  }
}

TEST(ReceiptTest, NoFieldRunsIntoTheNext) {
  Receipt left = Acceptance(0);
  left.region_code = "1084w";
  left.origin = "ard";
  Receipt right = Acceptance(0);
  right.region_code = "1084";
  right.origin = "ward";
  EXPECT_NE(AcceptedEvent(left), AcceptedEvent(right));
}

}  // namespace
}  // namespace envej::contract
