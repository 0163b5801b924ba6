// The whole life of notices, as a ward's programs make it, at a running broker.

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/notice_messages.h"

namespace envej::system {
namespace {

using support::Ended;
using support::kCode;
using testing::AllOf;
using testing::HasSubstr;

constexpr int kNotYet = 4;

std::string ToLine(const v1::Notice& notice) {
  std::string line;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(notice, &line).ok());
  return line + "\n";
}

class RegionLifeTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(broker_.Start()); }

  // envej-region with what it needs of the connection.
  Ended Run(std::vector<std::string> arguments) {
    const bool needs_secret = arguments[0] == "submit" || arguments[0] == "revise";
    const std::vector<std::string> connection =
        needs_secret ? broker_.RegionArguments(support::kRegion) : broker_.ConnectionArguments(support::kRegion);
    arguments.insert(arguments.begin(), support::ProgramPath("envej-region"));
    arguments.insert(arguments.end(), connection.begin(), connection.end());
    return support::RunProgram(arguments);
  }
  Ended Keep(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--receipts", receipts_});
    return Run(arguments);
  }
  Ended Withdraw(const std::string& id, const std::string& reason) {
    return Keep({"withdraw", "--municipality", kCode, "--reason", reason, id});
  }
  std::string Status(const std::string& id) { return Run({"status", "--municipality", kCode, id}).out; }

  // The only item that waits.
  v1::InboxItem Pull() {
    v1::PullNoticesRequest request;
    request.set_municipality_code(kCode);
    v1::PullNoticesResponse answer;
    EXPECT_TRUE(inbox().PullNotices(support::CallContext().get(), request, &answer).ok());
    EXPECT_EQ(answer.items_size(), 1);
    return answer.items_size() == 1 ? answer.items(0) : v1::InboxItem();
  }
  void Acknowledge(const v1::InboxItem& item) {
    v1::AcknowledgeNoticesRequest request;
    request.set_municipality_code(kCode);
    *request.add_leases() = item.lease().name();
    v1::AcknowledgeNoticesResponse answer;
    ASSERT_TRUE(inbox().AcknowledgeNotices(support::CallContext().get(), request, &answer).ok());
    ASSERT_TRUE(answer.results(0).has_acknowledged_at());
  }
  void Return(const v1::InboxItem& item) {
    v1::ReturnNoticesRequest request;
    request.set_municipality_code(kCode);
    *request.add_returns()->mutable_lease() = item.lease().name();
    request.mutable_returns(0)->set_reason(v1::RETURN_REASON_NOT_RESIDENT);
    v1::ReturnNoticesResponse answer;
    ASSERT_TRUE(inbox().ReturnNotices(support::CallContext().get(), request, &answer).ok());
    ASSERT_TRUE(answer.results(0).has_returned_at());
  }
  v1::InboxService::Stub& inbox() {
    if (inbox_ == nullptr) inbox_ = broker_.Inbox(support::kMunicipality);
    return *inbox_;
  }

  support::BrokerProcess broker_{{.more = "journal: {checkpoint_seconds: 1}\n"}};
  const std::string receipts_ = broker_.folder().Path("receipts.jsonl");
  std::unique_ptr<v1::InboxService::Stub> inbox_;
};

TEST_F(RegionLifeTest, ANoticeIsRevisedDeliveredAndWithdrawn) {
  const v1::Notice notice = support::NewNotice(kCode);
  const std::string& id = notice.envelope().notice_id();
  ASSERT_EQ(Keep({"submit", broker_.folder().Write("notice.jsonl", ToLine(notice))}).code, support::kDone);
  v1::Notice changed = support::Revised(notice);
  changed.mutable_envelope()->clear_revision();
  const std::string file = broker_.folder().Write("revision.jsonl", ToLine(changed));
  const Ended revised = Keep({"revise", file});
  EXPECT_EQ(revised.code, support::kDone);
  EXPECT_EQ(revised.err,
            "line 1: says no revision: sent as revision 2\n"
            "accepted 1, already accepted 0, refused 0, unsent 0\n");
  EXPECT_THAT(Keep({"revise", file}).err, HasSubstr("accepted 0, already accepted 1,"));

  const v1::InboxItem item = Pull();
  EXPECT_EQ(item.lease().name().revision(), 2u);
  EXPECT_EQ(item.notice().sealed().sealed_by(), v1::SEALED_BY_REGION);
  Acknowledge(item);
  const Ended withdrawn = Withdraw(id, "consent-withdrawn");
  EXPECT_EQ(withdrawn.code, support::kDone) << withdrawn.err;
  EXPECT_EQ(withdrawn.err, "withdrawn 1, already withdrawn 0, refused 0, unsent 0\n");
  EXPECT_THAT(Withdraw(id, "consent-withdrawn").err, HasSubstr("withdrawn 0, already withdrawn 1,"));
  EXPECT_THAT(Status(id), HasSubstr("revision 2 delivered; withdrawn: consent withdrawn"));

  const v1::InboxItem erase = Pull();
  EXPECT_EQ(erase.kind(), v1::ITEM_KIND_WITHDRAWAL);
  EXPECT_EQ(erase.replaces_revision(), 2u);
  EXPECT_EQ(erase.withdrawal().sealed().sealed_by(), v1::SEALED_BY_REGION);
  Acknowledge(erase);
  EXPECT_THAT(Status(id), HasSubstr("withdrawal  withdrawn"));
  const Ended late = Keep({"revise", file});
  EXPECT_EQ(late.code, support::kClientRefused);
  EXPECT_THAT(late.err, HasSubstr("line 1: refused: NOTICE_WITHDRAWN: "));
}

