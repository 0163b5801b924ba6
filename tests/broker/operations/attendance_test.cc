#include "broker/operations/attendance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "tests/certs/test_files.h"

namespace envej::operations {
namespace {

using certs::Certificate;
using certs::Identity;
using certs::ParticipantKind;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

const absl::Time kFirstSeen = absl::FromUnixSeconds(1'800'000'000);
const Identity kWard = {.kind = ParticipantKind::kRegion, .code = "1081", .origin = "ward"};
const Identity kRegion = {.kind = ParticipantKind::kRegion, .code = "1081", .origin = ""};
const Identity kInbox = {.kind = ParticipantKind::kMunicipality, .code = "0101", .origin = ""};
constexpr char kRegionUri[] = "urn:envej:region:1081";
constexpr char kInboxUri[] = "urn:envej:municipality:0101";
const absl::Time kLater = kFirstSeen + absl::Hours(1);

class AttendanceTest : public testing::Test {
 protected:
  Certificate Issue() { return authority_.IssueCertificate(certs::ClientRequest("urn:envej:region:1081")); }

  Certificate IssueFor(absl::Duration lasts) {
    certs::LeafRequest request = certs::ClientRequest("urn:envej:region:1081");
    request.not_after = request.not_before + lasts;
    return authority_.IssueCertificate(request);
  }

  certs::TestAuthority authority_;
  Attendance attendance_;
};

TEST_F(AttendanceTest, WhoDidNotCallIsNotThere) {
  EXPECT_EQ(attendance_.LastSeen(kRegionUri, kFirstSeen), std::nullopt);
  EXPECT_THAT(attendance_.All(kFirstSeen), IsEmpty());
}

TEST_F(AttendanceTest, ARegionsSystemsAreOneParticipantWithACertificateEach) {
  const Certificate first = Issue();
  const Certificate second = Issue();
  attendance_.See(kRegion, first, kFirstSeen);
  attendance_.See(kWard, second, kFirstSeen + absl::Seconds(1));
  attendance_.See(kRegion, first, kFirstSeen + absl::Seconds(2));
  EXPECT_EQ(attendance_.LastSeen(kRegionUri, kLater), kFirstSeen + absl::Seconds(2));
  const std::map<std::string, Attendant> all = attendance_.All(kLater);
  ASSERT_THAT(all, ElementsAre(Pair(kRegionUri, testing::_)));
  const Attendant& attendant = all.begin()->second;
  ASSERT_THAT(attendant.certificates, SizeIs(2));
  EXPECT_EQ(attendant.certificates[0].fingerprint, absl::BytesToHexString(first.fingerprint()).substr(0, 8));
  EXPECT_EQ(attendant.certificates[0].origin, "");
  EXPECT_EQ(attendant.certificates[0].expires_at, first.not_after());
  EXPECT_EQ(attendant.certificates[1].origin, "ward");
  EXPECT_EQ(attendant.certificates[1].last_seen_at, kFirstSeen + absl::Seconds(1));
}

TEST_F(AttendanceTest, WhoeverPulledIsKnownApartFromWhoeverCalled) {
  attendance_.SeePull(kInboxUri, kFirstSeen);
  EXPECT_EQ(attendance_.LastPull(kInboxUri, kLater), std::nullopt) << "nobody of that name was seen";
  attendance_.See(kInbox, Issue(), kFirstSeen);
  EXPECT_EQ(attendance_.LastPull(kInboxUri, kLater), std::nullopt);
  attendance_.SeePull(kInboxUri, kFirstSeen + absl::Seconds(1));
  EXPECT_EQ(attendance_.LastPull(kInboxUri, kLater), kFirstSeen + absl::Seconds(1));
  EXPECT_EQ(attendance_.LastSeen(kInboxUri, kLater), kFirstSeen);
}

TEST_F(AttendanceTest, WhatAClockThatWasAheadHasStampedIsAsOfWhenSomebodyAsks) {
  const absl::Time ahead = kFirstSeen + absl::Hours(24 * 365);
  attendance_.See(kInbox, Issue(), ahead);
  attendance_.SeePull(kInboxUri, ahead);
  EXPECT_EQ(attendance_.LastPull(kInboxUri, kFirstSeen), kFirstSeen);
  EXPECT_EQ(attendance_.LastSeen(kInboxUri, kFirstSeen), kFirstSeen);
  EXPECT_EQ(attendance_.All(kFirstSeen).at(kInboxUri).certificates.at(0).last_seen_at, kFirstSeen);
  EXPECT_EQ(attendance_.LastPull(kInboxUri, kLater), kFirstSeen) << "time has passed since";
  EXPECT_EQ(attendance_.LastSeen(kInboxUri, kLater), kFirstSeen);
  const Attendant later = attendance_.All(kLater).at(kInboxUri);
  EXPECT_EQ(later.last_seen_at, kFirstSeen);
  EXPECT_EQ(later.certificates.at(0).last_seen_at, kFirstSeen);
}

TEST_F(AttendanceTest, TheNewestCallCountsAlsoWhereTheClockWentBack) {
  const Certificate certificate = Issue();
  attendance_.See(kInbox, certificate, kLater);
  attendance_.SeePull(kInboxUri, kLater);
  attendance_.See(kInbox, certificate, kFirstSeen);
  attendance_.SeePull(kInboxUri, kFirstSeen);
  EXPECT_EQ(attendance_.LastSeen(kInboxUri, kLater), kFirstSeen);
  EXPECT_EQ(attendance_.LastPull(kInboxUri, kLater), kFirstSeen);
  EXPECT_EQ(attendance_.All(kLater).at(kInboxUri).certificates.at(0).last_seen_at, kFirstSeen);
}

TEST_F(AttendanceTest, OnlyTheCertificatesSeenLastAreRemembered) {
  const Certificate kept = Issue();
  attendance_.See(kRegion, kept, kFirstSeen);
  for (size_t number = 0; number < Attendance::kCertificatesMost + 4; ++number) {
    const absl::Time at = kFirstSeen + absl::Seconds(static_cast<int64_t>(number) + 1);
    attendance_.See(kRegion, Issue(), at);
    attendance_.See(kRegion, kept, at);
  }
  const Attendant attendant = attendance_.All(kLater).at(kRegionUri);
  ASSERT_THAT(attendant.certificates, SizeIs(Attendance::kCertificatesMost));
  bool has_kept = false;
  for (const SeenCertificate& certificate : attendant.certificates) {
    EXPECT_GT(certificate.last_seen_at, kFirstSeen + absl::Seconds(5));
    has_kept |= certificate.fingerprint == absl::BytesToHexString(kept.fingerprint()).substr(0, 8);
  }
  EXPECT_TRUE(has_kept);
}

TEST_F(AttendanceTest, OfManyCertificatesThoseThatWereFollowedAreForgottenBeforeThatOfASystemThatSeldomCalls) {
  const Certificate seldom = IssueFor(absl::Hours(1));
  attendance_.See(kWard, seldom, kFirstSeen);
  for (size_t number = 1; number < Attendance::kCertificatesMost * 2; ++number) {
    const auto renewed = static_cast<int64_t>(number);
    attendance_.See(kRegion, IssueFor(absl::Hours(1 + renewed)), kFirstSeen + absl::Hours(renewed));
  }
  const Attendant attendant = attendance_.All(kFirstSeen + absl::Hours(24 * 30)).at(kRegionUri);
  ASSERT_THAT(attendant.certificates, SizeIs(Attendance::kCertificatesMost));
  EXPECT_EQ(attendant.certificates.back().origin, "ward");
  EXPECT_FALSE(attendant.certificates.back().followed);
  EXPECT_FALSE(attendant.certificates[0].followed);
  EXPECT_TRUE(attendant.certificates[1].followed);
}

TEST_F(AttendanceTest, WhatWasKnownBeforeARestartIsKnownAfterIt) {
  const Certificate first = Issue();
  attendance_.See(kWard, first, kFirstSeen);
  attendance_.See(kRegion, Issue(), kFirstSeen + absl::Seconds(1));
  attendance_.See(kInbox, Issue(), kFirstSeen);
  attendance_.SeePull(kInboxUri, kFirstSeen + absl::Seconds(2));
  Attendance after;
  after.Restore(attendance_.ToKeep(), absl::FromUnixSeconds(0));
  EXPECT_EQ(after.LastPull(kInboxUri, kLater), kFirstSeen + absl::Seconds(2));
  EXPECT_EQ(after.LastSeen(kRegionUri, kLater), kFirstSeen + absl::Seconds(1));
  const Attendant attendant = after.All(kLater).at(kRegionUri);
  ASSERT_THAT(attendant.certificates, SizeIs(2));
  EXPECT_EQ(attendant.certificates[1].origin, "ward");
  EXPECT_EQ(attendant.certificates[1].expires_at, first.not_after());
  EXPECT_EQ(attendant.certificates[1].last_seen_at, kFirstSeen);
  after.See(kWard, first, kLater);
  EXPECT_THAT(after.All(kLater).at(kRegionUri).certificates, SizeIs(2)) << "it is the same one";
  EXPECT_EQ(after.LastSeen(kRegionUri, kLater), kLater);
}

TEST_F(AttendanceTest, WhatIsKnownFromBeforeARestartIsNoLaterThanWhenSomebodyAsks) {
  attendance_.See(kInbox, Issue(), kLater);
  attendance_.SeePull(kInboxUri, kLater);
  Attendance after;
  after.Restore(attendance_.ToKeep(), absl::FromUnixSeconds(0));
  EXPECT_EQ(after.LastSeen(kInboxUri, kFirstSeen), kFirstSeen);
  EXPECT_EQ(after.LastPull(kInboxUri, kFirstSeen), kFirstSeen);
  EXPECT_EQ(after.All(kFirstSeen).at(kInboxUri).certificates.at(0).last_seen_at, kFirstSeen);
}

TEST_F(AttendanceTest, ACertificateThatExpiredAWeekAgoIsForgottenByARestart) {
  const absl::Time expires_at = kFirstSeen - absl::Hours(1);
  const KeptAttendance kept = {{kRegionUri,
                                {.last_seen_at = expires_at,
                                 .last_pull_at = {},
                                 .certificates = {{.fingerprint = std::string(32, 'f'),
                                                   .origin = "",
                                                   .expires_at = expires_at,
                                                   .last_seen_at = expires_at}}}}};
  const absl::Time forgotten_at = expires_at + Attendance::kExpiredToldFor;
  for (const absl::Time now : {forgotten_at - absl::Seconds(1), forgotten_at}) {
    Attendance after;
    after.Restore(kept, now);
    EXPECT_THAT(after.All(now).at(kRegionUri).certificates, SizeIs(now < forgotten_at ? 1 : 0));
    EXPECT_EQ(after.LastSeen(kRegionUri, now), expires_at);
  }
}

TEST_F(AttendanceTest, OfMoreParticipantsThanAreRememberedWhoeverWasNotSeenForLongestIsForgotten) {
  const Certificate certificate = Issue();
  const auto call = [&](size_t number) {
    const std::string name = "n" + std::to_string(number);
    attendance_.See({.kind = ParticipantKind::kOperations, .code = name, .origin = ""}, certificate,
                    kFirstSeen + absl::Seconds(static_cast<int64_t>(number)));
  };
  attendance_.See(kInbox, Issue(), kFirstSeen);
  for (size_t number = 1; number <= Attendance::kParticipantsMost; ++number) call(number);
  EXPECT_EQ(attendance_.LastSeen(kInboxUri, kLater), std::nullopt);
  EXPECT_THAT(attendance_.All(kLater), SizeIs(Attendance::kParticipantsMost));
  EXPECT_NE(attendance_.LastSeen("urn:envej:operations:n1", kLater), std::nullopt);
}

TEST_F(AttendanceTest, ACertificateThatIsSomebodyElsesByNowCountsForThem) {
  const Certificate certificate = Issue();
  attendance_.See(kRegion, certificate, kFirstSeen);
  attendance_.See(kInbox, certificate, kFirstSeen + absl::Seconds(1));
  EXPECT_EQ(attendance_.LastSeen(kRegionUri, kLater), kFirstSeen);
  EXPECT_THAT(attendance_.All(kLater).at(kRegionUri).certificates, IsEmpty());
  EXPECT_EQ(attendance_.LastSeen(kInboxUri, kLater), kFirstSeen + absl::Seconds(1));
}

}  // namespace
}  // namespace envej::operations
