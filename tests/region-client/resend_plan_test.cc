#include "region-client/resend_plan.h"

#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "proto/contract/message_codec.h"
#include "tests/region-client/support/notice_lines.h"
#include "tests/support/sealing_world.h"

namespace envej::region {
namespace {

constexpr char kRegion[] = "1081";
constexpr char kMunicipality[] = "0101";

class ResendPlanTest : public testing::Test {
 protected:
  // The notice as it was revised so often: each says something else.
  v1::Notice Said(uint32_t revision) const {
    v1::Notice notice = NoticeNumber(1, now_);
    notice.mutable_envelope()->set_revision(revision);
    notice.mutable_citizen()->set_name("Opdigtet " + std::string(revision, 'a'));
    return notice;
  }
  v1::Receipt ReceiptOf(uint32_t revision) {
    v1::Receipt receipt;
    receipt.set_region_code(kRegion);
    receipt.set_municipality_code(kMunicipality);
    receipt.set_notice_id(Said(revision).envelope().notice_id());
    receipt.set_revision(revision);
    *receipt.mutable_accepted_at() = contract::ToMessage(now_);
    const std::variant<v1::Notice, Refusal> sealed = sealer_.Seal(Said(revision));
    *receipt.mutable_content_commitment() = std::get<v1::Notice>(sealed).envelope().content_commitment();
    return receipt;
  }
  v1::Receipt WithdrawalAt(uint32_t revision) {
    v1::Receipt receipt = ReceiptOf(revision);
    receipt.clear_content_commitment();
    receipt.set_withdrawal_reason(v1::WITHDRAWAL_REASON_DECEASED);
    return receipt;
  }
  static std::optional<v1::GetNoticeResponse> Has(uint32_t revision, v1::NoticeState state) {
    v1::GetNoticeResponse answer;
    answer.mutable_status()->set_revision(revision);
    answer.mutable_status()->set_state(state);
    return answer;
  }
  ResendSteps Plan(std::vector<v1::Receipt> receipts, std::vector<v1::Notice> notices,
                   const std::optional<v1::GetNoticeResponse>& answer) {
    const Kept kept{.receipts = std::move(receipts), .notices = std::move(notices)};
    const std::map<NoticeName, KeptNotice> by_name = ByName(kept, kRegion);
    EXPECT_EQ(by_name.size(), 1u);
    return PlanResend(by_name.begin()->second, answer, sealer_);
  }
  static void ExpectNothing(const ResendSteps& steps, bool line_missing = false) {
    EXPECT_FALSE(steps.submit.has_value());
    EXPECT_FALSE(steps.revise.has_value());
    EXPECT_FALSE(steps.withdraw.has_value());
    EXPECT_EQ(steps.line_missing, line_missing);
  }

