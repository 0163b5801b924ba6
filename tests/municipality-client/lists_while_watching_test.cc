#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "municipality-client/pull_command.h"
#include "tests/municipality-client/support/inbox_server.h"
#include "tests/municipality-client/support/notices.h"
#include "tests/municipality-client/support/temporary_folder.h"

namespace envej::municipality_client {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Method = InboxServer::Method;
using State = InboxServer::State;

// A program that watches an inbox while its revocation lists change.
class ListsWhileWatchingTest : public testing::Test {
 protected:
  ListsWhileWatchingTest() {
    options_.folder = files_ / "received";
    options_.municipality_code = kMunicipality;
    options_.forever = true;
    options_.opening = {.inbox_certificates = {world_.inbox_certificate_file()},
                        .inbox_keys = {world_.inbox_key_file()},
                        .authorities = world_.authorities_file(),
                        .revocation_lists = list_};
  }
  ~ListsWhileWatchingTest() override { std::fclose(messages_); }

  // With one whole file always under the name.
  void Put(const std::string& contents) const {
    WriteFile(files_ / "new", contents);
    std::filesystem::rename(files_ / "new", list_);
  }
  std::string ListUntil(absl::Time next_update, const std::vector<certs::RevokedCertificate>& revoked = {}) const {
    return ListOf(world_.authority(), next_update, revoked);
  }
  std::string ListOf(const certs::TestAuthority& authority, absl::Time next_update,
                     const std::vector<certs::RevokedCertificate>& revoked = {}) const {
    return authority.authority()
        .MakeRevocationList(
            {.number = 1, .this_update = now_ - absl::Hours(1), .next_update = next_update, .revoked = revoked})
        .value();
  }
  std::string Current() const { return ListUntil(now_ + absl::Hours(1)); }
  std::string Expired() const { return ListUntil(now_ - absl::Minutes(1)); }

  int Run(std::stop_token stop = {}) {
    std::FILE* const events = std::tmpfile();
    const int code = RunPull(options_, grpc::CreateChannel(server_.address(), grpc::InsecureChannelCredentials()), stop,
                             events, messages_);
    std::fclose(events);
    return code;
  }

  // What was told of revocation lists.
  std::vector<std::string> Warnings() {
    std::rewind(messages_);
    std::string text;
    for (int byte = 0; (byte = std::fgetc(messages_)) != EOF;) text.push_back(static_cast<char>(byte));
    std::vector<std::string> warnings;
    for (const std::string& line : std::vector<std::string>(absl::StrSplit(text, '\n'))) {
      if (line.find("revocation list") != std::string::npos) warnings.push_back(line);
    }
    return warnings;
  }

