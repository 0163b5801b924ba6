// A notice that cannot be delivered, returned by two operators; and what its trail tells of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "proto/contract/rejection.h"
#include "tests/broker/inbox/damage_fixture.h"

namespace envej::inbox {
namespace {

using contract::Reason;
using journal::EventType;
using testing::ElementsAre;
using testing::IsEmpty;

const std::string kAnna = "urn:envej:operations:anna";
const std::string kBo = "urn:envej:operations:bo";

class ReturnsByOperationsTest : public DamageFixture {
 protected:
  void SetUp() override { ASSERT_TRUE(SubmitOne(1).ok()); }

  absl::StatusOr<ReturnedByOperations> ReturnBy(const std::string& operator_uri, int number = 1,
                                                const std::string& confirmed = "") {
    std::optional<absl::StatusOr<ReturnedByOperations>> answer;
    const char letter = operator_uri == kAnna ? 'a' : 'b';
    inboxes_->ReturnByOperations({.actor = std::string(32, letter)},
                                 {.operator_uri = operator_uri, .confirmed_proposal_id = confirmed}, Key(number),
                                 [&](absl::StatusOr<ReturnedByOperations> given) { answer = std::move(given); });
    return *answer;
  }

  // What stands of the first notice, confirmed.
  absl::StatusOr<ReturnedByOperations> ConfirmBy(const std::string& operator_uri) {
    return ReturnBy(operator_uri, 1, ProposalId(*inboxes_->Get(Key(1))->return_proposal));
  }

  std::vector<EventType> TrailOf(int number) {
    const Record record = *inboxes_->Get(Key(number));
    std::vector<EventType> types;
    for (const Hop& hop : record.trail.hops) types.push_back(hop.type);
    return types;
  }
};

TEST_F(ReturnsByOperationsTest, OneProposesAndAnotherOneCarriesItOut) {
  const absl::StatusOr<ReturnedByOperations> proposed = ReturnBy(kAnna);
  ASSERT_TRUE(proposed.ok()) << proposed.status();
  EXPECT_FALSE(proposed->returned_at.has_value());
  EXPECT_EQ(proposed->proposal, (ReturnProposal{.operator_uri = kAnna, .proposed_at = kStart}));
  clock_.Advance(absl::Hours(1));
  const absl::StatusOr<ReturnedByOperations> repeated = ReturnBy(kAnna);
  ASSERT_TRUE(repeated.ok());
  EXPECT_EQ(repeated->proposal, proposed->proposal);
  EXPECT_EQ(ReturnBy(kBo)->proposal, proposed->proposal) << "it is proposed, and by whom";
  const std::string id = ProposalId(*proposed->proposal);
  EXPECT_EQ(contract::RejectionOf(ReturnBy(kAnna, 1, id).status()).reason, Reason::kReturnProposerIsCaller);
  EXPECT_EQ(contract::RejectionOf(ReturnBy(kBo, 1, "x").status()).reason, Reason::kReturnProposalOver);
  const absl::StatusOr<ReturnedByOperations> returned = ReturnBy(kBo, 1, id);
  ASSERT_TRUE(returned.ok()) << returned.status();
  EXPECT_FALSE(returned->proposal.has_value());
  EXPECT_EQ(returned->returned_at, kStart + absl::Hours(1));
  clock_.Advance(absl::Hours(1));
  for (const std::string& each : {kAnna, kBo}) EXPECT_EQ(ReturnBy(each)->returned_at, returned->returned_at);
  EXPECT_EQ(ReturnBy(kBo, 1, id)->returned_at, returned->returned_at);
  EXPECT_THAT(PullNow(), IsEmpty());
}

TEST_F(ReturnsByOperationsTest, ItsContentIsDestroyedAndItsRegionIsToldOfTheReturnAlone) {
  ASSERT_TRUE(ReturnBy(kAnna).ok());
  const auto contents = [this] {
    return store_.Scan({.from = store::ContentPrefix(), .to = store::EndOfPrefix(store::ContentPrefix())})
        ->entries.size();
  };
  EXPECT_EQ(contents(), 1u);
  ASSERT_TRUE(ConfirmBy(kBo).ok());
  EXPECT_EQ(contents(), 0u);
  const journal::Changes changes = *inboxes_->ReadChanges({"1084"}, 1);
  std::vector<EventType> told;
  for (const journal::Event& event : changes.events) told.push_back(event.type);
  EXPECT_THAT(told, ElementsAre(EventType::kAccepted, EventType::kReturned));
  const absl::StatusOr<Record> record = inboxes_->Get(Key(1));
  EXPECT_EQ(record->state, State::kReturned);
  EXPECT_EQ(record->return_reason, ReturnReason::kNotDeliverable);
  absl::StatusOr<absl::Time> noted = absl::UnknownError("");
  inboxes_->AcknowledgeOutcomes({.actor = kSubmitter}, {Key(1)},
                                [&](const std::vector<absl::StatusOr<absl::Time>>& times) { noted = times.at(0); });
  EXPECT_TRUE(noted.ok()) << noted.status();
}

TEST_F(ReturnsByOperationsTest, WhatIsInSomebodysHandsIsReturnedAndTheLeaseIsVoid) {
  const LeaseName lease = NameOf(PullNow().at(0));
  ASSERT_TRUE(ReturnBy(kAnna).ok());
  ASSERT_TRUE(ConfirmBy(kBo).ok());
  EXPECT_EQ(contract::RejectionOf(AcknowledgeOne(lease).status()).reason, Reason::kNoticeAlreadyReturned);
}

TEST_F(ReturnsByOperationsTest, RefusedByItsReason) {
  EXPECT_EQ(contract::RejectionOf(ReturnBy(kAnna, 2).status()).reason, Reason::kNoticeNotFound);
  store_.Damage(store::RecordKey(Key(3)), "x");
  EXPECT_EQ(contract::RejectionOf(ReturnBy(kAnna, 3).status()).reason, Reason::kNoticeUnreadable);
  ASSERT_TRUE(AcknowledgeOne(NameOf(PullNow().at(0))).ok());
  EXPECT_EQ(contract::RejectionOf(ReturnBy(kAnna).status()).reason, Reason::kNoticeAlreadyAcknowledged);
}

TEST_F(ReturnsByOperationsTest, TrailTellsWhatTheJournalTells) {
  ASSERT_FALSE(PullNow().empty());
  LetTimePass(absl::Minutes(2));
  ASSERT_TRUE(ReturnBy(kAnna).ok());
  ASSERT_TRUE(ConfirmBy(kBo).ok());
  EXPECT_THAT(TrailOf(1), ElementsAre(EventType::kAccepted, EventType::kLeased, EventType::kLeaseExpired,
                                      EventType::kReturnProposed, EventType::kReturned));
  const Trail trail = inboxes_->Get(Key(1))->trail;
  EXPECT_EQ(trail.hops[0],
            (Hop{.type = EventType::kAccepted, .at = kStart, .revision = 1, .actor = std::string(4, 's')}));
  EXPECT_EQ(trail.hops[1].actor, std::string(4, 'c'));
  EXPECT_EQ(trail.hops[2].actor, "") << "the broker did it";
  EXPECT_EQ(trail.hops[3].actor, "aaaa");
  EXPECT_EQ(trail.hops[4].actor, "bbbb");
  EXPECT_EQ(trail.hops[4].detail, static_cast<uint32_t>(ReturnReason::kNotDeliverable));
  EXPECT_EQ(trail.hops[4].at, kStart + absl::Minutes(2));
  EXPECT_EQ(trail.left_out, 0u);
}

}  // namespace
}  // namespace envej::inbox
