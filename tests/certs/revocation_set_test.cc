#include "certs/revocation_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "tests/certs/test_files.h"

namespace envej::certs {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class RevocationSetTest : public ::testing::Test {
 protected:
  RevocationSetTest() { std::filesystem::create_directory(lists_); }

  std::string Put(const std::string& name, const std::string& contents) const {
    return directory_.Write("lists/" + name, contents);
  }

  RevocationSet Load() const { return RevocationSet::Load(lists_, {authority_.AsCertificate()}).value(); }

  std::string LoadingFails(const std::string& path) const {
    const absl::StatusOr<RevocationSet> set = RevocationSet::Load(path, {authority_.AsCertificate()});
    EXPECT_FALSE(set.ok());
    return std::string(set.status().message());
  }

  std::string ListAt(absl::Time this_update, uint64_t number, const std::vector<RevokedCertificate>& revoked) const {
    return authority_.authority()
        .MakeRevocationList(
            {.number = number, .this_update = this_update, .next_update = now_ + absl::Hours(1), .revoked = revoked})
        .value();
  }

  const absl::Time now_ = absl::Now();
  TestDirectory directory_;
  std::string lists_ = directory_.Path("lists");
  TestAuthority authority_;
  Certificate certificate_ = authority_.IssueCertificate(ClientRequest("urn:envej:region:1081"));
};

TEST_F(RevocationSetTest, WhatIsNotListedIsGood) {
  const Certificate other = authority_.IssueCertificate(ClientRequest("urn:envej:region:1082"));
  Put("list.pem", authority_.RevocationListPem({Revoked(other, RevocationReason::kKeyCompromise)}));
  const RevocationSet set = Load();
  EXPECT_EQ(set.StandingOf(certificate_, now_).state, RevocationState::kGood);
  EXPECT_EQ(set.StandingOf(other, now_).state, RevocationState::kRevoked);
  EXPECT_EQ(set.entries(), 1u);
}

TEST_F(RevocationSetTest, WhatIsListedIsRevokedWithItsReasonAndDate) {
  for (const RevocationReason reason :
       {RevocationReason::kUnspecified, RevocationReason::kKeyCompromise, RevocationReason::kCaCompromise,
        RevocationReason::kAffiliationChanged, RevocationReason::kSuperseded, RevocationReason::kCessationOfOperation,
        RevocationReason::kCertificateHold, RevocationReason::kPrivilegeWithdrawn, RevocationReason::kAaCompromise}) {
    RevokedCertificate revoked = Revoked(certificate_, reason);
    revoked.invalid_since = revoked.revoked_at - absl::Hours(3);
    Put("list.pem", authority_.RevocationListPem({revoked}));
    const Standing standing = Load().StandingOf(certificate_, now_);
    EXPECT_EQ(standing.state, RevocationState::kRevoked);
    EXPECT_EQ(standing.reason, reason);
    EXPECT_EQ(standing.counts_from, CountsFrom(revoked)) << ReasonName(reason);
  }
}

TEST_F(RevocationSetTest, SomebodyCanBeJudgedWhileAnyListIsCurrent) {
  const TestAuthority other("other");
  Put("list.pem", ListAt(now_ - absl::Hours(1), 1, {}));  // until an hour ahead
  Put("other.pem",
      other.authority()
          .MakeRevocationList(
              {.number = 1, .this_update = now_ - absl::Hours(1), .next_update = now_ + absl::Hours(2), .revoked = {}})
          .value());
  const std::vector<Certificate> authorities = {authority_.AsCertificate(), other.AsCertificate()};
  const RevocationSet set = RevocationSet::Load(lists_, authorities).value();
  EXPECT_TRUE(set.AnyIsCurrent(now_));
  EXPECT_TRUE(set.AnyIsCurrent(now_ + absl::Minutes(90)));
  EXPECT_FALSE(set.AnyIsCurrent(now_ + absl::Minutes(150)));
}

TEST_F(RevocationSetTest, AnExpiredListSaysNothingOfAnybody) {
  const Certificate other = authority_.IssueCertificate(ClientRequest("urn:envej:region:1082"));
  Put("list.pem", authority_.RevocationListPem({Revoked(other, RevocationReason::kKeyCompromise)}));
  const RevocationSet set = Load();
  const absl::Time end = set.earliest_next_update();
  EXPECT_GT(end, now_);
  EXPECT_LE(end, absl::Now() + absl::Hours(1));
  EXPECT_EQ(set.StandingOf(certificate_, end - absl::Seconds(1)).state, RevocationState::kGood);
  for (const Certificate& judged : {certificate_, other}) {
    EXPECT_EQ(set.StandingOf(judged, end).state, RevocationState::kListExpired);
  }
}

TEST_F(RevocationSetTest, WithoutAListOfItsAuthorityACertificateIsNotJudged) {
  const TestAuthority other("another authority");
  Put("list.pem", authority_.RevocationListPem({}));
  const absl::StatusOr<RevocationSet> set =
      RevocationSet::Load(lists_, {authority_.AsCertificate(), other.AsCertificate()});
  ASSERT_TRUE(set.ok()) << set.status();
  const Certificate unlisted = other.IssueCertificate(ClientRequest("urn:envej:region:1081"));
  EXPECT_EQ(set->StandingOf(unlisted, now_).state, RevocationState::kNoList);
  EXPECT_EQ(set->StandingOf(certificate_, now_).state, RevocationState::kGood);
  const Certificate stranger = TestAuthority("stranger").IssueCertificate(ClientRequest("urn:envej:region:1081"));
  EXPECT_EQ(set->StandingOf(stranger, now_).state, RevocationState::kNoList);
}

TEST_F(RevocationSetTest, AListOfAnotherAuthorityOfTheSameNameIsRefused) {
  const TestAuthority namesake;
  const std::string file = Put("list.pem", namesake.RevocationListPem({}));
  EXPECT_THAT(LoadingFails(lists_), AllOf(HasSubstr(file), HasSubstr("none of the authorities signed")));
}

TEST_F(RevocationSetTest, AuthoritiesOfTheSameNameSpeakEachForTheirOwn) {
  const TestAuthority namesake;
  const Certificate others = namesake.IssueCertificate(ClientRequest("urn:envej:region:1081"));
  // Each lists the other's serial number.
  Put("one.pem", authority_.RevocationListPem({Revoked(others, RevocationReason::kKeyCompromise)}));
  Put("two.pem", namesake.RevocationListPem({Revoked(certificate_, RevocationReason::kKeyCompromise)}));
  const absl::StatusOr<RevocationSet> set =
      RevocationSet::Load(lists_, {authority_.AsCertificate(), namesake.AsCertificate()});
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->StandingOf(certificate_, now_).state, RevocationState::kGood);
  EXPECT_EQ(set->StandingOf(others, now_).state, RevocationState::kGood);
}

