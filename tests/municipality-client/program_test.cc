#include <gmock/gmock.h>
#include <grpcpp/security/server_credentials.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "certs/certificate_authority.h"
#include "certs/pem.h"
#include "certs/sealing.h"
#include "municipality-client/ledger.h"
#include "municipality-client/notice_folder.h"
#include "municipality-client/pull_command.h"
#include "proto/contract/sealed_payload.h"
#include "tests/municipality-client/support/inbox_server.h"
#include "tests/municipality-client/support/notices.h"
#include "tests/municipality-client/support/processes.h"
#include "tests/municipality-client/support/program_fixture.h"
#include "tests/municipality-client/support/temporary_folder.h"

namespace envej::municipality_client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using State = InboxServer::State;

constexpr int kNoticesSent = 3;
constexpr char kTraced[] = "trace=fsync,write,renameat,unlinkat";

class MutualTlsTest : public ProgramTest {
 protected:
  MutualTlsTest() {
    const absl::Time now = absl::Now();
    const auto authority =
        certs::CertificateAuthority::Create("test authority", now - absl::Hours(1), now + absl::Hours(24));
    certs::LeafRequest request;
    request.common_name = "leaf";
    request.dns_names = {"localhost"};
    request.ip_addresses = {"127.0.0.1"};
    request.not_before = now - absl::Hours(1);
    request.not_after = now + absl::Hours(1);
    request.usage = certs::LeafUsage::kServer;
    const auto server = authority->Issue(request);
    request.uris = {"urn:envej:municipality:0101"};
    request.dns_names.clear();
    request.ip_addresses.clear();
    request.usage = certs::LeafUsage::kClient;
    const auto client = authority->Issue(request);
    const std::string authority_pem = authority->ToPem()->certificate_pem;
    WriteFile(files_ / "authorities.pem", authority_pem + ReadFile(world_.authorities_file()));
    WriteFile(files_ / "certificate.pem", client->certificate_pem);
    WriteFile(files_ / "key.pem", client->key_pem);
    chmod((files_ / "key.pem").c_str(), 0600);

    grpc::SslServerCredentialsOptions options(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    options.pem_root_certs = authority_pem;
    options.pem_key_cert_pairs.push_back({.private_key = server->key_pem, .cert_chain = server->certificate_pem});
    server_ = std::make_unique<InboxServer>(grpc::SslServerCredentials(options));
  }

  std::vector<std::string> Arguments(const std::string& command, const std::string& key = "key.pem") const {
    return {ProgramPath("envej-municipality"),
            command,
            "--into",
            folder_,
            "--municipality",
            kMunicipality,
            "--broker",
            server_->address(),
            "--certificate",
            files_ / "certificate.pem",
            "--key",
            files_ / key,
            "--authorities",
            files_ / "authorities.pem",
            "--inbox-certificate",
            world_.inbox_certificate_file(),
            "--inbox-key",
            world_.inbox_key_file()};
  }

  // `pull` under strace. The leak check cannot look at a process that is traced.
  std::vector<std::string> Traced(const std::vector<std::string>& options, const std::string& output) const {
    std::vector<std::string> arguments = {"/usr/bin/env", "ASAN_OPTIONS=detect_leaks=0", "strace", "-f", "-y", "-qq"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const std::vector<std::string> pull = Arguments("pull");
    arguments.insert(arguments.end(), pull.begin(), pull.end());
    arguments.insert(arguments.end(), {"--output", output});
    return arguments;
  }

  // What a trace says of the folder, in order.
  std::vector<std::string> OrderIn(const std::string& trace) const {
    const std::string folder = std::filesystem::canonical(folder_);
    std::vector<std::string> order;
    for (const std::string& call : std::vector<std::string>(absl::StrSplit(ReadFile(trace), '\n'))) {
      const bool sync = absl::StrContains(call, " fsync(");
      const bool write = absl::StrContains(call, " write(");
      if (write && absl::StrContains(call, folder + "/.incoming_")) order.push_back("write notice");
      if (sync && absl::StrContains(call, folder + "/.incoming_")) order.push_back("sync notice");
      if (write && absl::StrContains(call, folder + "/.ledger>")) order.push_back("write ledger");
      if (sync && absl::StrContains(call, folder + "/.ledger>")) order.push_back("sync ledger");
      if (sync && absl::StrContains(call, folder + ">")) order.push_back("sync folder");
      if (sync && absl::StrContains(call, folder + "/.inbox_unfinished>")) order.push_back("sync binding");
      if (absl::StrContains(call, " renameat(")) order.push_back("rename");
      if (absl::StrContains(call, " unlinkat(")) order.push_back("erase");
      if (write && absl::StrContains(call, "\\\"acknowledging\\\"")) order.push_back("acknowledge");
    }
    return order;
  }

  // Sealed to the inbox by another key than that of the region whose certificate it names.
  v1::Notice Forged(const v1::Notice& plain) const {
    const support::SealingWorld impostor(kRegion, kMunicipality);
    const auto sealer = certs::Sealer::Create(impostor.signer(),
                                              *certs::ParsePrivateKey(ReadFile(impostor.region_files().private_key)));
    v1::Notice forged = world_.Seal(plain);
    forged.mutable_sealed()->set_cms(*sealer->Seal(contract::SealedPayloadOf(kRegion, plain), {world_.inbox()}));
    return forged;
  }

  std::unique_ptr<InboxServer> server_;
};

TEST_F(MutualTlsTest, PullEmptiesTheInbox) {
  for (int i = 1; i <= kNoticesSent; ++i) server_->Add(ProperNotice(i));
  EXPECT_EQ(Run(Arguments("pull")), kExitDone) << ReadFile(error_);
  EXPECT_EQ(server_->CountOf(State::kAcknowledged), kNoticesSent);
  EXPECT_EQ(NamesIn(folder_, "notice-").size(), kNoticesSent);
  EXPECT_EQ(ReadFile(error_), "received 3, already had 0, returned 0, acknowledged 3\n");
}

// What reaches the disk before what, which a crash of the process alone does not show.
TEST_F(MutualTlsTest, EverythingIsSyncedBeforeWhatDependsOnIt) {
  for (int i = 1; i <= 2; ++i) server_->Add(ProperNotice(i));
  ASSERT_TRUE(NoticeFolder::Open(folder_, kMunicipality, nullptr).ok());
  const std::string trace = files_ / "trace";
  ASSERT_EQ(Run(Traced({"-o", trace, "-e", kTraced}, "json")), kExitDone) << ReadFile(error_);

  EXPECT_THAT(OrderIn(trace),
              ElementsAre("sync ledger", "sync folder",             // on opening
                          "sync binding", "rename", "sync folder",  // at the first notice
                          "write notice", "sync notice", "write notice", "sync notice", "sync folder", "write ledger",
                          "sync ledger", "rename", "rename", "sync folder", "acknowledge"));
}

TEST_F(MutualTlsTest, WhatReplacesIsSyncedBeforeAnythingIsErasedAndTheErasureBeforeItIsAcknowledged) {
  for (int i = 1; i <= 2; ++i) server_->Add(ProperNotice(i));
  ASSERT_EQ(Run(Arguments("pull")), kExitDone);
  server_->Add(RevisedNotice(1, 2), v1::ITEM_KIND_REVISION, 1);
  server_->AddWithdrawal(WithdrawalOf(2, 2));
  const std::string trace = files_ / "trace";
  ASSERT_EQ(Run(Traced({"-o", trace, "-e", kTraced}, "json")), kExitDone) << ReadFile(error_);
  EXPECT_THAT(OrderIn(trace), ElementsAre("sync ledger", "sync folder", "write notice", "sync notice", "write notice",
                                          "sync notice", "sync folder", "write ledger", "sync ledger", "rename",
                                          "rename", "sync folder", "erase", "erase", "sync folder", "acknowledge"));
}

TEST_F(MutualTlsTest, AfterAFailedSyncNothingIsAcknowledgedAndTheNextRunMakesItGood) {
  for (int i = 1; i <= 2; ++i) server_->Add(ProperNotice(i));
  ASSERT_TRUE(NoticeFolder::Open(folder_, kMunicipality, nullptr).ok());
  constexpr int kSyncsOnOpening = 2;
  constexpr int kSyncs = 9;  // two on opening, two for the binding, two notices, the folder, the ledger, the folder
  for (int failing = 1; failing <= kSyncs; ++failing) {
    SCOPED_TRACE(failing);
    std::filesystem::remove_all(folder_);
    ASSERT_TRUE(NoticeFolder::Open(folder_, kMunicipality, nullptr).ok());
    const std::string inject = "inject=fsync:error=EIO:when=" + std::to_string(failing);
    EXPECT_EQ(Run(Traced({"-o", "/dev/null", "-e", inject}, "text")), kExitUnusable);
    EXPECT_THAT(ReadFile(error_), HasSubstr("cannot sync"));
    if (failing > kSyncsOnOpening) {
      EXPECT_THAT(ReadFile(error_), HasSubstr("received 0, already had 0, returned 0, acknowledged 0\n"));
    }
    EXPECT_EQ(server_->CountOf(State::kAcknowledged), 0);
    server_->ExpireLeases();
  }
  EXPECT_EQ(Run(Arguments("pull")), kExitDone);
  EXPECT_EQ(server_->CountOf(State::kAcknowledged), 2);
  EXPECT_EQ(NamesIn(folder_, "notice-").size(), 2);
  EXPECT_THAT(NamesIn(folder_, ".incoming"), IsEmpty());
}

TEST_F(MutualTlsTest, DamagedLinesOfTheLedgerAreCounted) {
  for (int i = 1; i <= kNoticesSent; ++i) server_->Add(ProperNotice(i));
  ASSERT_EQ(Run(Arguments("pull")), kExitDone);
  const std::string path = folder_ + "/.ledger";
  size_t line = 0;
  for (const std::string expected : {"has 1 damaged line; ", "has 2 damaged lines; "}) {
    std::string ledger = ReadFile(path);
    ledger[line + 20] = ledger[line + 20] == '0' ? '1' : '0';
    WriteFile(path, ledger);
    EXPECT_EQ(Run(Arguments("pull")), kExitDone);
    EXPECT_THAT(ReadFile(error_), HasSubstr(expected));
    line = ledger.find('\n') + 1;
  }
}

TEST_F(MutualTlsTest, WatchEndsWellAtEitherSignal) {
  int count = 0;
  for (const int number : {SIGTERM, SIGINT}) {
    const pid_t process = StartProcess(Arguments("watch"), output_, error_);
    server_->Add(ProperNotice(++count));
    EXPECT_TRUE(server_->WaitForCount(State::kAcknowledged, count));
    kill(process, number);
    EXPECT_EQ(WaitForProcess(process, 10), kExitDone) << ReadFile(error_);
    EXPECT_THAT(ReadFile(error_), HasSubstr("received 1, already had 0, returned 0, acknowledged 1\n"));
  }
}

TEST_F(MutualTlsTest, TwoProcessesNeverShareAFolder) {
  const pid_t first = StartProcess(Arguments("watch"), files_ / "first-output", files_ / "first-error");
  EXPECT_TRUE(server_->WaitForCalls(InboxServer::Method::kPull, 1));
  EXPECT_EQ(Run(Arguments("pull")), kExitUnusable);
  EXPECT_THAT(ReadFile(error_), HasSubstr("another envej-municipality is working in"));
  kill(first, SIGTERM);
  EXPECT_EQ(WaitForProcess(first, 10), kExitDone);
}

TEST_F(MutualTlsTest, AKeyThatCannotBeUsedIsToldInOneLine) {
  EXPECT_EQ(Run(Arguments("pull", "none.pem")), kExitUnusable);
  EXPECT_THAT(ReadFile(error_), HasSubstr("none.pem"));
  chmod((files_ / "key.pem").c_str(), 0644);
  EXPECT_EQ(Run(Arguments("pull")), kExitUnusable);
  EXPECT_EQ(server_->CallsOf(InboxServer::Method::kPull), 0);
}

TEST_F(MutualTlsTest, ABrokerThatIsNotThereIsToldByItsOwnCode) {
  std::vector<std::string> arguments = Arguments("pull");
  arguments.insert(arguments.end(), {"--deadline", "500ms"});
  server_.reset();
  EXPECT_EQ(Run(arguments), kExitNotReached);
}

TEST_F(MutualTlsTest, TheNodeExamplePrintsAndAcknowledgesWhatItKnowsAndReturnsTheRest) {
  for (int i = 1; i <= kNoticesSent; ++i) server_->Add(ProperNotice(i));
  server_->Add(ProperNotice(kNoticesSent + 1), v1::ITEM_KIND_REVISION);
  v1::Notice changed = world_.Seal(ProperNotice(kNoticesSent + 2));
  changed.mutable_sealed()->mutable_cms()->back() ^= 1;
  server_->Add(changed);
  v1::Notice moved = world_.Seal(ProperNotice(kNoticesSent + 3));
  moved.mutable_envelope()->set_discharge_date("2026-09-22");
  server_->Add(moved);
  v1::Notice of_another_signer = world_.Seal(ProperNotice(kNoticesSent + 4));
  of_another_signer.mutable_sealed()->set_sealed_by(v1::SEALED_BY_BROKER);
  server_->Add(of_another_signer);
  server_->Add(Forged(ProperNotice(kNoticesSent + 5)));
  server_->AddWithdrawal(WithdrawalOf(kNoticesSent + 6, 2));
  v1::Withdrawal of_another_reason = world_.Seal(WithdrawalOf(kNoticesSent + 7, 2));
  of_another_reason.set_reason(v1::WITHDRAWAL_REASON_DECEASED);
  server_->AddWithdrawal(of_another_reason);
  const char* const source = std::getenv("ENVEJ_SOURCE_DIRECTORY");
  ASSERT_NE(source, nullptr);
  const std::string example = files_ / "example";
  std::filesystem::create_directory(example);
  for (const char* const name : {"package.json", "package-lock.json", "open_notice.js", "pull_notices.js"}) {
    std::filesystem::copy(std::string(source) + "/municipality-client/examples/nodejs/" + name, example);
  }
  ASSERT_EQ(Run({"/bin/sh", "-c", "cd \"$0\" && npm ci --ignore-scripts --no-audit --no-fund", example}, 240), 0)
      << ReadFile(error_);

  std::vector<std::string> arguments = {"/usr/bin/env", "node", example + "/pull_notices.js", "--proto",
                                        std::string(source) + "/proto"};
  const std::vector<std::string> connection = Arguments("pull");
  arguments.insert(arguments.end(), connection.begin() + 4, connection.end());  // from --municipality on
  const std::string printed = files_ / "printed";
  EXPECT_EQ(WaitForProcess(StartProcess(arguments, printed, error_)), 1);  // some were returned
  EXPECT_THAT(ReadFile(error_), HasSubstr("received 10, returned 6, acknowledged 4\n"));
  EXPECT_EQ(server_->CountOf(State::kAcknowledged), kNoticesSent + 1);
  EXPECT_EQ(server_->ReturnReasonOf(NoticeIdOf(kNoticesSent + 1)), v1::RETURN_REASON_UNSUPPORTED);
  EXPECT_EQ(server_->ReturnReasonOf(NoticeIdOf(kNoticesSent + 2)), v1::RETURN_REASON_CANNOT_BE_OPENED);
  for (const int number : {kNoticesSent + 3, kNoticesSent + 4, kNoticesSent + 5, kNoticesSent + 7}) {
    EXPECT_EQ(server_->ReturnReasonOf(NoticeIdOf(number)), v1::RETURN_REASON_NOT_AUTHENTIC) << number;
  }
  EXPECT_THAT(ReadFile(printed), HasSubstr(kMarkedName));
  for (const int number : {kNoticesSent, kNoticesSent + 6})
    EXPECT_THAT(ReadFile(printed), HasSubstr(NoticeIdOf(number)));
  EXPECT_THAT(ReadFile(printed), Not(HasSubstr(NoticeIdOf(kNoticesSent + 1))));
}

TEST_F(MutualTlsTest, WrongUsageIsToldByItsOwnCode) {
  EXPECT_EQ(Run({ProgramPath("envej-municipality")}), kExitUnusable);
  EXPECT_EQ(Run({ProgramPath("envej-municipality"), "bogus"}), kExitUnusable);
  EXPECT_THAT(ReadFile(error_), HasSubstr("envej-municipality does not know 'bogus'; its commands are pull, watch\n"));
  EXPECT_EQ(Run({ProgramPath("envej-municipality"), "pull", "bogus"}), kExitUnusable);
  EXPECT_THAT(ReadFile(error_), HasSubstr("envej-municipality pull does not know 'bogus'\n"));
  EXPECT_EQ(Run({ProgramPath("envej-municipality"), "--help"}), kExitDone);
  EXPECT_EQ(Run({ProgramPath("envej-municipality"), "--version"}), kExitDone);
  for (const auto& [option, value] : std::map<std::string, std::string>{
           {"--batch", "501"}, {"--lease", "4s"}, {"--deadline", "soon"}, {"--output", "xml"}}) {
    std::vector<std::string> arguments = Arguments("pull");
    arguments.insert(arguments.end(), {option, value});
    EXPECT_EQ(Run(arguments), kExitUnusable) << option;
  }
}

}  // namespace
}  // namespace envej::municipality_client
