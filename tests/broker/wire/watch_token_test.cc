#include "broker/wire/watch_token.h"

#include <gtest/gtest.h>

namespace envej::wire {
namespace {

const WatchToken kToken{.store_incarnation = std::string("\0\xff 456789abcdef", 16), .next_batch = uint64_t{1} << 40};

TEST(WatchTokenTest, ComesBack) {
  EXPECT_EQ(DecodeWatchToken(EncodeWatchToken(kToken)), kToken);
  const WatchToken of_nothing{.store_incarnation = "", .next_batch = 1};
  EXPECT_EQ(DecodeWatchToken(EncodeWatchToken(of_nothing)), of_nothing);
}

TEST(WatchTokenTest, WhatIsNoneIsNone) {
  const std::string text = EncodeWatchToken(kToken);
  for (size_t length = 0; length < text.size(); ++length) {
    const std::optional<WatchToken> read = DecodeWatchToken(text.substr(0, length));
    EXPECT_TRUE(!read.has_value() || *read == kToken) << length;  // padding may be left out
  }
  EXPECT_FALSE(DecodeWatchToken(EncodeWatchToken({.store_incarnation = "", .next_batch = 0})).has_value());
  EXPECT_FALSE(DecodeWatchToken(std::string(1000, 'A')).has_value());
}

}  // namespace
}  // namespace envej::wire
