// envej-certs revoke, as its users run it.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <unistd.h>

#include "absl/time/clock.h"
#include "certs/revocation_set.h"
#include "tests/certs/program_fixture.h"

namespace envej::certs {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class RevocationProgramTest : public ProgramTest {
 protected:
  RevocationProgramTest() {
    Init();
    ExpectDone(IssueArguments("urn:envej:region:1081"));
  }

  std::string Revoke(const std::string& more) const {
    return absl::StrCat("revoke --authority ", directory_.Path("authority"), " ", more);
  }
  std::string RevokeLeaf(const std::string& more) const {
    return Revoke(absl::StrCat("--certificate ", directory_.Path("leaf.pem"), " ", more));
  }

  std::string Record() const { return directory_.Path("authority/revoked.pem"); }
  std::string Serial() const { return Show(directory_.Path("leaf.pem"))["serial"]; }

  Standing StandingOfLeaf(absl::Time now = absl::Now()) const {
    const auto authorities = Certificate::FromPem(ReadFile(directory_.Path("authority/authority.pem")));
    const auto leaf = Certificate::FromPem(ReadFile(directory_.Path("leaf.pem")));
    const absl::StatusOr<RevocationSet> set = RevocationSet::Load(Record(), *authorities);
    EXPECT_TRUE(set.ok()) << set.status();
    return set->StandingOf(leaf->front(), now);
  }
};

TEST_F(RevocationProgramTest, AFirstListMayBeEmpty) {
  ExpectDone(Revoke("--list-only --days 3"));
  EXPECT_EQ(StandingOfLeaf().state, RevocationState::kGood);
  EXPECT_EQ(StandingOfLeaf(absl::Now() + absl::Hours(71)).state, RevocationState::kGood);
  EXPECT_EQ(StandingOfLeaf(absl::Now() + absl::Hours(73)).state, RevocationState::kListExpired);
  const nlohmann::json list = Show(Record());
  EXPECT_EQ(list["number"], "1");
  EXPECT_TRUE(list["revoked"].empty());
  EXPECT_EQ(list["issuer"], Show(directory_.Path("leaf.pem"))["issuer"]);
}

TEST_F(RevocationProgramTest, RevokesByFileWithReasonAndDate) {
  ExpectDone(RevokeLeaf("--reason keyCompromise --invalid-since 2026-01-31T23:59:00Z"));
  const Standing standing = StandingOfLeaf();
  EXPECT_EQ(standing.state, RevocationState::kRevoked);
  EXPECT_EQ(standing.reason, RevocationReason::kKeyCompromise);
  EXPECT_EQ(absl::FormatTime(standing.counts_from, absl::UTCTimeZone()), "2026-01-31T23:59:00+00:00");
}

TEST_F(RevocationProgramTest, RevokesBySerialNumberInEitherCase) {
  std::string serial = Serial();
  std::transform(serial.begin(), serial.end(), serial.begin(), [](unsigned char digit) { return std::toupper(digit); });
  const absl::Time before = absl::Now();
  ExpectDone(Revoke("--reason superseded --serial " + serial));
  EXPECT_EQ(StandingOfLeaf().state, RevocationState::kRevoked);
  EXPECT_EQ(StandingOfLeaf().reason, RevocationReason::kSuperseded);
  EXPECT_GE(StandingOfLeaf().counts_from, before - absl::Seconds(1));
  EXPECT_LE(StandingOfLeaf().counts_from, absl::Now());
}

TEST_F(RevocationProgramTest, TheListKeepsWhatWasRevokedBeforeAndIsNumbered) {
  ExpectDone(Revoke("--reason superseded --serial 0a0b"));
  ExpectDone(RevokeLeaf("--reason cessationOfOperation"));
  ExpectDone(Revoke("--list-only"));
  const nlohmann::json list = Show(Record());
  EXPECT_EQ(list["number"], "3");
  ASSERT_EQ(list["revoked"].size(), 2u);
  std::vector<std::string> serials;
  for (const nlohmann::json& entry : list["revoked"]) serials.push_back(entry["serial"]);
  EXPECT_THAT(serials, ::testing::UnorderedElementsAre("0a0b", Serial()));
  const Result text = Run("show " + Record());
  EXPECT_THAT(text.output, AllOf(HasSubstr("number       3\n"), HasSubstr("revoked      2\n"),
                                 HasSubstr("cessationOfOperation"), HasSubstr("next update  ")));
}

TEST_F(RevocationProgramTest, AHoldCanBeEndedOrMadeFinal) {
  EXPECT_THAT(Refusal(RevokeLeaf("--reason removeFromCRL")), HasSubstr("not on hold"));
  ExpectDone(RevokeLeaf("--reason certificateHold"));
  EXPECT_EQ(StandingOfLeaf().reason, RevocationReason::kCertificateHold);
  ExpectDone(RevokeLeaf("--reason removeFromCRL"));
  EXPECT_EQ(StandingOfLeaf().state, RevocationState::kGood);
  ExpectDone(RevokeLeaf("--reason certificateHold"));
  ExpectDone(RevokeLeaf("--reason superseded"));
  EXPECT_EQ(StandingOfLeaf().reason, RevocationReason::kSuperseded);
  EXPECT_THAT(Refusal(RevokeLeaf("--reason removeFromCRL")), HasSubstr("not on hold"));
}

TEST_F(RevocationProgramTest, ARevocationCanCountFromEarlierButNeverFromLater) {
  ExpectDone(RevokeLeaf("--reason superseded"));
  EXPECT_THAT(Refusal(RevokeLeaf("--reason superseded")), HasSubstr("revoked already"));
  ExpectDone(RevokeLeaf("--reason keyCompromise --invalid-since 2026-02-02T00:00:00Z"));
  EXPECT_THAT(Refusal(RevokeLeaf("--reason keyCompromise --invalid-since 2026-02-03T00:00:00Z")),
              HasSubstr("revoked already (keyCompromise, counts from 2026-02-02T00:00:00Z)"));
  EXPECT_THAT(Refusal(RevokeLeaf("--reason unspecified")), HasSubstr("revoked already"));
  ExpectDone(RevokeLeaf("--reason keyCompromise --invalid-since 2026-02-01T00:00:00Z"));
  EXPECT_EQ(absl::FormatTime(StandingOfLeaf().counts_from, absl::UTCTimeZone()), "2026-02-01T00:00:00+00:00");
}

TEST_F(RevocationProgramTest, WritesAndReplacesACopyToGiveOut) {
  const std::string copy = directory_.Path("list.pem");
  ExpectDone(Revoke("--list-only --out " + copy));
  EXPECT_EQ(ReadFile(copy), ReadFile(Record()));
  EXPECT_EQ(ModeOf(copy), 0644u);
  const size_t files = CountFiles();
  ExpectDone(RevokeLeaf("--reason superseded --out " + copy));
  EXPECT_EQ(ReadFile(copy), ReadFile(Record()));
  EXPECT_EQ(Show(copy)["number"], "2");
  EXPECT_EQ(CountFiles(), files);
}

TEST_F(RevocationProgramTest, ACopyThatCannotBeWrittenIsMadeByTheNextRun) {
  EXPECT_THAT(Refusal(RevokeLeaf("--reason superseded --out " + directory_.Path("none/list.pem"))),
              HasSubstr("none/list.pem"));
  EXPECT_EQ(StandingOfLeaf().state, RevocationState::kRevoked);
  ExpectDone(Revoke("--list-only --out " + directory_.Path("list.pem")));
  EXPECT_EQ(Show(directory_.Path("list.pem"))["revoked"].size(), 1u);
}

TEST_F(RevocationProgramTest, RefusesWhatItCannotRevoke) {
  const auto stranger =
      directory_.Write("stranger.pem", TestAuthority().Issue(ClientRequest("urn:envej:region:1081")).certificate_pem);
  EXPECT_THAT(Refusal(Revoke("--reason superseded --certificate " + stranger)),
              AllOf(HasSubstr("stranger.pem"), HasSubstr("did not issue")));
  for (const std::string& serial : {std::string("123"), std::string("xy"), std::string(42, '1')}) {
    EXPECT_THAT(Refusal(Revoke(absl::StrCat("--reason superseded --serial ", serial))), HasSubstr("hexadecimal"));
  }
  EXPECT_THAT(Refusal(RevokeLeaf("--reason keyCompromise --invalid-since yesterday")), HasSubstr("--invalid-since"));
  EXPECT_THAT(Refusal(RevokeLeaf("--reason keyCompromise --invalid-since 2999-01-01T00:00:00Z")), HasSubstr("future"));
  EXPECT_THAT(Refusal(RevokeLeaf("--reason superseded --invalid-since 2026-01-01T00:00:00Z")),
              HasSubstr("only with --reason keyCompromise"));
  EXPECT_FALSE(std::filesystem::exists(Record()));
}

TEST_F(RevocationProgramTest, WrongUsageChangesNothing) {
  for (const std::string& arguments : {Revoke(""), Revoke("--reason superseded"), RevokeLeaf(""), Revoke("--serial 01"),
                                       RevokeLeaf("--reason superseded --serial 01"), RevokeLeaf("--reason tired"),
                                       Revoke("--list-only --reason superseded"),
                                       RevokeLeaf("--reason superseded --list-only"), Revoke("--list-only --days 0")}) {
    EXPECT_EQ(Run(arguments).exit_code, 2) << arguments;
  }
  EXPECT_FALSE(std::filesystem::exists(Record()));
}

TEST_F(RevocationProgramTest, ARecordThatIsNotItsOwnIsNeverReplaced) {
  for (const std::string& contents : {std::string("text"), std::string(), TestAuthority().RevocationListPem({}),
                                      TestAuthority("envej private authority").RevocationListPem({})}) {
    directory_.Write("authority/revoked.pem", contents);
    EXPECT_THAT(Refusal(RevokeLeaf("--reason superseded")), HasSubstr("revoked.pem"));
    EXPECT_EQ(ReadFile(Record()), contents);
  }
}

TEST_F(RevocationProgramTest, OnlyOneRunAtATimeChangesTheRecord) {
  const int directory = open(directory_.Path("authority").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ASSERT_EQ(flock(directory, LOCK_EX), 0);
  EXPECT_THAT(Refusal(RevokeLeaf("--reason superseded")), HasSubstr("another run"));
  close(directory);
  ExpectDone(RevokeLeaf("--reason superseded"));
}

}  // namespace
}  // namespace envej::certs
