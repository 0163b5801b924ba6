// What callers are told of a notice when what is stored of it cannot be read, and that it spoils no other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "proto/contract/rejection.h"
#include "tests/broker/inbox/damage_fixture.h"

namespace envej::inbox {
namespace {

using contract::Reason;
using testing::ElementsAre;
using testing::SizeIs;

class UnreadableNoticesTest : public DamageFixture {
 protected:
  void SetUp() override {
    for (int number = 1; number <= 3; ++number) ASSERT_TRUE(SubmitOne(number).ok());
  }

  void DamageRecord(int number) { store_.Damage(store::RecordKey(Key(number)), "x"); }

  // Those of the records that are left, by number: OK where `reasons` says none.
  template <typename Value>
  static std::vector<Reason> ReasonsOf(const std::vector<absl::StatusOr<Value>>& answers) {
    std::vector<Reason> reasons;
    for (const absl::StatusOr<Value>& answer : answers) {
      reasons.push_back(contract::RejectionOf(answer.status()).reason);
      EXPECT_EQ(answer.ok(), reasons.back() == Reason::kNone) << answer.status();
    }
    return reasons;
  }

  void ExpectTold(int number, uint32_t revision) {
    ASSERT_THAT(told_, SizeIs(1));
    ASSERT_TRUE(told_[0].item.has_value());
    EXPECT_EQ(told_[0].item->notice, Key(number));
    EXPECT_EQ(told_[0].item->revision, revision);
  }
};

TEST_F(UnreadableNoticesTest, RepeatedSubmissionIsRefusedAloneAndNewOnesAreAccepted) {
  DamageRecord(2);
  std::vector<absl::StatusOr<Accepted>> answers;
  inboxes_->SubmitAll({SubmissionOf(1), SubmissionOf(2), SubmissionOf(4)},
                      [&](std::vector<absl::StatusOr<Accepted>> given) { answers = std::move(given); });
  EXPECT_THAT(ReasonsOf(answers), ElementsAre(Reason::kNone, Reason::kNoticeUnreadable, Reason::kNone));
  EXPECT_TRUE(answers[0]->repeated);
  EXPECT_FALSE(answers[2]->repeated);
  ExpectTold(2, 1);
}

TEST_F(UnreadableNoticesTest, ReceiptThatCannotBeReadRefusesItsNoticeAlone) {
  const contract::JournalPosition position = *inboxes_->Get(Key(2))->newest.position;
  store_.Damage(store::JournalKey(position.batch), "x");
  std::vector<absl::StatusOr<Accepted>> answers;
  inboxes_->SubmitAll({SubmissionOf(1), SubmissionOf(2)},
                      [&](std::vector<absl::StatusOr<Accepted>> given) { answers = std::move(given); });
  EXPECT_THAT(ReasonsOf(answers), ElementsAre(Reason::kNone, Reason::kNoticeUnreadable));
  ExpectTold(2, 1);
  EXPECT_EQ(contract::RejectionOf(inboxes_->GetReceipt(Key(2), *inboxes_->Get(Key(2))).status()).reason,
            Reason::kNoticeUnreadable);
}

TEST_F(UnreadableNoticesTest, LeasesOfOthersAreExtendedAcknowledgedAndReturned) {
  std::vector<LeaseName> leases;
  for (const PulledItem& item : PullNow()) leases.push_back(NameOf(item));
  ASSERT_THAT(leases, SizeIs(3));
  DamageRecord(2);
  std::vector<absl::StatusOr<absl::Time>> times;
  const auto keep = [&](std::vector<absl::StatusOr<absl::Time>> given) { times = std::move(given); };
  inboxes_->Extend("0101", leases, absl::Seconds(60), keep);
  EXPECT_THAT(ReasonsOf(times), ElementsAre(Reason::kNone, Reason::kNoticeUnreadable, Reason::kNone));
  ExpectTold(2, 1);
  inboxes_->AcknowledgeAll(CallerOf("0101"), {leases[0], leases[1]}, keep);
  EXPECT_THAT(ReasonsOf(times), ElementsAre(Reason::kNone, Reason::kNoticeUnreadable));
  inboxes_->ReturnAll(CallerOf("0101"),
                      {{.lease = leases[1], .reason = ReturnReason::kDeceased},
                       {.lease = leases[2], .reason = ReturnReason::kDeceased}},
                      keep);
  EXPECT_THAT(ReasonsOf(times), ElementsAre(Reason::kNoticeUnreadable, Reason::kNone));
}

TEST_F(UnreadableNoticesTest, IsFoundByNameAndListedWhateverWasAskedFor) {
  DamageRecord(2);
  EXPECT_EQ(contract::RejectionOf(inboxes_->Get(Key(2)).status()).reason, Reason::kNoticeUnreadable);
  ExpectTold(2, 0);
  const absl::StatusOr<ListPage> all = inboxes_->List({.municipality_code = "0101", .region_code = "1084"});
  ASSERT_TRUE(all.ok()) << all.status();
  ASSERT_THAT(all->notices, SizeIs(3));
  EXPECT_TRUE(all->notices[0].record.has_value());
  EXPECT_FALSE(all->notices[1].record.has_value());
  EXPECT_EQ(all->notices[1].id, Key(2).id);
  const absl::StatusOr<ListPage> acknowledged =
      inboxes_->List({.municipality_code = "0101", .region_code = "1084", .states = {State::kAcknowledged}});
  ASSERT_TRUE(acknowledged.ok());
  EXPECT_THAT(acknowledged->notices, SizeIs(1));
}

}  // namespace
}  // namespace envej::inbox
