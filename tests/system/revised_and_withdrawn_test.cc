// One notice from its submission over a revision to its withdrawal, through a running broker into a municipality's
// folder.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "certs/pem.h"
#include "certs/sealing.h"
#include "proto/contract/sealed_payload.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/notice_messages.h"
#include "tests/support/process.h"

namespace envej::system {
namespace {

using support::BrokerProcess;
using support::CallContext;
using support::Ended;
using support::kCode;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kRegionCode[] = "1081";

// A region's system that calls and, where it is asked to, seals with a certificate of its own.
class Sender {
 public:
  explicit Sender(const BrokerProcess& broker)
      : issued_(support::SharedAuthority().Issue(certs::ClientRequest(support::kRegion))),
        sealer_(*certs::Sealer::Create(certs::Certificate::FromPem(issued_.certificate_pem)->front(),
                                       *certs::ParsePrivateKey(issued_.key_pem))),
        intake_(v1::IntakeService::NewStub(support::OpenChannel(broker.address(), support::CredentialsOf(issued_)))) {}

  v1::Notice Seal(const v1::Notice& plain) const {
    v1::Notice sealed;
    *sealed.mutable_envelope() = plain.envelope();
    sealed.mutable_envelope()->mutable_content_commitment()->set_key_id("key");
    const char letter = static_cast<char>('a' + plain.envelope().revision());
    sealed.mutable_envelope()->mutable_content_commitment()->set_value(std::string(32, letter));
    *sealed.mutable_sealed() = Sealed(contract::SealedPayloadOf(kRegionCode, plain));
    return sealed;
  }
  v1::Withdrawal Seal(const v1::Withdrawal& plain) const {
    v1::Withdrawal sealed = plain;
    *sealed.mutable_sealed() = Sealed(contract::SealedPayloadOf(kRegionCode, plain));
    return sealed;
  }

  void Submit(const v1::Notice& notice) const {
    v1::SubmitNoticeRequest request;
    *request.mutable_notice() = notice;
    v1::SubmitNoticeResponse answer;
    const grpc::Status status = intake_->SubmitNotice(CallContext().get(), request, &answer);
    EXPECT_TRUE(status.ok()) << status.error_message();
  }
  void Revise(const v1::Notice& notice) const {
    v1::ReviseNoticeRequest request;
    *request.mutable_notice() = notice;
    v1::ReviseNoticeResponse answer;
    const grpc::Status status = intake_->ReviseNotice(CallContext().get(), request, &answer);
    EXPECT_TRUE(status.ok()) << status.error_message();
  }
  void Withdraw(const v1::Withdrawal& withdrawal) const {
    v1::WithdrawNoticeRequest request;
    *request.mutable_withdrawal() = withdrawal;
    v1::WithdrawNoticeResponse answer;
    const grpc::Status status = intake_->WithdrawNotice(CallContext().get(), request, &answer);
    EXPECT_TRUE(status.ok()) << status.error_message();
  }
  v1::NoticeStatus StatusOf(const v1::Notice& notice) const {
    v1::GetNoticeRequest request;
    request.set_municipality_code(kCode);
    request.set_notice_id(notice.envelope().notice_id());
    v1::GetNoticeResponse answer;
    EXPECT_TRUE(intake_->GetNotice(CallContext().get(), request, &answer).ok());
    return answer.status();
  }

 private:
  v1::SealedContent Sealed(const std::string& payload) const {
    const certs::Certificate inbox = certs::Certificate::FromPem(support::InboxFor(kCode).certificate_pem)->front();
    v1::SealedContent sealed;
    sealed.set_cms(*sealer_.Seal(payload, {inbox}));
    sealed.set_signer_fingerprint(sealer_.certificate().fingerprint());
    return sealed;
  }

  const certs::IssuedCertificate issued_;
  const certs::Sealer sealer_;
  const std::unique_ptr<v1::IntakeService::Stub> intake_;
};

class RevisedAndWithdrawnTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(broker_.Start());
    sender_.emplace(broker_);
  }

  Ended Pull(const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {
        support::ProgramPath("envej-municipality"), "pull", "--municipality", kCode, "--into", folder_};
    const std::vector<std::string> known = broker_.MunicipalityArguments(support::kMunicipality);
    arguments.insert(arguments.end(), known.begin(), known.end());
    arguments.insert(arguments.end(), more.begin(), more.end());
    return support::Process(arguments).Wait();
  }

  std::vector<std::string> Files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      const std::string name = entry.path().filename();
      if (!absl::StartsWith(name, ".")) names.push_back(name);
    }
    return names;
  }
  static std::string FileOf(const char* prefix, const v1::Notice& notice, int revision) {
    return absl::StrCat(prefix, "-", kRegionCode, "-", notice.envelope().notice_id(), "-", revision, ".json");
  }
  std::string Contents(const std::string& name) const { return certs::ReadFile(absl::StrCat(folder_, "/", name)); }

  BrokerProcess broker_;
  std::optional<Sender> sender_;
  const std::string folder_ = broker_.folder().Path("received");
};

