#include "broker/inbox/trail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace envej::inbox {
namespace {

using journal::EventType;
using testing::ElementsAre;
using testing::SizeIs;

const absl::Time kTrailFrom = absl::FromUnixSeconds(1'800'000'000);

// Hops a minute apart, of which each knows its place among all that happened.
class TrailTest : public testing::Test {
 protected:
  void Happen(EventType type, size_t times = 1) {
    for (size_t time = 0; time < times; ++time) {
      AddHop(trail_, {.type = type, .at = kTrailFrom + absl::Minutes(happened_++), .revision = 1, .actor = "abcd"});
    }
  }
  void RunOut(size_t times) {
    for (size_t time = 0; time < times; ++time) {
      Happen(EventType::kLeased);
      Happen(EventType::kLeaseExpired);
    }
  }
  // Which of all that happened the trail still has.
  std::vector<int64_t> Places() const {
    std::vector<int64_t> places;
    for (const Hop& hop : trail_.hops) places.push_back((hop.at - kTrailFrom) / absl::Minutes(1));
    return places;
  }
  size_t CountOf(EventType type) const {
    return static_cast<size_t>(
        std::count_if(trail_.hops.begin(), trail_.hops.end(), [&](const Hop& hop) { return hop.type == type; }));
  }

  Trail trail_;
  int64_t happened_ = 0;
};

TEST_F(TrailTest, KeepsAllWhereThereIsRoom) {
  Happen(EventType::kAccepted);
  RunOut(kHopsMost / 2 - 1);
  Happen(EventType::kLeased);
  EXPECT_THAT(trail_.hops, SizeIs(kHopsMost));
  EXPECT_EQ(trail_.left_out, 0u);
}

TEST_F(TrailTest, TheOldestLeasesThatRanOutAreLeftOutButForTheFirst) {
  Happen(EventType::kAccepted);
  RunOut(kHopsMost / 2 - 1);
  Happen(EventType::kLeased);
  Happen(EventType::kAcknowledged);
  EXPECT_EQ(trail_.left_out, 2u);
  const std::vector<int64_t> places = Places();
  EXPECT_THAT(std::vector(places.begin(), places.begin() + 4), ElementsAre(0, 1, 2, 5));
  EXPECT_EQ(places.back(), happened_ - 1);
}

TEST_F(TrailTest, AllElseIsKeptHoweverManyLeasesRunOut) {
  Happen(EventType::kAccepted);
  RunOut(20);
  Happen(EventType::kParked);
  Happen(EventType::kRedriven);
  RunOut(200);
  Happen(EventType::kOverdue);
  RunOut(200);
  Happen(EventType::kLeased);
  Happen(EventType::kAcknowledged);
  EXPECT_LE(trail_.hops.size(), kHopsMost);
  EXPECT_EQ(trail_.hops.size() + trail_.left_out, static_cast<size_t>(happened_));
  for (const EventType type : {EventType::kAccepted, EventType::kParked, EventType::kRedriven, EventType::kOverdue,
                               EventType::kAcknowledged}) {
    EXPECT_EQ(CountOf(type), 1u) << static_cast<int>(type);
  }
  EXPECT_THAT(Places(), testing::WhenSorted(testing::ElementsAreArray(Places()))) << "in order";
}

TEST_F(TrailTest, WithoutSuchLeasesTheOldestButTheFirstIsLeftOut) {
  Happen(EventType::kAccepted, 100);
  EXPECT_THAT(trail_.hops, SizeIs(kHopsMost));
  EXPECT_EQ(trail_.left_out, 100 - kHopsMost);
  EXPECT_EQ(Places()[0], 0);
  EXPECT_EQ(Places()[1], static_cast<int64_t>(100 - kHopsMost + 1));
}

TEST_F(TrailTest, LeaseThatWasUsedIsNotTakenForOneThatRanOut) {
  Happen(EventType::kAccepted);
  Happen(EventType::kLeased);
  Happen(EventType::kAcknowledged);
  Happen(EventType::kAccepted);
  Happen(EventType::kLeased);
  Happen(EventType::kReturned);
  RunOut(kHopsMost);
  EXPECT_EQ(CountOf(EventType::kAcknowledged) + CountOf(EventType::kReturned), 2u);
  const std::vector<int64_t> places = Places();
  EXPECT_THAT(std::vector(places.begin(), places.begin() + 6), ElementsAre(0, 1, 2, 3, 4, 5));
}

std::string Written(const Trail& trail) {
  contract::ByteWriter writer;
  WriteTrail(writer, trail);
  return writer.bytes();
}

std::optional<Trail> Read(const std::string& bytes) {
  contract::ByteReader reader(bytes);
  std::optional<Trail> trail = ReadTrail(reader);
  return reader.AtEnd() ? trail : std::nullopt;
}

Trail MakeTrail() {
  Trail trail;
  trail.left_out = 7;
  trail.hops = {
      {.type = EventType::kAccepted, .at = kTrailFrom, .revision = 1, .actor = "abcd"},
      {.type = EventType::kLeased, .at = kTrailFrom, .revision = 1, .actor = std::string("\0bcd", 4)},
      {.type = EventType::kLeaseExpired, .at = kTrailFrom + absl::Microseconds(1), .revision = 1, .actor = {}},
      {.type = EventType::kWithdrawn, .at = kTrailFrom, .revision = 300, .detail = 4, .actor = "wxyz"},
      {.type = EventType::kReturnProposed, .at = kTrailFrom, .revision = 0, .actor = "wxyz"}};
  return trail;
}

TEST(TrailFormTest, IsReadAsItWasWrittenAndNotCutShort) {
  const Trail trail = MakeTrail();
  const std::string bytes = Written(trail);
  EXPECT_EQ(Read(bytes), trail);
  for (size_t length = 0; length < bytes.size(); ++length) EXPECT_EQ(Read(bytes.substr(0, length)), std::nullopt);
}

TEST(TrailFormTest, HopsAreSmall) {
  Trail trail;
  const size_t empty = Written(trail).size();
  AddHop(trail, {.type = EventType::kLeaseExpired, .at = kTrailFrom, .revision = 0, .actor = {}});
  EXPECT_EQ(Written(trail).size() - empty, 9u);
  AddHop(trail, {.type = EventType::kWithdrawn, .at = kTrailFrom, .revision = 2, .detail = 1, .actor = "abcd"});
  EXPECT_EQ(Written(trail).size() - empty, 9u + 21u);
}

TEST(TrailFormTest, WhatIsNoTrailIsRefused) {
  std::string bytes = Written({});
  bytes[4] = static_cast<char>(kHopsMost + 1);
  EXPECT_EQ(Read(bytes + std::string(9 * (kHopsMost + 1), '\x05')), std::nullopt) << "too many hops";
  for (const char type : {'\x00', '\x14', '\x1f'}) {
    bytes[4] = '\x01';
    EXPECT_EQ(Read(bytes + std::string(1, type) + std::string(8, '\x01')), std::nullopt) << static_cast<int>(type);
  }
}

TEST(TrailFormTest, HopSaysWhatItsEventSays) {
  journal::Event event;
  event.type = EventType::kReturned;
  event.item.revision = 3;
  event.at = kTrailFrom;
  event.detail = 7;
  event.actor = std::string(journal::kActorBytes, 'x');
  EXPECT_EQ(HopOf(event),
            (Hop{.type = EventType::kReturned, .at = kTrailFrom, .revision = 3, .detail = 7, .actor = "xxxx"}));
}

}  // namespace
}  // namespace envej::inbox
