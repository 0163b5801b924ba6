// trust-flooder: one participant that calls as fast as it can, over many connections, until SIGTERM; then it says on
// standard output what it was answered. Its priority is the lowest, so that what is measured beside it is the broker.

#include <grpcpp/client_context.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "certs/client_connection.h"
#include "envej/v1/intake_service.grpc.pb.h"
#include "proto/contract/limits.h"
#include "tests/support/notice_messages.h"
#include "tests/trust/flood_stream.h"

namespace envej::trust {
namespace {

constexpr int kLowestPriority = 19;
constexpr int kOwnNotices = 100;
constexpr absl::Duration kBetweenAttempts = absl::Milliseconds(100);
constexpr int kAttempts = 200;

struct Options {
  certs::ConnectionOptions connection;
  std::string municipality_code;
  std::string what = "notices";
  int connections = 1;
  int streams = 100;  // calls under way on each
  int batch = 500;
};

// Calls until the answer is what is wanted: a call fails or is refused for what an earlier flood took, too.
template <typename Response, typename Call, typename Wanted>
bool CallUntil(const Call& call, const Wanted& wanted) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(60)));
    Response response;
    if (call(&context, &response).ok() && wanted(response)) return true;
    absl::SleepFor(kBetweenAttempts);
  }
  return false;
}

// The ids of new notices, once their proofs can be had.
absl::StatusOr<std::vector<std::string>> SubmitOwn(v1::IntakeService::Stub& intake, const Options& options) {
  v1::SubmitNoticesRequest submit;
  std::vector<std::string> ids;
  for (int notice = 0; notice < kOwnNotices; ++notice) {
    *submit.add_notices() = support::NewNotice(options.municipality_code);
    ids.push_back(submit.notices(notice).envelope().notice_id());
  }
  const bool submitted = CallUntil<v1::SubmitNoticesResponse>(
      [&](auto* context, auto* response) { return intake.SubmitNotices(context, submit, response); },
      [](const v1::SubmitNoticesResponse& response) {
        for (const auto& result : response.results()) {
          if (!result.has_accepted()) return false;
        }
        return true;
      });
  if (!submitted) return absl::UnavailableError("the notices to ask for were not accepted");
  for (const std::string& id : ids) {
    v1::GetNoticeRequest get;
    get.set_municipality_code(options.municipality_code);
    get.set_notice_id(id);
    const bool proven = CallUntil<v1::GetNoticeResponse>(
        [&](auto* context, auto* response) { return intake.GetNotice(context, get, response); },
        [](const v1::GetNoticeResponse& response) { return response.has_checkpoint_proof(); });
    if (!proven) return absl::UnavailableError("the notices to ask for have no proof");
  }
  return ids;
}

// Makes the streams of one connection, which go on until `under_way` stops them. All must outlive them.
class Flood {
 public:
  Flood(const std::shared_ptr<grpc::Channel>& channel, const Options& options, const std::vector<std::string>& ids,
        Answers& answers, UnderWay& under_way)
      : intake_(v1::IntakeService::NewStub(channel)),
        options_(options),
        ids_(ids),
        answers_(answers),
        under_way_(under_way) {}

  std::shared_ptr<void> MakeStream(int number) const {
    if (options_.what == "batches") return Batches();
    if (options_.what == "lists") return Lists();
    if (options_.what == "status") return States(static_cast<size_t>(number));
    return Notices(options_.what == "improper");
  }

 private:
  std::shared_ptr<void> Notices(bool improper) const {
    return std::make_shared<Stream<v1::SubmitNoticeRequest, v1::SubmitNoticeResponse>>(
        [this, improper](v1::SubmitNoticeRequest& request) {
          if (!request.has_notice()) *request.mutable_notice() = support::NewNotice(options_.municipality_code);
          if (improper) request.mutable_notice()->mutable_envelope()->clear_consent();
          request.mutable_notice()->mutable_envelope()->set_notice_id(support::NewNoticeId());
        },
        [this](auto* context, auto* request, auto* response, Done done) {
          intake_->async()->SubmitNotice(context, request, response, std::move(done));
        },
        answers_, under_way_);
  }

