#include "region-client/agent/sender.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "envej/v1/intake_service.grpc.pb.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/notice_rules.h"
#include "proto/contract/wiping.h"
#include "region-client/at_once.h"
#include "region-client/municipality_list.h"
#include "region-client/newest.h"
#include "region-client/retried_call.h"

namespace envej::region {
namespace {

constexpr size_t kRoundMost = 256;
// What got its number before others may be written after them, by as many threads as there are locks.
constexpr uint64_t kWrittenLater = 1024;
constexpr absl::Duration kRoundDeadline = absl::Seconds(20);
constexpr absl::Duration kAskDeadline = absl::Seconds(10);
constexpr absl::Duration kLearnEach = absl::Hours(1);
// How often the whole outbox is looked at, so that no lost ring is waited for.
constexpr absl::Duration kLookEach = absl::Seconds(30);
// Before what could not be sent is tried again.
constexpr absl::Duration kWaitingLeast = absl::Seconds(1);

const v1::Notice& NoticeIn(const ward::v1::Outgoing& outgoing) {
  return outgoing.has_submit() ? outgoing.submit() : outgoing.revise();
}

Outcome Refused(Refusal refusal) {
  return {.kind = Outcome::Kind::kRefused, .receipt = {}, .refusal = std::move(refusal)};
}

}  // namespace

Sender::Sender(SenderParts parts)
    : parts_(std::move(parts)), policy_(absl::InfiniteFuture(), parts_.context().surroundings.random) {}

absl::Status Sender::Run() {
  BeginPass();
  while (!parts_.stopping.stopped()) {
    context_.emplace(parts_.context());
    const absl::StatusOr<bool> goes_on = SendRound();
    if (!goes_on.ok()) return goes_on.status();
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!failure_.ok()) return failure_;
    }
    if (!*goes_on) Wait();
  }
  return absl::OkStatus();
}

void Sender::Wait() {
  if (parts_.stopping.stopped()) return;
  const absl::Time now = parts_.now();
  if (unreachable_) {
    parts_.stopping.Sleep(policy_.NextDelay(now, absl::ZeroDuration()).value_or(kLookEach));
  } else {
    if (!waiting_.empty() && !again_at_.has_value()) {
      again_at_ = now + policy_.NextDelay(now, kWaitingLeast).value_or(kLookEach);
    }
    const absl::Time until = std::min(again_at_.value_or(absl::InfiniteFuture()), pass_began_ + kLookEach);
    const bool is_time = now >= until || now < pass_began_;
    if (!is_time && parts_.doorbell.Wait(until - now)) {
      // What is new is looked at first, and what waits when its time has come.
      from_ -= std::min(from_, kWrittenLater);
      return;
    }
  }
  BeginPass();
}

void Sender::BeginPass() {
  pass_began_ = parts_.now();
  again_at_.reset();
  from_ = 0;
  waiting_.clear();
  asked_.clear();
}

absl::StatusOr<bool> Sender::SendRound() {
  const absl::StatusOr<Round> round = ReadRound();
  if (!round.ok()) return round.status();
  if (round->items.empty() && !round->skipped.has_value() && round->next == from_) {
    unreachable_ = false;
    LearnIfDue();  // the page for staff asks too
    return false;
  }
  sent_ = 0;
  unreachable_ = false;
  changed_ = false;
  if (!round->items.empty()) {
    if (!LearnIfDue()) return false;
    Send(*round);
    const std::lock_guard<std::mutex> lock(mutex_);
    if (sent_ > 0) policy_.Progressed();
    if (unreachable_ && sent_ == 0) return false;
  }
  if (changed_) return true;  // from the same place
  from_ = sent_ > 0 && round->skipped.has_value() ? *round->skipped : round->next;
  return true;
}

absl::StatusOr<Sender::Round> Sender::ReadRound() {
  absl::StatusOr<std::vector<StoredOutgoing>> read = parts_.store.ReadOutbox(from_, kRoundMost);
  if (!read.ok()) return read.status();
  Round round{.items = {}, .skipped = {}, .next = read->empty() ? from_ : read->back().number + 1};
  std::set<std::string> taken;
  for (StoredOutgoing& each : *read) {
    const std::string& notice = NoticeOf(each.outgoing);
    if (waiting_.contains(notice)) continue;
    if (taken.insert(notice).second) {
      round.items.push_back(std::move(each));
    } else if (!round.skipped.has_value()) {
      round.skipped = each.number;
    }
  }
  return round;
}

