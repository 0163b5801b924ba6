#include "tests/support/refusals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "proto/contract/limits.h"
#include "proto/contract/message_codec.h"
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

v1::PullNoticesRequest PullFrom(const std::string& municipality_code) {
  v1::PullNoticesRequest request;
  request.set_municipality_code(municipality_code);
  return request;
}

v1::ListNoticesRequest ListTo(const std::string& municipality_code, int page_size = 0) {
  v1::ListNoticesRequest request;
  request.set_municipality_code(municipality_code);
  request.set_page_size(page_size);
  return request;
}

// Each change of a proper request is refused for this field.
void ExpectListOutOfRange(World& world, const std::string& field,
                          const std::function<void(v1::ListNoticesRequest&)>& change) {
  SCOPED_TRACE(field);
  v1::ListNoticesRequest request = ListTo(kOtherCode);
  v1::ListNoticesResponse answer;
  EXPECT_TRUE(world.List(request, answer).ok());
  change(request);
  ExpectRefused(world.List(request, answer), Reason::kRequestOutOfRange, {field});
}

void ExpectPullOutOfRange(World& world, const std::string& field,
                          const std::function<void(v1::PullNoticesRequest&)>& change) {
  SCOPED_TRACE(field);
  v1::PullNoticesRequest request = PullFrom(kOtherCode);
  change(request);
  v1::PullNoticesResponse answer;
  ExpectRefused(world.Pull(request, answer), Reason::kRequestOutOfRange, {field});
  EXPECT_EQ(answer.items_size(), 0);
}

void ExpectExtendOutOfRange(World& world, absl::Duration duration) {
  v1::ExtendLeasesRequest request;
  request.set_municipality_code(kOtherCode);
  *request.add_leases() = world.Leased();
  *request.mutable_lease_duration() = contract::ToMessage(duration);
  v1::ExtendLeasesResponse answer;
  ExpectRefused(world.inbox().ExtendLeases(CallContext().get(), request, &answer), Reason::kRequestOutOfRange,
                {"lease_duration"});
}

void RequestsOutOfRange(World& world) {
  ExpectListOutOfRange(world, "page_size", [](auto& request) { request.set_page_size(-1); });
  ExpectListOutOfRange(world, "page_size", [](auto& request) { request.set_page_size(501); });
  ExpectListOutOfRange(world, "origin", [](auto& request) { request.set_origin(std::string(33, 'a')); });
  ExpectListOutOfRange(world, "states", [](auto& request) { request.add_states(v1::NOTICE_STATE_UNSPECIFIED); });
  ExpectListOutOfRange(world, "states", [](auto& request) { request.add_states(static_cast<v1::NoticeState>(99)); });
  ExpectListOutOfRange(world, "states", [](auto& request) {
    for (int count = 0; count < 9; ++count) request.add_states(v1::NOTICE_STATE_WAITING);
  });
  ExpectPullOutOfRange(world, "max_notices", [](auto& request) { request.set_max_notices(-1); });
  ExpectPullOutOfRange(world, "max_notices", [](auto& request) { request.set_max_notices(501); });
  ExpectPullOutOfRange(world, "max_bytes", [](auto& request) { request.set_max_bytes(-1); });
  ExpectPullOutOfRange(world, "max_bytes", [](auto& request) { request.set_max_bytes((1 << 20) + 1); });
  ExpectPullOutOfRange(world, "wait", [](auto& request) { request.mutable_wait()->set_seconds(-1); });
  ExpectPullOutOfRange(world, "wait", [](auto& request) { request.mutable_wait()->set_seconds(61); });
  ExpectPullOutOfRange(world, "lease_duration",
                       [](auto& request) { request.mutable_lease_duration()->set_seconds(4); });
  ExpectPullOutOfRange(world, "lease_duration",
                       [](auto& request) { request.mutable_lease_duration()->set_seconds(901); });
  ExpectExtendOutOfRange(world, absl::Milliseconds(4999));
  ExpectExtendOutOfRange(world, absl::Minutes(15) + absl::Milliseconds(1));
}

grpc::Status SubmitMany(World& world, int count, size_t name_bytes) {
  v1::SubmitNoticesRequest request;
  for (int index = 0; index < count; ++index) {
    *request.add_notices() = NewNotice(kOtherCode);
    request.mutable_notices(index)->mutable_citizen()->set_name(std::string(name_bytes, 'a'));
  }
  v1::SubmitNoticesResponse answer;
  return world.intake().SubmitNotices(CallContext().get(), request, &answer);
}

// A batch of exactly so many bytes, each notice with a name that is too long.
grpc::Status SubmitBytes(World& world, size_t bytes, v1::SubmitNoticesResponse& answer) {
  v1::SubmitNoticesRequest request;
  for (int index = 0; index < 10; ++index) {
    *request.add_notices() = NewNotice(kOtherCode);
    request.mutable_notices(index)->mutable_citizen()->set_name(std::string(90'000, 'a'));
  }
  std::string& last = *request.mutable_notices(0)->mutable_citizen()->mutable_name();
  while (request.ByteSizeLong() < bytes) last.append(bytes - request.ByteSizeLong(), 'a');
  last.resize(last.size() - (request.ByteSizeLong() - bytes));
  EXPECT_EQ(request.ByteSizeLong(), bytes);
  return world.intake().SubmitNotices(CallContext().get(), request, &answer);
}

template <typename Request, typename Add>
Request Batch(int count, Add add) {
  Request request;
  request.set_municipality_code(kOtherCode);
  for (int index = 0; index < count; ++index) add(request);
  return request;
}

// Each of the inbox's batches with so many items is refused for its field.
void ExpectBatchesRefused(World& world, int count, Reason reason) {
  const auto extend = Batch<v1::ExtendLeasesRequest>(count, [](auto& request) { request.add_leases(); });
  v1::ExtendLeasesResponse extended;
  ExpectRefused(world.inbox().ExtendLeases(CallContext().get(), extend, &extended), reason, {"leases"});
  const auto acknowledge = Batch<v1::AcknowledgeNoticesRequest>(count, [](auto& request) { request.add_leases(); });
  v1::AcknowledgeNoticesResponse acknowledged;
  ExpectRefused(world.inbox().AcknowledgeNotices(CallContext().get(), acknowledge, &acknowledged), reason, {"leases"});
  const auto refusal = Batch<v1::ReturnNoticesRequest>(count, [](auto& request) { request.add_returns(); });
  v1::ReturnNoticesResponse returned;
  ExpectRefused(world.inbox().ReturnNotices(CallContext().get(), refusal, &returned), reason, {"returns"});
  ExpectRefused(SubmitMany(world, count, 10), reason, {"notices"});
}

void BatchesTooLarge(World& world) {
  ExpectBatchesRefused(world, 501, Reason::kBatchTooLarge);
  v1::SubmitNoticesResponse answer;
  ExpectRefused(SubmitBytes(world, contract::kBatchBytes + 1, answer), Reason::kBatchTooLarge, {"notices"});
  EXPECT_TRUE(SubmitBytes(world, contract::kBatchBytes, answer).ok());
  EXPECT_EQ(answer.results_size(), 10);
  v1::Notice large = NewNotice(kOtherCode);
  large.mutable_citizen()->set_name(std::string(contract::kCallBytes, 'a'));
  ExpectRefused(world.Submit(large), Reason::kBatchTooLarge, {"notice"});
}

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
    Reason::kRegionNotSucceeded, Reason::kBrokerRecovering};

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
