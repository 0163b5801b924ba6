#include "municipality-client/inbox_client.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/client_connection.h"
#include "municipality-client/waiting.h"
#include "proto/contract/backoff.h"
#include "proto/contract/limits.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/status_codec.h"

namespace envej::municipality_client {
namespace {

constexpr absl::Duration kCallLimit = absl::Seconds(20);
constexpr absl::Duration kReconnectWait = absl::Seconds(2);
constexpr absl::Duration kStopGrace = absl::Seconds(10);

absl::Duration Since(std::chrono::steady_clock::time_point begin) {
  return absl::FromChrono(std::chrono::steady_clock::now() - begin);
}

bool MaySucceedLater(const grpc::Status& status, contract::Reason reason) {
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
    case grpc::StatusCode::ABORTED:
      return true;
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::UNKNOWN:
    case grpc::StatusCode::CANCELLED:
      return reason == contract::Reason::kNone;  // a broken connection shows itself as any of these
    default:
      return false;
  }
}

std::string Explain(absl::StatusCode code, contract::Reason reason) {
  if (reason != contract::Reason::kNone) {
    const contract::ReasonEntry& entry = contract::Describe(reason);
    return absl::StrCat(entry.name, ": ", entry.text);
  }
  return absl::StatusCodeToString(code);
}

void SetLimit(grpc::ClientContext& context, absl::Duration limit) {
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(limit));
}

template <typename Result>
absl::StatusOr<std::vector<Result>> OneForEach(const google::protobuf::RepeatedPtrField<Result>& results,
                                               size_t asked) {
  if (static_cast<size_t>(results.size()) != asked) {
    return absl::InternalError("the broker's answer does not have one result for each item");
  }
  return std::vector<Result>(results.begin(), results.end());
}

}  // namespace

InboxClient::InboxClient(std::shared_ptr<grpc::Channel> channel, Settings settings)
    : channel_(std::move(channel)), stub_(v1::InboxService::NewStub(channel_)), settings_(std::move(settings)) {}

template <typename Response, typename Attempt>
absl::StatusOr<Response> InboxClient::Call(Attempt attempt, absl::Duration limit, OnStop on_stop,
                                           std::stop_token stop) {
  const auto begin = std::chrono::steady_clock::now();
  std::optional<std::chrono::steady_clock::time_point> stopped;
  contract::Backoff backoff;
  Chance chance;
  for (;;) {
    if (stop.stop_requested()) {
      if (on_stop == OnStop::kCancel) return absl::CancelledError("stopped");
      if (!stopped.has_value()) stopped = std::chrono::steady_clock::now();
    }
    Response response;
    grpc::ClientContext context;
    SetLimit(context, stopped.has_value() ? std::min(limit, kStopGrace) : limit);
    grpc::Status status;
    {
      std::optional<std::stop_callback<std::function<void()>>> cancel;
      if (on_stop == OnStop::kCancel) cancel.emplace(stop, [&context] { context.TryCancel(); });
      status = attempt(context, response);
    }
    if (status.ok()) return response;
    if (on_stop == OnStop::kCancel && stop.stop_requested()) return absl::CancelledError("stopped");

    const contract::Reason reason = contract::FromGrpcStatus(status).reason;
    const auto code = static_cast<absl::StatusCode>(status.error_code());
    if (!MaySucceedLater(status, reason)) {
      return absl::Status(code, absl::StrCat("the broker refused the call: ", Explain(code, reason)));
    }
    const absl::Duration asked = contract::RetryDelayOf(status).value_or(absl::ZeroDuration());
    const absl::Duration wait = std::max(backoff.Next(chance()), asked);
    if (Since(begin) + wait > settings_.patience || (stopped.has_value() && Since(*stopped) + wait > kStopGrace)) {
      return absl::UnavailableError(
          absl::StrCat("the broker could not be reached in time; last answer: ", Explain(code, reason)));
    }
    if (settings_.on_retry) {
      settings_.on_retry(
          {.code = code, .reason = reason, .lacks_tls_connection = certs::LacksTlsConnection(status), .wait = wait});
    }
    WaitFor(wait, stopped.has_value() ? std::stop_token() : stop);
    if (code == absl::StatusCode::kUnavailable) certs::Reconnect(*channel_, kReconnectWait);
  }
}