TEST_F(RevisedAndWithdrawnTest, SealedByTheRegionFromSubmissionToWithdrawal) {
  const v1::Notice notice = support::NewNotice(kCode);
  sender_->Submit(sender_->Seal(notice));
  ASSERT_EQ(Pull().code, support::kDone);
  EXPECT_THAT(Files(), ElementsAre(FileOf("notice", notice, 1)));

  const v1::Notice revised = support::Revised(notice);
  sender_->Revise(sender_->Seal(revised));
  const Ended pulled = Pull({"--output", "json"});
  EXPECT_EQ(pulled.code, support::kDone) << pulled.err;
  EXPECT_THAT(pulled.out, HasSubstr("\"kind\":\"revision\",\"replaces_revision\":1"));
  EXPECT_THAT(Files(), ElementsAre(FileOf("notice", notice, 2)));
  EXPECT_THAT(Contents(FileOf("notice", notice, 2)), HasSubstr(revised.citizen().phone_numbers(0)));
  EXPECT_EQ(sender_->StatusOf(notice).delivered_revision(), 2u);

  const v1::Withdrawal withdrawal = support::WithdrawalOf(revised, v1::WITHDRAWAL_REASON_READMITTED);
  sender_->Withdraw(sender_->Seal(withdrawal));
  const Ended erased = Pull();
  EXPECT_EQ(erased.code, support::kDone) << erased.out << erased.err;
  EXPECT_THAT(Files(), ElementsAre(FileOf("withdrawn", notice, 3)));
  EXPECT_THAT(Contents(FileOf("withdrawn", notice, 3)), HasSubstr("WITHDRAWAL_REASON_READMITTED"));
  EXPECT_EQ(sender_->StatusOf(notice).state(), v1::NOTICE_STATE_WITHDRAWN);
  EXPECT_EQ(Pull().err, "received 0, already had 0, returned 0, acknowledged 0\n");
}

TEST_F(RevisedAndWithdrawnTest, PlainAsTheBrokerSealsItFromSubmissionToWithdrawal) {
  const v1::Notice notice = support::NewNotice(kCode);
  sender_->Submit(notice);
  ASSERT_EQ(Pull().code, support::kDone);
  sender_->Revise(support::Revised(notice));
  ASSERT_EQ(Pull().code, support::kDone);
  EXPECT_THAT(Files(), ElementsAre(FileOf("notice", notice, 2)));
  sender_->Withdraw(support::WithdrawalOf(support::Revised(notice)));
  ASSERT_EQ(Pull().code, support::kDone);
  EXPECT_THAT(Files(), ElementsAre(FileOf("withdrawn", notice, 3)));
  EXPECT_EQ(sender_->StatusOf(notice).state(), v1::NOTICE_STATE_WITHDRAWN);
}

TEST_F(RevisedAndWithdrawnTest, APlainWithdrawalOfWhatTheRegionSealedIsReturnedAndErasesNothing) {
  const v1::Notice notice = support::NewNotice(kCode);
  sender_->Submit(sender_->Seal(notice));
  ASSERT_EQ(Pull().code, support::kDone);
  sender_->Withdraw(support::WithdrawalOf(notice));
  const Ended pulled = Pull();
  EXPECT_EQ(pulled.code, support::kClientRefused);
  EXPECT_THAT(pulled.out, HasSubstr("NOT_AUTHENTIC"));
  EXPECT_THAT(Files(), ElementsAre(FileOf("notice", notice, 1)));
  const v1::NoticeStatus status = sender_->StatusOf(notice);
  EXPECT_EQ(status.state(), v1::NOTICE_STATE_RETURNED);
  EXPECT_EQ(status.return_reason(), v1::RETURN_REASON_NOT_AUTHENTIC);
}

// It is in the folder and not acknowledged, so the broker knows only that it was handed out.
TEST_F(RevisedAndWithdrawnTest, WhatIsWithdrawnBetweenItsFileAndItsAcknowledgementIsErased) {
  const v1::Notice notice = support::NewNotice(kCode);
  sender_->Submit(sender_->Seal(notice));
  std::vector<std::string> arguments = {
      support::ProgramPath("envej-municipality"),
      "pull",
      "--municipality",
      kCode,
      "--into",
      folder_,
      "--before-acknowledge",
      absl::StrCat("while ! test -e ", broker_.folder().Path("withdrawn"), "; do sleep 0.05; done")};
  const std::vector<std::string> known = broker_.MunicipalityArguments(support::kMunicipality);
  arguments.insert(arguments.end(), known.begin(), known.end());
  support::Process pull(arguments);
  const std::string file = absl::StrCat(folder_, "/", FileOf("notice", notice, 1));
  for (int i = 0; i < 400 && !std::filesystem::exists(file); ++i) absl::SleepFor(absl::Milliseconds(25));
  sender_->Withdraw(sender_->Seal(support::WithdrawalOf(notice)));
  broker_.folder().Write("withdrawn", "");
  const Ended ended = pull.Wait();
  EXPECT_EQ(ended.code, support::kDone) << ended.err;
  EXPECT_THAT(ended.err, testing::Not(HasSubstr("is not erased")));
  EXPECT_THAT(Files(), ElementsAre(FileOf("withdrawn", notice, 2)));
  EXPECT_EQ(sender_->StatusOf(notice).state(), v1::NOTICE_STATE_WITHDRAWN);
}

}  // namespace
}  // namespace envej::system
