#include "region-client/agent/follower.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <sstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "envej/v1/intake_service.grpc.pb.h"
#include "proto/contract/day.h"
#include "proto/contract/status_codec.h"
#include "region-client/agent/notice_changes.h"
#include "tests/region-client/agent/agent_world.h"
#include "tests/region-client/agent/part_surroundings.h"
#include "tests/support/wait_until.h"

namespace envej::region {
namespace {

using contract::Reason;
using support::WaitUntil;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kNotice[] = "9c2f4d0e-6f0f-4b57-9a53-0c1d2e3f4a5b";
const std::string kCase(kCaseIdBytes, 'c');

v1::WatchNoticesResponse Happened(v1::ChangeKind kind, uint32_t revision, const std::string& place) {
  v1::WatchNoticesResponse answer;
  v1::NoticeChange& change = *answer.add_changes();
  change.set_municipality_code("0101");
  change.set_notice_id(kNotice);
  change.set_kind(kind);
  change.set_revision(revision);
  answer.set_resume_token(place);
  return answer;
}

// A broker whose streams are as they were written down, one after the other; later ones are quiet.
class WrittenBroker final : public v1::IntakeService::Service {
 public:
  struct Stream {
    std::vector<v1::WatchNoticesResponse> answers;
    grpc::Status end;
  };

  WrittenBroker() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    address_ = absl::StrCat("127.0.0.1:", port);
  }
  ~WrittenBroker() override { server_->Shutdown(absl::ToChronoTime(absl::Now())); }

  const std::string& address() const { return address_; }
  void Write(Stream stream) {
    const std::lock_guard<std::mutex> lock(mutex_);
    streams_.push_back(std::move(stream));
  }
  // The places that were asked for.
  std::vector<std::string> Places() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return places_;
  }

  grpc::Status WatchNotices(grpc::ServerContext* context, const v1::WatchNoticesRequest* request,
                            grpc::ServerWriter<v1::WatchNoticesResponse>* writer) override {
    Stream stream;
    bool is_quiet = false;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      places_.push_back(request->resume_token());
      is_quiet = streams_.empty();
      if (!is_quiet) {
        stream = std::move(streams_.front());
        streams_.pop_front();
      }
    }
    for (const v1::WatchNoticesResponse& answer : stream.answers) writer->Write(answer);
    while (is_quiet && !context->IsCancelled()) absl::SleepFor(absl::Milliseconds(5));
    return stream.end;
  }

 private:
  std::mutex mutex_;
  std::deque<Stream> streams_;
  std::vector<std::string> places_;
  std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

// A follower over a real store with one notice that was accepted.
class FollowerTest : public testing::Test, protected PartSurroundings {
 protected:
  void SetUp() override {
    store_ = *AgentStore::Open(folder_.Options());
    ward::v1::Case known;
    ward::v1::CaseNotice& notice = *known.add_notices();
    notice.set_notice_id(kNotice);
    notice.set_municipality_code("0101");
    notice.set_revision(1);
    notice.set_standing(ward::v1::NOTICE_STANDING_ACCEPTED);
    notice.mutable_receipt()->set_revision(1);
    notice.mutable_said()->mutable_envelope()->set_notice_id(kNotice);
    notice.mutable_said()->mutable_envelope()->set_revision(1);
    AgentBatch batch = store_->NewBatch();
    batch.PutCase(kCase, std::nullopt, known);
    batch.PutWatchToken("place-0");
    ASSERT_TRUE(store_->Write(std::move(batch)).ok());
  }
  ~FollowerTest() override { Stop(); }

  void Start() {
    channel_ = grpc::CreateChannel(broker_.address(), grpc::InsecureChannelCredentials());
    follower_ = std::make_unique<Follower>(FollowerParts{.context =
                                                             [this] {
                                                               return CommandContext{
                                                                   .channel = channel_,
                                                                   .broker = broker_.address(),
                                                                   .notices_of = {},
                                                                   .copenhagen = *contract::CopenhagenTimeZone(),
                                                                   .streams = streams_,
                                                                   .surroundings = surroundings_};
                                                             },
                                                         .now = absl::Now,
                                                         .store = *store_,
                                                         .locks = locks_,
                                                         .stopping = stopping_,
                                                         .told = [] {},
                                                         .put = [this] { ++put_; },
                                                         .log =
                                                             [this](const std::string& line) {
                                                               const std::lock_guard<std::mutex> lock(mutex_);
                                                               log_.push_back(line);
                                                             },
                                                         .learn_anew = [this] { ++learned_anew_; }});
    thread_ = std::thread([this] { EXPECT_TRUE(follower_->Run().ok()); });
  }
  void Stop() {
    stopping_.Stop();
    if (thread_.joinable()) thread_.join();
  }
  // Waits until a quiet stream has begun at this place.
  bool IsQuietAt(const std::string& place, size_t streams) {
    return WaitUntil([&] {
      const std::vector<std::string> places = broker_.Places();
      return places.size() == streams && places.back() == place;
    });
  }
  static grpc::Status Refused(Reason reason) { return contract::ToGrpcStatus({.reason = reason, .violations = {}}); }
  ward::v1::CaseNotice Notice() { return store_->ReadCase(kCase)->value().notices(0); }
  std::vector<StoredOutgoing> Outbox() { return *store_->ReadOutbox(0, 10); }
  std::vector<StoredTelling> Told() { return *store_->ReadTellings(0, 10); }
  std::vector<std::string> Log() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return log_;
  }

  AgentFolder folder_;
  WrittenBroker broker_;
  CaseLocks locks_;
  std::unique_ptr<AgentStore> store_;
  std::shared_ptr<grpc::Channel> channel_;
  std::atomic<int> put_ = 0;
  std::atomic<int> learned_anew_ = 0;
  std::mutex mutex_;
  std::vector<std::string> log_;
  std::unique_ptr<Follower> follower_;
  std::thread thread_;
};

