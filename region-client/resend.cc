#include "region-client/resend.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "envej/v1/intake_service.grpc.pb.h"
#include "proto/contract/limits.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/status_codec.h"
#include "region-client/at_once.h"
#include "region-client/json_fields.h"
#include "region-client/line_file.h"
#include "region-client/municipality_list.h"
#include "region-client/newest.h"
#include "region-client/notice_file.h"
#include "region-client/resend_plan.h"
#include "region-client/retried_call.h"
#include "region-client/retry_policy.h"

namespace envej::region {
namespace {

using Kind = ResendOutcome::Kind;
using TryingAgainFunction = std::function<void(const CallFailure&)>;

// Everything of one resending. Its threads are gone when a step returns.
class Resending {
 public:
  Resending(const Kept& kept, const CommandContext& context, NoticeSealer& sealer, ReceiptKeeper& receipts,
            absl::Time deadline, const TryingAgainFunction& trying_again)
      : context_(context),
        stub_(v1::IntakeService::NewStub(context.channel)),
        sealer_(sealer),
        receipts_(receipts),
        deadline_(deadline),
        trying_again_(trying_again) {
    for (auto& [name, notice] : ByName(kept, sealer.region_code())) {
      notices_.push_back(std::move(notice));
      outcomes_.push_back(
          {.kind = Kind::kHeld, .municipality_code = name.first, .notice_id = name.second, .refusal = {}});
    }
    steps_.resize(notices_.size());
  }

  absl::StatusOr<std::vector<ResendOutcome>> Run() {
    const auto municipalities = FetchMunicipalities(context_, deadline_, Told());
    if (const CallFailure* failure = std::get_if<CallFailure>(&municipalities)) {
      for (ResendOutcome& outcome : outcomes_) Fail(outcome, NotAsked(*failure));
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
      trying_again_(failure);
    };
  }

  void Plan(size_t place) {
    ResendOutcome& outcome = outcomes_[place];
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

  bool HasFailed(size_t place) const {
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
      if (HasFailed(place) || !(steps_[place].*step).has_value()) continue;
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
      for (const auto& [index, outcome] : ended) Take(places[index], outcome, kept);
      return kept;
    };
    const TryingAgainFunction told = Told();
    const absl::Status sent = SendAll(context_.channel, sealed, {.sent_as = sent_as}, deadline_, context_.surroundings,
                                      SubmissionObserver{.done = done, .trying_again = told});
    if (kept_.ok()) kept_ = sent;
  }

  // The withdrawal that a receipt is of, made now. Without a certificate to seal it to, it goes as it is.
  v1::Withdrawal Make(const v1::Receipt& receipt) {
    v1::Withdrawal plain;
    plain.set_municipality_code(receipt.municipality_code());
    plain.set_notice_id(receipt.notice_id());
    plain.set_revision(receipt.revision());
    *plain.mutable_created_at() = contract::ToMessage(context_.surroundings.now());
    plain.set_reason(receipt.withdrawal_reason());
    plain.set_contract_version(contract::kContractVersion);
    const std::lock_guard<std::mutex> lock(mutex_);
    absl::StatusOr<v1::Withdrawal> sealed = sealer_.Seal(plain);
    return sealed.ok() ? *std::move(sealed) : plain;
  }

  void Withdraw(size_t place) {
    if (HasFailed(place) || !steps_[place].withdraw.has_value()) return;
    v1::WithdrawNoticeRequest request;
    *request.mutable_withdrawal() = Make(*steps_[place].withdraw);
    v1::WithdrawNoticeResponse answer;
    const auto call = [&](grpc::ClientContext& attempt) {
      answer.Clear();
      return stub_->WithdrawNotice(&attempt, request, &answer);
    };
    const grpc::Status status = CallWithRetries(context_, deadline_, call, Told());
    Outcome outcome;
    if (!status.ok()) {
      outcome = NotAsked(ToCallFailure(status));
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
  const TryingAgainFunction& trying_again_;
  std::vector<KeptNotice> notices_;
  std::vector<ResendOutcome> outcomes_;  // of each
  std::vector<ResendSteps> steps_;       // likewise
  std::mutex mutex_;                     // what is told, the sealer, and the receipts
  absl::Status kept_;
};

}  // namespace

absl::StatusOr<std::vector<ResendOutcome>> Resend(const Kept& kept, const CommandContext& context, NoticeSealer& sealer,
                                                  ReceiptKeeper& receipts, absl::Time deadline,
                                                  const std::function<void(const CallFailure&)>& trying_again) {
  return Resending(kept, context, sealer, receipts, deadline, trying_again).Run();
}

absl::Status ReadReceipts(const std::string& path, std::vector<v1::Receipt>& receipts) {
  return ForEachLine(path, [&receipts](size_t, const std::string& line) {
    v1::Receipt receipt;
    if (!ReadJson(line, receipt).empty() || receipt.notice_id().empty()) {
      return absl::InvalidArgumentError("is not a receipt");
    }
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
