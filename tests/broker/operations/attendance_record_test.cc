#include "broker/operations/attendance_record.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "broker/store/record_codec.h"

namespace envej::operations {
namespace {

constexpr char kKeptRegion[] = "urn:envej:region:1081";
constexpr char kKeptInbox[] = "urn:envej:municipality:0101";
const absl::Time kKeptAt = absl::FromUnixMicros(1'800'000'000'123'456);

KeptCertificate KeptFrom(char letter, const std::string& origin = "") {
  return {.fingerprint = std::string(32, letter),
          .origin = origin,
          .expires_at = kKeptAt + absl::Hours(24),
          .last_seen_at = kKeptAt - absl::Seconds(1)};
}

KeptAttendance Some() {
  return {{kKeptInbox,
           {.last_seen_at = kKeptAt, .last_pull_at = kKeptAt - absl::Seconds(2), .certificates = {KeptFrom('a')}}},
          {kKeptRegion,
           {.last_seen_at = kKeptAt, .last_pull_at = {}, .certificates = {KeptFrom('b', "ward"), KeptFrom('c')}}}};
}

bool IsTaken(const KeptAttendance& attendance) { return DecodeAttendance(EncodeAttendance(attendance)).ok(); }

TEST(AttendanceRecordTest, IsReadAsItWasWritten) {
  for (const KeptAttendance& attendance : {KeptAttendance(), Some()}) {
    const absl::StatusOr<KeptAttendance> read = DecodeAttendance(EncodeAttendance(attendance));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, attendance);
  }
}

TEST(AttendanceRecordTest, OneThatWasChangedOrIsNewerIsRefused) {
  std::string value = EncodeAttendance(Some());
  const std::string payload = store::Unframe(value, 1)->payload;
  EXPECT_TRUE(absl::IsFailedPrecondition(DecodeAttendance(store::Frame(2, payload)).status()));
  EXPECT_TRUE(absl::IsDataLoss(DecodeAttendance(store::Frame(1, payload + "x")).status()));
  EXPECT_TRUE(absl::IsDataLoss(DecodeAttendance(store::Frame(1, payload.substr(0, payload.size() - 1))).status()));
  value[value.size() / 2] ^= 1;
  EXPECT_TRUE(absl::IsDataLoss(DecodeAttendance(value).status()));
}

TEST(AttendanceRecordTest, WhatNoParticipantIsCalledIsRefused) {
  for (const char* name : {"", "urn:envej:broker:b1", "urn:envej:region:1081:ward", "Region Sjælland"}) {
    EXPECT_FALSE(IsTaken({{name, {.last_seen_at = kKeptAt, .last_pull_at = {}, .certificates = {}}}})) << name;
  }
  for (const char* participant : {kKeptRegion, kKeptInbox}) {
    const bool region = participant == kKeptRegion;
    EXPECT_EQ(IsTaken({{participant, {kKeptAt, {}, {KeptFrom('a', "ward")}}}}), region);
    EXPECT_FALSE(IsTaken({{participant, {kKeptAt, {}, {KeptFrom('a', "Ward 7")}}}}));
  }
  EXPECT_FALSE(IsTaken({{kKeptRegion, {kKeptAt, {}, {KeptFrom('a'), KeptFrom('a', "ward")}}}})) << "there twice";
}

TEST(AttendanceRecordTest, MoreThanIsEverKeptIsRefused) {
  KeptAttendant attendant{.last_seen_at = kKeptAt, .last_pull_at = {}, .certificates = {}};
  for (size_t number = 0; number < kCertificatesMost; ++number) {
    attendant.certificates.push_back(KeptFrom(static_cast<char>('A' + number)));
  }
  EXPECT_TRUE(IsTaken({{kKeptRegion, attendant}}));
  attendant.certificates.push_back(KeptFrom('z'));
  EXPECT_FALSE(IsTaken({{kKeptRegion, attendant}}));

  KeptAttendance attendance;
  for (size_t number = 0; number < kParticipantsMost; ++number) {
    attendance[absl::StrCat("urn:envej:operations:n", number)].last_seen_at = kKeptAt;
  }
  EXPECT_TRUE(IsTaken(attendance));
  attendance["urn:envej:operations:one-more"].last_seen_at = kKeptAt;
  EXPECT_FALSE(IsTaken(attendance));
}

}  // namespace
}  // namespace envej::operations
