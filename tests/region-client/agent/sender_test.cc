#include "region-client/agent/sender.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <sstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "proto/contract/day.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/status_codec.h"
#include "tests/region-client/agent/agent_world.h"
#include "tests/region-client/agent/part_surroundings.h"
#include "tests/region-client/support/intake_server.h"
#include "tests/region-client/support/notice_lines.h"
#include "tests/support/free_address.h"
#include "tests/support/wait_until.h"

namespace envej::region {
namespace {

using contract::Reason;
using support::WaitUntil;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::shared_ptr<grpc::Channel> ChannelTo(const std::string& address) {
  return grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
}

// A sender over a real store, to a server that keeps what it accepts. No wait is longer than it must be: chance is 0.
class SenderTest : public testing::Test, protected PartSurroundings {
 protected:
  SenderTest() : channel_(ChannelTo(server_.address())) { store_ = *AgentStore::Open(folder_.Options()); }
  ~SenderTest() override { Stop(); }

  void Start() {
    sender_ = std::make_unique<Sender>(SenderParts{
        .context = [this] { return Context(); },
        .now = absl::Now,
        .store = *store_,
        .locks = locks_,
        .doorbell = doorbell_,
        .stopping = stopping_,
        .make_sealer = [this]() -> absl::StatusOr<NoticeSealer> {
          if (is_unreadable_) return absl::FailedPreconditionError("the key is another's");
          const support::SealingWorld& world = IntakeServer::World();
          return NoticeSealer::Create(
              {.tls = world.region_files(), .secret = world.secret_file(), .former_secrets = {}}, absl::Now());
        },
        .learned = [this](const v1::ListMunicipalitiesResponse&) { ++learned_; },
        .told = [] {},
        .log =
            [this](const std::string& line) {
              const std::lock_guard<std::mutex> lock(mutex_);
              log_.push_back(line);
            }});
    thread_ = std::thread([this] { EXPECT_TRUE(sender_->Run().ok()); });
  }
  void Stop() {
    stopping_.Stop();
    doorbell_.Ring();
    if (thread_.joinable()) thread_.join();
  }
  CommandContext Context() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return {.channel = channel_,
            .broker = server_.address(),
            .notices_of = {},
            .copenhagen = *contract::CopenhagenTimeZone(),
            .streams = streams_,
            .surroundings = surroundings_};
  }
  void Reach(std::shared_ptr<grpc::Channel> channel) {
    const std::lock_guard<std::mutex> lock(mutex_);
    channel_ = std::move(channel);
  }

  static std::string CaseOf(unsigned number) { return std::string(kCaseIdBytes, static_cast<char>('a' + number)); }
  // A case of one notice, which is to be sent.
  void Submit(unsigned number) {
    ward::v1::Case known;
    ward::v1::CaseNotice& notice = *known.add_notices();
    notice.set_notice_id(NoticeIdNumber(number));
    notice.set_municipality_code("0101");
    notice.set_revision(1);
    notice.set_standing(ward::v1::NOTICE_STANDING_TO_BE_SENT);
    *notice.mutable_said() = NoticeNumber(number, absl::Now());
    ward::v1::Outgoing outgoing;
    outgoing.set_case_id(CaseOf(number));
    *outgoing.mutable_submit() = notice.said();
    AgentBatch batch = store_->NewBatch();
    batch.PutCase(CaseOf(number), std::nullopt, known);
    batch.AddOutgoing(outgoing);
    ASSERT_TRUE(store_->Write(std::move(batch)).ok());
    doorbell_.Ring();
  }
  // It was corrected, or withdrawn where it has no phone number any more.
  void Change(unsigned number, const std::string& phone) {
    absl::StatusOr<CaseWork> work = CaseWork::Begin(*store_, locks_, {.cases = {CaseOf(number)}});
    ASSERT_TRUE(work.ok());
    ward::v1::CaseNotice& notice = *(*work->WithId(CaseOf(number)))->after.mutable_notices(0);
    notice.set_revision(notice.revision() + 1);
    ward::v1::Outgoing outgoing;
    outgoing.set_case_id(CaseOf(number));
    if (phone.empty()) {
      notice.set_standing(ward::v1::NOTICE_STANDING_WITHDRAWN);
      v1::Withdrawal& withdrawal = *outgoing.mutable_withdraw();
      withdrawal.set_municipality_code("0101");
      withdrawal.set_notice_id(notice.notice_id());
      withdrawal.set_revision(notice.revision());
      withdrawal.set_reason(v1::WITHDRAWAL_REASON_CONSENT_WITHDRAWN);
      *withdrawal.mutable_created_at() = contract::ToMessage(absl::Now());
      withdrawal.set_contract_version(1);
    } else {
      notice.set_standing(ward::v1::NOTICE_STANDING_TO_BE_SENT);
      notice.mutable_said()->mutable_envelope()->set_revision(notice.revision());
      notice.mutable_said()->mutable_citizen()->set_phone_numbers(0, phone);
      *outgoing.mutable_revise() = notice.said();
    }
    work->batch().AddOutgoing(outgoing);
    ASSERT_TRUE(work->Commit().ok());
    doorbell_.Ring();
  }
  ward::v1::CaseNotice Notice(unsigned number) { return store_->ReadCase(CaseOf(number))->value().notices(0); }
  bool IsAccepted(unsigned number) { return Notice(number).standing() == ward::v1::NOTICE_STANDING_ACCEPTED; }
  bool IsEmptyOutbox() { return store_->ReadOutbox(0, 1)->empty(); }
  std::vector<StoredTelling> Told() { return *store_->ReadTellings(0, 10); }
  std::vector<std::string> Log() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return log_;
  }

