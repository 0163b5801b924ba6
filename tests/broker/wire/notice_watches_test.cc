// A region's stream of what becomes of its notices, at a running broker.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/expect_refusal.h"
#include "tests/support/notice_messages.h"

namespace envej::wire {
namespace {

using contract::Reason;
using support::BrokerProcess;
using support::CallContext;
using support::kCode;
using testing::ElementsAre;
using testing::IsEmpty;

class NoticeWatchesTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(broker_.Start()); }

  void Submit(const v1::Notice& notice, const char* region = support::kRegion) {
    v1::SubmitNoticeRequest request;
    *request.mutable_notice() = notice;
    v1::SubmitNoticeResponse answer;
    const grpc::Status status = broker_.Intake(region)->SubmitNotice(CallContext().get(), request, &answer);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }

  // The municipality takes and acknowledges all that waits.
  void Deliver() {
    const auto inbox = broker_.Inbox(support::kMunicipality);
    v1::PullNoticesRequest pull;
    pull.set_municipality_code(kCode);
    v1::PullNoticesResponse pulled;
    ASSERT_TRUE(inbox->PullNotices(CallContext().get(), pull, &pulled).ok());
    v1::AcknowledgeNoticesRequest request;
    request.set_municipality_code(kCode);
    for (const v1::InboxItem& item : pulled.items()) *request.add_leases() = item.lease().name();
    v1::AcknowledgeNoticesResponse answer;
    ASSERT_TRUE(inbox->AcknowledgeNotices(CallContext().get(), request, &answer).ok());
  }

  struct Told {
    std::vector<v1::ChangeKind> kinds;
    std::string token;
    bool begins_anew = false;
  };

  // What is told from the token on, until so many changes were.
  Told Watch(size_t changes, const std::string& token = "", const char* region = support::kRegion) {
    const auto intake = broker_.Intake(region);
    const auto context = CallContext();
    v1::WatchNoticesRequest request;
    request.set_resume_token(token);
    const auto watch = intake->WatchNotices(context.get(), request);
    Told told;
    v1::WatchNoticesResponse answer;
    while (told.kinds.size() < changes && watch->Read(&answer)) {
      for (const v1::NoticeChange& change : answer.changes()) told.kinds.push_back(change.kind());
      told.token = answer.resume_token();
      told.begins_anew = told.begins_anew || answer.begins_anew();
    }
    context->TryCancel();
    while (watch->Read(&answer)) {
    }
    watch->Finish();
    return told;
  }

  BrokerProcess broker_{{.more = "limits: {participant_burst: 100000}\n"}};
};

TEST_F(NoticeWatchesTest, TellsInOrderWhatBecomesOfANotice) {
  const v1::Notice notice = support::NewNotice(kCode);
  Submit(notice);
  Deliver();
  const Told told = Watch(3);
  EXPECT_THAT(told.kinds, ElementsAre(v1::CHANGE_KIND_ACCEPTED, v1::CHANGE_KIND_LEASED, v1::CHANGE_KIND_ACKNOWLEDGED));
  EXPECT_FALSE(told.begins_anew);
}

TEST_F(NoticeWatchesTest, TellsWhatHappensWhileItIsOpen) {
  const auto intake = broker_.Intake(support::kRegion);
  const auto context = CallContext();
  const auto watch = intake->WatchNotices(context.get(), {});
  v1::WatchNoticesResponse answer;
  for (int number = 0; number < 3; ++number) {
    const v1::Notice notice = support::NewNotice(kCode);
    Submit(notice);
    ASSERT_TRUE(watch->Read(&answer));
    ASSERT_EQ(answer.changes_size(), 1);
    EXPECT_EQ(answer.changes(0).notice_id(), notice.envelope().notice_id());
    EXPECT_EQ(answer.changes(0).municipality_code(), kCode);
    EXPECT_EQ(answer.changes(0).revision(), 1u);
  }
  context->TryCancel();
}

TEST_F(NoticeWatchesTest, GoesOnWhereItsTokenSaysAlsoAfterARestart) {
  Submit(support::NewNotice(kCode));
  const Told first = Watch(1);
  Submit(support::NewNotice(kCode));
  const Told second = Watch(1, first.token);
  EXPECT_THAT(second.kinds, ElementsAre(v1::CHANGE_KIND_ACCEPTED));
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  ASSERT_TRUE(broker_.Start());
  Submit(support::NewNotice(kCode));
  EXPECT_THAT(Watch(1, second.token).kinds, ElementsAre(v1::CHANGE_KIND_ACCEPTED));
  EXPECT_THAT(Watch(3).kinds, testing::SizeIs(3)) << "all of it again, without a token";
}

TEST_F(NoticeWatchesTest, TellsARegionOfItsOwnNoticesAlone) {
  Submit(support::NewNotice(kCode));
  Submit(support::NewNotice(kCode), support::kOtherRegion);
  const Told told = Watch(1, "", support::kOtherRegion);
  EXPECT_THAT(told.kinds, ElementsAre(v1::CHANGE_KIND_ACCEPTED));
}

TEST_F(NoticeWatchesTest, EndsByNameWhenTheBrokerStops) {
  const auto intake = broker_.Intake(support::kRegion);
  Submit(support::NewNotice(kCode));
  const auto context = CallContext();
  const auto watch = intake->WatchNotices(context.get(), {});
  v1::WatchNoticesResponse answer;
  ASSERT_TRUE(watch->Read(&answer));
  EXPECT_EQ(broker_.Stop().code, support::kDone);
  EXPECT_FALSE(watch->Read(&answer));
  support::ExpectRefused(watch->Finish(), Reason::kBrokerStopping);
}

TEST_F(NoticeWatchesTest, MoreThanARegionMayHaveAreRefused) {
  const auto intake = broker_.Intake(support::kRegion);
  Submit(support::NewNotice(kCode));
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<v1::WatchNoticesResponse>>> watches;
  v1::WatchNoticesResponse answer;
  for (int number = 0; number < 50; ++number) {
    contexts.push_back(CallContext());
    watches.push_back(intake->WatchNotices(contexts.back().get(), {}));
    ASSERT_TRUE(watches.back()->Read(&answer)) << number;
  }
  const auto context = CallContext();
  const auto one_more = intake->WatchNotices(context.get(), {});
  EXPECT_FALSE(one_more->Read(&answer));
  support::ExpectRefused(one_more->Finish(), Reason::kBrokerBusy);
  for (const auto& each : contexts) each->TryCancel();
}

}  // namespace
}  // namespace envej::wire
