#include "municipality-client/delivery.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "municipality-client/hook.h"
#include "municipality-client/lease_keeper.h"
#include "municipality-client/waiting.h"
#include "proto/contract/backoff.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/sealed_payload.h"

namespace envej::municipality_client {
namespace {

constexpr int kFruitlessBatchesMost = 10;
constexpr size_t kUnsignedMost = 1000;
// A broker that answers a long poll at once with nothing (it is stopping, say) is not asked again at once.
constexpr absl::Duration kEmptyAnswerLeast = absl::Seconds(1);

Verdict ReturnFor(ReturnCause cause) { return Verdict{.arrival = std::nullopt, .cause = std::move(cause)}; }

ReturnCause CauseOf(Unkept unkept) {
  switch (unkept) {
    case Unkept::kNotAuthentic:
      return {.reason = v1::RETURN_REASON_NOT_AUTHENTIC, .rules = {}};
    case Unkept::kWithdrawn:
      return {.reason = v1::RETURN_REASON_RULES_BROKEN, .rules = {contract::Reason::kNoticeWithdrawn}};
    case Unkept::kOtherContent:
    case Unkept::kNo:
      break;
  }
  return {.reason = v1::RETURN_REASON_RULES_BROKEN, .rules = {contract::Reason::kNoticeIdReused}};
}

}  // namespace

Delivery::Delivery(DeliveryOptions options, InboxClient& client, ContentOpener& opener, NoticeFolder& folder,
                   Output& output, const absl::TimeZone& copenhagen, StepCallback on_step)
    : options_(std::move(options)),
      client_(client),
      opener_(opener),
      folder_(folder),
      output_(output),
      copenhagen_(copenhagen),
      on_step_(std::move(on_step)) {}

absl::Status Delivery::Run(std::stop_token stop) {
  absl::Status status = EmptyInbox(stop);
  TellUnsigned();
  return status;
}

absl::Status Delivery::EmptyInbox(std::stop_token stop) {
  contract::Backoff backoff;
  Chance chance;
  int fruitless = 0;
  while (!stop.stop_requested()) {
    const absl::Time asked = absl::Now();
    absl::StatusOr<Pulled> pulled = client_.Pull(options_.batch, options_.wait, options_.lease, stop);
    if (absl::IsCancelled(pulled.status())) break;
    if (!pulled.ok()) return pulled.status();
    TellOnce(opener_.RefreshRevocationLists(), "the revocation lists read before stay in force: ", lists_read_);
    if (pulled->items.empty()) {
      TellUnsigned();
      if (!options_.forever) return left_;
      if (absl::Now() - asked < kEmptyAnswerLeast) WaitFor(kEmptyAnswerLeast, stop);
      continue;
    }

    const absl::StatusOr<size_t> settled = Deliver(*pulled, stop);
    output_.Progress(summary_);
    if (output_.failed() && (settled.ok() || absl::IsAborted(settled.status()))) {
      return absl::DataLossError(
          "standard output cannot be written, so what became of the last batch is not told there");
    }
    if (!settled.ok() && !(options_.forever && absl::IsAborted(settled.status()))) return settled.status();
    if (settled.ok() && *settled > 0) {
      fruitless = 0;
      backoff.Reset();
      continue;
    }
    if (!options_.forever && ++fruitless == kFruitlessBatchesMost) {
      if (!left_.ok()) return left_;
      return absl::AbortedError("the broker took no acknowledgement of the last ten batches; is --lease too short?");
    }
    WaitFor(backoff.Next(chance()), stop);
  }
  return options_.forever ? absl::OkStatus() : absl::CancelledError("stopped before the inbox was empty");
}

void Delivery::TellOnce(const absl::Status& status, absl::string_view text, absl::Status& last) {
  if (!status.ok() && status != last) output_.Warning(absl::StrCat(text, status.message()));
  last = status;
}

void Delivery::TellLeft(const absl::Status& why) {
  const std::string text =
      absl::StrCat("notices are left waiting until it can be judged who signed them: ", why.message());
  left_ = absl::FailedPreconditionError(text);
  if (!options_.forever) return;
  // Only other lists can mend it.
  if (const int generation = opener_.revocation_generation(); generation != told_generation_) {
    told_left_.clear();
    told_generation_ = generation;
  }
  if (told_left_.insert(text).second) output_.Warning(text);
}

Delivery::Batch Delivery::Sort(const Pulled& pulled) {
  const contract::Moment moment = contract::Moment::At(absl::Now(), copenhagen_);
  const Signers signers = ReadSigners(pulled.signer_certificates);
  Batch batch;
  for (const v1::InboxItem& item : pulled.items) {
    absl::StatusOr<Verdict> judged = Judge(item, signers, moment);
    if (!judged.ok()) {
      ++batch.left;
      TellLeft(judged.status());
      continue;
    }
    Verdict& verdict = *judged;
    if (verdict.arrival.has_value()) {
      batch.arrivals.push_back(*std::move(verdict.arrival));
      batch.arrival_leases.push_back(item.lease().name());
    } else if (verdict.cause.has_value()) {
      batch.causes.push_back(*std::move(verdict.cause));
      batch.cause_leases.push_back(item.lease().name());
    }
  }
  return batch;
}

absl::StatusOr<Verdict> Delivery::Judge(const v1::InboxItem& item, const Signers& signers,
                                        const contract::Moment& moment) const {
  switch (item.kind()) {
    case v1::ITEM_KIND_NOTICE:
    case v1::ITEM_KIND_REVISION:
      return JudgeNotice(item, signers, moment);
    case v1::ITEM_KIND_WITHDRAWAL:
      return JudgeWithdrawal(item, signers, moment);
    default:
      return CheckItem(item, options_.municipality_code, moment);
  }
}

absl::StatusOr<Verdict> Delivery::JudgeNotice(const v1::InboxItem& item, const Signers& signers,
                                              const contract::Moment& moment) const {
  absl::StatusOr<std::variant<v1::Notice, v1::ReturnReason>> opened = opener_.Open(item, signers, moment.time);
  if (!opened.ok()) return opened.status();
  if (const v1::ReturnReason* reason = std::get_if<v1::ReturnReason>(&*opened)) {
    return ReturnFor({.reason = *reason, .rules = {}});
  }
  v1::InboxItem plain = item;
  plain.mutable_notice()->Swap(&std::get<v1::Notice>(*opened));
  Verdict verdict = CheckItem(plain, options_.municipality_code, moment);
  contract::Wipe(*plain.mutable_notice()->mutable_citizen());
  if (verdict.arrival.has_value()) {
    verdict.arrival->sealed_by_broker = item.notice().sealed().sealed_by() == v1::SEALED_BY_BROKER;
  }
  return verdict;
}

absl::StatusOr<Verdict> Delivery::JudgeWithdrawal(const v1::InboxItem& item, const Signers& signers,
                                                  const contract::Moment& moment) const {
  const absl::StatusOr<std::optional<v1::ReturnReason>> reason = opener_.OpenWithdrawal(item, signers, moment.time);
  if (!reason.ok()) return reason.status();
  if (reason->has_value()) return ReturnFor({.reason = **reason, .rules = {}});
  Verdict verdict = CheckItem(item, options_.municipality_code, moment);
  if (verdict.arrival.has_value()) {
    verdict.arrival->sealed_by_broker = item.withdrawal().sealed().sealed_by() == v1::SEALED_BY_BROKER;
  }
  return verdict;
}

absl::StatusOr<std::vector<Kept>> Delivery::Keep(Batch& batch) {
  const absl::StatusOr<std::vector<Kept>> all = folder_.Keep(batch.arrivals);
  if (!all.ok()) return all.status();
  std::vector<Kept> kept;
  std::vector<v1::LeaseName> safe;
  for (size_t i = 0; i < all->size(); ++i) {
    const Kept& one = (*all)[i];
    if (one.unkept != Unkept::kNo) {
      batch.causes.push_back(CauseOf(one.unkept));
      batch.cause_leases.push_back(batch.arrival_leases[i]);
      continue;
    }
    kept.push_back(one);
    safe.push_back(batch.arrival_leases[i]);
    TellKept(one);
  }
  batch.arrival_leases = std::move(safe);
  return kept;
}

void Delivery::TellKept(const Kept& kept) {
  const std::string path = folder_.PathOf(kept.item, kept.kind);
  output_.KeptItem(kept, path);
  if (kept.unknown) {
    ++summary_.unknown;
  } else if (!kept.written) {
    ++summary_.already_had;
  }
  if (kept.disputed) {
    ++summary_.refused;
    output_.Disputed(kept.item, path);
  }
  if (kept.kind == EntryKind::kWithdrawal) unsigned_.erase({kept.item.region_code, kept.item.notice_id});
}

absl::StatusOr<size_t> Delivery::Deliver(const Pulled& pulled, std::stop_token stop) {
  const std::vector<v1::InboxItem>& items = pulled.items;
  output_.Pulled(items.size());
  std::vector<v1::LeaseName> leases;
  for (const v1::InboxItem& item : items) leases.push_back(item.lease().name());
  const LeaseKeeper keeper(client_, std::move(leases), options_.lease);

  Batch batch = Sort(pulled);
  const absl::StatusOr<std::vector<Kept>> kept = Keep(batch);
  if (!kept.ok()) return kept.status();
  summary_.received += items.size() - batch.left;

  const absl::Status command = RunCommand(*kept);
  size_t settled = 0;
  if (command.ok() && !batch.arrival_leases.empty()) {
    const absl::StatusOr<size_t> acknowledged = Acknowledge(batch.arrival_leases, *kept, stop);
    if (!acknowledged.ok()) return acknowledged.status();
    settled += *acknowledged;
  }
  if (!batch.causes.empty()) {
    const absl::StatusOr<size_t> returned = Return(batch, stop);
    if (!returned.ok()) return returned.status();
    settled += *returned;
  }
  if (!command.ok()) return command;
  return settled;
}

absl::Status Delivery::RunCommand(const std::vector<Kept>& kept) {
  std::vector<std::string> paths;
  for (const Kept& one : kept) {
    if (one.present) paths.push_back(folder_.PathOf(one.item, one.kind));
  }
  if (options_.command.empty() || paths.empty()) return absl::OkStatus();
  const absl::Status status = RunHook(options_.command, paths);
  Passed(Step::kCommandRun);
  if (status.ok()) return status;
  output_.CommandFailed(paths.size(), status.message());
  return absl::AbortedError(status.message());
}

absl::StatusOr<size_t> Delivery::Acknowledge(const std::vector<v1::LeaseName>& leases, const std::vector<Kept>& kept,
                                             std::stop_token stop) {
  output_.Acknowledging(leases.size());
  const absl::StatusOr<std::vector<v1::AcknowledgeNoticeResult>> results = client_.Acknowledge(leases, stop);
  if (!results.ok()) return results.status();
  Passed(Step::kAcknowledged);
  size_t settled = 0;
  for (size_t i = 0; i < leases.size(); ++i) {
    if ((*results)[i].has_acknowledged_at()) {
      ++settled;
      ++summary_.acknowledged;
      output_.Acknowledged(leases[i]);
    } else if (TellRefused(leases[i], (*results)[i].rejected(), &kept[i])) {
      ++settled;
    }
  }
  return settled;
}

absl::StatusOr<size_t> Delivery::Return(const Batch& batch, std::stop_token stop) {
  std::vector<v1::NoticeReturn> returns(batch.causes.size());
  for (size_t i = 0; i < returns.size(); ++i) {
    *returns[i].mutable_lease() = batch.cause_leases[i];
    returns[i].set_reason(batch.causes[i].reason);
  }
  const absl::StatusOr<std::vector<v1::ReturnNoticeResult>> results = client_.Return(returns, stop);
  if (!results.ok()) return results.status();
  Passed(Step::kReturned);
  size_t settled = 0;
  for (size_t i = 0; i < returns.size(); ++i) {
    if ((*results)[i].has_returned_at()) {
      ++settled;
      ++summary_.returned;
      output_.Returned(batch.cause_leases[i], batch.causes[i]);
    } else if (TellRefused(batch.cause_leases[i], (*results)[i].rejected(), nullptr)) {
      ++settled;
    }
  }
  return settled;
}

bool Delivery::TellRefused(const v1::LeaseName& name, const v1::Rejection& rejected, const Kept* kept) {
  const contract::Reason reason = contract::FromMessage(rejected).reason;
  const absl::string_view text =
      reason == contract::Reason::kNone ? absl::string_view("UNKNOWN") : contract::Describe(reason).name;
  switch (reason) {
    // Our claim ran out: the item comes again, and the ledger knows it.
    case contract::Reason::kLeaseExpired:
    case contract::Reason::kLeaseSuperseded:
    case contract::Reason::kLeaseNotHeld:
      output_.Refused(name, text, true);
      return false;
    // Somebody else of this municipality was quicker.
    case contract::Reason::kNoticeAlreadyAcknowledged:
      output_.Acknowledged(name);
      return true;
    // What was written is superseded: the newer item comes, and the ledger knows what it replaces.
    case contract::Reason::kNoticeRevised:
      output_.Refused(name, text, true);
      return true;
    case contract::Reason::kNoticeWithdrawn:
      TellWithdrawn(name, text, kept);
      return true;
    default:
      ++summary_.refused;
      output_.Refused(name, text, false);
      return true;
  }
}

// The broker's word alone erases nothing. The withdrawal itself is in the inbox by then; where it does not come, people
// must ask the region.
void Delivery::TellWithdrawn(const v1::LeaseName& name, absl::string_view reason, const Kept* kept) {
  if (kept == nullptr) {
    output_.Refused(name, reason, false);
  } else if (kept->kind == EntryKind::kWithdrawal) {
    output_.Acknowledged(name);  // somebody else of this municipality was quicker
  } else {
    output_.Refused(name, reason, true);
    if (unsigned_.size() >= kUnsignedMost) TellUnsigned();
    unsigned_[{kept->item.region_code, kept->item.notice_id}] = {name, folder_.PathOf(kept->item, kept->kind)};
  }
}

void Delivery::TellUnsigned() {
  for (const auto& [notice, told] : unsigned_) {
    ++summary_.refused;
    output_.WithdrawnUnsigned(told.first, told.second);
  }
  unsigned_.clear();
}

}  // namespace envej::municipality_client
