// The stream of all that the journal records, at a running broker.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "broker/wire/watch_token.h"
#include "tests/broker/wire/operations_world.h"
#include "tests/support/exit_codes.h"
#include "tests/support/expect_refusal.h"

namespace envej::wire {
namespace {

using contract::Reason;
using support::CallContext;
using support::kCode;
using support::kOtherCode;
using testing::ElementsAre;
using testing::IsEmpty;

// An open stream.
class Watch {
 public:
  Watch(v1::OperationsService::Stub& stub, const v1::WatchEventsRequest& request)
      : context_(CallContext()), reader_(stub.WatchEvents(context_.get(), request)) {}
  ~Watch() {
    context_->TryCancel();
    if (!finished_) reader_->Finish();
  }

  bool Read() { return reader_->Read(&answer_); }
  const v1::WatchEventsResponse& answer() const { return answer_; }
  grpc::Status Finish() {
    finished_ = true;
    return reader_->Finish();
  }

 private:
  const std::unique_ptr<grpc::ClientContext> context_;
  const std::unique_ptr<grpc::ClientReader<v1::WatchEventsResponse>> reader_;
  v1::WatchEventsResponse answer_;
  bool finished_ = false;
};

class EventWatchesTest : public OperationsTest {
 protected:
  std::unique_ptr<Watch> Begin(const v1::WatchEventsRequest& request, const char* who = support::kOperations) {
    return std::make_unique<Watch>(As(who), request);
  }

  struct Told {
    std::vector<v1::OperationsEvent> events;
    std::string token;
    bool begins_anew = false;

