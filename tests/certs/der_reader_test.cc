#include "certs/der_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace envej::certs {
namespace {

TEST(DerReaderTest, ReadsElementsOneByOne) {
  DerReader reader(absl::string_view("\x02\x01\x05\x04\x00\x30\x02\x05\x00", 9));
  EXPECT_TRUE(reader.Read(kDerInteger, "\x05"));
  EXPECT_EQ(reader.Read(kDerOctetString), absl::string_view(""));
  EXPECT_FALSE(reader.AtEnd());
  EXPECT_EQ(reader.Read(kDerSequence), absl::string_view("\x05\x00", 2));
  EXPECT_TRUE(reader.AtEnd());
  EXPECT_FALSE(reader.Read(kDerSequence).has_value());
}

TEST(DerReaderTest, StaysWhereItIsIfAnotherElementComes) {
  DerReader reader("\x02\x01\x05");
  EXPECT_FALSE(reader.Read(kDerOctetString).has_value());
  EXPECT_FALSE(reader.Read(kDerInteger, "\x06"));
  EXPECT_EQ(reader.Read(kDerInteger), absl::string_view("\x05"));
}

TEST(DerReaderTest, ReadsLengthsInTheirShortestFormOnly) {
  const auto length_read = [](const std::string& length, size_t size) {
    const std::string bytes = "\x04" + length + std::string(size, 'x');
    const std::optional<absl::string_view> contents = DerReader(bytes).Read(kDerOctetString);
    return contents.has_value() && contents->size() == size;
  };
  EXPECT_TRUE(length_read("\x7f", 127));
  EXPECT_TRUE(length_read("\x81\x80", 128));
  EXPECT_TRUE(length_read(std::string("\x82\x01\x00", 3), 256));
  EXPECT_TRUE(length_read(std::string("\x83\x01\x00\x00", 4), 65536));
  EXPECT_FALSE(length_read("\x81\x7f", 127));
  EXPECT_FALSE(length_read(std::string("\x82\x00\xff", 3), 255));
  EXPECT_FALSE(length_read(std::string("\x83\x00\xff\xff", 4), 65535));
  EXPECT_FALSE(length_read(std::string("\x84\x00\x01\x00\x00", 5), 65536));
  EXPECT_FALSE(length_read("\x80", 0));
  EXPECT_FALSE(length_read("\xff", 127));
}

TEST(DerReaderTest, NothingIsReadBeyondTheEnd) {
  const std::vector<std::string> cut = {"", "\x04", "\x04\x01", "\x04\x81", "\x04\x82\x01", "\x04\x83\xff\xff\xff"};
  for (const std::string& bytes : cut) EXPECT_FALSE(DerReader(bytes).Read(kDerOctetString).has_value()) << bytes.size();
}

}  // namespace
}  // namespace envej::certs
