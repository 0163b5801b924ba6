#include "broker/wire/server.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <mutex>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "broker/wire/content_keeper.h"
#include "broker/wire/gate.h"
#include "broker/wire/inbox_service.h"
#include "broker/wire/intake_service.h"
#include "broker/wire/refusals.h"
#include "certs/tls_credentials.h"
#include "proto/contract/day.h"
#include "tests/support/broker_process.h"
#include "tests/support/expect_refusal.h"
#include "tests/support/manual_clock.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/memory_store.h"
#include "tests/support/notice_messages.h"
#include "tests/support/trust_world.h"

namespace envej::wire {
namespace {

using contract::Reason;
using support::CallContext;
using support::ExpectRefused;
using support::kCode;

// The server of the broker, over a store in memory, with a clock and a gate that a test moves.
class ServerTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto credentials =
        certs::MakeServerCredentials(support::SharedAuthority().IssueFiles(folder_, "broker", certs::ServerRequest()));
    ASSERT_TRUE(credentials.ok());
    auto server = Server::Start({.listen = "127.0.0.1:0", .credentials = *credentials}, {&intake_, &service_});
    ASSERT_TRUE(server.ok());
    server_ = *std::move(server);
    stub_ = v1::InboxService::NewStub(Connect(support::kMunicipality));
  }
  void TearDown() override {
    if (server_ != nullptr) server_->Drain(SystemClock(), absl::Now());
  }

  grpc::Status Pull() {
    v1::PullNoticesRequest request;
    request.set_municipality_code(kCode);
    v1::PullNoticesResponse answer;
    return stub_->PullNotices(CallContext().get(), request, &answer);
  }

  // For which calls were refused, as counted.
  std::vector<Reason> Reasons() {
    const std::lock_guard lock(mutex_);
    std::vector<Reason> reasons;
    for (const Refused& refused : refused_) reasons.push_back(static_cast<Reason>(refused.reason));
    return reasons;
  }

  std::shared_ptr<grpc::Channel> Connect(const char* uri) const {
    return support::OpenChannel(absl::StrCat("127.0.0.1:", server_->port()), support::CredentialsFor({uri}));
  }

  certs::TestDirectory folder_;
  ManualClock clock_{absl::Now()};
  const Log log_{clock_};
  ManualScheduler scheduler_;
  store::MemoryStore store_;
  inbox::Inboxes inboxes_{store_, clock_, scheduler_, {}};
  trust::CurrentTrust trust_{support::MakeTrust()};
  std::mutex mutex_;
  std::vector<Refused> refused_;
  const Refusals refusals_{[this](const Refused& refused) {
                             const std::lock_guard lock(mutex_);
                             refused_.push_back(refused);
                           },
                           log_};
  FairShare share_{{}, scheduler_, refusals_, clock_, log_};
  Gate gate_{trust_, share_, refusals_, clock_, log_};
  inbox::SignerCertificates signers_{store_};
  const ContentKeeper keeper_{signers_};
  const std::vector<contract::CommitmentSecret> secrets_{{.key_id = "key-1", .bytes = std::string(32, 's')}};
  NoticeWatches watches_{inboxes_, scheduler_, trust_, gate_, refusals_, clock_};
  IntakeService intake_{{.gate = gate_,
                         .keeper = keeper_,
                         .secrets = secrets_,
                         .inboxes = inboxes_,
                         .watches = watches_,
                         .refusals = refusals_,
                         .clock = clock_,
                         .log = log_,
                         .broker_name = "broker-1",
                         .copenhagen = contract::CopenhagenTimeZone().value()}};
  InboxService service_{gate_, inboxes_, signers_, refusals_, log_};
  std::unique_ptr<Server> server_;
  std::unique_ptr<v1::InboxService::Stub> stub_;
};

TEST_F(ServerTest, ServesUntilItsGateIsClosed) {
  EXPECT_TRUE(Pull().ok());
  gate_.Close();
  ExpectRefused(Pull(), Reason::kBrokerStopping);
}

TEST_F(ServerTest, PullsAreRefusedWhileTheyAreHeld) {
  gate_.HoldPulls(true);
  ExpectRefused(Pull(), Reason::kBrokerRecovering);
  gate_.HoldPulls(false);
  EXPECT_TRUE(Pull().ok());
}

TEST_F(ServerTest, PullsAreRefusedOnceTheInboxesDrain) {
  inboxes_.Drain();
  ExpectRefused(Pull(), Reason::kBrokerStopping);
}

TEST_F(ServerTest, ACallWhoseDeadlineIsOverIsNotCarriedOut) {
  clock_.Advance(absl::Minutes(30));
  ExpectRefused(Pull(), Reason::kDeadlinePassed);
}

