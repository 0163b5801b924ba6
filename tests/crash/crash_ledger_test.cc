#include "tests/crash/crash_ledger.h"

#include <gtest/gtest.h>

namespace envej::crash {
namespace {

// One notice from its receipt to its acknowledgement, as it should be.
class CrashLedgerTest : public testing::Test {
 protected:
  void SetUp() override {
    ledger_.Sending("a", "0101", 1, "Name");
    ledger_.Accepted("a", 1);
  }
  void Deliver() {
    ledger_.HandedOut("a", "0101", 1, false, ledger_.Now());
    ledger_.Taken("a", "0101", 1, "Name");
    ledger_.Acknowledged("a", 1);
  }

  CrashLedger ledger_;
};

TEST_F(CrashLedgerTest, WhatIsDeliveredOnceIsNeitherLostNorDoubled) {
  Deliver();
  const CrashLedger::Counts counts = ledger_.Count();
  EXPECT_EQ(counts.accepted, 1u);
  EXPECT_EQ(counts.lost + counts.doubled + counts.wrong_inbox + counts.altered, 0u);
  EXPECT_TRUE(ledger_.Complaints().empty());
}

TEST_F(CrashLedgerTest, WhatIsInNoFolderIsLost) { EXPECT_EQ(ledger_.Count().lost, 1u); }

TEST_F(CrashLedgerTest, ARevisionThatIsInNoFolderIsLost) {
  Deliver();
  ledger_.Sending("a", "0101", 2, "Other");
  ledger_.Accepted("a", 2);
  EXPECT_EQ(ledger_.Count().lost, 1u);
}

TEST_F(CrashLedgerTest, WhatComesAfterItsAcknowledgementIsDoubled) {
  const uint64_t before = ledger_.Now();
  Deliver();
  ledger_.HandedOut("a", "0101", 1, false, before);  // by a pull that was under way
  EXPECT_EQ(ledger_.Count().doubled, 0u);
  ledger_.HandedOut("a", "0101", 1, false, ledger_.Now());
  EXPECT_EQ(ledger_.Count().doubled, 1u);
}

TEST_F(CrashLedgerTest, WhatIsInTheFolderTwiceIsDoubled) {
  Deliver();
  ledger_.Taken("a", "0101", 1, "Name");
  EXPECT_EQ(ledger_.Count().doubled, 1u);
}

TEST_F(CrashLedgerTest, WhatIsInAnotherInboxOrOfAnotherContentIsCounted) {
  ledger_.HandedOut("a", "0147", 1, false, 0);
  ledger_.Taken("a", "0101", 1, "Somebody else");
  ledger_.HandedOut("b", "0101", 1, false, 0);
  EXPECT_EQ(ledger_.Count().wrong_inbox, 1u);
  EXPECT_EQ(ledger_.Count().altered, 2u);
}

TEST_F(CrashLedgerTest, WhatIsHandedOutAfterItsWithdrawalIsCountedUnlessAsAWithdrawal) {
  Deliver();
  ledger_.Withdrawing("a", "0101");
  ledger_.Withdrawn("a");
  EXPECT_EQ(ledger_.Count().not_erased, 1u);
  ledger_.HandedOut("a", "0101", 2, true, ledger_.Now());
  ledger_.Taken("a", "0101", 2, "");
  EXPECT_EQ(ledger_.Count().not_erased, 0u);
  EXPECT_EQ(ledger_.Count().after_withdrawal, 0u);
  ledger_.HandedOut("a", "0101", 1, false, ledger_.Now());
  EXPECT_EQ(ledger_.Count().after_withdrawal, 1u);
}

// Written, or taken away already, by a client that was killed before it could say so.
TEST_F(CrashLedgerTest, WhatWasInTheFolderAndIsWithdrawnIsToBeToldAlsoUnacknowledged) {
  for (const bool taken : {false, true}) {
    CrashLedger ledger;
    ledger.Sending("a", "0101", 1, "Name");
    ledger.Accepted("a", 1);
    ledger.Withdrawing("a", "0101");
    ledger.Withdrawn("a");
    EXPECT_EQ(ledger.Count().not_erased, 0u) << "nobody has it";
    if (taken) {
      ledger.Taken("a", "0101", 1, "Name");
    } else {
      ledger.HandedOut("a", "0101", 1, false, 0);
    }
    EXPECT_EQ(ledger.Count().not_erased, 1u);
    EXPECT_EQ(ledger.UnderWay(), 1u);
    ASSERT_EQ(ledger.Complaints().size(), 1u);
    ledger.Taken("a", "0101", 2, "");
    ledger.Acknowledged("a", 2);
    EXPECT_EQ(ledger.Count().not_erased, 0u);
    EXPECT_EQ(ledger.Count().withdrawn_between, 1u);
  }
}

}  // namespace
}  // namespace envej::crash
