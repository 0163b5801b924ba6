#include <vector>

#include "tests/region-client/hl7/mllp_fixture.h"

namespace envej::hl7 {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

// Times that a test can wait for.
MllpLimits Short() {
  MllpLimits limits;
  limits.connections = 3;
  limits.handshakes = 2;
  limits.handshake = absl::Milliseconds(300);
  limits.frame = absl::Milliseconds(300);
  limits.answer = absl::Milliseconds(300);
  return limits;
}

class SlowSendersTest : public MllpFixture {
 protected:
  // Whether somebody else is still heard.
  void ExpectOthersAreHeard() {
    const auto other = context_ == nullptr ? Connect() : ConnectTls();
    EXPECT_TRUE(other->SendMessage("other"));
    EXPECT_THAT(other->Answer(), HasSubstr("5 of other"));
  }
};

TEST_F(SlowSendersTest, WhoNeverShakesHandsHoldsNobody) {
  MllpLimits limits = Short();
  limits.handshake = absl::Seconds(60);
  StartTls(limits);
  const auto known = ConnectTls();
  EXPECT_TRUE(known->SendMessage("before"));
  EXPECT_THAT(known->Answer(), HasSubstr("6 of before"));
  std::vector<std::unique_ptr<Sender>> silent;
  for (int i = 0; i < 40; ++i) silent.push_back(Connect());
  ExpectOthersAreHeard();
  EXPECT_EQ(silent.front()->Answer(), "closed");
  EXPECT_TRUE(known->SendMessage("a"));
  EXPECT_THAT(known->Answer(), HasSubstr("1 of a"));
}

TEST_F(SlowSendersTest, AHandshakeHasItsTime) {
  StartTls(Short());
  const auto silent = Connect();
  EXPECT_EQ(silent->Answer(), "closed");
  EXPECT_THAT(Closed(1), ElementsAre(": no certificate that is taken was shown in time"));
}

TEST_F(SlowSendersTest, AFrameHasItsTimeHoweverItDrips) {
  Start(Short());
  const auto slow = Connect();
  EXPECT_TRUE(
      slow->Send("\x0B"
                 "MSH"));
  bool is_open = true;
  const absl::Time begin = absl::Now();
  while (is_open && absl::Now() - begin < absl::Seconds(20)) {
    is_open = slow->Send("x");
    absl::SleepFor(absl::Milliseconds(20));
  }
  EXPECT_FALSE(is_open);
  EXPECT_THAT(Closed(1), ElementsAre("this machine: a frame did not come to its end"));
  ExpectOthersAreHeard();
}

TEST_F(SlowSendersTest, WhoIsIdleTooLongIsClosed) {
  MllpLimits limits = Short();
  limits.idle = absl::Milliseconds(300);
  Start(limits);
  const auto sender = Connect();
  EXPECT_TRUE(sender->SendMessage("a"));
  EXPECT_THAT(sender->Answer(), HasSubstr("1 of a"));
  EXPECT_EQ(sender->Answer(), "closed");
}

TEST_F(SlowSendersTest, WhoTakesNoAnswerIsClosed) {
  Start(Short());
  const auto slow = Connect();
  EXPECT_TRUE(slow->SendMessage("long"));
  ExpectOthersAreHeard();
  EXPECT_THAT(Closed(1), ElementsAre("this machine: an answer was not taken"));
}

TEST_F(SlowSendersTest, WhoLeavesBeforeItsAnswerHarmsNobody) {
  StartTls(Short());
  EXPECT_TRUE(ConnectTls()->SendMessage("long"));
  EXPECT_THAT(Closed(1), ElementsAre(absl::StrCat(kWard, ": an answer was not taken")));
  ExpectOthersAreHeard();
}

TEST_F(SlowSendersTest, OfTooManyTheOneLongestIdleGoes) {
  Start(Short());
  std::vector<std::unique_ptr<Sender>> senders;
  for (int i = 0; i < 3; ++i) {
    senders.push_back(Connect());
    EXPECT_TRUE(senders.back()->SendMessage("a"));
    EXPECT_THAT(senders.back()->Answer(), HasSubstr("1 of a"));
  }
  EXPECT_TRUE(senders[0]->SendMessage("b"));
  EXPECT_THAT(senders[0]->Answer(), HasSubstr("1 of b"));
  ExpectOthersAreHeard();
  EXPECT_EQ(senders[1]->Answer(), "closed");
  for (const int kept : {0, 2}) {
    EXPECT_TRUE(senders[static_cast<size_t>(kept)]->SendMessage("c"));
    EXPECT_THAT(senders[static_cast<size_t>(kept)]->Answer(), HasSubstr("1 of c"));
  }
}

TEST_F(SlowSendersTest, WhereAllAreBusyTheNewOneGoes) {
  Start(Short());
  std::vector<std::unique_ptr<Sender>> senders;
  for (int i = 0; i < 3; ++i) {
    senders.push_back(Connect());
    EXPECT_TRUE(senders.back()->SendMessage("a"));
    senders.back()->Answer();
    EXPECT_TRUE(senders.back()->SendMessage("hold"));
  }
  WaitUntilHeld(3);
  const auto late = Connect();
  late->SendMessage("b");
  EXPECT_EQ(late->Answer(), "closed");
  EXPECT_THAT(Closed(1), Contains("this machine: there are too many connections"));
  Open();
  for (const auto& sender : senders) EXPECT_THAT(sender->Answer(), HasSubstr("4 of hold"));
}

}  // namespace
}  // namespace envej::hl7
