#include "broker/operations/console/words.h"

#include <gtest/gtest.h>

namespace envej::console {
namespace {

constexpr char kName[] = "0101/1081/3f2b8c1e-5d4a-4f6b-8a7c-9d0e1f2a3b4c";

TEST(WordsTest, SaysValuesAsWordsAlsoThoseOfANewerBroker) {
  EXPECT_EQ(WordOf(v1::NOTICE_STATE_WAITING), "waiting");
  EXPECT_EQ(WordOf(v1::EVENT_KIND_RETURN_PROPOSED), "return proposed");
  EXPECT_EQ(WordOf(static_cast<v1::EventKind>(99)), "unknown (99)");
  EXPECT_EQ(WordOf(v1::RETURN_REASON_NOT_DELIVERABLE), "not deliverable");
}

TEST(WordsTest, TakesEveryValueOfTheContractAsAnOption) {
  EXPECT_EQ(States().size(), 9u);
  EXPECT_EQ(States().at("unreadable"), v1::NOTICE_STATE_UNREADABLE);
  EXPECT_EQ(EventKinds().size(), 19u);
  EXPECT_EQ(EventKinds().at("lease-expired"), v1::EVENT_KIND_LEASE_EXPIRED);
  EXPECT_EQ(EventKinds().count("unspecified"), 0u);
}

TEST(WordsTest, ReadsANoticesNameAsItShowsIt) {
  EXPECT_EQ(CheckNoticeName(kName), "");
  EXPECT_EQ(NameOf(ToNoticeName(kName)), kName);
  for (const char* const wrong :
       {"", "0101/1081", "0101/1081/x", "101/1081/3f2b8c1e-5d4a-4f6b-8a7c-9d0e1f2a3b4c",
        "0101/108/3f2b8c1e-5d4a-4f6b-8a7c-9d0e1f2a3b4c", "0101/1081/3f2b8c1e-5d4a-4f6b-8a7c-9d0e1f2a3b4c/"}) {
    EXPECT_NE(CheckNoticeName(wrong), "") << wrong;
  }
}

TEST(WordsTest, SaysWhatElseIsToBeSaidOfAnEvent) {
  v1::OperationsEvent event;
  event.set_kind(v1::EVENT_KIND_OVERDUE);
  event.set_lateness(v1::LATENESS_NOT_FETCHED);
  EXPECT_EQ(DetailOf(event), "not fetched in time");
  event.set_kind(v1::EVENT_KIND_UNDELIVERED);
  event.set_undelivered_times(1);
  EXPECT_EQ(DetailOf(event), "told 1 time");
  event.set_kind(v1::EVENT_KIND_CALLS_REFUSED);
  event.set_count(12);
  EXPECT_EQ(DetailOf(event), "too many to be told apart, 12 times");
  event.set_refusal_reason("CALLER\x1b[2J");
  EXPECT_EQ(DetailOf(event), "CALLER?[2J, 12 times");
  event.set_kind(v1::EVENT_KIND_LEASED);
  EXPECT_EQ(DetailOf(event), "");
  v1::TraceHop hop;
  hop.set_kind(v1::EVENT_KIND_WITHDRAWN);
  hop.set_withdrawal_reason(v1::WITHDRAWAL_REASON_DECEASED);
  EXPECT_EQ(DetailOf(hop), "deceased");
}

}  // namespace
}  // namespace envej::console