bool Sender::LearnIfDue() {
  const absl::Time now = parts_.now();
  if (sealer_.has_value() && !learn_anew_ && now >= learned_at_ && now < learned_at_ + kLearnEach) return true;
  const bool anew = learn_anew_.exchange(false);
  absl::StatusOr<NoticeSealer> sealer = parts_.make_sealer();
  const std::string unsealable(sealer.status().message());
  if (std::exchange(said_unsealable_, unsealable) != unsealable && !sealer.ok()) {
    parts_.log(absl::StrCat("cannot seal with the files as they are: ", unsealable));
  }
  if (!sealer.ok() && !sealer_.has_value()) return false;
  const auto is_away = [this](const CallFailure& failure) {
    reaches_broker_ = false;
    // Once, however long it is away.
    if (parts_.stopping.stopped() || std::exchange(said_away_, true)) return;
    parts_.log(absl::StrCat("the broker cannot be asked: ", failure.refusal.reason, "; trying again"));
  };
  const auto municipalities = FetchMunicipalities(*context_, now + kAskDeadline, is_away);
  if (const auto* failure = std::get_if<CallFailure>(&municipalities)) {
    is_away(*failure);
    if (anew) learn_anew_ = true;
    unreachable_ = true;
    return false;
  }
  if (sealer.ok()) sealer_ = *std::move(sealer);
  sealer_->Learn(std::get<v1::ListMunicipalitiesResponse>(municipalities), now);
  parts_.learned(std::get<v1::ListMunicipalitiesResponse>(municipalities));
  learned_at_ = now;
  said_away_ = false;
  reaches_broker_ = true;
  return true;
}

void Sender::Send(const Round& round) {
  std::vector<StoredOutgoing> submits;
  std::vector<StoredOutgoing> revises;
  std::vector<StoredOutgoing> withdrawals;
  for (const StoredOutgoing& each : round.items) {
    auto& kind = each.outgoing.has_submit() ? submits : each.outgoing.has_revise() ? revises : withdrawals;
    kind.push_back(each);
  }
  // Withdrawals first: until then somebody may call who should not.
  SendWithdrawals(withdrawals);
  SendNotices(submits, contract::SentAs::kNew);
  SendNotices(revises, contract::SentAs::kRevision);
}

contract::Moment Sender::MomentOf(contract::SentAs sent_as) const {
  contract::Moment moment = contract::Moment::At(parts_.now(), context_->copenhagen);
  moment.sent_as = sent_as;
  return moment;
}

void Sender::SendNotices(const std::vector<StoredOutgoing>& items, contract::SentAs sent_as) {
  if (parts_.stopping.stopped()) return;
  std::vector<NoticeEntry> entries;
  std::vector<StoredOutgoing> sent;
  std::vector<Settled> unsealed;
  for (const StoredOutgoing& each : items) {
    v1::Notice plain = NoticeIn(each.outgoing);
    const contract::WipeAtEnd<v1::Notice> wiped(plain);
    Normalise(plain, sent_as);
    // Nobody on the way can see what breaks a rule of the content.
    const auto broken = contract::CheckNotice(contract::FromMessage(plain), MomentOf(sent_as)).always;
    if (broken.has_value()) {
      unsealed.push_back({.sent = each, .outcome = Refused(ToRefusal(*broken))});
      continue;
    }
    std::variant<v1::Notice, Refusal> sealed = sealer_->Seal(plain);
    if (auto* refusal = std::get_if<Refusal>(&sealed)) {
      unsealed.push_back({.sent = each, .outcome = Refused(std::move(*refusal))});
      continue;
    }
    entries.push_back({.lines = {}, .notice = std::get<v1::Notice>(std::move(sealed))});
    sent.push_back(each);
  }
  Settle(std::move(unsealed));
  if (entries.empty()) return;
  const auto done = [&](absl::Span<const std::pair<size_t, Outcome>> outcomes) {
    std::vector<Settled> settled;
    for (const auto& [index, outcome] : outcomes) settled.push_back({.sent = sent[index], .outcome = outcome});
    Settle(std::move(settled));
    const std::lock_guard<std::mutex> lock(mutex_);
    return failure_;
  };
  const absl::Status status =
      SendAll(context_->channel, entries, {.sent_as = sent_as, .notices_of = context_->notices_of},
              context_->surroundings.now() + kRoundDeadline, context_->surroundings,
              {.done = done,
               .trying_again = [](const CallFailure&) {},
               .is_wanted =
                   [&](size_t index) {
                     return parts_.store.outbox().Has(NoticeOf(sent[index].outgoing), sent[index].number);
                   }});
  const std::lock_guard<std::mutex> lock(mutex_);
  if (failure_.ok()) failure_ = status;
}

