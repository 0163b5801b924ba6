#include "broker/operations/console/attention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace envej::console {
namespace {

using testing::ElementsAre;

v1::InboxStatus Inbox(const std::string& code) {
  v1::InboxStatus inbox;
  inbox.set_municipality_code(code);
  inbox.set_participating(true);
  inbox.set_waiting(1);
  return inbox;
}

TEST(AttentionTest, PutsTroubleFirst) {
  const absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  std::vector<v1::InboxStatus> inboxes;
  for (const char* const code : {"0101", "0147", "0151", "0153", "0155", "0157", "0159"}) {
    inboxes.push_back(Inbox(code));
  }
  inboxes[1].set_parked(1);
  inboxes[2].set_silent(true);
  inboxes[3].set_overdue(1);
  inboxes[4].set_undelivered(1);
  inboxes[5].mutable_oldest_entered_at()->set_seconds(1'799'999'000);
  inboxes[6].set_suspended(true);
  std::vector<std::string> order;
  for (const v1::InboxStatus& inbox : ByTrouble(inboxes, now)) order.push_back(inbox.municipality_code());
  EXPECT_THAT(order, ElementsAre("0151", "0155", "0153", "0159", "0147", "0157", "0101"));
}

TEST(AttentionTest, SaysEveryReasonForAttention) {
  v1::InboxStatus inbox = Inbox("0101");
  EXPECT_EQ(AttentionOf(inbox, absl::UnixEpoch()).text, "");
  inbox.set_participating(false);
  inbox.set_suspended(true);
  inbox.set_parked(2);
  inbox.set_missing(3);
  EXPECT_EQ(AttentionOf(inbox, absl::UnixEpoch()).text, "suspended, takes no part, 2 parked, 3 missing");
  inbox.set_silence_unknown(true);
  EXPECT_EQ(AttentionOf(inbox, absl::UnixEpoch()).text,
            "silent or not: not known yet, suspended, takes no part, 2 parked, 3 missing");
}

TEST(AttentionTest, StandsOutMoreWhereANoticeMayNotArrive) {
  v1::InboxStatus inbox = Inbox("0101");
  EXPECT_EQ(EmphasisOf(AttentionOf(inbox, absl::UnixEpoch())), Emphasis::kPlain);
  inbox.set_parked(1);
  EXPECT_EQ(EmphasisOf(AttentionOf(inbox, absl::UnixEpoch())), Emphasis::kWarning);
  inbox.set_overdue(1);
  EXPECT_EQ(EmphasisOf(AttentionOf(inbox, absl::UnixEpoch())), Emphasis::kTrouble);
}

TEST(AttentionTest, SaysAllThatIsWrongWithTheBroker) {
  v1::GetBrokerStatusResponse status;
  status.set_can_write(true);
  EXPECT_EQ(TroubleOf(status), "");
  status.set_can_write(false);
  status.mutable_store()->set_damaged(true);
  status.mutable_trust()->set_reload_refused(true);
  EXPECT_EQ(TroubleOf(status), "BROKER CANNOT WRITE, STORE DAMAGED, NEWEST FILES REFUSED");
}

}  // namespace
}  // namespace envej::console
