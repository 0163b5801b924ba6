#include "region-client/submission_client.h"

#include <google/protobuf/io/coded_stream.h>
#include <grpcpp/client_context.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include "certs/client_connection.h"
#include "envej/v1/intake_service.grpc.pb.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/retry_policy.h"
#include "proto/contract/status_codec.h"
#include "region-client/at_once.h"

namespace envej::region {
namespace {

using Outcomes = std::vector<std::pair<size_t, Outcome>>;

constexpr absl::Duration kReconnectWait = absl::Seconds(2);

// What is to be done before the next attempt.
struct Pause {
  absl::Duration at_least;  // that the broker asks to wait
  bool reconnect = false;
  std::optional<CallFailure> why;
};

Outcome Unknown(Refusal refusal) {
  return {.kind = Outcome::Kind::kUnknown, .receipt = {}, .refusal = std::move(refusal)};
}

Outcome Refused(Refusal refusal) {
  return {.kind = Outcome::Kind::kRefused, .receipt = {}, .refusal = std::move(refusal)};
}

const Refusal& WrongAnswer() {
  static const Refusal* const kRefusal =
      new Refusal{.reason = "ANSWER_WRONG",
                  .text = "the broker's answer does not match what was sent; tell operations, then run the same again",
                  .fields = {}};
  return *kRefusal;
}

const Refusal& Stopped() {
  static const Refusal* const kRefusal =
      new Refusal{.reason = "STOPPED", .text = "not sent any more; run the same again", .fields = {}};
  return *kRefusal;
}

// What is known of a batch's notices that have no outcome yet.
struct Pending {
  std::vector<size_t> waiting;
  Refusal last_failure = Stopped();
  bool may_be_accepted = false;  // an attempt left, and what became of it is not known

  Outcome Now() const {
    return {.kind = may_be_accepted ? Outcome::Kind::kUnknown : Outcome::Kind::kUnsent,
            .receipt = {},
            .refusal = last_failure};
  }
};

// The notices' way to the broker: threads that each take the next batch until none is left.
class Submission {
 public:
  Submission(const std::shared_ptr<grpc::Channel>& channel, absl::Span<const NoticeEntry> notices,
             const Sending& sending, absl::Time deadline, const Surroundings& surroundings,
             const SubmissionObserver& observer)
      : channel_(channel),
        stub_(v1::IntakeService::NewStub(channel)),
        notices_(notices),
        sending_(sending),
        deadline_(deadline),
        surroundings_(surroundings),
        observer_(observer),
        batches_(SplitIntoBatches(notices, InBatches() ? contract::kBatchNotices : 1, contract::kBatchBytes)) {}

  absl::Status Run();

