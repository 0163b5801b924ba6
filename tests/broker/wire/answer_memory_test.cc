#include "broker/wire/answer_memory.h"

#include <gtest/gtest.h>

#include <string>

#include "broker/answers/notice_messages.h"

namespace envej::wire {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000) + absl::Microseconds(1);

// A notice of which everything is told that may be.
inbox::FoundNotice Longest() {
  const std::string name(64, 'x');
  inbox::Record record;
  record.state = inbox::State::kLeased;
  record.origin = name;
  record.discharge_date = "2027-01-15";
  record.newest = {.revision = 1'000'000, .accepted_at = kNow, .commitment = {}, .position = std::nullopt};
  record.first = record.newest;
  record.entered_at = record.first_leased_at = record.lease_expires_at = record.undelivered_told_at = kNow;
  record.lease_count = record.failure_count = record.undelivered_told = 1'000'000;
  record.token = record.delivered_token = name;
  record.held_until = kNow;
  record.late = 0xff;
  record.return_proposal = inbox::ReturnProposal{.operator_uri = name, .proposed_at = kNow};
  record.trail.hops.assign(inbox::kHopsMost, {.type = journal::EventType::kUndelivered,
                                              .at = kNow,
                                              .revision = 1'000'000,
                                              .detail = 1'000'000,
                                              .actor = std::string(inbox::kHopActorBytes, 'x')});
  return {.notice = {.municipality_code = "0101", .region_code = "1081", .id = {}}, .record = record};
}

TEST(AnswerMemoryTest, ANoticeTakesNoMoreThanItIsCountedFor) {
  const inbox::FoundNotice longest = Longest();
  const v1::NoticeTrace trace = answers::ToTrace(longest, kNow);
  const size_t record = sizeof longest + longest.record->trail.hops.capacity() * sizeof(inbox::Hop) + 1024;
  EXPECT_LE(record + trace.SpaceUsedLong() + trace.ByteSizeLong(), kToldNoticeBytes);
}

TEST(AnswerMemoryTest, FollowsFromWhatIsAsked) {
  v1::ListOperationsNoticesRequest list;
  const size_t by_default = MemoryOf(list);
  EXPECT_EQ(by_default, kLookBytes + 100 * kToldNoticeBytes);
  list.set_page_size(500);
  EXPECT_EQ(MemoryOf(list), kLookBytes + 500 * kToldNoticeBytes);
  for (const int wrong : {-1, 501, 1 << 30}) {
    list.set_page_size(wrong);
    EXPECT_LE(MemoryOf(list), kLookBytes + 500 * kToldNoticeBytes) << "it is refused later";
  }
  v1::TraceNoticeRequest trace;
  EXPECT_EQ(MemoryOf(trace), kNoticesOfAnId * kToldNoticeBytes);
  trace.set_municipality_code("0101");
  trace.set_region_code("1081");
  EXPECT_EQ(MemoryOf(trace), kToldNoticeBytes);
  EXPECT_EQ(MemoryOf(v1::ListInboxesRequest()), kOverviewBytes);
}

}  // namespace
}  // namespace envej::wire
