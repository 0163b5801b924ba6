#include "municipality-client/item_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "proto/contract/day.h"
#include "tests/municipality-client/support/notices.h"

namespace envej::municipality_client {
namespace {

using testing::Contains;
using testing::ElementsAre;

class ItemCheckTest : public testing::Test {
 protected:
  ItemCheckTest() {
    item_.set_kind(v1::ITEM_KIND_NOTICE);
    *item_.mutable_notice() = ProperNotice(1);
    name().set_region_code(kRegion);
    name().set_notice_id(NoticeIdOf(1));
    name().set_revision(1);
    item_.mutable_accepted_at()->set_seconds(1'790'000'100);
  }

  v1::LeaseName& name() { return *item_.mutable_lease()->mutable_name(); }
  v1::Citizen& citizen() { return *item_.mutable_notice()->mutable_citizen(); }
  v1::Envelope& envelope() { return *item_.mutable_notice()->mutable_envelope(); }

  Verdict Check(absl::Time now = absl::FromUnixSeconds(1'790'100'000)) const {
    return CheckItem(item_, kMunicipality, contract::Moment::At(now, *contract::CopenhagenTimeZone()));
  }
  v1::ReturnReason ReturnedFor() const {
    const Verdict verdict = Check();
    return verdict.cause.has_value() ? verdict.cause->reason : v1::RETURN_REASON_UNSPECIFIED;
  }

  v1::InboxItem item_;
};

TEST_F(ItemCheckTest, AProperNoticeIsKeptAsItsLine) {
  const Verdict verdict = Check();
  ASSERT_TRUE(verdict.arrival.has_value());
  EXPECT_EQ(verdict.arrival->line, JsonOf(ProperNotice(1)));
  EXPECT_EQ(verdict.arrival->item.notice_id, NoticeIdOf(1));
}

TEST_F(ItemCheckTest, TimeThatPassedInTheInboxBreaksNoRule) {
  EXPECT_TRUE(Check(absl::FromUnixSeconds(1'990'000'000)).arrival.has_value());
}

TEST_F(ItemCheckTest, EveryOtherKindIsUnsupported) {
  for (const int kind : {0, 4, 17}) {
    item_.set_kind(static_cast<v1::ItemKind>(kind));
    EXPECT_EQ(ReturnedFor(), v1::RETURN_REASON_UNSUPPORTED) << kind;
  }
}

TEST_F(ItemCheckTest, ARevisionIsJudgedAsANoticeAndSaysWhatItReplaces) {
  item_.set_kind(v1::ITEM_KIND_REVISION);
  *item_.mutable_notice() = RevisedNotice(1, 3);
  name().set_revision(3);
  item_.set_replaces_revision(2);
  const Verdict verdict = Check();
  ASSERT_TRUE(verdict.arrival.has_value());
  EXPECT_EQ(verdict.arrival->kind, EntryKind::kNotice);
  EXPECT_EQ(verdict.arrival->item.revision, 3);
  EXPECT_EQ(verdict.arrival->replaces, 2);
  item_.set_replaces_revision(3);
  EXPECT_EQ(Check().arrival->replaces, 0) << "nothing replaces itself";
  citizen().clear_phone_numbers();
  EXPECT_THAT(Check().cause->rules, ElementsAre(contract::Reason::kPhoneNumberMissing));
}

class WithdrawalCheckTest : public ItemCheckTest {
 protected:
  WithdrawalCheckTest() {
    item_.clear_notice();
    item_.set_kind(v1::ITEM_KIND_WITHDRAWAL);
    withdrawal() = WithdrawalOf(1, 2);
    withdrawal().mutable_sealed()->set_cms("sealed");
    name().set_revision(2);
  }
  v1::Withdrawal& withdrawal() { return *item_.mutable_withdrawal(); }
};

TEST_F(WithdrawalCheckTest, IsKeptAsItsLineWithoutWhatWasSealed) {
  const Verdict verdict = Check();
  ASSERT_TRUE(verdict.arrival.has_value());
  EXPECT_EQ(verdict.arrival->kind, EntryKind::kWithdrawal);
  EXPECT_EQ(verdict.arrival->line, JsonOf(WithdrawalOf(1, 2)));
}

TEST_F(WithdrawalCheckTest, MustNameWhatItsLeaseNames) {
  const std::vector<std::function<void()>> changes = {
      [this] { withdrawal().set_notice_id(NoticeIdOf(2)); }, [this] { withdrawal().set_revision(3); },
      [this] { withdrawal().set_municipality_code("0147"); }, [this] { name().set_region_code("../x"); },
      [this] { item_.clear_withdrawal(); }};
  for (size_t i = 0; i < changes.size(); ++i) {
    const v1::InboxItem before = item_;
    changes[i]();
    EXPECT_EQ(ReturnedFor(), v1::RETURN_REASON_RULES_BROKEN) << i;
    item_ = before;
  }
}

TEST_F(WithdrawalCheckTest, MustSayWhyThoughThisProgramNeedNotKnowTheReason) {
  withdrawal().set_reason(static_cast<v1::WithdrawalReason>(77));
  EXPECT_TRUE(Check().arrival.has_value());
  withdrawal().clear_reason();
  EXPECT_THAT(Check().cause->rules, ElementsAre(contract::Reason::kWithdrawalReasonMissing));
}

TEST_F(ItemCheckTest, SealedContentCannotBeOpened) {
  item_.mutable_notice()->mutable_sealed()->set_cms("sealed");
  EXPECT_EQ(ReturnedFor(), v1::RETURN_REASON_CANNOT_BE_OPENED);
}

TEST_F(ItemCheckTest, BrokenContentRulesAreNamed) {
  citizen().set_name("");
  citizen().set_phone_numbers(0, "12");
  const Verdict verdict = Check();
  ASSERT_TRUE(verdict.cause.has_value());
  EXPECT_EQ(verdict.cause->reason, v1::RETURN_REASON_RULES_BROKEN);
  EXPECT_THAT(verdict.cause->rules, ElementsAre(contract::Reason::kNameMissing, contract::Reason::kPhoneNumberInvalid));
}

TEST_F(ItemCheckTest, ACprNumberInTheNameIsReturned) {
  citizen().set_name("Anna 010190-1234");
  EXPECT_THAT(Check().cause->rules, Contains(contract::Reason::kTextLikeCprNumber));
}

TEST_F(ItemCheckTest, AFieldThatTheContractDoesNotKnowIsReturnedNotDropped) {
  citizen().GetReflection()->MutableUnknownFields(&citizen())->AddVarint(99, 1);
  EXPECT_THAT(Check().cause->rules, ElementsAre(contract::Reason::kUnknownField));
}

TEST_F(ItemCheckTest, ANameThatDiffersFromTheLeaseIsReturned) {
  envelope().set_notice_id(NoticeIdOf(2));
  EXPECT_EQ(ReturnedFor(), v1::RETURN_REASON_RULES_BROKEN);
  envelope().set_notice_id(NoticeIdOf(1));
  envelope().set_revision(2);
  EXPECT_EQ(ReturnedFor(), v1::RETURN_REASON_RULES_BROKEN);
  envelope().set_revision(1);
  envelope().set_municipality_code("0147");
  EXPECT_EQ(ReturnedFor(), v1::RETURN_REASON_RULES_BROKEN);
  envelope().set_municipality_code(kMunicipality);
  EXPECT_EQ(ReturnedFor(), v1::RETURN_REASON_UNSPECIFIED);
}

TEST_F(ItemCheckTest, ANameThatCannotBePartOfAFileNameIsReturned) {
  for (const char* const region : {"", "../x", "10841", "10a4"}) {
    name().set_region_code(region);
    EXPECT_EQ(ReturnedFor(), v1::RETURN_REASON_RULES_BROKEN) << region;
  }
  name().set_region_code(kRegion);
  for (const char* const id : {"", "../../etc/passwd", "7D1F0C52-3B6A-4E8F-9A41-000000000001"}) {
    name().set_notice_id(id);
    envelope().set_notice_id(id);
    EXPECT_EQ(ReturnedFor(), v1::RETURN_REASON_RULES_BROKEN) << id;
  }
}

}  // namespace
}  // namespace envej::municipality_client