  AgentFolder folder_;
  IntakeServer server_;
  CaseLocks locks_;
  Doorbell doorbell_;
  std::unique_ptr<AgentStore> store_;
  std::atomic<bool> is_unreadable_ = false;
  std::atomic<int> learned_ = 0;
  std::mutex mutex_;  // of the two below
  std::shared_ptr<grpc::Channel> channel_;
  std::vector<std::string> log_;
  std::unique_ptr<Sender> sender_;
  std::thread thread_;
};

TEST_F(SenderTest, WhatIsAboutOneNoticeIsSentInItsOrderAndAgainWhereAnAnswerIsLost) {
  for (const unsigned number : {0u, 1u}) {
    Submit(number);
    Change(number, "+4520999991");
    Change(number, "+4520999992");
  }
  Change(0, "");
  server_.FailNextCall(grpc::Status(grpc::StatusCode::UNAVAILABLE, ""), /*carried_out=*/true);
  server_.FailNextChange(grpc::Status(grpc::StatusCode::UNAVAILABLE, ""), /*carried_out=*/true);
  Start();
  ASSERT_TRUE(WaitUntil([this] { return IsEmptyOutbox(); }));
  Stop();
  ASSERT_THAT(Told(), SizeIs(1));
  EXPECT_EQ(Told()[0].telling.kind(), ward::v1::TELLING_KIND_WITHDRAWN);
  std::vector<uint32_t> revisions;
  for (const v1::Notice& notice : server_.revisions()) {
    if (notice.envelope().notice_id() != NoticeIdNumber(0)) continue;
    if (revisions.empty() || revisions.back() != notice.envelope().revision()) {
      revisions.push_back(notice.envelope().revision());
    }
  }
  EXPECT_THAT(revisions, ElementsAre(2, 3));
  EXPECT_EQ(server_.withdrawals().back().revision(), 4u);
  EXPECT_EQ(server_.accepted().at(NoticeIdNumber(1)).citizen().phone_numbers(0), "+4520999992");
  EXPECT_EQ(Notice(1).receipt().revision(), 3u);
  EXPECT_EQ(Notice(0).receipt().withdrawal_reason(), v1::WITHDRAWAL_REASON_CONSENT_WITHDRAWN);
  EXPECT_TRUE(sender_->reaches_broker());
}

TEST_F(SenderTest, WhatIsHeldUpIsToldOnceAndKeepsNothingElseWaiting) {
  server_.Refuse(NoticeIdNumber(0), Reason::kSignerUnknown, 2);
  Submit(0);
  Submit(1);
  Start();
  ASSERT_TRUE(WaitUntil([this] { return IsAccepted(1); }));
  EXPECT_FALSE(IsAccepted(0));
  ASSERT_TRUE(WaitUntil([this] { return IsAccepted(0); }));
  Stop();
  ASSERT_THAT(Told(), SizeIs(1));
  EXPECT_EQ(Told()[0].telling.kind(), ward::v1::TELLING_KIND_HELD_UP);
  EXPECT_EQ(Told()[0].telling.reason(), "SIGNER_UNKNOWN");
}

TEST_F(SenderTest, WhatWaitsIsTriedAgainHoweverOftenTheBellIsRung) {
  server_.Refuse(NoticeIdNumber(0), Reason::kSignerUnknown, 1);
  Submit(0);
  Start();
  EXPECT_TRUE(WaitUntil([this] {
    doorbell_.Ring();
    return IsAccepted(0);
  }));
}

