#include "broker/wire/lenient_reader.h"

#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "envej/v1/intake_service.pb.h"
#include "tests/support/notice_messages.h"

namespace envej::wire {
namespace {

v1::Notice GoodNotice() { return support::NewNotice("0101"); }

// A notice with whatever Protobuf allows: fields that are not known, of each kind, a field of another kind than the
// contract's, and parts that come twice.
std::string OddBytes() {
  v1::Notice notice = GoodNotice();
  google::protobuf::UnknownFieldSet& unknown =
      *notice.mutable_citizen()->GetReflection()->MutableUnknownFields(notice.mutable_citizen());
  unknown.AddVarint(1000, 1);
  unknown.AddFixed32(1001, 1);
  unknown.AddFixed64(1002, 1);
  unknown.AddLengthDelimited(1003, "\xff");
  unknown.AddGroup(1004)->AddLengthDelimited(1, "\xff");
  unknown.AddVarint(v1::Citizen::kNameFieldNumber, 7);
  v1::Notice second;
  second.mutable_citizen()->set_email("second@example.dk");
  second.mutable_citizen()->add_phone_numbers("+4511111111");
  second.mutable_envelope()->set_revision(7);
  return notice.SerializeAsString() + second.SerializeAsString();
}

TEST(LenientReaderTest, ReadsWhatIsWellFormedAsProtobufDoes) {
  v1::Notice sealed_after_all;
  sealed_after_all.mutable_sealed()->set_cms("\xff");
  const std::string bytes = OddBytes();
  for (const std::string& read : {std::string(), bytes, absl::StrCat(bytes, sealed_after_all.SerializeAsString())}) {
    v1::Notice expected;
    ASSERT_TRUE(expected.ParseFromString(read));
    v1::Notice notice;
    EXPECT_TRUE(ReadLeniently(read, notice));
    EXPECT_EQ(notice.SerializeAsString(), expected.SerializeAsString());
  }
}

TEST(LenientReaderTest, TakesTextThatIsNotUtf8AsItStandsAndAllElseWithIt) {
  v1::SubmitNoticesRequest request;
  for (const char* const text : {"\xff", "\xc3", "\xed\xa0\x80", "\xc0\x80", "\xf4\x90\x80\x80"}) {
    v1::Notice& notice = *request.add_notices();
    notice = GoodNotice();
    notice.mutable_envelope()->set_discharge_date(text);
    notice.mutable_citizen()->set_name(absl::StrCat("Åse ", text));
    notice.mutable_citizen()->add_phone_numbers(text);
    notice.mutable_citizen()->mutable_postal_address()->set_city(text);
  }
  const std::string bytes = request.SerializeAsString();
  v1::SubmitNoticesRequest read;
  EXPECT_FALSE(read.ParseFromString(bytes));
  read.Clear();
  EXPECT_TRUE(ReadLeniently(bytes, read));
  EXPECT_EQ(read.SerializeAsString(), bytes);
}

// Every text of the bytes that were spoiled may be read or not; but what Protobuf reads is read alike.
TEST(LenientReaderTest, ReadsAtLeastWhatProtobufReadsOfAnyBytes) {
  google::protobuf::SetLogHandler(nullptr);  // it complains of every such text
  std::mt19937 random(20261122);
  int readable = 0;
  int only_leniently = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = OddBytes();
    for (size_t changes = 1 + random() % 3; changes > 0; --changes) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    if (random() % 8 == 0) bytes.resize(random() % bytes.size());
    v1::Notice expected;
    v1::Notice notice;
    const bool is_read = ReadLeniently(bytes, notice);
    if (expected.ParseFromString(bytes)) {
      ++readable;
      EXPECT_TRUE(is_read);
      EXPECT_EQ(notice.SerializeAsString(), expected.SerializeAsString());
    } else {
      only_leniently += is_read;
    }
  }
  EXPECT_GT(readable, 1000);
  EXPECT_GT(only_leniently, 1000);
}

}  // namespace
}  // namespace envej::wire
