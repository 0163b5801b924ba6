#include "region-client/agent/follower.h"

#include <memory>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/resumed_watch.h"
#include "envej/v1/intake_service.grpc.pb.h"
#include "proto/contract/status_codec.h"
#include "region-client/agent/case_work.h"
#include "region-client/agent/notice_changes.h"
#include "region-client/call_failure.h"

namespace envej::region {
namespace {

constexpr size_t kCasesAtOnce = 100;
// Before the watch is begun again that the broker refused for good, as with a certificate that people have to mend.
constexpr absl::Duration kRefusedWait = absl::Seconds(30);

}  // namespace

absl::Status Follower::Run() {
  parts_.stopping.OnStop([this] { Cancel(); });
  while (!parts_.stopping.stopped()) {
    if (absl::Status status = Watch(); !status.ok()) return status;
    if (!parts_.stopping.stopped()) parts_.stopping.Sleep(kRefusedWait);
  }
  return absl::OkStatus();
}

void Follower::Cancel() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (call_ != nullptr) call_->TryCancel();
}

absl::Status Follower::Watch() {
  const std::unique_ptr<v1::IntakeService::Stub> stub = v1::IntakeService::NewStub(parts_.context.channel);
  v1::WatchNoticesResponse answer;
  std::ostringstream quiet;  // what is said goes to the log
  certs::ResumedWatch watch({.resume_file = {},
                             .at_most = absl::InfiniteDuration(),
                             .explain =
                                 [this](const grpc::Status& status) {
                                   parts_.log(ExplainFailure(status, parts_.context.broker));
                                   return std::string();
                                 },
                             .keeper = {{.read = [this] { return parts_.store.ReadWatchToken(); },
                                         .keep =
                                             [&](const std::string& place) {
                                               failure_ = Take(answer, place);
                                               return failure_;
                                             }}},
                             .is_over =
                                 [this] {
                                   // The call goes next.
                                   const std::lock_guard<std::mutex> lock(mutex_);
                                   call_ = nullptr;
                                   return parts_.stopping.stopped();
                                 }},
                            *parts_.context.channel, parts_.context.surroundings, quiet, quiet);
  const auto begin = [&](grpc::ClientContext& call, const std::string& place) {
    v1::WatchNoticesRequest request;
    request.set_resume_token(place);
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      call_ = &call;
    }
    auto stream = stub->WatchNotices(&call, request);
    // Whoever stopped before it was known here has not cancelled it.
    if (parts_.stopping.stopped()) call.TryCancel();
    return stream;
  };
  const certs::WatchEnd end = watch.Run<v1::WatchNoticesResponse>(begin, [&](const v1::WatchNoticesResponse& told) {
    answer = told;
    quiet.str("");
  });
  if (!failure_.ok()) return failure_;
  if (end != certs::WatchEnd::kFailed) return absl::OkStatus();
  if (contract::FromGrpcStatus(watch.failure()).reason != contract::Reason::kWatchTokenInvalid) return absl::OkStatus();
  // The place is none of this broker's: what may be lost is sent again, and the watch begins with the oldest.
  if (absl::Status status = SendAllAgain(); !status.ok()) return status;
  AgentBatch batch = parts_.store.NewBatch();
  batch.PutWatchToken("");
  return parts_.store.Write(std::move(batch));
}

absl::Status Follower::Take(const v1::WatchNoticesResponse& answer, const std::string& place) {
  if (answer.begins_anew()) {
    if (absl::Status status = SendAllAgain(); !status.ok()) return status;
  }
  WorkSubjects subjects;
  for (const v1::NoticeChange& change : answer.changes()) subjects.notices.push_back(change.notice_id());
  absl::StatusOr<CaseWork> work = CaseWork::Begin(parts_.store, parts_.locks, subjects);
  if (!work.ok()) return work.status();
  Followed all;
  for (const v1::NoticeChange& change : answer.changes()) {
    const absl::StatusOr<OpenCase*> known = work->OfNotice(change.notice_id());
    if (!known.ok()) return known.status();
    if (*known == nullptr) continue;  // another system's of the region, or erased
    const Followed followed = TakeChange(change, parts_.now(), **known, work->batch());
    all.tells |= followed.tells;
    all.sends |= followed.sends;
    all.seals_again |= followed.seals_again;
  }
  work->batch().PutWatchToken(place);
  if (absl::Status status = work->Commit(); !status.ok()) return status;
  if (all.seals_again) parts_.learn_anew();
  if (all.sends) parts_.put();
  if (all.tells) parts_.told();
  return absl::OkStatus();
}

absl::Status Follower::SendAllAgain() {
  std::string after;
  for (;;) {
    const absl::StatusOr<std::vector<StoredCase>> cases = parts_.store.ListCases(after, kCasesAtOnce);
    if (!cases.ok()) return cases.status();
    for (const StoredCase& each : *cases) {
      if (absl::Status status = SendAgain(each.id); !status.ok()) return status;
    }
    if (cases->size() < kCasesAtOnce || parts_.stopping.stopped()) break;
    after = cases->back().id;
  }
  parts_.put();
  return absl::OkStatus();
}

absl::Status Follower::SendAgain(const std::string& case_id) {
  absl::StatusOr<CaseWork> work = CaseWork::Begin(parts_.store, parts_.locks, {.cases = {case_id}});
  if (!work.ok()) return work.status();
  const absl::StatusOr<OpenCase*> known = work->WithId(case_id);
  if (!known.ok()) return known.status();
  if (*known == nullptr) return absl::OkStatus();
  bool sends = false;
  for (const ward::v1::CaseNotice& notice : (*known)->after.notices()) {
    const std::optional<ward::v1::Outgoing> again = AgainOf(notice, case_id, parts_.now());
    if (!again.has_value()) continue;
    work->batch().AddOutgoing(*again);
    sends = true;
  }
  return sends ? work->Commit() : absl::OkStatus();
}

}  // namespace envej::region
