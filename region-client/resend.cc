#include "region-client/resend.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "envej/v1/intake_service.grpc.pb.h"
#include "proto/contract/notice_rules.h"
#include "proto/contract/rejection.h"
#include "region-client/at_once.h"
#include "region-client/json_fields.h"
#include "region-client/line_file.h"
#include "region-client/municipality_list.h"
#include "region-client/newest.h"
#include "region-client/notice_file.h"
#include "region-client/progress_bar.h"
#include "region-client/receipt_beginning.h"
#include "region-client/resend_plan.h"
#include "region-client/retried_call.h"
#include "region-client/retry_news.h"
#include "region-client/withdrawal_maker.h"

namespace envej::region {
namespace {

using Kind = ResendOutcome::Kind;
using TryingAgainFunction = std::function<void(const CallFailure&)>;

// Everything of one resending. Its threads are gone when a step returns.
class Resending {
 public:
  Resending(const Kept& kept, const CommandContext& context, NoticeSealer& sealer, ReceiptKeeper& receipts,
            absl::Time deadline)
      : context_(context),
        stub_(v1::IntakeService::NewStub(context.channel)),
        sealer_(sealer),
        receipts_(receipts),
        deadline_(deadline),
        maker_(context, sealer, progress_),
        news_(context, deadline, progress_) {
    const contract::Moment now = contract::Moment::At(context.surroundings.now(), context.copenhagen);
    for (auto& [name, notice] : ByName(kept, sealer.region_code())) {
      const Kind kind = IsForgotten(notice, now) ? Kind::kForgotten : Kind::kHeld;
      notices_.push_back(std::move(notice));
      outcomes_.push_back({.kind = kind, .municipality_code = name.first, .notice_id = name.second, .refusal = {}});
    }
    steps_.resize(notices_.size());
  }

  absl::StatusOr<std::vector<ResendOutcome>> Run() {
    const auto municipalities = FetchMunicipalities(context_, deadline_, Told());
    if (const CallFailure* failure = std::get_if<CallFailure>(&municipalities)) {
      for (ResendOutcome& outcome : outcomes_) {
        if (outcome.kind != Kind::kForgotten) Fail(outcome, NotAsked(*failure));
      }
      return std::move(outcomes_);
    }
    sealer_.Learn(std::get<v1::ListMunicipalitiesResponse>(municipalities), context_.surroundings.now());
    ForEachAtOnce(notices_.size(), kCallsInFlight, [this](size_t place) { Plan(place); });
    // Withdrawals first: they are few, and what they are of must not go out while all else is sent.
    ForEachAtOnce(notices_.size(), kCallsInFlight, [this](size_t place) { Withdraw(place); });
    SendNotices(&ResendSteps::submit, contract::SentAs::kNew);
    SendNotices(&ResendSteps::revise, contract::SentAs::kRevision);
    if (!kept_.ok()) return kept_;
    return std::move(outcomes_);
  }

 private:
  TryingAgainFunction Told() {
    return [this](const CallFailure& failure) {
      const std::lock_guard<std::mutex> lock(mutex_);
      news_(failure);
    };
  }

  void Plan(size_t place) {
    ResendOutcome& outcome = outcomes_[place];
    if (outcome.kind == Kind::kForgotten) return;
    const Newest newest = AskNewest(context_, deadline_, outcome.municipality_code, outcome.notice_id, Told());
    if (const CallFailure* failure = std::get_if<CallFailure>(&newest)) return Fail(outcome, NotAsked(*failure));
    const std::lock_guard<std::mutex> lock(mutex_);
    steps_[place] = PlanResend(notices_[place], std::get<std::optional<v1::GetNoticeResponse>>(newest), sealer_);
    if (steps_[place].line_missing) outcome.kind = Kind::kLineMissing;
  }

  static void Fail(ResendOutcome& outcome, Outcome why) {
    outcome.kind = why.kind == Outcome::Kind::kRefused ? Kind::kRefused : Kind::kUnsent;
    outcome.refusal = std::move(why.refusal);
  }

  // Nothing is to be sent of it any more.
  bool HasEnded(size_t place) const {
    return outcomes_[place].kind != Kind::kHeld && outcomes_[place].kind != Kind::kSent;
  }

  void Take(size_t place, const Outcome& outcome, const absl::Status& kept) {
    const bool is_in = outcome.kind == Outcome::Kind::kAccepted || outcome.kind == Outcome::Kind::kRepeated;
    if (is_in && kept.ok()) {
      outcomes_[place].kind = Kind::kSent;
    } else {
      Fail(outcomes_[place], is_in ? NotKept(kept) : outcome);
    }
  }

  void SendNotices(std::optional<v1::Notice> ResendSteps::*step, contract::SentAs sent_as) {
    std::vector<NoticeEntry> sealed;
    std::vector<size_t> places;
    for (size_t place = 0; place < steps_.size(); ++place) {
      if (HasEnded(place) || !(steps_[place].*step).has_value()) continue;
      std::variant<v1::Notice, Refusal> made = sealer_.Seal(*(steps_[place].*step));
      if (Refusal* refusal = std::get_if<Refusal>(&made)) {
        Fail(outcomes_[place], {.kind = Outcome::Kind::kRefused, .receipt = {}, .refusal = std::move(*refusal)});
        continue;
      }
      sealed.push_back({.lines = {1}, .notice = std::get<v1::Notice>(std::move(made))});
      places.push_back(place);
    }
    const auto done = [&](absl::Span<const std::pair<size_t, Outcome>> ended) {
      const absl::Status kept = receipts_.Keep(ended);
      for (const auto& [index, outcome] : ended) {
        if (outcome.kind == Outcome::Kind::kAccepted) news_.WentOn();
        Take(places[index], outcome, kept);
      }
      return kept;
    };
    const TryingAgainFunction told = Told();
    const absl::Status sent =
        SendAll(context_.channel, sealed, {.sent_as = sent_as, .notices_of = context_.notices_of}, deadline_,
                context_.surroundings, SubmissionObserver{.done = done, .trying_again = told});
    if (kept_.ok()) kept_ = sent;
  }

