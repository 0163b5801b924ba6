#include "tests/simulation/municipalities.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace envej::simulation {
namespace {

using Times = std::vector<absl::StatusOr<absl::Time>>;
using Items = absl::StatusOr<std::vector<inbox::PulledItem>>;

constexpr size_t kMaxBytes = 1000;
constexpr absl::Duration kExtension = absl::Seconds(15);

inbox::LeaseName LeaseOf(const KnownNotice& notice, const Claim& claim) {
  return {.region_code = notice.key.region_code, .id = notice.key.id, .revision = claim.revision, .token = claim.token};
}

inbox::InboxCaller CallerOf(const KnownNotice& notice) {
  return {.municipality_code = notice.key.municipality_code, .actor = ActorOf(notice.key.municipality_code)};
}

}  // namespace

void MunicipalityClients::PullFrom(const std::string& municipality_code, size_t most, absl::Duration wait) {
  if (line_.holds_pulls()) return;
  inbox::PullRequest request{.municipality_code = municipality_code,
                             .actor = ActorOf(municipality_code),
                             .max_notices = most,
                             .max_bytes = kMaxBytes,
                             .wait = wait,
                             .lease = absl::Seconds(5 + static_cast<int64_t>(line_.random().Below(20)))};
  line_.inboxes().Pull(std::move(request), [this, municipality_code, most, hears = line_.Hears()](Items items) {
    if (!hears()) return;
    line_.CountAnswer("pull", items.status());
    if (!items.ok()) return;
    if (items->size() > most) line_.findings().Add("more notices were pulled than asked for");
    for (const inbox::PulledItem& item : *items) {
      const bool is_late = !line_.is_newest_lease(item.item.notice, item.record.token);
      line_.promises().Pulled(municipality_code, item,
                              {.carried = line_.store().carried(), .now = line_.inboxes().Now(), .is_late = is_late});
      line_.coverage().Count(is_late ? "delivered, and over by then" : "delivered");
    }
  });
}

void MunicipalityClients::Pull() {
  const absl::Duration wait = line_.random().OneIn(2) ? absl::ZeroDuration() : absl::Seconds(20);
  PullFrom(line_.random().OneOf(Municipalities()), 1 + line_.random().Below(5), wait);
}

KnownNotice* MunicipalityClients::AnyClaimed() {
  return line_.Any([](const KnownNotice& notice) { return !notice.claims.empty(); });
}

size_t MunicipalityClients::AnyClaim(const KnownNotice& notice, bool newest) {
  return newest ? notice.claims.size() - 1 : line_.random().Below(notice.claims.size());
}

void MunicipalityClients::ExtendOne(KnownNotice& notice, size_t place) {
  Claim& claim = notice.claims[place];
  const CallMade call = line_.Made(0);
  claim.expires_at_most = std::max(claim.expires_at_most, call.at + kExtension);
  line_.inboxes().Extend(notice.key.municipality_code, {LeaseOf(notice, claim)}, kExtension,
                         line_.Expect<Times>([this, &notice, place] { ExtendOne(notice, place); },
                                             [this, &notice, place, call](const Times& times) {
                                               line_.CountAnswer("extend", times.at(0).status());
                                               line_.promises().Extended(notice, notice.claims[place],
                                                                         line_.Answered(call), line_.store().carried(),
                                                                         times.at(0));
                                             }));
}

void MunicipalityClients::AcknowledgeOne(KnownNotice& notice, size_t place) {
  Claim& claim = notice.claims[place];
  const CallMade call = line_.Made(claim.acknowledge_calls++);
  line_.inboxes().AcknowledgeAll(CallerOf(notice), {LeaseOf(notice, claim)},
                                 line_.Expect<Times>([this, &notice, place] { AcknowledgeOne(notice, place); },
                                                     [this, &notice, place, call](const Times& times) {
                                                       line_.CountAnswer("acknowledge", times.at(0).status());
                                                       line_.promises().Acknowledged(notice, notice.claims[place],
                                                                                     line_.Answered(call), times.at(0));
                                                     }));
}

void MunicipalityClients::ReturnOne(KnownNotice& notice, size_t place) {
  Claim& claim = notice.claims[place];
  const CallMade call = line_.Made(claim.return_calls++);
  line_.inboxes().ReturnAll(CallerOf(notice), {{.lease = LeaseOf(notice, claim), .reason = claim.reason}},
                            line_.Expect<Times>([this, &notice, place] { ReturnOne(notice, place); },
                                                [this, &notice, place, call](const Times& times) {
                                                  line_.CountAnswer("return", times.at(0).status());
                                                  line_.promises().Returned(notice, notice.claims[place],
                                                                            line_.Answered(call), times.at(0));
                                                }));
}

void MunicipalityClients::Extend() {
  if (KnownNotice* const notice = AnyClaimed()) ExtendOne(*notice, AnyClaim(*notice, !line_.random().OneIn(4)));
}

void MunicipalityClients::Acknowledge(bool newest) {
  if (KnownNotice* const notice = AnyClaimed()) AcknowledgeOne(*notice, AnyClaim(*notice, newest));
}

void MunicipalityClients::Return(bool newest) {
  if (KnownNotice* const notice = AnyClaimed()) ReturnOne(*notice, AnyClaim(*notice, newest));
}

void MunicipalityClients::ClaimFalsely() {
  KnownNotice* const notice = line_.Any([](const KnownNotice&) { return true; });
  if (notice == nullptr) return;
  inbox::InboxCaller caller = CallerOf(*notice);
  Claim claim = notice->claims.empty() ? Claim() : line_.random().OneOf(notice->claims);
  claim.revision = std::max(claim.revision, 1u);
  inbox::NoticeReturn other{.lease = LeaseOf(*notice, claim), .reason = inbox::ReturnReason::kDeceased};
  bool is_return = claim.returned.has_value();
  switch (line_.random().Below(7)) {
    case 0:
      other.lease.token = "999999-1";
      break;
    case 1:
      other.lease.token.clear();
      break;
    case 2:
      other.lease.revision = claim.revision + 1;
      break;
    case 4:
      other.lease.revision = claim.revision - 1;
      break;
    case 5:  // a reason that only operations can give
      other.reason = inbox::ReturnReason::kNotDeliverable;
      is_return = true;
      break;
    case 3:
      for (const std::string& code : Municipalities()) {
        if (code != notice->key.municipality_code) caller.municipality_code = code;
      }
      break;
    default:
      if (!claim.returned.has_value()) return;
  }
  const auto heard = [this, notice, hears = line_.Hears()](const Times& times) {
    if (!hears()) return;
    line_.CountAnswer("claim falsely", times.at(0).status());
    line_.promises().ClaimedFalsely(*notice, times.at(0));
  };
  const uint64_t choice = is_return ? 0 : line_.random().Below(3);
  if (choice == 0) return line_.inboxes().ReturnAll(caller, {other}, heard);
  if (choice == 1) return line_.inboxes().AcknowledgeAll(caller, {other.lease}, heard);
  line_.inboxes().Extend(caller.municipality_code, {other.lease}, kExtension, heard);
}

void MunicipalityClients::ConcludeAll() {
  for (auto& [key, notice] : line_.notices()) {
    if (notice.claims.empty()) continue;
    const Claim& claim = notice.claims.back();
    const bool is_over = claim.acknowledged.has_value() || claim.returned.has_value();
    if (!is_over) AcknowledgeOne(notice, notice.claims.size() - 1);
  }
}

}  // namespace envej::simulation
