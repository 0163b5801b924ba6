#include "broker/answers/notice_messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "broker/inbox/transition.h"
#include "proto/contract/message_codec.h"

namespace envej::answers {
namespace {

using journal::EventType;
using testing::ElementsAre;
using testing::IsEmpty;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

inbox::FoundNotice Found(const std::optional<inbox::Record>& record) {
  return {.notice = {.municipality_code = "0101",
                     .region_code = "1081",
                     .id = *contract::NoticeId::Parse("0f8fad5b-d9cb-469f-a165-70867728950e")},
          .record = record};
}

inbox::Record Waiting() {
  inbox::Record record;
  record.state = inbox::State::kWaiting;
  record.newest.revision = 2;
  record.newest.accepted_at = kNow - absl::Hours(2);
  record.entered_at = kNow - absl::Hours(2);
  return record;
}

TEST(NoticeMessages, OfWhatCannotBeReadTellItsNamesAlone) {
  const v1::OperationsNotice message = ToMessage(Found(std::nullopt), kNow);
  EXPECT_EQ(message.state(), v1::NOTICE_STATE_UNREADABLE);
  EXPECT_EQ(message.region_code(), "1081");
  EXPECT_EQ(message.municipality_code(), "0101");
  EXPECT_EQ(message.notice_id(), "0f8fad5b-d9cb-469f-a165-70867728950e");
  EXPECT_FALSE(message.has_accepted_at());
}

TEST(NoticeMessages, TellTimesThatHoldAndNoOthers) {
  inbox::Record record = Waiting();
  record.late = inbox::BitOf(inbox::Late::kNotFetched);
  record.held_until = kNow + absl::Minutes(1);
  const v1::OperationsNotice waiting = ToMessage(Found(record), kNow);
  EXPECT_EQ(waiting.revision(), 2u);
  EXPECT_EQ(contract::FromMessage(waiting.held_until()), kNow + absl::Minutes(1));
  EXPECT_THAT(waiting.late(), ElementsAre(v1::LATENESS_NOT_FETCHED));
  EXPECT_FALSE(waiting.has_first_leased_at());
  EXPECT_FALSE(waiting.has_lease_expires_at());
  EXPECT_FALSE(waiting.has_concluded_at());
  EXPECT_FALSE(waiting.has_undelivered_told_at());
}

TEST(NoticeMessages, AProposalIsToldForAsLongAsItStands) {
  inbox::Record record = Waiting();
  record.return_proposal =
      inbox::ReturnProposal{.operator_uri = "urn:envej:operations:night-watch", .proposed_at = kNow - absl::Hours(1)};
  const v1::OperationsNotice stands = ToMessage(Found(record), kNow);
  EXPECT_EQ(stands.return_proposal().proposed_by(), "urn:envej:operations:night-watch");
  EXPECT_EQ(contract::FromMessage(stands.return_proposal().expires_at()),
            kNow - absl::Hours(1) + inbox::kReturnProposalStands);
  EXPECT_EQ(stands.return_proposal().proposal_id(), inbox::ProposalId(*record.return_proposal));
  EXPECT_FALSE(ToMessage(Found(record), kNow + inbox::kReturnProposalStands).has_return_proposal());
}

TEST(NoticeMessages, EachHopTellsItsOwnDetail) {
  inbox::Record record = Waiting();
  record.trail.hops = {
      {.type = EventType::kAccepted, .at = kNow, .revision = 1, .detail = 0, .actor = "\x01\x02\xab\xcd"},
      {.type = EventType::kReturned, .at = kNow, .revision = 1, .detail = 7, .actor = "\x01\x02\xab\xcd"},
      {.type = EventType::kWithdrawn, .at = kNow, .revision = 2, .detail = 1, .actor = "\x01\x02\xab\xcd"},
      {.type = EventType::kOverdue, .at = kNow, .revision = 2, .detail = 1, .actor = ""},
      {.type = EventType::kUndelivered, .at = kNow, .revision = 2, .detail = 3, .actor = ""}};
  record.trail.left_out = 4;
  const v1::NoticeTrace trace = ToTrace(Found(record), kNow);
  ASSERT_EQ(trace.hops_size(), 5);
  EXPECT_EQ(trace.hops(0).kind(), v1::EVENT_KIND_ACCEPTED);
  EXPECT_EQ(trace.hops(0).actor(), "0102abcd");
  EXPECT_EQ(trace.hops(1).return_reason(), v1::RETURN_REASON_NOT_DELIVERABLE);
  EXPECT_EQ(trace.hops(2).withdrawal_reason(), v1::WITHDRAWAL_REASON_CONSENT_WITHDRAWN);
  EXPECT_EQ(trace.hops(3).lateness(), v1::LATENESS_NOT_FETCHED);
  EXPECT_THAT(trace.hops(3).actor(), IsEmpty());
  EXPECT_EQ(trace.hops(4).undelivered_times(), 3u);
  EXPECT_EQ(trace.hops_left_out(), 4u);
}

TEST(NoticeMessages, AnAgeIsCountedFromNow) {
  v1::ListOperationsNoticesRequest request;
  request.mutable_age_at_least()->set_seconds(3600);
  request.add_states(v1::NOTICE_STATE_UNREADABLE);
  const absl::StatusOr<inbox::NoticeQuery> query = ToQuery(request, kNow);
  ASSERT_TRUE(query.ok()) << query.status();
  EXPECT_EQ(query->entered_by, kNow - absl::Hours(1));
  EXPECT_EQ(query->page_size, 100u);
  EXPECT_EQ(query->states.size(), 1u) << "which no record has: only what cannot be read is listed";
}

}  // namespace
}  // namespace envej::answers
