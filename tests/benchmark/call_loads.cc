#include "tests/benchmark/call_loads.h"

#include <chrono>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/benchmark/empty_service.grpc.pb.h"
#include "tests/benchmark/inbox_user.h"
#include "tests/benchmark/load.h"
#include "tests/benchmark/load_rounds.h"
#include "tests/benchmark/notices.h"
#include "tests/benchmark/region_user.h"

namespace envej::benchmark {
namespace {

constexpr size_t kConnections = 1;  // as a client has
constexpr size_t kBatchesInFlight = 4;

// The same number of connections to each server; caller after caller takes the next.
struct Stubs {
  std::vector<std::shared_ptr<EmptyService::Stub>> empty;
  std::vector<std::shared_ptr<v1::IntakeService::Stub>> intake;
};

absl::StatusOr<Stubs> Connect(Stage& stage) {
  Stubs stubs;
  for (size_t connection = 0; connection < kConnections; ++connection) {
    const absl::StatusOr<std::shared_ptr<grpc::Channel>> empty = stage.ConnectToEmptyServer();
    if (!empty.ok()) return empty.status();
    stubs.empty.push_back(EmptyService::NewStub(*empty));
    const absl::StatusOr<std::shared_ptr<grpc::Channel>> broker = stage.ConnectAsRegion();
    if (!broker.ok()) return broker.status();
    stubs.intake.push_back(v1::IntakeService::NewStub(*broker));
  }
  return stubs;
}

Callers EmptyCallers(const Stubs& stubs, size_t count) {
  Callers callers;
  for (size_t index = 0; index < count; ++index) {
    callers.push_back(MakeCaller<DoNothingRequest, DoNothingResponse>(
        [](DoNothingRequest&) {},
        [stub = stubs.empty[index % kConnections]](auto* context, auto* request, auto* response, auto done) {
          stub->async()->DoNothing(context, request, response, std::move(done));
        },
        [](const DoNothingResponse&) { return true; }));
  }
  return callers;
}

Callers SubmitCallers(const Stubs& stubs, size_t count) {
  Callers callers;
  for (size_t index = 0; index < count; ++index) {
    const std::string municipality_code(kSpread[index % std::size(kSpread)]);
    callers.push_back(MakeCaller<v1::SubmitNoticeRequest, v1::SubmitNoticeResponse>(
        [municipality_code, notices = NoticeMaker()](v1::SubmitNoticeRequest& request) mutable {
          if (request.has_notice()) return notices.Renew(*request.mutable_notice());
          notices.Make(municipality_code, *request.mutable_notice());
        },
        [stub = stubs.intake[index % kConnections]](auto* context, auto* request, auto* response, auto done) {
          stub->async()->SubmitNotice(context, request, response, std::move(done));
        },
        [](const v1::SubmitNoticeResponse& response) { return response.has_receipt(); }));
  }
  return callers;
}

Callers BatchCallers(const Stubs& stubs, size_t count) {
  Callers callers;
  for (size_t index = 0; index < count; ++index) {
    callers.push_back(MakeCaller<v1::SubmitNoticesRequest, v1::SubmitNoticesResponse>(
        [notices = NoticeMaker()](v1::SubmitNoticesRequest& request) mutable {
          while (request.notices_size() < kBatch) notices.Make(kBatchInbox, *request.add_notices());
          for (v1::Notice& notice : *request.mutable_notices()) notices.Renew(notice);
        },
        [stub = stubs.intake[index % kConnections]](auto* context, auto* request, auto* response, auto done) {
          stub->async()->SubmitNotices(context, request, response, std::move(done));
        },
        AllAccepted));
  }
  return callers;
}

// One consumer that pulls and acknowledges until the time is over or the inbox is empty.
absl::StatusOr<Figures> RunDelivery(InboxUser& inbox, absl::Duration duration) {
  const auto begin = std::chrono::steady_clock::now();
  const auto end = begin + absl::ToChronoNanoseconds(duration);
  std::vector<double> milliseconds;
  int notices = 0;
  while (std::chrono::steady_clock::now() < end) {
    const absl::StatusOr<InboxUser::Times> times = inbox.Deliver(kBatch);
    if (!times.ok()) return times.status();
    if (times->notices == 0) break;
    notices += times->notices;
    milliseconds.push_back(times->pull_milliseconds + times->acknowledge_milliseconds);
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return Figures{.calls = static_cast<double>(notices) / kBatch,
                 .calls_per_second = notices / seconds / kBatch,
                 .median_milliseconds = Quantile(milliseconds, 0.5),
                 .p99_milliseconds = Quantile(milliseconds, 0.99),
                 .server_microseconds = 0};
}

}  // namespace

absl::Status MeasureSubmission(Stage& stage, absl::Duration duration, int rounds, Report& report) {
  const absl::StatusOr<Stubs> stubs = Connect(stage);
  if (!stubs.ok()) return stubs.status();
  std::vector<Load> loads;
  loads.push_back({CallRow("empty call", "calls", kInFlight), EmptyCallers(*stubs, kInFlight), stage.empty_server()});
  loads.push_back({CallRow("SubmitNotice", "notices", kInFlight), SubmitCallers(*stubs, kInFlight), stage.broker()});
  Ratio ratio{.name = absl::StrCat("SubmitNotice / empty call, ", kInFlight, " in flight"),
              .samples = {},
              .goal = 0.5,
              .at_least = true};
  const auto compare = [&] {
    ratio.samples.push_back(loads[1].row.samples.back().calls_per_second /
                            loads[0].row.samples.back().calls_per_second);
    return absl::OkStatus();
  };
  if (absl::Status status = RunLoads(loads, duration, rounds, compare); !status.ok()) return status;
  AddRows(loads, report);
  report.ratios.push_back(std::move(ratio));
  return absl::OkStatus();
}

absl::Status MeasureCalls(Stage& stage, absl::Duration duration, int rounds, Report& report) {
  const absl::StatusOr<Stubs> stubs = Connect(stage);
  if (!stubs.ok()) return stubs.status();
  const absl::StatusOr<std::unique_ptr<RegionUser>> region = RegionUser::Connect(stage, "region-calls");
  if (!region.ok()) return region.status();
  const absl::StatusOr<std::unique_ptr<InboxUser>> consumer = InboxUser::Connect(stage, **region, kBatchInbox);
  if (!consumer.ok()) return consumer.status();
  std::vector<Load> loads;
  loads.push_back({CallRow("empty call", "calls", 1), EmptyCallers(*stubs, 1), stage.empty_server()});
  loads.push_back({CallRow("SubmitNotice", "notices", 1), SubmitCallers(*stubs, 1), stage.broker()});
  loads.push_back({CallRow(absl::StrCat("SubmitNotices of ", kBatch), "notices", kBatchesInFlight, kBatch),
                   BatchCallers(*stubs, kBatchesInFlight), stage.broker()});
  Row delivery{absl::StrCat("pull and acknowledge ", kBatch, ", 1 consumer"), "notices", kBatch, {}};
  const auto deliver = [&] {
    const absl::StatusOr<Figures> figures =
        WithServer(stage.broker(), [&] { return RunDelivery(**consumer, duration); });
    if (figures.ok()) delivery.samples.push_back(*figures);
    return figures.status();
  };
  if (absl::Status status = RunLoads(loads, duration, rounds, deliver); !status.ok()) return status;
  AddRows(loads, report);
  report.rows.push_back(std::move(delivery));
  return absl::OkStatus();
}

}  // namespace envej::benchmark