  const absl::Time now_ = absl::Now();
  const support::SealingWorld world_{kRegion, kMunicipality};
  NoticeSealer sealer_ = [this] {
    NoticeSealer sealer = *NoticeSealer::Create(
        {.tls = world_.region_files(), .secret = world_.secret_file(), .former_secrets = {}}, now_);
    v1::ListMunicipalitiesResponse directory;
    v1::Municipality& municipality = *directory.add_municipalities();
    municipality.set_municipality_code(kMunicipality);
    municipality.set_participating(true);
    municipality.add_inbox_certificates(world_.inbox().der());
    sealer.Learn(directory, now_);
    return sealer;
  }();
};

TEST_F(ResendPlanTest, WhatTheBrokerHasStays) {
  ExpectNothing(Plan({ReceiptOf(1)}, {Said(1)}, Has(1, v1::NOTICE_STATE_WAITING)));
  ExpectNothing(Plan({ReceiptOf(1)}, {Said(1)}, Has(1, v1::NOTICE_STATE_ACKNOWLEDGED)));
  ExpectNothing(Plan({ReceiptOf(1)}, {Said(1)}, Has(2, v1::NOTICE_STATE_WITHDRAWN)));
  ExpectNothing(Plan({ReceiptOf(1), WithdrawalAt(2)}, {}, Has(2, v1::NOTICE_STATE_WITHDRAWN)));
}

TEST_F(ResendPlanTest, WhatIsMissingIsSentAgainUnderItsRevision) {
  const ResendSteps first = Plan({ReceiptOf(1)}, {Said(2), Said(1)}, Has(1, v1::NOTICE_STATE_MISSING));
  ASSERT_TRUE(first.submit.has_value());
  EXPECT_EQ(first.submit->citizen().name(), Said(1).citizen().name());
  const ResendSteps second = Plan({ReceiptOf(1), ReceiptOf(2)}, {Said(1), Said(2)}, Has(2, v1::NOTICE_STATE_MISSING));
  EXPECT_FALSE(second.submit.has_value());
  ASSERT_TRUE(second.revise.has_value());
  EXPECT_EQ(second.revise->envelope().revision(), 2u);
  const ResendSteps withdrawal = Plan({ReceiptOf(1), WithdrawalAt(2)}, {}, Has(2, v1::NOTICE_STATE_MISSING));
  ASSERT_TRUE(withdrawal.withdraw.has_value());
  EXPECT_EQ(withdrawal.withdraw->revision(), 2u);
}

TEST_F(ResendPlanTest, WhatTheBrokerDoesNotKnowIsSentFromItsBeginning) {
  const ResendSteps steps = Plan({ReceiptOf(1), ReceiptOf(3)}, {Said(1), Said(3)}, std::nullopt);
  ASSERT_TRUE(steps.submit.has_value());
  EXPECT_EQ(steps.submit->envelope().revision(), 1u);
  ASSERT_TRUE(steps.revise.has_value());
  EXPECT_EQ(steps.revise->envelope().revision(), 3u);
  const ResendSteps withdrawn = Plan({ReceiptOf(1), WithdrawalAt(2)}, {Said(1)}, std::nullopt);
  EXPECT_FALSE(withdrawn.submit.has_value()) << "nobody is to see it any more";
  EXPECT_TRUE(withdrawn.withdraw.has_value());
  const ResendSteps never_submitted = Plan({WithdrawalAt(1)}, {}, std::nullopt);
  EXPECT_FALSE(never_submitted.submit.has_value());
  EXPECT_TRUE(never_submitted.withdraw.has_value()) << "what comes later under its id is to be refused again";
}

TEST_F(ResendPlanTest, AnOlderRevisionThanTheNewestIsBroughtUpToDate) {
  EXPECT_TRUE(
      Plan({ReceiptOf(1), ReceiptOf(2)}, {Said(1), Said(2)}, Has(1, v1::NOTICE_STATE_WAITING)).revise.has_value());
  EXPECT_TRUE(Plan({ReceiptOf(1), WithdrawalAt(2)}, {}, Has(1, v1::NOTICE_STATE_MISSING)).withdraw.has_value());
}

TEST_F(ResendPlanTest, ALineThatSaysNoRevisionIsFoundByItsCommitment) {
  v1::Notice unnumbered = Said(2);
  unnumbered.mutable_envelope()->set_revision(0);
  const ResendSteps steps = Plan({ReceiptOf(1), ReceiptOf(2)}, {Said(1), unnumbered}, Has(2, v1::NOTICE_STATE_MISSING));
  ASSERT_TRUE(steps.revise.has_value());
  EXPECT_EQ(steps.revise->envelope().revision(), 2u);
}

TEST_F(ResendPlanTest, WhereTheContentIsGoneNothingIsSent) {
  ExpectNothing(Plan({ReceiptOf(1)}, {}, Has(1, v1::NOTICE_STATE_MISSING)), true);
  v1::Notice other = Said(1);
  other.mutable_citizen()->set_name("Opdigtet anden");
  ExpectNothing(Plan({ReceiptOf(1)}, {other}, Has(1, v1::NOTICE_STATE_MISSING)), true);
  ExpectNothing(Plan({ReceiptOf(1), ReceiptOf(2)}, {Said(1)}, std::nullopt), true);
  ExpectNothing(Plan({ReceiptOf(2)}, {Said(2)}, std::nullopt), true);
}

// Plain notices are sealed, and remembered, by the broker: there the number says which it is.
TEST_F(ResendPlanTest, OfWhatTheBrokerSealedTheNumberDecides) {
  v1::Receipt receipt = ReceiptOf(1);
  receipt.mutable_content_commitment()->set_key_id("the-brokers");
  EXPECT_TRUE(Plan({receipt}, {Said(1)}, Has(1, v1::NOTICE_STATE_MISSING)).submit.has_value());
  ExpectNothing(Plan({receipt}, {Said(2)}, Has(1, v1::NOTICE_STATE_MISSING)), true);
}

TEST_F(ResendPlanTest, OnlyWhatHasAReceiptCounts) {
  v1::Receipt of_another = ReceiptOf(1);
  of_another.set_region_code("1084");
  EXPECT_TRUE(ByName({.receipts = {of_another}, .notices = {Said(1)}}, kRegion).empty());
  EXPECT_TRUE(ByName({.receipts = {}, .notices = {Said(1)}}, kRegion).empty());
  v1::Receipt anew = ReceiptOf(1);
  *anew.mutable_accepted_at() = contract::ToMessage(now_ + absl::Hours(1));
  const Kept kept{.receipts = {anew, ReceiptOf(1)}, .notices = {}};
  EXPECT_EQ(contract::FromMessage(ByName(kept, kRegion).begin()->second.receipts.at(1).accepted_at()),
            contract::FromMessage(anew.accepted_at()));
}

TEST_F(ResendPlanTest, IsForgottenOnceAllThatWasAcceptedIsOlderThanIdsAreRemembered) {
  const auto accepted = [this](uint32_t revision, absl::Duration ago) {
    v1::Receipt receipt = ReceiptOf(revision);
    *receipt.mutable_accepted_at() = contract::ToMessage(now_ - ago);
    return receipt;
  };
  const auto is_forgotten = [this](std::vector<v1::Receipt> receipts) {
    const Kept kept{.receipts = std::move(receipts), .notices = {}};
    return IsForgotten(ByName(kept, kRegion).begin()->second, contract::Moment::At(now_, absl::UTCTimeZone()));
  };
  EXPECT_TRUE(is_forgotten({accepted(1, absl::Hours(24 * 400)), accepted(2, absl::Hours(24 * 218))}));
  EXPECT_FALSE(is_forgotten({accepted(1, absl::Hours(24 * 400)), accepted(2, absl::Hours(24 * 210))}));
  EXPECT_FALSE(is_forgotten({accepted(1, absl::ZeroDuration())}));
}

}  // namespace
}  // namespace envej::region
