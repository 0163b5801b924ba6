#include "proto/contract/notice_id.h"

#include <gtest/gtest.h>

#include <string>

namespace envej::contract {
namespace {

constexpr char kText[] = "6f1b7c8e-3d52-4a19-9c04-2b8e5d7a1f30";

TEST(NoticeIdTest, ComesBackAsTextAndAsBytes) {
  const std::optional<NoticeId> id = NoticeId::Parse(kText);
  ASSERT_TRUE(id.has_value());
  EXPECT_EQ(id->ToString(), kText);
  EXPECT_EQ(id->ToBytes(), "\x6f\x1b\x7c\x8e\x3d\x52\x4a\x19\x9c\x04\x2b\x8e\x5d\x7a\x1f\x30");
  EXPECT_EQ(NoticeId::FromBytes(id->ToBytes()), id);
}

TEST(NoticeIdTest, OnlyVersion4OfTheStandardVariantIsRandom) {
  const std::string hex = "0123456789abcdef";
  for (const char version : hex) {
    for (const char variant : hex) {
      std::string text = kText;
      text[14] = version;
      text[19] = variant;
      const bool random = version == '4' && (variant == '8' || variant == '9' || variant == 'a' || variant == 'b');
      EXPECT_EQ(NoticeId::Parse(text).has_value(), random) << text;
    }
  }
}

TEST(NoticeIdTest, OnlyTheCanonicalTextIsRead) {
  const std::string other[] = {"",
                               "6F1B7C8E-3D52-4A19-9C04-2B8E5D7A1F30",
                               "6f1b7c8e3d524a199c042b8e5d7a1f30",
                               "{6f1b7c8e-3d52-4a19-9c04-2b8e5d7a1f30}",
                               "urn:uuid:6f1b7c8e-3d52-4a19-9c04-2b8e5d7a1f30",
                               "6f1b7c8e-3d52-4a19-9c04-2b8e5d7a1f3",
                               "6f1b7c8e-3d52-4a19-9c04-2b8e5d7a1f300",
                               "6f1b7c8e-3d52-4a19-9c04-2b8e5d7a1f3g",
                               "6f1b7c8e-3d52-4a19-9c04_2b8e5d7a1f30",
                               "6f1b7c8-e3d52-4a19-9c04-2b8e5d7a1f30",
                               " 6f1b7c8e-3d52-4a19-9c04-2b8e5d7a1f3",
                               "00000000-0000-0000-0000-000000000000"};
  for (const std::string& text : other) EXPECT_FALSE(NoticeId::Parse(text).has_value()) << text;
}

TEST(NoticeIdTest, BytesOfAnotherLengthAreNone) {
  const std::string bytes = NoticeId::Parse(kText)->ToBytes();
  EXPECT_FALSE(NoticeId::FromBytes("").has_value());
  EXPECT_FALSE(NoticeId::FromBytes(bytes.substr(1)).has_value());
  EXPECT_FALSE(NoticeId::FromBytes(bytes + "x").has_value());
}

TEST(NoticeIdTest, OrderIsThatOfTextAndBytes) {
  const std::string texts[] = {"00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-0000000000ff",
                               "6f1b7c8e-3d52-4a19-9c04-2b8e5d7a1f30", "ff000000-0000-4000-8000-000000000000"};
  for (const std::string& left : texts) {
    for (const std::string& right : texts) {
      const NoticeId left_id = *NoticeId::Parse(left);
      const NoticeId right_id = *NoticeId::Parse(right);
      EXPECT_EQ(left_id < right_id, left < right);
      EXPECT_EQ(left_id.ToBytes() < right_id.ToBytes(), left < right);
      EXPECT_EQ(left_id == right_id, left == right);
    }
  }
}

}  // namespace
}  // namespace envej::contract
