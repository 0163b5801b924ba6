#include "broker/wire/sent_notice.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace envej::wire {
namespace {

// Long enough to stand in memory of its own, which is here what gRPC's buffers are there.
std::string Part(char letter) { return std::string(100, letter); }

grpc::Slice Around(std::string& part) { return grpc::Slice(part.data(), part.size(), grpc::Slice::STATIC_SLICE); }

bool IsWiped(const std::string& part) {
  return std::all_of(part.begin(), part.end(), [](char byte) { return byte == '\0'; });
}

TEST(SentBytesTest, AreReadAsOnePieceAndWipedWhenTheyGo) {
  for (const size_t count : {size_t{1}, size_t{2}, size_t{5}}) {
    std::string whole;
    std::vector<std::string> parts;
    std::vector<grpc::Slice> slices;
    for (size_t number = 0; number < count; ++number) {
      parts.push_back(Part(static_cast<char>('a' + number)));
      whole += parts.back();
    }
    for (std::string& part : parts) slices.push_back(Around(part));
    const grpc::ByteBuffer buffer(slices.data(), slices.size());
    {
      const SentBytes sent(buffer);
      EXPECT_EQ(std::string(sent.view()), whole);
    }
    for (const std::string& part : parts) EXPECT_TRUE(IsWiped(part)) << count;
  }
}

TEST(SentBytesTest, MayBeNone) {
  const grpc::ByteBuffer empty;
  EXPECT_TRUE(SentBytes(empty).view().empty());
}

}  // namespace
}  // namespace envej::wire