TEST_F(RegionLifeTest, ANoticeWithdrawnBeforeItCameIsRefusedWhenItComes) {
  const v1::Notice notice = support::NewNotice(kCode);
  EXPECT_EQ(Withdraw(notice.envelope().notice_id(), "sent-in-error").code, support::kDone);
  const Ended late = Keep({"submit", broker_.folder().Write("notice.jsonl", ToLine(notice))});
  EXPECT_EQ(late.code, support::kClientRefused);
  EXPECT_THAT(late.err, HasSubstr("NOTICE_WITHDRAWN"));
}

TEST_F(RegionLifeTest, TheRegionTakesNoteOfAReturn) {
  const v1::Notice notice = support::NewNotice(kCode);
  const std::string& id = notice.envelope().notice_id();
  ASSERT_EQ(Keep({"submit", broker_.folder().Write("notice.jsonl", ToLine(notice))}).code, support::kDone);
  const std::vector<std::string> acknowledge = {"outcome", "acknowledge", "--municipality", kCode, id};
  const Ended early = Run(acknowledge);
  EXPECT_EQ(early.code, support::kClientRefused);
  EXPECT_THAT(early.err, HasSubstr(id + ": OUTCOME_NOT_REACHED: "));
  Return(Pull());
  const Ended first = Run(acknowledge);
  EXPECT_EQ(first.code, support::kDone) << first.err;
  EXPECT_THAT(first.out, HasSubstr(id));
  EXPECT_EQ(Run(acknowledge).out, first.out) << "it is when the region first said so";
  EXPECT_THAT(Status(id), AllOf(HasSubstr("returned"), HasSubstr("not resident"), HasSubstr("outcome acknowledged 2")));
}

TEST_F(RegionLifeTest, ReceiptsOfRevisionsAndWithdrawalsAreProven) {
  const v1::Notice revised = support::NewNotice(kCode);
  const v1::Notice withdrawn = support::NewNotice(kCode);
  ASSERT_EQ(Keep({"submit", broker_.folder().Write("notices.jsonl", ToLine(revised) + ToLine(withdrawn))}).code,
            support::kDone);
  ASSERT_EQ(Keep({"revise", broker_.folder().Write("revision.jsonl", ToLine(support::Revised(revised)))}).code,
            support::kDone);
  ASSERT_EQ(Withdraw(withdrawn.envelope().notice_id(), "readmitted").code, support::kDone);
  Ended proven = Run({"receipts", "prove", receipts_});
  for (int wait = 0; wait < 100 && proven.code == kNotYet; ++wait) {
    absl::SleepFor(absl::Milliseconds(50));
    proven = Run({"receipts", "prove", receipts_});
  }
  EXPECT_EQ(proven.code, support::kDone) << proven.err;
  EXPECT_THAT(proven.err, HasSubstr("2 proofs, 0 not yet, 0 refused, 2 replaced by a revision or withdrawal"));
  const std::vector<std::string> verify = {
      support::ProgramPath("envej-region"),
      "receipts",
      "verify",
      broker_.folder().Write("proofs.jsonl", proven.out),
      "--receipts",
      receipts_,
      "--authorities",
      broker_.folder().Write("verify.pem", support::SharedAuthority().CertificatePem())};
  const Ended verified = support::RunProgram(verify);
  EXPECT_EQ(verified.code, support::kDone) << verified.out << verified.err;
  EXPECT_EQ(verified.out, "2 proven, 0 not proven, 2 replaced by newer ones that are proven\n");

  // One that was changed is not covered by the newer one.
  std::string receipts = certs::ReadFile(receipts_);
  const std::string accepted = "\"acceptedAt\":\"20";
  receipts.replace(receipts.find(accepted), accepted.size(), "\"acceptedAt\":\"21");
  broker_.folder().Write("receipts.jsonl", receipts);
  EXPECT_EQ(support::RunProgram(verify).out,
            absl::StrCat(receipts_, ": line 1: not proven: no proof of it is among those that hold\n",
                         "2 proven, 1 not proven, 1 replaced by newer ones that are proven\n"));
}

}  // namespace
}  // namespace envej::system
