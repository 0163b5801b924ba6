#include "municipality-client/revocation_lists.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/time/clock.h"
#include "tests/certs/test_files.h"

namespace envej::municipality_client {
namespace {

using certs::Certificate;
using certs::RevocationState;
using testing::HasSubstr;

class RevocationListsTest : public testing::Test {
 protected:
  RevocationListsTest() {
    std::filesystem::create_directory(folder_);
    Put("list.pem", ListOf(1, {}));
  }

  std::string ListOf(uint64_t number, const std::vector<certs::RevokedCertificate>& revoked,
                     absl::Duration issued_before = absl::ZeroDuration()) const {
    return authority_.authority()
        .MakeRevocationList({.number = number,
                             .this_update = now_ - issued_before,
                             .next_update = now_ + absl::Hours(1),
                             .revoked = revoked})
        .value();
  }
  std::string Revoking(const Certificate& certificate) const {
    return ListOf(2, {certs::Revoked(certificate, certs::RevocationReason::kKeyCompromise)});
  }

  // As a careful operator does it: the name always leads to a whole file.
  void Put(const std::string& name, const std::string& contents) const {
    std::filesystem::rename(files_.Write("new", contents), folder_ + "/" + name);
  }

  RevocationLists Read() const {
    absl::StatusOr<RevocationLists> lists = RevocationLists::Read(folder_, {authority_.AsCertificate()});
    EXPECT_TRUE(lists.ok()) << lists.status();
    return *std::move(lists);
  }
  RevocationState StateIn(const RevocationLists& lists) const {
    return lists.in_force().StandingOf(region_, now_).state;
  }

  const absl::Time now_ = absl::Now();
  const certs::TestDirectory files_;
  const std::string folder_ = files_.Path("lists");
  const certs::TestAuthority authority_;
  const Certificate region_ = authority_.IssueCertificate(certs::ClientRequest("urn:envej:region:1081"));
};

TEST_F(RevocationListsTest, ANewListTakesThePlaceOfTheOld) {
  RevocationLists lists = Read();
  EXPECT_TRUE(lists.Refresh().ok());
  EXPECT_EQ(StateIn(lists), RevocationState::kGood);
  EXPECT_EQ(lists.generation(), 1);
  Put("list.pem", Revoking(region_));
  EXPECT_EQ(StateIn(lists), RevocationState::kGood);
  EXPECT_TRUE(lists.Refresh().ok());
  EXPECT_EQ(StateIn(lists), RevocationState::kRevoked);
  EXPECT_EQ(lists.generation(), 2);
}

TEST_F(RevocationListsTest, ANewFileBesideTheOldCountsToo) {
  RevocationLists lists = Read();
  Put("newer.pem", Revoking(region_));
  EXPECT_TRUE(lists.Refresh().ok());
  EXPECT_EQ(StateIn(lists), RevocationState::kRevoked);
}

TEST_F(RevocationListsTest, BrokenFilesChangeNothingUntilTheyAreMended) {
  Put("list.pem", Revoking(region_));
  RevocationLists lists = Read();
  const std::string whole = ListOf(3, {});
  const certs::TestAuthority other("another authority");
  for (const std::string& broken :
       {std::string("garbage"), whole.substr(0, whole.size() / 2), other.RevocationListPem({}), std::string()}) {
    Put("list.pem", broken);
    const absl::Status refused = lists.Refresh();
    EXPECT_THAT(std::string(refused.message()), HasSubstr(folder_ + "/list.pem"));
    EXPECT_EQ(lists.Refresh(), refused) << "it is forgotten";
    EXPECT_EQ(StateIn(lists), RevocationState::kRevoked);
    EXPECT_EQ(lists.generation(), 1);
  }
  Put("list.pem", whole);
  EXPECT_TRUE(lists.Refresh().ok());
  EXPECT_EQ(StateIn(lists), RevocationState::kGood);
}

TEST_F(RevocationListsTest, OneBrokenFileKeepsTheOthersFromCounting) {
  RevocationLists lists = Read();
  Put("list.pem", Revoking(region_));
  Put("other.pem", "garbage");
  EXPECT_THAT(std::string(lists.Refresh().message()), HasSubstr("other.pem"));
  EXPECT_EQ(StateIn(lists), RevocationState::kGood);
  std::filesystem::remove(folder_ + "/other.pem");
  EXPECT_TRUE(lists.Refresh().ok());
  EXPECT_EQ(StateIn(lists), RevocationState::kRevoked);
}

TEST_F(RevocationListsTest, AnOlderListMakesNobodyGoodAgain) {
  Put("list.pem", Revoking(region_));
  RevocationLists lists = Read();
  Put("list.pem", ListOf(1, {}, absl::Minutes(1)));
  EXPECT_THAT(std::string(lists.Refresh().message()), HasSubstr(folder_ + ": the revocation list of an authority is"));
  EXPECT_EQ(StateIn(lists), RevocationState::kRevoked);
}

TEST_F(RevocationListsTest, NoListLeftIsAnErrorNotNobodyRevoked) {
  Put("list.pem", Revoking(region_));
  RevocationLists lists = Read();
  std::filesystem::remove(folder_ + "/list.pem");
  EXPECT_THAT(std::string(lists.Refresh().message()), HasSubstr(folder_));
  EXPECT_EQ(StateIn(lists), RevocationState::kRevoked);
  std::filesystem::remove(folder_);
  EXPECT_THAT(std::string(lists.Refresh().message()), HasSubstr(folder_));
  EXPECT_EQ(StateIn(lists), RevocationState::kRevoked);
}

TEST_F(RevocationListsTest, AtTheStartTheyMustBeWhole) {
  Put("list.pem", "garbage");
  EXPECT_FALSE(RevocationLists::Read(folder_, {authority_.AsCertificate()}).ok());
}

}  // namespace
}  // namespace envej::municipality_client
