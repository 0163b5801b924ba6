#include "region-client/withdraw_command.h"

#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>

#include "envej/v1/intake_service.grpc.pb.h"
#include "proto/contract/receipt.h"
#include "proto/contract/status_codec.h"
#include "region-client/at_once.h"
#include "region-client/municipality_list.h"
#include "region-client/newest.h"
#include "region-client/notice_ids.h"
#include "region-client/receipt_keeper.h"
#include "region-client/retry_news.h"
#include "region-client/submit_report.h"
#include "region-client/withdrawal_maker.h"

namespace envej::region {
namespace {

Outcome Accepted(bool repeated, const v1::Receipt& receipt) {
  return {.kind = repeated ? Outcome::Kind::kRepeated : Outcome::Kind::kAccepted, .receipt = receipt, .refusal = {}};
}

Outcome Unproven() { return {.kind = Outcome::Kind::kUnknown, .receipt = {}, .refusal = WrongReceipt()}; }

// The withdrawals' way to the broker.
class Withdrawing {
 public:
  Withdrawing(const WithdrawOptions& options, const CommandContext& context, const NoticeSealer& sealer,
              absl::Time deadline, ReceiptKeeper& receipts, ProgressBar& progress, RetryNews& news)
      : options_(options),
        context_(context),
        stub_(v1::IntakeService::NewStub(context.channel)),
        deadline_(deadline),
        receipts_(receipts),
        progress_(progress),
        maker_(context, sealer, progress),
        news_(news) {}

  // What became of each.
  std::vector<Outcome> All(const std::vector<std::string>& ids);
  const absl::Status& kept() const { return kept_; }

 private:
  Outcome One(const std::string& id);
  v1::Withdrawal Make(const std::string& id, uint32_t revision);
  // Nothing if the broker has a newer one meanwhile.
  std::optional<Outcome> Send(const v1::Withdrawal& withdrawal);
  void TryingAgain(const CallFailure& failure);

