#include "tests/benchmark/sealing_speed.h"

#include <openssl/rand.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "envej/v1/intake_service.grpc.pb.h"
#include "proto/contract/sealed_payload.h"
#include "tests/benchmark/call_loads.h"
#include "tests/benchmark/load_rounds.h"
#include "tests/benchmark/notices.h"
#include "tests/benchmark/region_user.h"
#include "tests/benchmark/sealing_work.h"

namespace envej::benchmark {
namespace {

v1::Notice PlainTo(absl::string_view municipality_code) {
  v1::Notice notice;
  NoticeMaker().Make(std::string(municipality_code), notice);
  return notice;
}

// One for each inbox of kSpread.
absl::StatusOr<std::vector<v1::Notice>> SealedNotices(const Stage& stage, const RegionUser& region) {
  std::vector<v1::Notice> notices;
  for (const absl::string_view code : kSpread) {
    absl::StatusOr<v1::Notice> sealed = region.Seal(stage, std::string(code));
    if (!sealed.ok()) return sealed.status();
    notices.push_back(*std::move(sealed));
  }
  return notices;
}

std::vector<v1::Notice> WithRandomBytes(std::vector<v1::Notice> sealed) {
  for (v1::Notice& notice : sealed) {
    std::string& cms = *notice.mutable_sealed()->mutable_cms();
    RAND_bytes(reinterpret_cast<unsigned char*>(cms.data()), static_cast<int>(cms.size()));
  }
  return sealed;
}

std::vector<v1::Notice> PlainNotices() {
  std::vector<v1::Notice> notices;
  for (const absl::string_view code : kSpread) notices.push_back(PlainTo(code));
  return notices;
}

// kInFlight callers on one connection, each of which submits one of the notices over and over under new ids.
Callers SubmittersOf(const std::vector<v1::Notice>& notices, const std::shared_ptr<grpc::Channel>& channel) {
  const std::shared_ptr<v1::IntakeService::Stub> stub = v1::IntakeService::NewStub(channel);
  Callers callers;
  for (size_t index = 0; index < kInFlight; ++index) {
    callers.push_back(MakeCaller<v1::SubmitNoticeRequest, v1::SubmitNoticeResponse>(
        [notice = notices[index % notices.size()], maker = NoticeMaker()](v1::SubmitNoticeRequest& request) mutable {
          if (!request.has_notice()) *request.mutable_notice() = notice;
          maker.Renew(*request.mutable_notice());
        },
        [stub](auto* context, auto* request, auto* response, auto done) {
          stub->async()->SubmitNotice(context, request, response, std::move(done));
        },
        [](const v1::SubmitNoticeResponse& response) { return response.has_receipt(); }));
  }
  return callers;
}

absl::StatusOr<std::vector<Load>> SubmissionLoads(Stage& stage) {
  if (absl::Status status = stage.StartBrokerWithoutSealing(); !status.ok()) return status;
  const absl::StatusOr<std::unique_ptr<RegionUser>> region = RegionUser::Connect(stage, "region-sealing");
  if (!region.ok()) return region.status();
  const absl::StatusOr<std::vector<v1::Notice>> sealed = SealedNotices(stage, **region);
  if (!sealed.ok()) return sealed.status();
  const auto without_sealing = Stage::Connect(stage.broker_without_sealing(), (*region)->files());
  if (!without_sealing.ok()) return without_sealing.status();
  const size_t bytes = sealed->front().sealed().cms().size();
  std::vector<Load> loads;
  loads.push_back({CallRow(absl::StrCat("submit ", bytes, " opaque bytes"), "notices", kInFlight),
                   SubmittersOf(WithRandomBytes(*sealed), *without_sealing), stage.broker_without_sealing()});
  loads.push_back({CallRow("submit sealed by sender", "notices", kInFlight),
                   SubmittersOf(*sealed, (*region)->channel()), stage.broker()});
  loads.push_back({CallRow("submit plain and sealed on arrival", "notices", kInFlight),
                   SubmittersOf(PlainNotices(), (*region)->channel()), stage.broker()});
  return loads;
}

// By rate, and by processor time: the broker's, or the thread's that does it alone.
void AddRatios(const std::string& name, const Row& row, const Row& opaque, Report& report) {
  const auto add = [&](absl::string_view by, double Figures::*column) {
    Ratio ratio{.name = absl::StrCat(name, " / opaque bytes, ", by), .samples = {}, .goal = std::nullopt};
    for (size_t round = 0; round < opaque.samples.size(); ++round) {
      const double measure = opaque.samples[round].*column;
      ratio.samples.push_back(measure > 0 ? row.samples[round].*column / measure : 0);
    }
    report.ratios.push_back(std::move(ratio));
  };
  add("rate", &Figures::calls_per_second);
  add("processor time", &Figures::server_microseconds);
}

}  // namespace

absl::Status MeasureSealing(Stage& stage, absl::Duration duration, int rounds, Report& report) {
  const absl::StatusOr<std::vector<Work>> works = SealingWorks(contract::SealedPayloadOf(kRegion, PlainTo(kSpread[0])));
  if (!works.ok()) return works.status();
  std::vector<Row> work_rows;
  for (const Work& work : *works) {
    work_rows.push_back(
        {.name = absl::StrCat(work.name, ", 1 thread"), .unit = "messages", .per_call = 1, .samples = {}});
  }
  const auto do_works = [&] {
    for (size_t place = 0; place < works->size(); ++place) {
      const absl::StatusOr<Figures> figures = Repeat((*works)[place], duration);
      if (!figures.ok()) return figures.status();
      work_rows[place].samples.push_back(*figures);
    }
    return absl::OkStatus();
  };
  absl::StatusOr<std::vector<Load>> loads = SubmissionLoads(stage);
  if (!loads.ok()) return loads.status();
  if (absl::Status status = RunLoads(*loads, duration, rounds, do_works); !status.ok()) return status;
  const Row& opaque = (*loads)[0].row;
  AddRatios("seal", work_rows[0], opaque, report);
  AddRatios("open", work_rows[3], opaque, report);
  AddRatios("sealed by sender", (*loads)[1].row, opaque, report);
  AddRatios("sealed on arrival", (*loads)[2].row, opaque, report);
  std::move(work_rows.begin(), work_rows.end(), std::back_inserter(report.rows));
  AddRows(*loads, report);
  return absl::OkStatus();
}

}  // namespace envej::benchmark