// As after a restore of this store from a backup.
TEST_F(SenderTest, NumbersGoOnAboveTheBrokers) {
  Submit(0);
  Start();
  ASSERT_TRUE(WaitUntil([this] { return IsAccepted(0); }));
  v1::Notice fifth = NoticeNumber(0, absl::Now());
  fifth.mutable_envelope()->set_revision(5);
  v1::ReviseNoticeRequest request;
  *request.mutable_notice() = IntakeServer::World().Seal(fifth);
  v1::ReviseNoticeResponse revised;
  ASSERT_TRUE(server_.ReviseNotice(nullptr, &request, &revised).ok());
  Change(0, "+4520999991");
  ASSERT_TRUE(WaitUntil([this] { return IsEmptyOutbox(); }));
  Stop();
  EXPECT_EQ(Notice(0).revision(), 6u);
  EXPECT_EQ(Notice(0).receipt().revision(), 6u);
  EXPECT_TRUE(IsAccepted(0));
  EXPECT_EQ(server_.accepted().at(NoticeIdNumber(0)).citizen().phone_numbers(0), "+4520999991");
}

TEST_F(SenderTest, SendsWhenTheBrokerIsBackAndSaysOnceThatItIsAway) {
  Reach(ChannelTo(support::FreeAddress(7)));
  Submit(0);
  Start();
  ASSERT_TRUE(WaitUntil([this] { return !Log().empty(); }));
  EXPECT_FALSE(sender_->reaches_broker());
  EXPECT_FALSE(IsAccepted(0));
  Reach(ChannelTo(server_.address()));
  ASSERT_TRUE(WaitUntil([this] { return IsAccepted(0); }));
  EXPECT_TRUE(sender_->reaches_broker());
  EXPECT_THAT(Log(), ElementsAre(HasSubstr("the broker cannot be asked")));
}

TEST_F(SenderTest, LearnsAnewAlsoWhereTheBrokerWasAwayMeanwhile) {
  Submit(0);
  Start();
  ASSERT_TRUE(WaitUntil([this] { return IsAccepted(0); }));
  const int learned = learned_;
  IntakeServer refusing;
  refusing.FailEveryCall(grpc::Status(grpc::StatusCode::PERMISSION_DENIED, ""));
  Reach(ChannelTo(refusing.address()));
  sender_->LearnAnew();
  Submit(1);
  ASSERT_TRUE(WaitUntil([this] { return !sender_->reaches_broker(); }));
  Reach(ChannelTo(server_.address()));
  ASSERT_TRUE(WaitUntil([this] { return IsAccepted(1); }));
  EXPECT_GT(learned_, learned);
}

TEST_F(SenderTest, GoesOnWithWhatItSealsWithWhereTheFilesAreWrong) {
  Submit(0);
  Start();
  ASSERT_TRUE(WaitUntil([this] { return IsAccepted(0); }));
  is_unreadable_ = true;
  for (const unsigned number : {1u, 2u}) {
    sender_->LearnAnew();
    Submit(number);
    ASSERT_TRUE(WaitUntil([&] { return IsAccepted(number); }));
  }
  EXPECT_THAT(Log(), ElementsAre(HasSubstr("the key is another's")));
}

// Takes notices, and never answers.
class SilentBroker final : public v1::IntakeService::Service {
 public:
  explicit SilentBroker(IntakeServer& other) : other_(other) {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    address_ = absl::StrCat("127.0.0.1:", port);
  }
  ~SilentBroker() override { server_->Shutdown(absl::ToChronoTime(absl::Now())); }

  const std::string& address() const { return address_; }
  bool has_call() const { return has_call_; }

  grpc::Status ListMunicipalities(grpc::ServerContext* context, const v1::ListMunicipalitiesRequest* request,
                                  v1::ListMunicipalitiesResponse* response) override {
    return other_.ListMunicipalities(context, request, response);
  }
  grpc::Status SubmitNotices(grpc::ServerContext* context, const v1::SubmitNoticesRequest*,
                             v1::SubmitNoticesResponse*) override {
    has_call_ = true;
    while (!context->IsCancelled()) absl::SleepFor(absl::Milliseconds(5));
    return grpc::Status::CANCELLED;
  }

 private:
  IntakeServer& other_;
  std::atomic<bool> has_call_ = false;
  std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(SenderTest, StopsAtOnceAndLeavesWhatWasNotAnswered) {
  SilentBroker silent(server_);
  Reach(ChannelTo(silent.address()));
  Submit(0);
  Start();
  ASSERT_TRUE(WaitUntil([&] { return silent.has_call(); }));
  const absl::Time asked = absl::Now();
  Stop();
  EXPECT_LT(absl::Now() - asked, absl::Seconds(2));
  EXPECT_FALSE(IsEmptyOutbox());
  EXPECT_THAT(Told(), IsEmpty());
}

}  // namespace
}  // namespace envej::region
