#include "broker/store/record_codec.h"

#include <gtest/gtest.h>

namespace envej::store {
namespace {

TEST(RecordCodec, PayloadAndVersionComeBack) {
  for (const std::string& payload :
       {std::string(), std::string("a"), std::string("\0\xff", 2), std::string(5000, 'x')}) {
    const absl::StatusOr<Framed> framed = Unframe(Frame(3, payload), 3);
    ASSERT_TRUE(framed.ok()) << framed.status();
    EXPECT_EQ(framed->version, 3);
    EXPECT_EQ(framed->payload, payload);
  }
}

TEST(RecordCodec, EveryFlippedBitIsFound) {
  const std::string value = Frame(1, "what was stored");
  for (size_t index = 0; index < value.size(); ++index) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = value;
      changed[index] = static_cast<char>(changed[index] ^ (1 << bit));
      EXPECT_EQ(Unframe(changed, 255).status().code(), absl::StatusCode::kDataLoss) << index << " " << bit;
    }
  }
}

TEST(RecordCodec, EveryCutIsFound) {
  const std::string value = Frame(1, "what was stored");
  for (size_t length = 0; length < value.size(); ++length) {
    EXPECT_EQ(Unframe(value.substr(0, length), 1).status().code(), absl::StatusCode::kDataLoss) << length;
  }
  EXPECT_EQ(Unframe(value + "x", 1).status().code(), absl::StatusCode::kDataLoss);
}

TEST(RecordCodec, NewerVersionIsRefusedAsSuch) {
  EXPECT_TRUE(Unframe(Frame(1, "x"), 2).ok());
  EXPECT_FALSE(UnframeOf(Frame(1, "x"), 2).ok());
  EXPECT_EQ(*UnframeOf(Frame(2, "x"), 2), "x");
  EXPECT_EQ(Unframe(Frame(3, "x"), 2).status().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace envej::store