  std::shared_ptr<void> Batches() const {
    return std::make_shared<Stream<v1::SubmitNoticesRequest, v1::SubmitNoticesResponse>>(
        [this](v1::SubmitNoticesRequest& request) {
          while (request.notices_size() < options_.batch) {
            *request.add_notices() = support::NewNotice(options_.municipality_code);
          }
          for (v1::Notice& notice : *request.mutable_notices()) {
            notice.mutable_envelope()->set_notice_id(support::NewNoticeId());
          }
        },
        [this](auto* context, auto* request, auto* response, Done done) {
          intake_->async()->SubmitNotices(context, request, response, std::move(done));
        },
        answers_, under_way_);
  }

  std::shared_ptr<void> Lists() const {
    return std::make_shared<Stream<v1::ListNoticesRequest, v1::ListNoticesResponse>>(
        [this](v1::ListNoticesRequest& request) {
          request.set_municipality_code(options_.municipality_code);
          request.set_page_size(contract::kPageMost);
        },
        [this](auto* context, auto* request, auto* response, Done done) {
          intake_->async()->ListNotices(context, request, response, std::move(done));
        },
        answers_, under_way_);
  }

  // Each one after the other, from another one on in each stream.
  std::shared_ptr<void> States(size_t next) const {
    return std::make_shared<Stream<v1::GetNoticeRequest, v1::GetNoticeResponse>>(
        [this, next](v1::GetNoticeRequest& request) mutable {
          request.set_municipality_code(options_.municipality_code);
          request.set_notice_id(ids_[next++ % ids_.size()]);
        },
        [this](auto* context, auto* request, auto* response, Done done) {
          intake_->async()->GetNotice(context, request, response,
                                      [this, response, done = std::move(done)](const grpc::Status& status) {
                                        if (status.ok() && response->has_checkpoint_proof()) answers_.CountProof();
                                        done(status);
                                      });
        },
        answers_, under_way_);
  }

  const std::unique_ptr<v1::IntakeService::Stub> intake_;
  const Options& options_;
  const std::vector<std::string>& ids_;
  Answers& answers_;
  UnderWay& under_way_;
};

absl::Status FloodUntil(const sigset_t& stop, const Options& options) {
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  for (int connection = 0; connection < options.connections; ++connection) {
    absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = certs::Connect(options.connection);
    if (!channel.ok()) return channel.status();
    channels.push_back(*std::move(channel));
  }
  std::vector<std::string> ids;
  if (options.what == "status") {
    absl::StatusOr<std::vector<std::string>> own = SubmitOwn(*v1::IntakeService::NewStub(channels.front()), options);
    if (!own.ok()) return own.status();
    ids = *std::move(own);
  }
  Answers answers;
  UnderWay under_way;
  std::vector<std::unique_ptr<Flood>> floods;
  std::vector<std::shared_ptr<void>> streams;
  for (const std::shared_ptr<grpc::Channel>& channel : channels) {
    floods.push_back(std::make_unique<Flood>(channel, options, ids, answers, under_way));
    for (int stream = 0; stream < options.streams; ++stream) streams.push_back(floods.back()->MakeStream(stream));
  }
  int signal_number = 0;
  sigwait(&stop, &signal_number);
  under_way.Stop();
  answers.Write();
  return absl::OkStatus();
}

int Main(int argument_count, char** arguments) {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  setpriority(PRIO_PROCESS, 0, kLowestPriority);
  Options options;
  CLI::App program("Calls a broker as fast as it can until SIGTERM.", "trust-flooder");
  certs::AddConnectionOptions(program, options.connection);
  program.add_option("--municipality", options.municipality_code)->required();
  program
      .add_option("--what", options.what,
                  "status: of notices of its own, which it submits before, and once a checkpoint covers them")
      ->check(CLI::IsMember({"notices", "batches", "improper", "lists", "status"}));
  program.add_option("--connections", options.connections)->check(CLI::Range(1, 1000));
  program.add_option("--streams", options.streams)->check(CLI::Range(1, 1000));
  program.add_option("--batch", options.batch)->check(CLI::Range(1, contract::kBatchNotices));
  CLI11_PARSE(program, argument_count, arguments);
  const absl::Status status = FloodUntil(stop, options);
  if (status.ok()) return 0;
  std::cerr << status << std::endl;
  return 1;
}

}  // namespace
}  // namespace envej::trust

int main(int argument_count, char** arguments) { return envej::trust::Main(argument_count, arguments); }