TEST_F(FollowerTest, TakesWhatHappenedAndGoesOnThereAfterAStop) {
  broker_.Write({.answers = {Happened(v1::CHANGE_KIND_ACKNOWLEDGED, 1, "place-1")}, .end = grpc::Status::OK});
  Start();
  ASSERT_TRUE(IsQuietAt("place-1", 2));
  Stop();
  EXPECT_EQ(Notice().standing(), ward::v1::NOTICE_STANDING_ACKNOWLEDGED);
  EXPECT_FALSE(Notice().has_said());
  ASSERT_THAT(Told(), SizeIs(1));
  EXPECT_EQ(store_->ReadWatchToken().value(), "place-1");
}

TEST_F(FollowerTest, StopsAtOnceWhileNothingHappens) {
  Start();
  ASSERT_TRUE(IsQuietAt("place-0", 1));
  const absl::Time asked = absl::Now();
  Stop();
  EXPECT_LT(absl::Now() - asked, absl::Seconds(2));
  EXPECT_THAT(Log(), IsEmpty());
}

TEST_F(FollowerTest, SendsEverythingAgainWhereTheBrokerBeginsAnew) {
  v1::WatchNoticesResponse anew;
  anew.set_begins_anew(true);
  anew.set_resume_token("place-1");
  broker_.Write({.answers = {anew}, .end = grpc::Status::OK});
  Start();
  ASSERT_TRUE(IsQuietAt("place-1", 2));
  Stop();
  ASSERT_THAT(Outbox(), SizeIs(1));
  EXPECT_EQ(Outbox()[0].outgoing.submit().envelope().notice_id(), kNotice);
  EXPECT_EQ(put_, 1);
}

TEST_F(FollowerTest, SendsEverythingAgainOnceWhereItsPlaceIsNotKnown) {
  v1::WatchNoticesResponse quiet;
  quiet.set_resume_token("place-1");
  broker_.Write({.answers = {}, .end = Refused(Reason::kWatchTokenInvalid)});
  broker_.Write({.answers = {quiet, quiet}, .end = grpc::Status::OK});
  const absl::Time began = absl::Now();
  Start();
  ASSERT_TRUE(IsQuietAt("place-1", 3));
  EXPECT_LT(absl::Now() - began, absl::Seconds(5));
  Stop();
  EXPECT_EQ(broker_.Places()[1], "");
  EXPECT_THAT(Outbox(), SizeIs(1));
  EXPECT_EQ(put_, 1);
}

// Also one that nobody tries again by itself, such as a connection that breaks in an odd way, or what people must mend.
TEST_F(FollowerTest, GoesOnSoonAfterAnyFailureAndSaysEachOnce) {
  for (int time = 0; time < 2; ++time) {
    broker_.Write({.answers = {}, .end = grpc::Status(grpc::StatusCode::UNKNOWN, "Stream removed")});
  }
  for (int time = 0; time < 2; ++time) broker_.Write({.answers = {}, .end = Refused(Reason::kCallerRevoked)});
  broker_.Write({.answers = {Happened(v1::CHANGE_KIND_ACKNOWLEDGED, 1, "place-1")},
                 .end = grpc::Status(grpc::StatusCode::UNKNOWN, "Stream removed")});
  const absl::Time began = absl::Now();
  Start();
  ASSERT_TRUE(IsQuietAt("place-1", 6));
  EXPECT_LT(absl::Now() - began, absl::Seconds(5));
  EXPECT_THAT(Log(), ElementsAre(AllOf(HasSubstr("cannot be followed"), HasSubstr("UNKNOWN")),
                                 HasSubstr("CALLER_REVOKED"), HasSubstr("UNKNOWN")));
}

TEST_F(FollowerTest, WhatCannotBeOpenedIsSealedAgainSoManyTimesAndThenTold) {
  for (uint32_t revision = 1; revision <= kSealedAgainMost + 1; ++revision) {
    v1::WatchNoticesResponse returned = Happened(v1::CHANGE_KIND_RETURNED, revision, absl::StrCat("place-", revision));
    returned.mutable_changes(0)->set_return_reason(v1::RETURN_REASON_CANNOT_BE_OPENED);
    broker_.Write({.answers = {returned}, .end = grpc::Status::OK});
  }
  Start();
  ASSERT_TRUE(IsQuietAt(absl::StrCat("place-", kSealedAgainMost + 1), kSealedAgainMost + 2));
  Stop();
  ASSERT_THAT(Outbox(), SizeIs(kSealedAgainMost));
  EXPECT_EQ(Outbox()[2].outgoing.revise().envelope().revision(), 4u);
  EXPECT_EQ(learned_anew_, static_cast<int>(kSealedAgainMost));
  EXPECT_EQ(Notice().standing(), ward::v1::NOTICE_STANDING_RETURNED);
  ASSERT_THAT(Told(), SizeIs(1));
  EXPECT_EQ(Told()[0].telling.kind(), ward::v1::TELLING_KIND_RETURNED);
}

}  // namespace
}  // namespace envej::region
