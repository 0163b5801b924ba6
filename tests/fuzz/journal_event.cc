#include "broker/journal/event.h"

#include "tests/fuzz/fuzz_target.h"

namespace envej::fuzz {

// An event has one form, since a receipt's proof is over its bytes.
void Try(absl::string_view bytes) {
  const auto event = journal::DecodeEvent(bytes);
  if (!event.ok()) return;
  ENVEJ_FUZZ_CHECK(journal::EncodeEvent(*event) == std::string(bytes));
  if (journal::HasReceipt(event->type)) journal::ReceiptOf(*event);
}

std::vector<std::string> Seeds() {
  journal::Event event{.type = journal::EventType::kAccepted,
                       .item = {.notice = {.municipality_code = "0101",
                                           .region_code = "1084",
                                           .id = *contract::NoticeId::Parse("6d3f1c9e-0b52-4a7e-9c11-4f5e6a7b8c9d")},
                                .revision = 1},
                       .at = absl::FromUnixMicros(1'800'000'000'123'456),
                       .actor = std::string(journal::kActorBytes, 'a'),
                       .origin = "ward-1",
                       .commitment = {.key_id = "key", .value = std::string(32, 'c')},
                       .token = "",
                       .detail = 0};
  std::vector<std::string> seeds = {journal::EncodeEvent(event)};
  for (const journal::EventType type :
       {journal::EventType::kLeased, journal::EventType::kAcknowledged, journal::EventType::kReturned,
        journal::EventType::kWithdrawn, journal::EventType::kOverdue, journal::EventType::kLeaseExpired,
        journal::EventType::kReturnProposed, journal::EventType::kParticipantSuspended}) {
    event.type = type;
    event.commitment = {};
    event.token = "1-17";
    event.detail = 1;
    event.caller = "urn:envej:municipality:0101";
    if (journal::IsByBroker(type)) event.actor.clear();
    seeds.push_back(journal::EncodeEvent(event));
  }
  return seeds;
}

}  // namespace envej::fuzz