 private:
  // A batch says nothing of whose its notices are.
  bool InBatches() const { return sending_.sent_as == contract::SentAs::kNew && sending_.notices_of.empty(); }
  void Send(const Batch& batch);
  // Sends the waiting ones once; those that have a final outcome move to `outcomes`.
  Pause Attempt(Pending& pending, Outcomes& outcomes);
  // What goes alone has a call of its own; its answer is told like that of a batch of one.
  grpc::Status Call(grpc::ClientContext& context, const v1::SubmitNoticesRequest& request,
                    v1::SubmitNoticesResponse& response);
  void Sort(const v1::SubmitNoticesResponse& response, Pending& pending, Outcomes& outcomes, Pause& pause);
  void Tell(const CallFailure& failure);
  void Report(Outcomes outcomes);
  bool stopped() const { return stopped_.load() || surroundings_.stop.stop_requested(); }

  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<v1::IntakeService::Stub> stub_;
  const absl::Span<const NoticeEntry> notices_;
  const Sending sending_;
  const absl::Time deadline_;
  const Surroundings& surroundings_;
  const SubmissionObserver& observer_;
  const std::vector<Batch> batches_;
  std::atomic<bool> stopped_ = false;
  std::mutex mutex_;  // the observer's calls, and status_
  absl::Status status_;
};

absl::Status Submission::Run() {
  const size_t at_once = InBatches() ? kBatchesInFlight : kCallsInFlight;
  ForEachAtOnce(batches_.size(), at_once, [this](size_t batch) { Send(batches_[batch]); });
  return status_;
}

grpc::Status Submission::Call(grpc::ClientContext& context, const v1::SubmitNoticesRequest& request,
                              v1::SubmitNoticesResponse& response) {
  if (InBatches()) return stub_->SubmitNotices(&context, request, &response);
  v1::SubmitNoticeResult& result = *response.add_results();
  result.set_notice_id(request.notices(0).envelope().notice_id());
  if (sending_.sent_as == contract::SentAs::kNew) {
    v1::SubmitNoticeRequest submit;
    *submit.mutable_notice() = request.notices(0);
    submit.set_region_code(sending_.notices_of);
    return stub_->SubmitNotice(&context, submit, result.mutable_accepted());
  }
  v1::ReviseNoticeRequest revise;
  *revise.mutable_notice() = request.notices(0);
  revise.set_region_code(sending_.notices_of);
  v1::ReviseNoticeResponse revised;
  grpc::Status status = stub_->ReviseNotice(&context, revise, &revised);
  *result.mutable_accepted()->mutable_receipt() = std::move(*revised.mutable_receipt());
  result.mutable_accepted()->set_repeated_submission(revised.repeated_revision());
  return status;
}

void Submission::Send(const Batch& batch) {
  Pending pending;
  for (size_t i = batch.first; i < batch.last; ++i) pending.waiting.push_back(i);
  contract::RetryPolicy policy(deadline_, surroundings_.random);
  while (!pending.waiting.empty() && !stopped() && surroundings_.now() < deadline_) {
    Outcomes outcomes;
    const Pause pause = Attempt(pending, outcomes);
    if (!outcomes.empty()) policy.Progressed();
    Report(std::move(outcomes));
    if (pending.waiting.empty()) return;
    if (pause.why.has_value()) Tell(*pause.why);
    const std::optional<absl::Duration> delay = policy.NextDelay(surroundings_.now(), pause.at_least);
    if (!delay.has_value() || stopped()) break;
    surroundings_.sleep(*delay);
    if (pause.reconnect) {
      certs::Reconnect(*channel_, std::clamp(deadline_ - surroundings_.now(), absl::ZeroDuration(), kReconnectWait),
                       surroundings_.stop);
    }
  }
  Outcomes outcomes;
  for (const size_t index : pending.waiting) outcomes.emplace_back(index, pending.Now());
  Report(std::move(outcomes));
}

Pause Submission::Attempt(Pending& pending, Outcomes& outcomes) {
  v1::SubmitNoticesRequest request;
  for (const size_t index : pending.waiting) *request.add_notices() = notices_[index].notice;
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(std::min(surroundings_.now() + kCallDeadline, deadline_)));
  v1::SubmitNoticesResponse response;
  const std::stop_callback cancel(surroundings_.stop, [&context] { context.TryCancel(); });
  const grpc::Status status = Call(context, request, response);
  Pause pause;
  if (status.ok()) {
    Sort(response, pending, outcomes, pause);
    return pause;
  }
  const CallFailure failure = ToCallFailure(status);
  const bool may_be_carried_out = MayBeCarriedOut(failure, context);
  const bool lost = may_be_carried_out && failure.code == absl::StatusCode::kUnavailable;
  pending.last_failure = lost ? Lost() : failure.refusal;
  pending.may_be_accepted |= may_be_carried_out;
  if (!contract::IsRetriable(failure.code, failure.retry_delay.has_value())) {
    for (const size_t index : std::exchange(pending.waiting, {})) {
      outcomes.emplace_back(index, failure.refused_by_contract ? Refused(failure.refusal) : pending.Now());
    }
    return pause;
  }
  pause.reconnect = failure.code == absl::StatusCode::kUnavailable;
  pause.at_least = failure.retry_delay.value_or(absl::ZeroDuration());
  pause.why = failure;
  return pause;
}

void Submission::Sort(const v1::SubmitNoticesResponse& response, Pending& pending, Outcomes& outcomes, Pause& pause) {
  const std::vector<size_t> sent = std::exchange(pending.waiting, {});
  const bool answers_all = response.results_size() == static_cast<int>(sent.size());
  for (size_t i = 0; i < sent.size(); ++i) {
    const v1::Notice& notice = notices_[sent[i]].notice;
    if (!answers_all || response.results(static_cast<int>(i)).notice_id() != notice.envelope().notice_id()) {
      outcomes.emplace_back(sent[i], Unknown(WrongAnswer()));
      continue;
    }
    const v1::SubmitNoticeResult& result = response.results(static_cast<int>(i));
    if (result.has_accepted()) {
      const v1::SubmitNoticeResponse& accepted = result.accepted();
      const std::string& region_code = accepted.receipt().region_code();
      const bool is_theirs = sending_.notices_of.empty() || region_code == sending_.notices_of;
      if (!is_theirs || !CheckReceiptFor(accepted.receipt(), notice).ok()) {
        outcomes.emplace_back(sent[i], Unknown(WrongReceipt()));
        continue;
      }
      const auto kind = accepted.repeated_submission() ? Outcome::Kind::kRepeated : Outcome::Kind::kAccepted;
      outcomes.emplace_back(sent[i], Outcome{.kind = kind, .receipt = accepted.receipt(), .refusal = {}});
      continue;
    }
    if (!result.has_rejected()) {
      outcomes.emplace_back(sent[i], Unknown(WrongAnswer()));
      continue;
    }
    const contract::Rejection rejection = contract::FromMessage(result.rejected());
    if (contract::IsRetriable(rejection.reason)) {
      const CallFailure failure = ToCallFailure(rejection);
      pending.waiting.push_back(sent[i]);
      pending.last_failure = failure.refusal;
      pause.at_least = std::max(pause.at_least, failure.retry_delay.value_or(absl::ZeroDuration()));
      // Of several, the one that is waited for longest.
      if (!pause.why.has_value() || failure.retry_delay > pause.why->retry_delay) pause.why = failure;
    } else {
      outcomes.emplace_back(sent[i], Refused(ToRefusal(rejection)));
    }
  }
}

void Submission::Tell(const CallFailure& failure) {
  const std::lock_guard<std::mutex> lock(mutex_);
  observer_.trying_again(failure);
}

void Submission::Report(Outcomes outcomes) {
  if (outcomes.empty()) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  const absl::Status status = observer_.done(outcomes);
  if (status.ok()) return;
  if (status_.ok()) status_ = status;
  stopped_ = true;
}

}  // namespace