    std::vector<v1::EventKind> kinds() const {
      std::vector<v1::EventKind> kinds;
      for (const v1::OperationsEvent& event : events) kinds.push_back(event.kind());
      return kinds;
    }
  };
  // What is told until so many events were.
  Told Read(const v1::WatchEventsRequest& request, size_t events) {
    const std::unique_ptr<Watch> watch = Begin(request);
    Told told;
    while (told.events.size() < events && watch->Read()) {
      for (const v1::OperationsEvent& event : watch->answer().events()) told.events.push_back(event);
      told.token = watch->answer().resume_token();
      told.begins_anew = told.begins_anew || watch->answer().begins_anew();
    }
    return told;
  }
  static v1::WatchEventsRequest FromTheBeginning() {
    v1::WatchEventsRequest request;
    request.set_from_the_beginning(true);
    return request;
  }
};

TEST_F(EventWatchesTest, TellsInOrderWhatBecomesOfANotice) {
  const std::string id = Submit();
  Deliver();
  const Told told = Read(FromTheBeginning(), 3);
  ASSERT_THAT(told.kinds(), ElementsAre(v1::EVENT_KIND_ACCEPTED, v1::EVENT_KIND_LEASED, v1::EVENT_KIND_ACKNOWLEDGED));
  EXPECT_FALSE(told.begins_anew);
  for (const v1::OperationsEvent& event : told.events) {
    EXPECT_EQ(event.notice().notice_id(), id);
    EXPECT_EQ(event.notice().municipality_code(), kCode);
    EXPECT_EQ(event.notice().region_code(), "1081");
    EXPECT_EQ(event.revision(), 1u);
    EXPECT_EQ(event.actor().size(), 8u);
    EXPECT_TRUE(event.has_at());
  }
  EXPECT_LT(told.events[0].batch(), told.events[2].batch());
}

TEST_F(EventWatchesTest, FromNowOnTellsATokenAtOnceAndThenWhatHappens) {
  Submit();
  const std::unique_ptr<Watch> watch = Begin({});
  ASSERT_TRUE(watch->Read());
  EXPECT_THAT(watch->answer().events(), IsEmpty());
  EXPECT_FALSE(watch->answer().resume_token().empty());
  const std::string id = Submit();
  ASSERT_TRUE(watch->Read());
  ASSERT_EQ(watch->answer().events_size(), 1);
  EXPECT_EQ(watch->answer().events(0).notice().notice_id(), id);
}

TEST_F(EventWatchesTest, GoesOnWhereItsTokenSaysAlsoAfterARestart) {
  Submit();
  const Told first = Read(FromTheBeginning(), 1);
  const std::string second_id = Submit();
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  ASSERT_TRUE(broker_.Start());
  v1::WatchEventsRequest resumed;
  resumed.set_resume_token(first.token);
  const Told second = Read(resumed, 1);
  ASSERT_THAT(second.kinds(), ElementsAre(v1::EVENT_KIND_ACCEPTED));
  EXPECT_EQ(second.events[0].notice().notice_id(), second_id);
  EXPECT_FALSE(second.begins_anew);
}

TEST_F(EventWatchesTest, BeginsAnewForATokenOfAnotherStore) {
  Submit();
  v1::WatchEventsRequest request;
  request.set_resume_token(EncodeWatchToken({.store_incarnation = std::string(16, 'x'), .next_batch = 900}));
  const Told told = Read(request, 1);
  EXPECT_THAT(told.kinds(), ElementsAre(v1::EVENT_KIND_ACCEPTED));
  EXPECT_TRUE(told.begins_anew);
}

TEST_F(EventWatchesTest, TellsOfOneInboxAndOfTheKindsAskedForAlone) {
  Submit();
  const std::string other = Submit(kOtherCode);
  Deliver();
  v1::WatchEventsRequest of_inbox = FromTheBeginning();
  of_inbox.set_municipality_code(kOtherCode);
  const Told one = Read(of_inbox, 1);
  ASSERT_THAT(one.kinds(), ElementsAre(v1::EVENT_KIND_ACCEPTED));
  EXPECT_EQ(one.events[0].notice().notice_id(), other);
  v1::WatchEventsRequest of_kind = FromTheBeginning();
  of_kind.add_kinds(v1::EVENT_KIND_LEASED);
  of_kind.add_kinds(v1::EVENT_KIND_ACKNOWLEDGED);
  EXPECT_THAT(Read(of_kind, 2).kinds(), ElementsAre(v1::EVENT_KIND_LEASED, v1::EVENT_KIND_ACKNOWLEDGED));
}

TEST_F(EventWatchesTest, WhatIsOfNoNoticeIsToldWhicheverInboxIsWatched) {
  Submit();
  ASSERT_TRUE(Suspend("urn:envej:region:1082").ok());
  support::ExpectRefused(ListAs(support::kOtherRegion), Reason::kParticipantSuspended);
  ASSERT_TRUE(Resume("urn:envej:region:1082").ok());
  v1::WatchEventsRequest request = FromTheBeginning();
  request.set_municipality_code(kOtherCode);
  const Told told = Read(request, 2);
  ASSERT_THAT(told.kinds(), ElementsAre(v1::EVENT_KIND_PARTICIPANT_SUSPENDED, v1::EVENT_KIND_PARTICIPANT_RESUMED));
  EXPECT_EQ(told.events[0].participant(), "urn:envej:region:1082");
  EXPECT_FALSE(told.events[0].has_notice());
}

TEST_F(EventWatchesTest, RefusedCallsAreToldByCallerAndReason) {
  support::ExpectRefused(Suspend("urn:envej:region:9999"), Reason::kParticipantUnknown, {"participant"});
  ASSERT_EQ(broker_.Stop().code, support::kDone);  // counts are journalled at the latest then
  ASSERT_TRUE(broker_.Start());
  v1::WatchEventsRequest request = FromTheBeginning();
  request.add_kinds(v1::EVENT_KIND_CALLS_REFUSED);
  const Told told = Read(request, 1);
  ASSERT_THAT(told.kinds(), ElementsAre(v1::EVENT_KIND_CALLS_REFUSED));
  EXPECT_EQ(told.events[0].participant(), support::kOperations);
  EXPECT_EQ(told.events[0].refusal_reason(), "PARTICIPANT_UNKNOWN");
  EXPECT_EQ(told.events[0].count(), 1u);
}

TEST_F(EventWatchesTest, WhatCannotBeWatchedIsRefused) {
  v1::WatchEventsRequest request;
  request.set_resume_token("garbage");
  std::unique_ptr<Watch> watch = Begin(request);
  EXPECT_FALSE(watch->Read());
  support::ExpectRefused(watch->Finish(), Reason::kWatchTokenInvalid, {"resume_token"});
  for (const int kind : {0, 99}) {
    v1::WatchEventsRequest of_kind;
    of_kind.add_kinds(static_cast<v1::EventKind>(kind));
    watch = Begin(of_kind);
    EXPECT_FALSE(watch->Read());
    support::ExpectRefused(watch->Finish(), Reason::kRequestOutOfRange, {"kinds"});
  }
  v1::WatchEventsRequest of_nobody;
  of_nobody.set_municipality_code("9999");
  watch = Begin(of_nobody);
  EXPECT_FALSE(watch->Read());
  support::ExpectRefused(watch->Finish(), Reason::kMunicipalityUnknown, {"municipality_code"});
}

TEST_F(EventWatchesTest, EndsByNameWhenTheBrokerStops) {
  const std::unique_ptr<Watch> watch = Begin({});
  ASSERT_TRUE(watch->Read());
  EXPECT_EQ(broker_.Stop().code, support::kDone);
  EXPECT_FALSE(watch->Read());
  support::ExpectRefused(watch->Finish(), Reason::kBrokerStopping);
}

TEST_F(EventWatchesTest, MoreThanAnOperatorMayHaveAreRefused) {
  std::vector<std::unique_ptr<Watch>> watches;
  for (int number = 0; number < 50; ++number) {
    watches.push_back(Begin({}));
    ASSERT_TRUE(watches.back()->Read()) << number;
  }
  const std::unique_ptr<Watch> one_more = Begin({});
  EXPECT_FALSE(one_more->Read());
  support::ExpectRefused(one_more->Finish(), Reason::kBrokerBusy);
  const std::unique_ptr<Watch> of_another = Begin({}, support::kOtherOperations);
  EXPECT_TRUE(of_another->Read());
}

}  // namespace
}  // namespace envej::wire