  const WithdrawOptions& options_;
  const CommandContext& context_;
  const std::unique_ptr<v1::IntakeService::Stub> stub_;
  const absl::Time deadline_;
  ReceiptKeeper& receipts_;
  std::mutex mutex_;  // of all below, and of the receipts
  ProgressBar& progress_;
  WithdrawalMaker maker_;
  RetryNews& news_;
  absl::Status kept_;
};

void Withdrawing::TryingAgain(const CallFailure& failure) {
  const std::lock_guard<std::mutex> lock(mutex_);
  news_(failure);
}

std::vector<Outcome> Withdrawing::All(const std::vector<std::string>& ids) {
  std::vector<Outcome> outcomes(ids.size());
  ForEachAtOnce(ids.size(), kCallsInFlight, [&](size_t index) {
    Outcome outcome = One(ids[index]);
    const std::lock_guard<std::mutex> lock(mutex_);
    const std::vector<std::pair<size_t, Outcome>> ended = {{index, outcome}};
    const absl::Status kept = receipts_.Keep(ended);
    const bool lost = !kept.ok() && !outcome.receipt.notice_id().empty();
    if (kept_.ok()) kept_ = kept;
    outcomes[index] = lost ? NotKept(kept) : std::move(outcome);
    progress_.Advance(1);
  });
  return outcomes;
}

Outcome Withdrawing::One(const std::string& id) {
  for (int tries = 0; tries < kRevisionTries; ++tries) {
    const Newest newest = AskNewest(context_, deadline_, options_.municipality_code, id,
                                    [this](const CallFailure& failure) { TryingAgain(failure); });
    if (const CallFailure* failure = std::get_if<CallFailure>(&newest)) return NotAsked(*failure);
    const auto& answer = std::get<std::optional<v1::GetNoticeResponse>>(newest);
    if (answer.has_value() && answer->receipt().withdrawal_reason() != v1::WITHDRAWAL_REASON_UNSPECIFIED) {
      v1::Withdrawal known;
      known.set_municipality_code(options_.municipality_code);
      known.set_notice_id(id);
      known.set_revision(answer->status().revision());
      known.set_reason(answer->receipt().withdrawal_reason());
      return CheckReceiptFor(answer->receipt(), known).ok() ? Accepted(/*repeated=*/true, answer->receipt())
                                                            : Unproven();
    }
    const uint32_t revision = answer.has_value() ? answer->status().revision() : 0;
    std::optional<Outcome> outcome = Send(Make(id, revision + 1));
    if (outcome.has_value()) return *std::move(outcome);
  }
  return {.kind = Outcome::Kind::kUnsent,
          .receipt = {},
          .refusal = {.reason = "REVISION_STALE",
                      .text = "other revisions of it come in all the time; run the same again",
                      .fields = {}}};
}

v1::Withdrawal Withdrawing::Make(const std::string& id, uint32_t revision) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return maker_.Make(options_.municipality_code, id, revision, options_.reason);
}

std::optional<Outcome> Withdrawing::Send(const v1::Withdrawal& withdrawal) {
  v1::WithdrawNoticeRequest request;
  *request.mutable_withdrawal() = withdrawal;
  request.set_region_code(context_.notices_of);
  v1::WithdrawNoticeResponse answer;
  bool may_be_accepted = false;
  const auto call = [&](grpc::ClientContext& attempt) {
    answer.Clear();
    grpc::Status status = stub_->WithdrawNotice(&attempt, request, &answer);
    may_be_accepted |= !status.ok() && MayBeCarriedOut(ToCallFailure(status), attempt);
    return status;
  };
  const grpc::Status status =
      CallWithRetries(context_, deadline_, call, [this](const CallFailure& failure) { TryingAgain(failure); });
  if (status.ok()) {
    if (!CheckReceiptFor(answer.receipt(), withdrawal).ok()) return Unproven();
    return Accepted(answer.repeated_withdrawal(), answer.receipt());
  }
  const contract::Reason reason = contract::FromGrpcStatus(status).reason;
  if (reason == contract::Reason::kRevisionStale || reason == contract::Reason::kNoticeWithdrawn) return std::nullopt;
  const CallFailure failure = ToCallFailure(status);
  if (!may_be_accepted) return NotAsked(failure);
  const bool lost = failure.code == absl::StatusCode::kUnavailable;
  return Outcome{.kind = Outcome::Kind::kUnknown, .receipt = {}, .refusal = lost ? Lost() : failure.refusal};
}

// As the report has them: what is known of them is their name.
std::vector<NoticeEntry> Named(const std::vector<std::string>& ids, const std::string& municipality_code) {
  std::vector<NoticeEntry> entries;
  for (const std::string& id : ids) {
    v1::Notice notice;
    notice.mutable_envelope()->set_municipality_code(municipality_code);
    notice.mutable_envelope()->set_notice_id(id);
    entries.push_back({.lines = {entries.size() + 1}, .notice = std::move(notice)});
  }
  return entries;
}

}  // namespace

ExitCode Withdraw(const WithdrawOptions& options, const CommandContext& context, NoticeSealer& sealer) {
  const Streams& streams = context.streams;
  const auto unusable = [&](const absl::Status& status) {
    streams.err << status.message() << '\n';
    return ExitCode::kUnusable;
  };
  const absl::StatusOr<std::vector<std::string>> ids = ReadNoticeIds(options.ids, streams.in);
  if (!ids.ok()) return unusable(ids.status());
  absl::StatusOr<ReceiptKeeper> receipts = ReceiptKeeper::Open(options.receipts, "", options.output, streams);
  if (!receipts.ok()) return unusable(receipts.status());

  const absl::Time deadline = context.surroundings.now() + options.deadline;
  ProgressBar progress(streams.err, IsShown(options.progress, streams.err_is_terminal), ids->size());
  RetryNews news(context, deadline, progress);
  Withdrawing withdrawing(options, context, sealer, deadline, *receipts, progress, news);
  const auto municipalities =
      FetchMunicipalities(context, deadline, [&](const CallFailure& failure) { news(failure); });
  std::vector<Outcome> outcomes;
  if (const CallFailure* failure = std::get_if<CallFailure>(&municipalities)) {
    outcomes.assign(ids->size(), NotAsked(*failure));
  } else {
    sealer.Learn(std::get<v1::ListMunicipalitiesResponse>(municipalities), context.surroundings.now());
    outcomes = withdrawing.All(*ids);
  }
  progress.Clear();
  SubmitReport report(streams, options.output, receipts->in_lines(), NamedBy::kId);
  report.Outcomes(Named(*ids, options.municipality_code), outcomes);
  report.Summary();
  return withdrawing.kept().ok() ? report.exit_code() : ExitCode::kUnusable;
}

}  // namespace envej::region