TEST_F(ServerTest, WhereverACallIsRefusedItIsCountedOnceWithItsCaller) {
  EXPECT_TRUE(Pull().ok());
  EXPECT_EQ(Reasons(), std::vector<Reason>());
  v1::PullNoticesRequest other;
  other.set_municipality_code(support::kOtherCode);
  v1::PullNoticesResponse answer;
  ExpectRefused(stub_->PullNotices(CallContext().get(), other, &answer), Reason::kInboxNotFound);
  inboxes_.Drain();
  ExpectRefused(Pull(), Reason::kBrokerStopping);
  gate_.Close();
  ExpectRefused(Pull(), Reason::kBrokerStopping);
  EXPECT_EQ(Reasons(), (std::vector<Reason>{Reason::kInboxNotFound, Reason::kBrokerStopping, Reason::kBrokerStopping}));
  const std::lock_guard lock(mutex_);
  for (const Refused& refused : refused_) {
    EXPECT_EQ(refused.caller, support::kMunicipality);
    EXPECT_EQ(refused.actor.size(), 32u);
  }
}

TEST_F(ServerTest, RulesOfTheDayGoByTheClockAlsoWhereTheStoreIsAhead) {
  store_.Commit({{.conditions = {}, .mutations = {{.key = "x", .value = {}}}, .events = {}}},
                store::Durability::kSynced, clock_.Now() + absl::Hours(24 * 40),
                [](const std::vector<store::Outcome>&) {});
  ASSERT_GT(inboxes_.Now(), clock_.Now() + absl::Hours(24 * 39));
  v1::SubmitNoticeRequest request;
  *request.mutable_notice() = support::NewNotice(kCode);
  v1::SubmitNoticeResponse answer;
  const auto intake = v1::IntakeService::NewStub(Connect(support::kRegion));
  const grpc::Status status = intake->SubmitNotice(CallContext().get(), request, &answer);
  EXPECT_TRUE(status.ok()) << status.error_message();
}

// Pulls that are answered when the test says so.
class HeldPulls final : public v1::InboxService::CallbackService {
 public:
  std::future<grpc::ServerUnaryReactor*> Next() { return next_.get_future(); }

 private:
  grpc::ServerUnaryReactor* PullNotices(grpc::CallbackServerContext* context, const v1::PullNoticesRequest*,
                                        v1::PullNoticesResponse*) override {
    grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
    next_.set_value(reactor);
    return reactor;
  }

  std::promise<grpc::ServerUnaryReactor*> next_;
};

constexpr std::chrono::seconds kInTime(20);

// A server whose one call is under way.
class DrainTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto credentials =
        certs::MakeServerCredentials(support::SharedAuthority().IssueFiles(folder_, "broker", certs::ServerRequest()));
    ASSERT_TRUE(credentials.ok());
    auto server = Server::Start({.listen = "127.0.0.1:0", .credentials = *credentials}, {&service_});
    ASSERT_TRUE(server.ok());
    server_ = *std::move(server);
    std::future<grpc::ServerUnaryReactor*> arrived = service_.Next();
    call_ = std::async(std::launch::async, [this] {
      v1::PullNoticesResponse answer;
      return v1::InboxService::NewStub(support::OpenChannel(absl::StrCat("127.0.0.1:", server_->port()),
                                                            support::CredentialsFor({support::kMunicipality})))
          ->PullNotices(CallContext(absl::Minutes(1)).get(), {}, &answer);
    });
    ASSERT_EQ(arrived.wait_for(kInTime), std::future_status::ready);
    held_ = arrived.get();
  }

  std::future<void> Drain(absl::Duration at_most) {
    return std::async(std::launch::async, [=, this] { server_->Drain(SystemClock(), absl::Now() + at_most); });
  }

  certs::TestDirectory folder_;
  HeldPulls service_;
  std::unique_ptr<Server> server_;
  std::future<grpc::Status> call_;
  grpc::ServerUnaryReactor* held_ = nullptr;
};

TEST_F(DrainTest, WaitsForTheCallUnderWay) {
  const std::future<void> drained = Drain(absl::Minutes(1));
  EXPECT_EQ(drained.wait_for(std::chrono::seconds(1)), std::future_status::timeout);
  held_->Finish(grpc::Status::OK);
  const grpc::Status status = call_.get();
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(drained.wait_for(kInTime), std::future_status::ready) << "it waited for more than the call";
}

TEST_F(DrainTest, EndsTheCallAtItsDeadline) {
  const std::future<void> drained = Drain(absl::Milliseconds(100));
  EXPECT_EQ(call_.wait_for(kInTime), std::future_status::ready);
  held_->Finish(grpc::Status::OK);
  EXPECT_FALSE(call_.get().ok());
  EXPECT_EQ(drained.wait_for(kInTime), std::future_status::ready);
}

}  // namespace
}  // namespace envej::wire