  const absl::Time now_ = absl::Now();
  const support::SealingWorld& world_ = InboxServer::World();
  TemporaryFolder files_;
  const std::string list_ = files_ / "list.pem";
  InboxServer server_;
  PullOptions options_;
  std::FILE* const messages_ = std::tmpfile();
};

TEST_F(ListsWhileWatchingTest, ANewListCountsAtOnceAndABrokenOneNever) {
  Put(Current());
  std::stop_source source;
  std::thread watching([&] { EXPECT_EQ(Run(source.get_token()), kExitDone); });
  server_.Add(ProperNotice(1));
  EXPECT_TRUE(server_.WaitForCount(State::kAcknowledged, 1));

  Put("garbage");
  for (int i = 2; i <= 3; ++i) {
    server_.Add(ProperNotice(i));
    EXPECT_TRUE(server_.WaitForCount(State::kAcknowledged, i));
  }

  Put(ListUntil(now_ + absl::Hours(1), {certs::Revoked(world_.signer(), certs::RevocationReason::kSuperseded)}));
  server_.Add(ProperNotice(4));
  EXPECT_TRUE(server_.WaitForCount(State::kReturned, 1));
  EXPECT_EQ(server_.ReturnReasonOf(NoticeIdOf(4)), v1::RETURN_REASON_NOT_AUTHENTIC);
  source.request_stop();
  watching.join();
  const std::vector<std::string> warnings = Warnings();
  EXPECT_THAT(warnings, SizeIs(1));
  EXPECT_THAT(warnings, Each(HasSubstr("the revocation lists read before stay in force: " + list_)));
}

TEST_F(ListsWhileWatchingTest, WhatCannotBeJudgedYetWaitsForANewerList) {
  Put(Expired());
  std::stop_source source;
  std::thread watching([&] { EXPECT_EQ(Run(source.get_token()), kExitDone); });
  server_.Add(ProperNotice(1));
  EXPECT_TRUE(server_.WaitForCount(State::kLeased, 1));
  server_.ExpireLeases();
  EXPECT_TRUE(server_.WaitForCount(State::kLeased, 1)) << "it did not ask again";
  EXPECT_EQ(server_.CallsOf(Method::kReturn) + server_.CallsOf(Method::kAcknowledge), 0);

  Put(Current());
  server_.ExpireLeases();
  EXPECT_TRUE(server_.WaitForCount(State::kAcknowledged, 1));
  source.request_stop();
  watching.join();
  const std::vector<std::string> warnings = Warnings();
  EXPECT_THAT(warnings, SizeIs(1));
  EXPECT_THAT(warnings, Each(HasSubstr("the revocation list for the certificate has expired")));
}

TEST_F(ListsWhileWatchingTest, APullEndsInsteadAndReturnsNothing) {
  Put(Expired());
  options_.forever = false;
  server_.Add(ProperNotice(1));
  EXPECT_EQ(Run(), kExitRefused);
  EXPECT_THAT(Warnings(), testing::ElementsAre(HasSubstr("has expired")));
  EXPECT_EQ(server_.CallsOf(Method::kReturn) + server_.CallsOf(Method::kAcknowledge), 0);
  EXPECT_THAT(NamesIn(options_.folder, "notice-"), IsEmpty());
}

// Notices of a second authority, which has no list as yet, between those of the first.
class AuthorityWithoutListTest : public ListsWhileWatchingTest {
 protected:
  AuthorityWithoutListTest() {
    const std::string both = files_ / "authorities.pem";
    WriteFile(both, ReadFile(world_.authorities_file()) + other_authority_.CertificatePem());
    options_.opening.authorities = both;
    server_.AddSigner(other_.certificate());
    Put(Current());
    server_.Add(world_.Seal(ProperNotice(1), other_, v1::SEALED_BY_REGION));
    server_.Add(ProperNotice(2));
  }

  const certs::TestAuthority other_authority_{"another authority"};
  const certs::Sealer other_ =
      support::SealerOf(other_authority_.Issue(certs::ClientRequest(std::string("urn:envej:region:") + kRegion)));
};

TEST_F(AuthorityWithoutListTest, WhatCannotBeJudgedHoldsUpNoOther) {
  std::stop_source source;
  std::thread watching([&] { EXPECT_EQ(Run(source.get_token()), kExitDone); });
  EXPECT_TRUE(server_.WaitForCount(State::kAcknowledged, 1));
  server_.ExpireLeases();
  server_.Add(ProperNotice(3));
  EXPECT_TRUE(server_.WaitForCount(State::kAcknowledged, 2));
  EXPECT_TRUE(server_.WaitForCount(State::kLeased, 1));
  EXPECT_EQ(server_.StateOf(NoticeIdOf(1)), State::kLeased);

  Put(Current() + ListOf(other_authority_, now_ + absl::Hours(1)));
  server_.ExpireLeases();
  EXPECT_TRUE(server_.WaitForCount(State::kAcknowledged, 3));
  EXPECT_EQ(server_.CallsOf(Method::kReturn), 0);
  source.request_stop();
  watching.join();
  EXPECT_THAT(Warnings(), testing::ElementsAre(HasSubstr("no revocation list says anything"))) << "once";
}

TEST_F(AuthorityWithoutListTest, APullDeliversTheOthersAndSaysThatSomeAreLeft) {
  options_.forever = false;
  EXPECT_EQ(Run(), kExitRefused);
  EXPECT_EQ(server_.StateOf(NoticeIdOf(1)), State::kLeased);
  EXPECT_EQ(server_.StateOf(NoticeIdOf(2)), State::kAcknowledged);
  EXPECT_THAT(NamesIn(options_.folder, "notice-"), SizeIs(1));
  EXPECT_THAT(Warnings(), testing::ElementsAre(HasSubstr("notices are left waiting")));
  EXPECT_EQ(server_.CallsOf(Method::kReturn), 0);
}

}  // namespace
}  // namespace envej::municipality_client