  // The withdrawal that a receipt is of, made now.
  v1::Withdrawal Make(const v1::Receipt& receipt) {
    const std::lock_guard<std::mutex> lock(mutex_);
    return maker_.Make(receipt.municipality_code(), receipt.notice_id(), receipt.revision(),
                       receipt.withdrawal_reason());
  }

  // Whether the broker answered with its receipt alone: it cannot tell the municipality yet.
  bool IsStillMissing(size_t place) {
    const ResendOutcome& outcome = outcomes_[place];
    const Newest newest = AskNewest(context_, deadline_, outcome.municipality_code, outcome.notice_id, Told());
    const auto* const found = std::get_if<std::optional<v1::GetNoticeResponse>>(&newest);
    return found != nullptr && found->has_value() && (*found)->status().state() == v1::NOTICE_STATE_MISSING;
  }

  void Withdraw(size_t place) {
    if (HasEnded(place) || !steps_[place].withdraw.has_value()) return;
    v1::WithdrawNoticeRequest request;
    *request.mutable_withdrawal() = Make(*steps_[place].withdraw);
    request.set_region_code(context_.notices_of);
    v1::WithdrawNoticeResponse answer;
    const auto call = [&](grpc::ClientContext& attempt) {
      answer.Clear();
      return stub_->WithdrawNotice(&attempt, request, &answer);
    };
    const grpc::Status status = CallWithRetries(context_, deadline_, call, Told());
    Outcome outcome;
    if (!status.ok()) {
      outcome = NotAsked(ToCallFailure(status));
    } else if (answer.repeated_withdrawal() && IsStillMissing(place)) {
      outcome = {.kind = Outcome::Kind::kRefused,
                 .receipt = {},
                 .refusal = ToRefusal({.reason = contract::Reason::kInboxCertificateMissing, .violations = {}})};
    } else if (CheckReceiptFor(answer.receipt(), request.withdrawal()).ok()) {
      outcome = {.kind = Outcome::Kind::kAccepted, .receipt = answer.receipt(), .refusal = {}};
    } else {
      outcome = {.kind = Outcome::Kind::kUnknown, .receipt = {}, .refusal = WrongReceipt()};
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    const std::vector<std::pair<size_t, Outcome>> ended = {{place, outcome}};
    const absl::Status kept = receipts_.Keep(ended);
    if (kept_.ok()) kept_ = kept;
    Take(place, outcome, kept);
  }

  const CommandContext& context_;
  const std::unique_ptr<v1::IntakeService::Stub> stub_;
  NoticeSealer& sealer_;
  ReceiptKeeper& receipts_;
  const absl::Time deadline_;
  ProgressBar progress_{context_.streams.err, false, 0};  // none is drawn
  std::vector<KeptNotice> notices_;
  std::vector<ResendOutcome> outcomes_;  // of each
  std::vector<ResendSteps> steps_;       // likewise
  std::mutex mutex_;                     // what is told, the sealer, the receipts, and what stands below
  WithdrawalMaker maker_;
  RetryNews news_;
  absl::Status kept_;
};

}  // namespace

absl::StatusOr<std::vector<ResendOutcome>> Resend(const Kept& kept, const CommandContext& context, NoticeSealer& sealer,
                                                  ReceiptKeeper& receipts, absl::Time deadline) {
  return Resending(kept, context, sealer, receipts, deadline).Run();
}

absl::Status ReadReceipts(const std::string& path, std::vector<v1::Receipt>& receipts) {
  bool was_torn = false;
  return ForEachLine(path, [&receipts, &was_torn](size_t, const std::string& line) {
    if (was_torn) return absl::InvalidArgumentError("follows a line that is not a whole receipt");
    v1::Receipt receipt;
    const bool is_whole = ReadJson(line, receipt).empty();
    // At the end another program may be writing it, or was when it ended.
    was_torn = !is_whole && IsReceiptBeginning(line);
    if (was_torn) return absl::OkStatus();
    if (!is_whole || receipt.notice_id().empty()) return absl::InvalidArgumentError("is not a receipt");
    receipts.push_back(std::move(receipt));
    return absl::OkStatus();
  });
}

absl::StatusOr<size_t> ReadSentNotices(const std::string& path, std::vector<v1::Notice>& notices) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open()) {
    return absl::NotFoundError(absl::StrCat(path, ": cannot be opened: ", std::strerror(errno)));
  }
  absl::StatusOr<UnjudgedNotices> read = ReadUnjudged(file);
  if (!read.ok()) return absl::Status(read.status().code(), absl::StrCat(path, ": ", read.status().message()));
  std::move(read->notices.begin(), read->notices.end(), std::back_inserter(notices));
  return read->unreadable;
}

}  // namespace envej::region