absl::StatusOr<Pulled> InboxClient::Pull(int most, absl::Duration wait, absl::Duration lease, std::stop_token stop) {
  v1::PullNoticesRequest request;
  request.set_municipality_code(settings_.municipality_code);
  request.set_max_notices(most);
  if (wait > absl::ZeroDuration()) *request.mutable_wait() = contract::ToMessage(wait);
  *request.mutable_lease_duration() = contract::ToMessage(lease);
  absl::StatusOr<v1::PullNoticesResponse> response = Call<v1::PullNoticesResponse>(
      [&](grpc::ClientContext& context, v1::PullNoticesResponse& answer) {
        return stub_->PullNotices(&context, request, &answer);
      },
      kCallLimit + wait, OnStop::kCancel, stop);
  if (!response.ok()) return response.status();
  if (response->items_size() > most) return absl::InternalError("the broker's answer holds more items than asked for");
  return Pulled{
      .items = {response->items().begin(), response->items().end()},
      .signer_certificates = {response->signer_certificates().begin(), response->signer_certificates().end()}};
}

absl::Status InboxClient::ExtendOnce(const std::vector<v1::LeaseName>& leases, absl::Duration lease,
                                     absl::Duration limit, std::stop_token stop) {
  v1::ExtendLeasesRequest request;
  request.set_municipality_code(settings_.municipality_code);
  request.mutable_leases()->Add(leases.begin(), leases.end());
  *request.mutable_lease_duration() = contract::ToMessage(lease);
  v1::ExtendLeasesResponse response;
  grpc::ClientContext context;
  SetLimit(context, limit);
  const std::stop_callback cancel(stop, [&context] { context.TryCancel(); });
  const grpc::Status status = stub_->ExtendLeases(&context, request, &response);
  if (status.ok()) return absl::OkStatus();
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  return absl::Status(code, Explain(code, contract::FromGrpcStatus(status).reason));
}

absl::StatusOr<std::vector<v1::AcknowledgeNoticeResult>> InboxClient::Acknowledge(
    const std::vector<v1::LeaseName>& leases, std::stop_token stop) {
  v1::AcknowledgeNoticesRequest request;
  request.set_municipality_code(settings_.municipality_code);
  request.mutable_leases()->Add(leases.begin(), leases.end());
  absl::StatusOr<v1::AcknowledgeNoticesResponse> response = Call<v1::AcknowledgeNoticesResponse>(
      [&](grpc::ClientContext& context, v1::AcknowledgeNoticesResponse& answer) {
        return stub_->AcknowledgeNotices(&context, request, &answer);
      },
      kCallLimit, OnStop::kFinishSoon, stop);
  if (!response.ok()) return response.status();
  return OneForEach(response->results(), leases.size());
}

absl::StatusOr<std::vector<v1::ReturnNoticeResult>> InboxClient::Return(const std::vector<v1::NoticeReturn>& returns,
                                                                        std::stop_token stop) {
  v1::ReturnNoticesRequest request;
  request.set_municipality_code(settings_.municipality_code);
  request.mutable_returns()->Add(returns.begin(), returns.end());
  absl::StatusOr<v1::ReturnNoticesResponse> response = Call<v1::ReturnNoticesResponse>(
      [&](grpc::ClientContext& context, v1::ReturnNoticesResponse& answer) {
        return stub_->ReturnNotices(&context, request, &answer);
      },
      kCallLimit, OnStop::kFinishSoon, stop);
  if (!response.ok()) return response.status();
  return OneForEach(response->results(), returns.size());
}

}  // namespace envej::municipality_client
