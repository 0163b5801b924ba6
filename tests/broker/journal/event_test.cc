#include "broker/journal/event.h"

#include <gtest/gtest.h>

#include <string>

#include "proto/contract/receipt.h"

namespace envej::journal {
namespace {

Event MakeCallsRefused() {
  Event event;
  event.type = EventType::kCallsRefused;
  event.caller = "urn:envej:region:1081";
  event.actor = std::string(kActorBytes, '\xfa');
  event.refusal_reason = 6;
  event.count = uint64_t{1} << 40;
  event.from = absl::FromUnixMicros(1'800'000'000'123'456);
  event.at = event.from + absl::Seconds(59);
  return event;
}

Event MakeRestored() {
  Event event;
  event.type = EventType::kRestored;
  event.at = absl::FromUnixMicros(1'800'000'000'123'456);
  event.former_incarnation = std::string(16, 'f');
  event.former_batch = 20;
  event.backup_batch = 19;
  return event;
}

Event MakeOfAParticipant(EventType type) {
  Event event;
  event.type = type;
  event.caller = "urn:envej:municipality:0101";
  event.actor = std::string(kActorBytes, '\xfa');
  event.at = absl::FromUnixMicros(1'800'000'000'123'456);
  return event;
}

Event MakeEvent(EventType type) {
  if (type == EventType::kParticipantSuspended || type == EventType::kParticipantResumed) {
    return MakeOfAParticipant(type);
  }
  if (type == EventType::kRestored) return MakeRestored();
  if (type == EventType::kCallsRefused) return MakeCallsRefused();
  Event event;
  event.type = type;
  event.item.notice = {.municipality_code = "0101",
                       .region_code = "1084",
                       .id = *contract::NoticeId::Parse("00000000-0000-4000-8000-000000000001")};
  event.item.revision = 1;
  event.at = absl::FromUnixMicros(1'800'000'000'123'456);
  if (!IsByBroker(type)) event.actor = std::string(kActorBytes, '\xfa');
  if (HasReceipt(type)) event.origin = "ward";
  switch (type) {
    case EventType::kAccepted:
      event.commitment = {.key_id = "key", .value = std::string(32, 'c')};
      break;
    case EventType::kReturned:
      event.detail = 4;
      [[fallthrough]];
    case EventType::kLeased:
    case EventType::kAcknowledged:
    case EventType::kLeaseExpired:
      event.token = "3-14";
      break;
    case EventType::kWithdrawn:
    case EventType::kOverdue:
    case EventType::kUndelivered:
      event.detail = 2;
      break;
    default:
      break;
  }
  return event;
}

class EventTest : public testing::TestWithParam<EventType> {};

TEST_P(EventTest, IsReadBackAsItWasWritten) {
  const Event event = MakeEvent(GetParam());
  const absl::StatusOr<Event> read = DecodeEvent(EncodeEvent(event));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->type, event.type);
  EXPECT_EQ(read->item, event.item);
  EXPECT_EQ(read->at, event.at);
  EXPECT_EQ(read->actor, event.actor);
  EXPECT_EQ(read->origin, event.origin);
  EXPECT_EQ(read->commitment, event.commitment);
  EXPECT_EQ(read->token, event.token);
  EXPECT_EQ(read->detail, event.detail);
  EXPECT_EQ(read->caller, event.caller);
  EXPECT_EQ(read->refusal_reason, event.refusal_reason);
  EXPECT_EQ(read->count, event.count);
  EXPECT_EQ(read->from, event.from);
  EXPECT_EQ(read->former_incarnation, event.former_incarnation);
  EXPECT_EQ(read->former_batch, event.former_batch);
  EXPECT_EQ(read->backup_batch, event.backup_batch);
}

TEST_P(EventTest, CutOrLengthenedIsNoEvent) {
  const std::string bytes = EncodeEvent(MakeEvent(GetParam()));
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(DecodeEvent(bytes.substr(0, length)).ok()) << length;
  }
  EXPECT_FALSE(DecodeEvent(bytes + '\0').ok());
}

TEST_P(EventTest, SaysWhoDidItUnlessTheBrokerDidItItself) {
  if (GetParam() == EventType::kRestored) return;  // it names nobody
  Event event = MakeEvent(GetParam());
  const bool by_broker = IsByBroker(event.type);
  for (const size_t size : {size_t{0}, size_t{1}, kActorBytes - 1, kActorBytes, kActorBytes + 1}) {
    event.actor = std::string(size, 'a');
    EXPECT_EQ(DecodeEvent(EncodeEvent(event)).ok(), size == (by_broker ? 0 : kActorBytes)) << size;
  }
}

INSTANTIATE_TEST_SUITE_P(Types, EventTest,
                         testing::Values(EventType::kAccepted, EventType::kLeased, EventType::kAcknowledged,
                                         EventType::kReturned, EventType::kLeaseExpired, EventType::kCallsRefused,
                                         EventType::kWithdrawn, EventType::kParked, EventType::kRedriven,
                                         EventType::kOverdue, EventType::kUndelivered, EventType::kDestroyed,
                                         EventType::kOutcomeAcknowledged, EventType::kForgotten, EventType::kMissing,
                                         EventType::kRestored, EventType::kReturnProposed,
                                         EventType::kParticipantSuspended, EventType::kParticipantResumed));

TEST(EventFormTest, ProposalIsOfANoticeAndASuspensionIsNot) {
  EXPECT_TRUE(IsOfANotice(EventType::kReturnProposed));
  EXPECT_FALSE(IsOfANotice(EventType::kParticipantSuspended));
  EXPECT_FALSE(IsOfANotice(EventType::kParticipantResumed));
}

TEST(EventFormTest, SuspensionSaysOfWhom) {
  Event event = MakeOfAParticipant(EventType::kParticipantSuspended);
  event.caller.clear();
  EXPECT_FALSE(DecodeEvent(EncodeEvent(event)).ok());
}

TEST(EventFormTest, UnknownTypeIsNoEvent) {
  std::string bytes = EncodeEvent(MakeEvent(EventType::kLeased));
  for (const char type : {'\x00', '\x0f', '\x14', '\xff'}) {
    bytes[0] = type;
    EXPECT_FALSE(DecodeEvent(bytes).ok());
  }
}

TEST(EventFormTest, WhatIsRestoredNamesAnIncarnationAndNoLaterBackup) {
  Event event = MakeRestored();
  event.backup_batch = 21;
  EXPECT_FALSE(DecodeEvent(EncodeEvent(event)).ok());
  event = MakeRestored();
  event.former_incarnation.pop_back();
  EXPECT_FALSE(DecodeEvent(EncodeEvent(event)).ok());
}

TEST(EventFormTest, WithdrawalSaysWhy) {
  std::string bytes = EncodeEvent(MakeEvent(EventType::kWithdrawn));
  bytes.replace(bytes.size() - 4, 4, 4, '\0');
  EXPECT_FALSE(DecodeEvent(bytes).ok());
}

TEST(EventFormTest, CallsRefusedToNobodyKnownAreReadToo) {
  Event event = MakeCallsRefused();
  event.caller.clear();
  EXPECT_TRUE(DecodeEvent(EncodeEvent(event)).ok()) << "its certificate may be all that is known";
  event.actor.clear();
  for (const uint32_t reason : {0u, 1u}) {
    event.refusal_reason = reason;
    EXPECT_TRUE(DecodeEvent(EncodeEvent(event)).ok());
  }
}

TEST(EventFormTest, CallsRefusedThatDoNotHoldTogetherAreNoEvent) {
  void (*const alterations[])(Event&) = {
      [](Event& event) { event.actor.clear(); },
      [](Event& event) { event.actor.pop_back(); },
      [](Event& event) { event.refusal_reason = 0; },
      [](Event& event) { event.count = 0; },
      [](Event& event) { event.from = event.at + absl::Microseconds(1); },
  };
  for (size_t index = 0; index < std::size(alterations); ++index) {
    Event event = MakeCallsRefused();
    alterations[index](event);
    EXPECT_FALSE(DecodeEvent(EncodeEvent(event)).ok()) << index;
  }
}

TEST(EventFormTest, AcceptanceIsTheLeafThatAReceiptProves) {
  const Event event = MakeEvent(EventType::kAccepted);
  contract::Receipt receipt;
  receipt.region_code = "1084";
  receipt.origin = "ward";
  receipt.municipality_code = "0101";
  receipt.notice_id = "00000000-0000-4000-8000-000000000001";
  receipt.revision = 1;
  receipt.accepted_at = event.at;
  receipt.actor = event.actor;
  receipt.commitment = event.commitment;
  EXPECT_EQ(EncodeEvent(event), contract::AcceptedEvent(receipt));
}

}  // namespace
}  // namespace envej::journal
