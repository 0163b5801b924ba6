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
// Before a watch is begun anew, so that a certificate that was replaced is shown.
constexpr absl::Duration kWatchMost = absl::Minutes(10);

}  // namespace

Follower::Follower(FollowerParts parts)
    : parts_(std::move(parts)), policy_(absl::InfiniteFuture(), parts_.context().surroundings.random) {}

absl::Status Follower::Run() {
  while (!parts_.stopping.stopped()) {
    const absl::Status status = Watch();
    if (!status.ok() && !absl::IsUnavailable(status)) return status;
    if (!status.ok()) Say(std::string(status.message()));
    parts_.stopping.Sleep(policy_.NextDelay(parts_.now(), absl::ZeroDuration()).value_or(contract::kBackoffMost));
  }
  return absl::OkStatus();
}

void Follower::Say(const std::string& line) {
  if (line == said_ || parts_.stopping.stopped()) return;
  said_ = line;
  parts_.log(line);
}

absl::Status Follower::Watch() {
  const CommandContext context = parts_.context();
  const std::unique_ptr<v1::IntakeService::Stub> stub = v1::IntakeService::NewStub(context.channel);
  v1::WatchNoticesResponse answer;
  std::ostringstream quiet;  // what is said goes to the log
  certs::ResumedWatch watch({.resume_file = {},
                             .at_most = kWatchMost,
                             .explain =
                                 [&](const grpc::Status& status) {
                                   Say(ExplainFailure(status, context.broker));
                                   return std::string();
                                 },
                             .keeper = {{.read =
                                             [this] {
                                               const absl::StatusOr<std::string> place = parts_.store.ReadWatchToken();
                                               failure_ = place.status();
                                               return place;
                                             },
                                         .keep =
                                             [&](const std::string& place) {
                                               failure_ = Take(answer, place);
                                               return failure_;
                                             }}}},
                            *context.channel, context.surroundings, quiet, quiet);
  const auto begin = [&](grpc::ClientContext& call, const std::string& place) {
    v1::WatchNoticesRequest request;
    request.set_resume_token(place);
    return stub->WatchNotices(&call, request);
  };
  const certs::WatchEnd end = watch.Run<v1::WatchNoticesResponse>(begin, [&](const v1::WatchNoticesResponse& told) {
    answer = told;
    quiet.str("");
    policy_.Progressed();
    said_.clear();
  });
  if (!failure_.ok() || end != certs::WatchEnd::kFailed) return failure_;
  if (contract::FromGrpcStatus(watch.failure()).reason != contract::Reason::kWatchTokenInvalid) {
    Say(absl::StrCat("what becomes of the notices cannot be followed: ",
                     ExplainFailure(watch.failure(), context.broker)));
    return absl::OkStatus();
  }
  // The place is none of this broker's: the watch begins with the oldest.
  AgentBatch batch = parts_.store.NewBatch();
  batch.PutWatchToken("");
  return parts_.store.Write(std::move(batch));
}

absl::Status Follower::Take(const v1::WatchNoticesResponse& answer, const std::string& place) {
  const absl::StatusOr<std::string> before = parts_.store.ReadWatchToken();
  if (!before.ok()) return before.status();
  if (answer.begins_anew() || before->empty()) {
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
