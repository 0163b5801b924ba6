#include "tests/histories/checker.h"

#include <gtest/gtest.h>

namespace envej::histories {
namespace {

absl::Time At(int milliseconds) { return absl::FromUnixSeconds(1'800'000'000) + absl::Milliseconds(milliseconds); }

Call Made(CallKind kind, int begin, int end, Answer answer = Answer::kDone) {
  return {.client = 1, .kind = kind, .begin = At(begin), .end = At(end), .lease = absl::Minutes(1), .answer = answer};
}
Call Submit(int begin, int end, int content, const std::string& receipt, Answer answer = Answer::kDone) {
  Call call = Made(CallKind::kSubmit, begin, end, answer);
  call.content = content;
  call.receipt = receipt;
  return call;
}
Call Revise(int begin, int end, uint32_t revision, int content, const std::string& receipt,
            Answer answer = Answer::kDone) {
  Call call = Submit(begin, end, content, receipt, answer);
  call.kind = CallKind::kRevise;
  call.revision = revision;
  return call;
}
Call Withdraw(int begin, int end, uint32_t revision, const std::string& receipt, Answer answer = Answer::kDone) {
  Call call = Revise(begin, end, revision, 0, receipt, answer);
  call.kind = CallKind::kWithdraw;
  return call;
}
Call Lease(int begin, int end, int content, const std::string& token, uint32_t revision = 1) {
  Call call = Made(CallKind::kLease, begin, end);
  call.content = content;
  call.token = token;
  call.revision = revision;
  return call;
}
Call Acknowledge(int begin, int end, const std::string& token, Answer answer = Answer::kDone, uint32_t revision = 1) {
  Call call = Made(CallKind::kAcknowledge, begin, end, answer);
  call.token = token;
  call.revision = revision;
  return call;
}

TEST(CheckerTest, TheLifeOfANoticeHolds) {
  EXPECT_EQ(
      Check({Submit(0, 10, 7, "a"), Submit(5, 30, 7, "a"), Submit(20, 40, 8, "", Answer::kReused),
             Lease(15, 25, 7, "1"), Acknowledge(30, 50, "1"), Acknowledge(60, 70, "1"), Revise(80, 90, 2, 9, "b"),
             Lease(95, 99, 9, "2", 2), Withdraw(97, 110, 3, "c"), Acknowledge(120, 130, "2", Answer::kWithdrawn, 2)}),
      Verdict::kHolds);
}

TEST(CheckerTest, ASecondReceiptForARepeatedNoticeDoesNot) {
  EXPECT_EQ(Check({Submit(0, 10, 7, "a"), Submit(20, 30, 7, "b")}), Verdict::kDoesNotHold);
}

TEST(CheckerTest, AnotherContentUnderAnAcceptedIdDoesNot) {
  EXPECT_EQ(Check({Submit(0, 10, 7, "a"), Submit(20, 30, 8, "a")}), Verdict::kDoesNotHold);
  EXPECT_EQ(Check({Submit(0, 10, 7, "a"), Submit(20, 30, 8, "b")}), Verdict::kDoesNotHold);
}

TEST(CheckerTest, TwoLeasesAtATimeDoNot) {
  EXPECT_EQ(Check({Submit(0, 10, 7, "a"), Lease(20, 30, 7, "1"), Lease(25, 35, 7, "2")}), Verdict::kDoesNotHold);
  EXPECT_EQ(Check({Submit(0, 10, 7, "a"), Lease(20, 30, 7, "1"), Lease(70'000, 70'010, 7, "2")}), Verdict::kHolds)
      << "the first is over";
}

TEST(CheckerTest, AnOlderTokenThatAcknowledgesDoesNot) {
  const std::vector<Call> calls = {Submit(0, 10, 7, "a"), Lease(20, 30, 7, "1"), Lease(70'000, 70'010, 7, "2")};
  std::vector<Call> fenced = calls;
  fenced.push_back(Acknowledge(70'020, 70'030, "1", Answer::kNotHeld));
  EXPECT_EQ(Check(fenced), Verdict::kHolds);
  std::vector<Call> let_through = calls;
  let_through.push_back(Acknowledge(70'020, 70'030, "1"));
  EXPECT_EQ(Check(let_through), Verdict::kDoesNotHold);
}

TEST(CheckerTest, AHeldLeaseThatIsRefusedDoesNot) {
  EXPECT_EQ(Check({Submit(0, 10, 7, "a"), Lease(20, 30, 7, "1"), Acknowledge(40, 50, "1", Answer::kNotHeld)}),
            Verdict::kDoesNotHold);
}

TEST(CheckerTest, ALeaseAfterTheAcknowledgementDoesNot) {
  EXPECT_EQ(
      Check({Submit(0, 10, 7, "a"), Lease(20, 30, 7, "1"), Acknowledge(40, 50, "1"), Lease(90'000, 90'010, 7, "2")}),
      Verdict::kDoesNotHold);
}

TEST(CheckerTest, ALeaseOfOlderContentDoesNot) {
  EXPECT_EQ(Check({Submit(0, 10, 7, "a"), Revise(20, 30, 2, 8, "b"), Lease(40, 50, 7, "1")}), Verdict::kDoesNotHold);
  EXPECT_EQ(Check({Submit(0, 10, 7, "a"), Revise(20, 30, 2, 8, "b"), Lease(40, 50, 7, "1", 2)}), Verdict::kDoesNotHold)
      << "the newer revision's number with the older one's content";
}

TEST(CheckerTest, ALeaseAfterTheWithdrawalDoesNot) {
  EXPECT_EQ(Check({Submit(0, 10, 7, "a"), Withdraw(20, 30, 2, "b"), Lease(40, 50, 7, "1")}), Verdict::kDoesNotHold);
  EXPECT_EQ(Check({Submit(0, 10, 7, "a"), Withdraw(20, 60, 2, "b"), Lease(40, 50, 7, "1")}), Verdict::kHolds)
      << "it may have been before";
}

TEST(CheckerTest, AnAcceptedNoticeThatIsForgottenDoesNot) {
  EXPECT_EQ(Check({Submit(0, 10, 7, "a"), Revise(20, 30, 2, 8, "", Answer::kNotFound)}), Verdict::kDoesNotHold);
  EXPECT_EQ(Check({Submit(0, 10, 7, "a"), Submit(20, 30, 8, "c")}), Verdict::kDoesNotHold);
}

TEST(CheckerTest, ACallWithoutAnAnswerMayHaveBeenCarriedOutOrNot) {
  Call lost = Submit(0, 10, 7, "", Answer::kNone);
  EXPECT_EQ(Check({lost, Submit(20, 30, 8, "a")}), Verdict::kHolds);
  EXPECT_EQ(Check({lost, Submit(20, 30, 8, "", Answer::kReused)}), Verdict::kHolds);
  EXPECT_EQ(Check({lost, Submit(20, 30, 8, "a"), Submit(40, 50, 7, "b")}), Verdict::kDoesNotHold);
}

}  // namespace
}  // namespace envej::histories
