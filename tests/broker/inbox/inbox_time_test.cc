#include "broker/inbox/inbox_time.h"

#include <gtest/gtest.h>

#include "tests/broker/inbox/inboxes_fixture.h"

namespace envej::inbox {
namespace {

constexpr absl::Duration kLeap = absl::Hours(2);

// What it says leaps after it was read so often, as when a machine was held.
class ClockThatLeaps final : public Clock {
 public:
  explicit ClockThatLeaps(int reads) : reads_(reads) {}

  absl::Time Now() const override { return kStart + Read(); }
  absl::Duration Elapsed() const override { return absl::Hours(1) + Read(); }

 private:
  absl::Duration Read() const { return reads_-- > 0 ? absl::ZeroDuration() : kLeap; }

  mutable int reads_;
};

class InboxTimeTest : public InboxesFixture {};

TEST_F(InboxTimeTest, IsNotAheadAfterALeapWhereverItFalls) {
  for (int reads = 0; reads < 8; ++reads) {
    const ClockThatLeaps clock(reads);
    InboxTime time(clock, store_);
    for (int call = 0; call < 5; ++call) time.Now();
    EXPECT_EQ(time.Now(), kStart + kLeap) << "after " << reads;
  }
}

}  // namespace
}  // namespace envej::inbox