const Refusal& WrongReceipt() {
  static const Refusal* const kRefusal = new Refusal{
      .reason = "RECEIPT_WRONG",
      .text = "the broker's receipt does not prove the acceptance; tell operations, then run the same again",
      .fields = {}};
  return *kRefusal;
}

const Refusal& Lost() {
  static const Refusal* const kRefusal = new Refusal{
      .reason = "UNAVAILABLE", .text = "the broker was lost before it answered; run the same again", .fields = {}};
  return *kRefusal;
}

std::vector<Batch> SplitIntoBatches(absl::Span<const NoticeEntry> notices, size_t most_notices, size_t most_bytes) {
  std::vector<Batch> batches;
  size_t bytes = 0;
  for (size_t i = 0; i < notices.size(); ++i) {
    const size_t message = notices[i].notice.ByteSizeLong();
    const size_t added = 1 + google::protobuf::io::CodedOutputStream::VarintSize64(message) + message;
    const bool fits = !batches.empty() && i - batches.back().first < most_notices && bytes + added <= most_bytes;
    if (!fits) {
      batches.push_back({.first = i, .last = i});
      bytes = 0;
    }
    batches.back().last = i + 1;
    bytes += added;
  }
  return batches;
}

absl::Status CheckReceiptFor(const v1::Receipt& receipt, const v1::Notice& notice) {
  const v1::Envelope& envelope = notice.envelope();
  if (receipt.notice_id() != envelope.notice_id() || receipt.municipality_code() != envelope.municipality_code() ||
      receipt.revision() != envelope.revision()) {
    return absl::DataLossError("the receipt names another notice");
  }
  const v1::ContentCommitment& remembered = receipt.content_commitment();
  const auto is_remembered = [&](const v1::ContentCommitment& commitment) {
    return commitment.key_id() == remembered.key_id() && commitment.value() == remembered.value();
  };
  const bool is_ours =
      !notice.has_sealed() || is_remembered(envelope.content_commitment()) ||
      std::any_of(envelope.former_commitments().begin(), envelope.former_commitments().end(), is_remembered);
  if (!is_ours) return absl::DataLossError("the receipt is of another content");
  return contract::CheckReceipt(contract::FromMessage(receipt));
}

absl::Status CheckReceiptFor(const v1::Receipt& receipt, const v1::Withdrawal& withdrawal) {
  if (receipt.notice_id() != withdrawal.notice_id() || receipt.municipality_code() != withdrawal.municipality_code() ||
      receipt.revision() != withdrawal.revision() || receipt.withdrawal_reason() != withdrawal.reason()) {
    return absl::DataLossError("the receipt names another withdrawal");
  }
  return contract::CheckReceipt(contract::FromMessage(receipt));
}

absl::Status SendAll(const std::shared_ptr<grpc::Channel>& channel, absl::Span<const NoticeEntry> notices,
                     const Sending& sending, absl::Time deadline, const Surroundings& surroundings,
                     const SubmissionObserver& observer) {
  return Submission(channel, notices, sending, deadline, surroundings, observer).Run();
}

}  // namespace envej::region
