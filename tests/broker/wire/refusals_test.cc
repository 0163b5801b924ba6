#include "tests/support/refusals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "proto/contract/message_codec.h"
#include "tests/broker/wire/out_of_range.h"
#include "tests/broker/wire/world.h"
#include "tests/support/expect_refusal.h"
#include "tests/support/notice_messages.h"

namespace envej::wire {
namespace {

using contract::Reason;
using support::CallContext;
using support::ExpectRefused;
using support::kOtherCode;
using support::NewNotice;
using support::NewNoticeId;

constexpr char kField[] = "envelope.municipality_code";

void PageTokens(World& world) {
  for (int count = 0; count < 3; ++count) EXPECT_TRUE(world.Submit(NewNotice(kOtherCode)).ok());
  v1::ListNoticesResponse page;
  EXPECT_TRUE(world.List(ListTo(kOtherCode, 1), page).ok());
  const std::string token = page.next_page_token();
  ASSERT_FALSE(token.empty());

  v1::ListNoticesRequest next = ListTo(kOtherCode, 2);
  next.set_page_token(token);
  v1::ListNoticesResponse answer;
  EXPECT_TRUE(world.List(next, answer).ok());
  EXPECT_EQ(answer.notices_size(), 2);

  const std::vector<std::string> garbage = {"x", "!", token + "AAAA", token.substr(1), std::string(129, 'A')};
  for (const std::string& other : garbage) {
    next.set_page_token(other);
    ExpectRefused(world.List(next, answer), Reason::kPageTokenInvalid, {"page_token"});
  }
  next.set_page_token(token);
  v1::ListNoticesRequest changed = next;
  changed.set_origin("other");
  ExpectRefused(world.List(changed, answer), Reason::kPageTokenInvalid, {"page_token"});
  changed = next;
  changed.add_states(v1::NOTICE_STATE_WAITING);
  ExpectRefused(world.List(changed, answer), Reason::kPageTokenInvalid, {"page_token"});
  changed = next;
  changed.set_municipality_code(support::kCode);
  ExpectRefused(world.List(changed, answer), Reason::kPageTokenInvalid, {"page_token"});
  const auto other_region = world.broker().Intake(support::kOtherRegion);
  ExpectRefused(other_region->ListNotices(CallContext().get(), next, &answer), Reason::kPageTokenInvalid,
                {"page_token"});
}

void ExpectNoSuchNotice(World& world, const v1::LeaseName& lease) {
  ExpectRefused(world.Extend(lease).rejected(), Reason::kNoticeNotFound);
  ExpectRefused(world.Acknowledge(lease).rejected(), Reason::kNoticeNotFound);
  ExpectRefused(world.Return(lease, v1::RETURN_REASON_DECEASED).rejected(), Reason::kNoticeNotFound);
}

void NoticesNotFound(World& world) {
  v1::GetNoticeResponse answer;
  ExpectRefused(world.Get(kOtherCode, NewNoticeId(), answer), Reason::kNoticeNotFound);
  ExpectRefused(world.Get(kOtherCode, "no id", answer), Reason::kNoticeNotFound);
  ExpectRefused(world.Get("9999", NewNoticeId(), answer), Reason::kNoticeNotFound);
  v1::LeaseName lease = world.Leased();
  ExpectRefused(world.Get(support::kCode, lease.notice_id(), answer), Reason::kNoticeNotFound);
  EXPECT_TRUE(world.Get(kOtherCode, lease.notice_id(), answer).ok());
  const v1::LeaseName held = lease;
  lease.set_revision(2);
  ExpectNoSuchNotice(world, lease);
  lease = held;
  lease.set_region_code("1082");
  ExpectNoSuchNotice(world, lease);
  lease.set_region_code("no code");
  ExpectNoSuchNotice(world, lease);
  lease = held;
  lease.set_token(std::string(65, 'x'));
  ExpectNoSuchNotice(world, lease);
  lease = held;
  lease.set_notice_id(NewNoticeId());
  ExpectNoSuchNotice(world, lease);
  EXPECT_TRUE(world.Acknowledge(held).has_acknowledged_at());
}

void ReturnReasons(World& world) {
  const v1::LeaseName lease = world.Leased();
  ExpectRefused(world.Return(lease, v1::RETURN_REASON_UNSPECIFIED).rejected(), Reason::kReturnReasonMissing,
                {"reason"});
  ExpectRefused(world.Return(lease, v1::RETURN_REASON_NOT_DELIVERABLE).rejected(), Reason::kReturnReasonMissing,
                {"reason"});
  ExpectRefused(world.Return(lease, static_cast<v1::ReturnReason>(99)).rejected(), Reason::kReturnReasonMissing,
                {"reason"});
  EXPECT_TRUE(world.Return(lease, v1::RETURN_REASON_NOT_RESIDENT).has_returned_at());
}

void NoticeIdReused(World& world) {
  v1::Notice notice = NewNotice(kOtherCode);
  EXPECT_TRUE(world.Submit(notice).ok());
  EXPECT_TRUE(world.Submit(notice).ok()) << "the same notice again";
  notice.mutable_citizen()->set_name("En Anden");
  ExpectRefused(world.Submit(notice), Reason::kNoticeIdReused);
}

void LeaseNotHeld(World& world) {
  v1::LeaseName lease = world.RanOut();
  lease.set_token("1-999999");
  ExpectRefused(world.Acknowledge(lease).rejected(), Reason::kLeaseNotHeld);
  ExpectRefused(world.Extend(lease).rejected(), Reason::kLeaseNotHeld);
  ExpectRefused(world.Return(lease, v1::RETURN_REASON_DECEASED).rejected(), Reason::kLeaseNotHeld);
}

void LeaseExpired(World& world) {
  const v1::LeaseName old = world.RanOut();
  ExpectRefused(world.Acknowledge(old).rejected(), Reason::kLeaseExpired);
  ExpectRefused(world.Extend(old).rejected(), Reason::kLeaseExpired);
  ExpectRefused(world.Return(old, v1::RETURN_REASON_DECEASED).rejected(), Reason::kLeaseExpired);
  const v1::LeaseName newest = world.PullOne(old.notice_id());
  ExpectRefused(world.Acknowledge(old).rejected(), Reason::kLeaseSuperseded);
  ExpectRefused(world.Extend(old).rejected(), Reason::kLeaseSuperseded);
  ExpectRefused(world.Return(old, v1::RETURN_REASON_DECEASED).rejected(), Reason::kLeaseSuperseded);
  EXPECT_TRUE(world.Acknowledge(newest).has_acknowledged_at());
  ExpectRefused(world.Acknowledge(old).rejected(), Reason::kNoticeAlreadyAcknowledged);
}

void LeaseSuperseded(World& world) {
  const v1::LeaseName held = world.Leased();
  v1::LeaseName other = held;
  other.set_token("1-999999");
  ExpectRefused(world.Acknowledge(other).rejected(), Reason::kLeaseSuperseded);
  ExpectRefused(world.Extend(other).rejected(), Reason::kLeaseSuperseded);
  ExpectRefused(world.Return(other, v1::RETURN_REASON_DECEASED).rejected(), Reason::kLeaseSuperseded);
  EXPECT_TRUE(world.Extend(held).has_expires_at()) << "the holder still holds it";
}

void AlreadyAcknowledged(World& world) {
  v1::LeaseName lease = world.Leased();
  EXPECT_TRUE(world.Acknowledge(lease).has_acknowledged_at());
  EXPECT_TRUE(world.Acknowledge(lease).has_acknowledged_at()) << "the same again";
  ExpectRefused(world.Extend(lease).rejected(), Reason::kNoticeAlreadyAcknowledged);
  ExpectRefused(world.Return(lease, v1::RETURN_REASON_DECEASED).rejected(), Reason::kNoticeAlreadyAcknowledged);
  lease.set_token("1-999999");
  ExpectRefused(world.Acknowledge(lease).rejected(), Reason::kNoticeAlreadyAcknowledged);
}

void AlreadyReturned(World& world) {
  const v1::LeaseName lease = world.Leased();
  EXPECT_TRUE(world.Return(lease, v1::RETURN_REASON_DECEASED).has_returned_at());
  EXPECT_TRUE(world.Return(lease, v1::RETURN_REASON_DECEASED).has_returned_at()) << "the same again";
  ExpectRefused(world.Return(lease, v1::RETURN_REASON_NOT_RESIDENT).rejected(), Reason::kNoticeAlreadyReturned);
  ExpectRefused(world.Acknowledge(lease).rejected(), Reason::kNoticeAlreadyReturned);
  ExpectRefused(world.Extend(lease).rejected(), Reason::kNoticeAlreadyReturned);
}

// `waiting_pulls` of the world's broker is 1. Either pull may be the one that waits first.
void PullsTooMany(World& world) {
  const auto pull_until_busy = [&](std::atomic<bool>& over) {
    v1::PullNoticesRequest request = PullFrom(kOtherCode);
    request.mutable_wait()->set_nanos(200'000'000);
    const auto inbox = world.broker().Inbox(support::kOtherMunicipality);
    grpc::Status status;
    for (int attempt = 0; attempt < 50 && !over; ++attempt) {
      v1::PullNoticesResponse answer;
      status = inbox->PullNotices(CallContext().get(), request, &answer);
      if (!status.ok()) over = true;
    }
    return status;
  };
  std::atomic<bool> over = false;
  grpc::Status other;
  std::thread second([&] { other = pull_until_busy(over); });
  const grpc::Status first = pull_until_busy(over);
  second.join();
  ExpectRefused(first.ok() ? other : first, Reason::kBrokerBusy);
}

// One way to provoke a reason on the wire, and to see that it is exactly that.
struct WireCase {
  contract::Reason reason;
  const char* how;
  void (*provoke)(World& world);
};

// All reasons that no rule of a notice gives, and that a running broker can be made to give.
const std::vector<WireCase>& WireCases() {
  static const auto* const cases = new std::vector<WireCase>{
      {Reason::kCallerUnknown, "a certificate of nobody in the register",
       [](World& world) {
         v1::GetServiceInfoResponse answer;
         const auto stranger = world.broker().Intake("urn:envej:region:1099");
         ExpectRefused(stranger->GetServiceInfo(CallContext().get(), {}, &answer), Reason::kCallerUnknown);
       }},
      {Reason::kCallerKindNotAllowed, "a municipality submits",
       [](World& world) {
         v1::SubmitNoticeRequest request;
         v1::SubmitNoticeResponse answer;
         const auto intake = world.broker().Intake(support::kMunicipality);
         ExpectRefused(intake->SubmitNotice(CallContext().get(), request, &answer), Reason::kCallerKindNotAllowed);
       }},
      {Reason::kBrokerBusy, "one pull more than may wait", PullsTooMany},
      {Reason::kRateExceeded, "lists one after the other",
       [](World& world) { ExpectRefused(world.ListUntilRefused(), Reason::kRateExceeded); }},
      {Reason::kInboxNotFound, "another's inbox",
       [](World& world) {
         v1::PullNoticesResponse answer;
         ExpectRefused(world.Pull(PullFrom(support::kCode), answer), Reason::kInboxNotFound);
       }},
      {Reason::kMunicipalityUnknown, "a notice to none",
       [](World& world) { ExpectRefused(world.Submit(NewNotice("9999")), Reason::kMunicipalityUnknown, {kField}); }},
      {Reason::kMunicipalityUnknown, "a list of none",
       [](World& world) {
         v1::ListNoticesResponse answer;
         ExpectRefused(world.List(ListTo("9999"), answer), Reason::kMunicipalityUnknown, {"municipality_code"});
       }},
      {Reason::kMunicipalityNotParticipating, "a notice to one without a scheme",
       [](World& world) {
         ExpectRefused(world.Submit(NewNotice(support::kNotParticipatingCode)), Reason::kMunicipalityNotParticipating,
                       {kField, kField});
       }},
      {Reason::kAgreementNotInForce, "an agreement that ended",
       [](World& world) {
         ExpectRefused(world.Submit(NewNotice(support::kEndedAgreementCode)), Reason::kAgreementNotInForce, {kField});
       }},
      {Reason::kBatchEmpty, "each batch", [](World& world) { ExpectBatchesRefused(world, 0, Reason::kBatchEmpty); }},
      {Reason::kBatchTooLarge, "each batch, by items and by bytes", BatchesTooLarge},
      {Reason::kRequestOutOfRange, "each field", RequestsOutOfRange},
      {Reason::kPageTokenInvalid, "garbage, other filters, another region", PageTokens},
      {Reason::kReturnReasonMissing, "none, and one that is not known", ReturnReasons},
      {Reason::kNoticeIdReused, "another notice", NoticeIdReused},
      {Reason::kNoticeNotFound, "each call, each part of a name", NoticesNotFound},
      {Reason::kLeaseNotHeld, "a token of nobody on a notice that waits", LeaseNotHeld},
      {Reason::kLeaseExpired, "each call, also after another leased it", LeaseExpired},
      {Reason::kLeaseSuperseded, "each call", LeaseSuperseded},
      {Reason::kNoticeAlreadyAcknowledged, "each call", AlreadyAcknowledged},
      {Reason::kNoticeAlreadyReturned, "each call", AlreadyReturned},
  };
  return *cases;
}

// Those that no caller can be sure to meet: server_test.cc, gate_test.cc, malformed_notices_test.cc, and in
// tests/system damaged_notice_test.cc and sealing_test.cc.
constexpr Reason kSeenBesides[] = {
    Reason::kBrokerStopping, Reason::kDeadlinePassed, Reason::kMessageMalformed, Reason::kNoticeUnreadable,
    Reason::kParticipantSuspended, Reason::kContentNotSealed, Reason::kInboxCertificateMissing,
    Reason::kSealedToAnother, Reason::kSignerUnknown, Reason::kCallerRevoked, Reason::kCallerStandingUnknown,
    // storage_nearly_full_test.cc; life_refusals_test.cc; and the last, after weeks, tests/broker/inbox
    Reason::kStorageNearlyFull, Reason::kWatchTokenInvalid, Reason::kWithdrawalReasonMissing, Reason::kRevisionStale,
    Reason::kNoticeRevised, Reason::kNoticeWithdrawn, Reason::kOutcomeNotReached, Reason::kNoticeUndelivered,
    Reason::kRegionNotSucceeded, Reason::kBrokerRecovering,
    // operations_service_test.cc, suspended_participants_test.cc
    Reason::kParticipantUnknown, Reason::kParticipantIsCaller, Reason::kOperationsLeftToCaller,
    Reason::kSuspendedInRegister, Reason::kReturnProposalOver, Reason::kReturnProposerIsCaller};

class WireRefusalsTest : public WorldTest {};

TEST_F(WireRefusalsTest, EveryReasonOfTheContractHasACase) {
  std::set<Reason> covered(std::begin(kSeenBesides), std::end(kSeenBesides));
  for (const WireCase& wire_case : WireCases()) covered.insert(wire_case.reason);
  for (const support::Spoiling& spoiling : support::Spoilings()) covered.insert(spoiling.reason);
  for (const contract::ReasonEntry& entry : contract::AllReasons()) {
    EXPECT_TRUE(covered.contains(entry.reason)) << entry.name << " has no case";
  }
}

TEST_F(WireRefusalsTest, EachIsRefusedForExactlyItsReason) {
  for (const WireCase& wire_case : WireCases()) {
    SCOPED_TRACE(absl::StrCat(contract::Describe(wire_case.reason).name, ": ", wire_case.how));
    wire_case.provoke(world());
  }
}

}  // namespace
}  // namespace envej::wire
