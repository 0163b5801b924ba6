#include "broker/wire/field_walk.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace envej::wire {
namespace {

using namespace std::string_literals;

std::string Groups(size_t depth) { return std::string(depth, '\x7b') + std::string(depth, '\x7c'); }

TEST(FieldWalkTest, TellsEachFieldsNumberContentAndPlace) {
  // A varint, a text, four bytes, eight bytes, an empty text, a group that holds a text.
  const std::string bytes =
      "\x08\x96\x01"
      "\x12\x03"
      "abc"
      "\x1d"
      "1234"
      "\x21"
      "12345678"
      "\x2a\x00"s
      "\x33\x12\x01"
      "x\x34";
  struct Field {
    int number;
    std::optional<absl::string_view> content;
    size_t end;
  };
  const std::vector<Field> expected = {{1, std::nullopt, 3},  {2, "abc", 8}, {3, std::nullopt, 13},
                                       {4, std::nullopt, 22}, {5, "", 24},   {6, std::nullopt, 29}};
  FieldWalk walk(bytes);
  size_t end = 0;
  for (const Field& field : expected) {
    EXPECT_FALSE(walk.IsComplete());
    ASSERT_TRUE(walk.Next());
    EXPECT_EQ(walk.number(), field.number);
    EXPECT_EQ(walk.content(), field.content);
    EXPECT_EQ(walk.begin(), end);
    EXPECT_EQ(walk.end(), field.end);
    end = field.end;
  }
  EXPECT_FALSE(walk.Next());
  EXPECT_TRUE(walk.IsComplete());
}

TEST(FieldWalkTest, NothingIsCompleteAndHasNoField) {
  FieldWalk walk("");
  EXPECT_FALSE(walk.Next());
  EXPECT_TRUE(walk.IsComplete());
}

TEST(FieldWalkTest, StopsWhereThereIsNoField) {
  const std::string good = "\x12\x03"s + "abc";
  const std::vector<std::string> bad = {
      "\x00"s,                                                    // no tag
      "\x02\x00"s,                                                // no field has the number 0
      "\x12",                                                     // no length
      "\x12\x04"s + "abc",                                        // one byte too few
      "\x12\xff\xff\xff\xff\x07",                                 // 2 GiB
      "\x12\xff\xff\xff\xff\x0f",                                 // more than any length
      "\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",             // negative
      "\x08\xff",                                                 // a varint that does not end
      "\x08" + std::string(11, '\xff'),                           // nor ever will
      "\x1d" + "123"s,                                            // three of four bytes
      "\x21" + "1234567"s,                                        // seven of eight
      "\x7b",                                                     // a group that does not end
      "\x7b\x6c",                                                 // that ends as another
      "\x7c",                                                     // the end of none
      "\x0e",                                                     // no such kind
      "\x0f",                                                     //
      Groups(101),                                                // deeper than Protobuf goes
      std::string(1 << 20, '\x7b'),                               //
      "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"  // no tag either
  };
  for (const std::string& bytes : bad) {
    SCOPED_TRACE(testing::PrintToString(bytes.substr(0, 20)));
    FieldWalk walk(bytes);
    EXPECT_FALSE(walk.Next());
    EXPECT_FALSE(walk.IsComplete());
    const std::string later = good + bytes;
    FieldWalk second(later);
    EXPECT_TRUE(second.Next());
    EXPECT_FALSE(second.Next());
    EXPECT_FALSE(second.IsComplete());
  }
  const std::string deep = Groups(90);
  FieldWalk walk(deep);
  EXPECT_TRUE(walk.Next());
  EXPECT_EQ(walk.end(), deep.size());
}

}  // namespace
}  // namespace envej::wire