void Sender::SendWithdrawals(const std::vector<StoredOutgoing>& items) {
  ForEachAtOnce(items.size(), kCallsInFlight, [&](size_t index) {
    Settle({{.sent = items[index], .outcome = Withdraw(items[index].outgoing.withdraw())}});
  });
}

Outcome Sender::Withdraw(const v1::Withdrawal& plain) {
  const absl::StatusOr<v1::Withdrawal> sealed = sealer_->Seal(plain);
  v1::WithdrawNoticeRequest request;
  // Where there is nobody to seal it to, the broker signs for it: it must not wait.
  *request.mutable_withdrawal() = sealed.ok() ? *sealed : plain;
  request.set_region_code(context_->notices_of);
  v1::WithdrawNoticeResponse answer;
  const auto stub = v1::IntakeService::NewStub(context_->channel);
  const grpc::Status status = CallWithRetries(
      *context_, context_->surroundings.now() + kRoundDeadline,
      [&](grpc::ClientContext& attempt) {
        answer.Clear();
        return stub->WithdrawNotice(&attempt, request, &answer);
      },
      [](const CallFailure&) {});
  if (!status.ok()) return NotAsked(ToCallFailure(status));
  if (!CheckReceiptFor(answer.receipt(), request.withdrawal()).ok()) {
    return {.kind = Outcome::Kind::kUnknown, .receipt = {}, .refusal = WrongReceipt()};
  }
  return {.kind = Outcome::Kind::kAccepted, .receipt = answer.receipt(), .refusal = {}};
}

void Sender::AskWhereNeeded(std::vector<Settled>& settled) {
  bool answers = true;
  for (Settled& each : settled) {
    each.fate = FateOf(each.sent.outgoing, each.outcome);
    if (each.fate != Fate::kAsk || !answers) continue;
    const Newest newest =
        AskNewest(*context_, context_->surroundings.now() + kAskDeadline, MunicipalityOf(each.sent.outgoing),
                  NoticeOf(each.sent.outgoing), [](const CallFailure&) {});
    answers = !std::holds_alternative<CallFailure>(newest);
    if (!answers) continue;  // nor are the others asked for
    each.newest = std::get<std::optional<v1::GetNoticeResponse>>(newest);
    each.fate = Fate::kAskedAndOther;
  }
}

void Sender::Settle(std::vector<Settled> settled) {
  if (settled.empty()) return;
  AskWhereNeeded(settled);
  WorkSubjects subjects;
  for (const Settled& each : settled) subjects.notices.push_back(NoticeOf(each.sent.outgoing));
  const std::lock_guard<std::mutex> lock(mutex_);
  absl::StatusOr<CaseWork> work = CaseWork::Begin(parts_.store, parts_.locks, subjects);
  if (absl::IsUnavailable(work.status())) {
    for (const std::string& notice : subjects.notices) waiting_.insert(notice);
    return parts_.log(absl::StrCat(work.status().message(), "; trying again"));
  }
  absl::Status status = work.status();
  bool tells = false;
  const absl::Time now = parts_.now();
  for (const Settled& each : settled) {
    const std::string& notice = NoticeOf(each.sent.outgoing);
    // A withdrawal took its place: there is nothing to wait for.
    const bool is_replaced = !parts_.store.outbox().Has(notice, each.sent.number);
    if (is_replaced && each.fate != Fate::kDone) continue;
    const bool stays = each.fate == Fate::kStays || each.fate == Fate::kAsk || each.fate == Fate::kHeldUp;
    // What keeps being otherwise there waits with the rest for the next pass.
    const bool is_asked_again = each.fate == Fate::kAskedAndOther && !asked_.insert(notice).second;
    if (stays || is_asked_again) waiting_.insert(notice);
    changed_ |= each.fate == Fate::kAskedAndOther;
    if (!stays) ++sent_;
    if (each.fate == Fate::kDone) told_held_up_.erase(notice);
    if (each.fate == Fate::kDone) {
      reaches_broker_ = true;
      last_receipt_micros_ = absl::ToUnixMicros(now);
    }
    if (each.fate == Fate::kStays) {
      unreachable_ = true;
      reaches_broker_ = false;
    }
    if (each.fate == Fate::kHeldUp) {
      learn_anew_ = true;
      if (!told_held_up_.insert(notice).second) continue;
    }
    if (!status.ok()) continue;
    const absl::StatusOr<bool> told = Apply(each, now, *work);
    status.Update(told.status());
    tells |= told.ok() && *told;
  }
  if (status.ok()) status = work->Commit();
  if (failure_.ok()) failure_ = status;
  if (status.ok() && tells) parts_.told();
}

}  // namespace envej::region