TEST_F(RevocationSetTest, TheNewestListOfAnAuthorityCountsWhateverItsFileIsCalled) {
  const std::vector<RevokedCertificate> revoked = {Revoked(certificate_, RevocationReason::kSuperseded)};
  for (const bool newest_first : {true, false}) {
    Put(newest_first ? "a.pem" : "b.pem", ListAt(now_ - absl::Minutes(1), 1, {}));
    Put(newest_first ? "b.pem" : "a.pem", ListAt(now_ - absl::Minutes(2), 2, revoked));
    EXPECT_EQ(Load().StandingOf(certificate_, now_).state, RevocationState::kGood);
    // Of the same moment, the larger number: 256 is more than 255.
    Put(newest_first ? "a.pem" : "b.pem", ListAt(now_ - absl::Minutes(1), 255, {}));
    Put(newest_first ? "b.pem" : "a.pem", ListAt(now_ - absl::Minutes(1), 256, revoked));
    EXPECT_EQ(Load().StandingOf(certificate_, now_).state, RevocationState::kRevoked);
  }
}

TEST_F(RevocationSetTest, AFileMayHoldTheListsOfSeveralAuthorities) {
  const TestAuthority other("another authority");
  const Certificate others = other.IssueCertificate(ClientRequest("urn:envej:region:1081"));
  const std::string file =
      Put("all.pem", absl::StrCat(authority_.RevocationListPem({}),
                                  other.RevocationListPem({Revoked(others, RevocationReason::kSuperseded)})));
  const absl::StatusOr<RevocationSet> set =
      RevocationSet::Load(file, {authority_.AsCertificate(), other.AsCertificate()});
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->StandingOf(certificate_, now_).state, RevocationState::kGood);
  EXPECT_EQ(set->StandingOf(others, now_).state, RevocationState::kRevoked);
}

