#include "tests/benchmark/inbox_user.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "proto/contract/limits.h"
#include "tests/benchmark/load.h"

namespace envej::benchmark {
namespace {

double MillisecondsSince(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

void SetDeadline(grpc::ClientContext& context) {
  context.set_deadline(absl::ToChronoTime(absl::Now() + kCallDeadline));
}

}  // namespace

absl::StatusOr<std::unique_ptr<InboxUser>> InboxUser::Connect(Stage& stage, const RegionUser& region,
                                                              const std::string& code) {
  absl::StatusOr<v1::Notice> notice = region.Seal(stage, code);
  if (!notice.ok()) return notice.status();
  const absl::StatusOr<std::shared_ptr<grpc::Channel>> municipality = stage.ConnectAsMunicipality(code);
  if (!municipality.ok()) return municipality.status();
  return std::unique_ptr<InboxUser>(new InboxUser(code, *std::move(notice), region.channel(), *municipality));
}

InboxUser::InboxUser(const std::string& code, v1::Notice notice, const std::shared_ptr<grpc::Channel>& region,
                     const std::shared_ptr<grpc::Channel>& municipality)
    : code_(code),
      notice_(std::move(notice)),
      intake_(v1::IntakeService::NewStub(region)),
      outlet_(v1::InboxService::NewStub(municipality)) {}

absl::Status InboxUser::Fill(int notices) {
  for (int sent = 0; sent < notices;) {
    v1::SubmitNoticesRequest request;
    for (; request.notices_size() < contract::kBatchNotices && sent < notices; ++sent) {
      v1::Notice& notice = *request.add_notices();
      notice = notice_;
      notices_.Renew(notice);
    }
    v1::SubmitNoticesResponse response;
    grpc::ClientContext context;
    SetDeadline(context);
    const grpc::Status status = intake_->SubmitNotices(&context, request, &response);
    if (!status.ok()) return ToStatus(status);
    if (!AllAccepted(response)) return absl::InternalError("a notice of the benchmark was refused");
  }
  return absl::OkStatus();
}

absl::StatusOr<InboxUser::Times> InboxUser::Deliver(int most) {
  Times times;
  v1::PullNoticesRequest pull;
  pull.set_municipality_code(code_);
  pull.set_max_notices(most);
  v1::PullNoticesResponse pulled;
  grpc::ClientContext pull_context;
  SetDeadline(pull_context);
  const auto pull_begin = std::chrono::steady_clock::now();
  const grpc::Status pull_status = outlet_->PullNotices(&pull_context, pull, &pulled);
  times.pull_milliseconds = MillisecondsSince(pull_begin);
  if (!pull_status.ok()) return ToStatus(pull_status);
  times.notices = pulled.items_size();
  if (times.notices == 0) return times;

  v1::AcknowledgeNoticesRequest acknowledge;
  acknowledge.set_municipality_code(code_);
  for (const v1::InboxItem& item : pulled.items()) *acknowledge.add_leases() = item.lease().name();
  v1::AcknowledgeNoticesResponse acknowledged;
  grpc::ClientContext acknowledge_context;
  SetDeadline(acknowledge_context);
  const auto acknowledge_begin = std::chrono::steady_clock::now();
  const grpc::Status status = outlet_->AcknowledgeNotices(&acknowledge_context, acknowledge, &acknowledged);
  times.acknowledge_milliseconds = MillisecondsSince(acknowledge_begin);
  if (!status.ok()) return ToStatus(status);
  for (const v1::AcknowledgeNoticeResult& result : acknowledged.results()) {
    if (!result.has_acknowledged_at()) {
      return absl::InternalError(
          absl::StrCat("an acknowledgement of the benchmark was refused: ", result.ShortDebugString()));
    }
  }
  return times;
}

bool AllAccepted(const v1::SubmitNoticesResponse& response) {
  return std::all_of(response.results().begin(), response.results().end(),
                     [](const v1::SubmitNoticeResult& result) { return result.has_accepted(); });
}

}  // namespace envej::benchmark