TEST_F(RevocationSetTest, OfASerialNumberThatStandsTwiceTheEarlierDateCounts) {
  RevokedCertificate later = Revoked(certificate_, RevocationReason::kSuperseded);
  RevokedCertificate earlier = later;
  earlier.revoked_at -= absl::Hours(1);
  for (const auto& both : {std::vector{earlier, later}, std::vector{later, earlier}}) {
    Put("list.pem", authority_.RevocationListPem(both));
    EXPECT_EQ(Load().StandingOf(certificate_, now_).counts_from, earlier.revoked_at);
  }
}

TEST_F(RevocationSetTest, AnEmptyDirectoryOrNoneIsAnError) {
  EXPECT_THAT(LoadingFails(lists_), AllOf(HasSubstr(lists_), HasSubstr("holds no revocation list")));
  Put(".hidden", "a file that somebody else is still writing");
  EXPECT_THAT(LoadingFails(lists_), HasSubstr("holds no revocation list"));
  EXPECT_THAT(LoadingFails(directory_.Path("none")), HasSubstr("none"));
}

TEST_F(RevocationSetTest, OneBadFileRefusesAllAndIsNamedWithoutItsContents) {
  Put("good.pem", authority_.RevocationListPem({}));
  const std::string bad = Put("secret.pem", "marked contents");
  EXPECT_THAT(LoadingFails(lists_), AllOf(HasSubstr(bad), Not(HasSubstr("marked"))));
  std::filesystem::remove(bad);
  std::filesystem::create_directory(bad);
  EXPECT_THAT(LoadingFails(lists_), AllOf(HasSubstr(bad), HasSubstr("not a regular file")));
  std::filesystem::remove(bad);
  EXPECT_EQ(Load().entries(), 0u);
}

TEST_F(RevocationSetTest, EveryChangedByteIsFound) {
  const std::string pem = authority_.RevocationListPem({Revoked(certificate_, RevocationReason::kKeyCompromise)});
  std::vector<std::string> lines = absl::StrSplit(pem, '\n', absl::SkipEmpty());
  lines.erase(lines.begin());
  lines.pop_back();
  std::string der;
  ASSERT_TRUE(absl::Base64Unescape(absl::StrJoin(lines, ""), &der));
  const std::string file = Put("list.der", der);
  ASSERT_EQ(Load().entries(), 1u);
  for (size_t index = 0; index < der.size(); ++index) {
    std::string changed = der;
    changed[index] = static_cast<char>(changed[index] ^ (1 << (index % 8)));
    Put("list.der", changed);
    EXPECT_THAT(LoadingFails(lists_), HasSubstr(file)) << "byte " << index;
  }
}

TEST_F(RevocationSetTest, BoundsFilesAndTheirSizes) {
  const std::string pem = authority_.RevocationListPem({});
  for (size_t file = 0; file < RevocationSet::kFilesMost; ++file) Put(absl::StrCat("list", file), pem);
  EXPECT_EQ(Load().entries(), 0u);
  const std::string file = Put("one-more", pem);
  EXPECT_THAT(LoadingFails(lists_), AllOf(HasSubstr(lists_), HasSubstr("more than 64 files")));
  EXPECT_THAT(LoadingFails(Put("large", std::string((8 << 20) + 1, ' '))), HasSubstr("larger than"));
}

TEST_F(RevocationSetTest, BoundsTheEntriesOfAllListsTogether) {
  const TestAuthority other("another authority");
  const auto many = [&](const TestAuthority& authority, size_t count) {
    std::vector<RevokedCertificate> revoked(count, Revoked(certificate_, RevocationReason::kUnspecified));
    for (size_t index = 0; index < count; ++index) {
      revoked[index].serial = absl::StrCat(absl::Hex(index + 1, absl::kZeroPad6));
    }
    return authority.RevocationListPem(revoked);
  };
  const std::vector<Certificate> authorities = {authority_.AsCertificate(), other.AsCertificate()};
  Put("one.pem", many(authority_, RevocationSet::kEntriesMost));
  ASSERT_TRUE(RevocationSet::Load(lists_, authorities).ok());
  Put("two.pem", many(other, 1));
  EXPECT_THAT(RevocationSet::Load(lists_, authorities).status().message(), HasSubstr("more than 200000 entries"));
  std::filesystem::remove(lists_ + "/two.pem");
  Put("one.pem", many(authority_, RevocationSet::kEntriesMost + 1));
  EXPECT_THAT(RevocationSet::Load(lists_, authorities).status().message(), HasSubstr("too many entries"));
}

}  // namespace
}  // namespace envej::certs
