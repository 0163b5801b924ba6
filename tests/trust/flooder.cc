// trust-flooder: one participant that calls as fast as it can, over many connections, until SIGTERM; then it says on
// standard output what it was answered. Its priority is the lowest, so that what is measured beside it is the broker.

#include <grpcpp/client_context.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "certs/client_connection.h"
#include "envej/v1/inbox_service.grpc.pb.h"
#include "envej/v1/intake_service.grpc.pb.h"
#include "proto/contract/limits.h"
#include "proto/contract/status_codec.h"
#include "tests/support/notice_messages.h"

namespace envej::trust {
namespace {

constexpr int kLowestPriority = 19;

struct Options {
  certs::ConnectionOptions connection;
  std::string municipality_code;
  std::string what = "notices";
  int connections = 1;
  int streams = 100;  // calls under way on each
  int batch = 500;
};

// What the calls were answered with.
class Answers {
 public:
  void Count(const grpc::Status& status) {
    if (++calls_ == 1) std::cerr << "flooding" << std::endl;
    const contract::Reason reason = contract::FromGrpcStatus(status).reason;
    if (reason == contract::Reason::kRateExceeded) {
      ++exceeded_;
      if (contract::RetryDelayOf(status).has_value()) ++with_delay_;
    } else {
      ++(status.ok() ? accepted_ : reason != contract::Reason::kNone ? refused_ : failed_);
    }
  }

  void Write() const {
    std::cout << "{\"calls\":" << calls_ << ",\"accepted\":" << accepted_ << ",\"rate_exceeded\":" << exceeded_
              << ",\"with_delay\":" << with_delay_ << ",\"refused\":" << refused_ << ",\"failed\":" << failed_ << "}"
              << std::endl;
  }

 private:
  std::atomic<int64_t> calls_ = 0;
  std::atomic<int64_t> accepted_ = 0;
  std::atomic<int64_t> exceeded_ = 0;
  std::atomic<int64_t> with_delay_ = 0;
  std::atomic<int64_t> refused_ = 0;
  std::atomic<int64_t> failed_ = 0;
};

// How many calls are under way, so that the end waits for them.
class UnderWay {
 public:
  bool stopping() const { return stopping_; }
  void Begin() {
    const std::lock_guard lock(mutex_);
    ++calls_;
  }
  void End() {
    const std::lock_guard lock(mutex_);
    if (--calls_ == 0) ended_.notify_all();
  }
  void Stop() {
    stopping_ = true;
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return calls_ == 0; });
  }

 private:
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::condition_variable ended_;
  int calls_ = 0;
};

using Done = std::function<void(grpc::Status)>;

// One call after the other.
template <typename Request, typename Response>
class Stream {
 public:
  using Prepare = std::function<void(Request&)>;
  using Start = std::function<void(grpc::ClientContext*, const Request*, Response*, Done)>;

  Stream(Prepare prepare, Start start, Answers& answers, UnderWay& under_way)
      : prepare_(std::move(prepare)), start_(std::move(start)), answers_(answers), under_way_(under_way) {
    under_way_.Begin();
    Next();
  }

 private:
  void Next() {
    prepare_(request_);
    response_.Clear();
    context_ = std::make_unique<grpc::ClientContext>();
    context_->set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
    context_->set_wait_for_ready(true);
    start_(context_.get(), &request_, &response_, [this](const grpc::Status& status) {
      answers_.Count(status);
      under_way_.stopping() ? under_way_.End() : Next();
    });
  }

  const Prepare prepare_;
  const Start start_;
  Answers& answers_;
  UnderWay& under_way_;
  Request request_;
  Response response_;
  std::unique_ptr<grpc::ClientContext> context_;
};

// The streams of one connection, which go on until `under_way` stops them.
std::vector<std::shared_ptr<void>> Flood(const std::shared_ptr<grpc::Channel>& channel, const Options& options,
                                         Answers& answers, UnderWay& under_way) {
  const std::shared_ptr<v1::IntakeService::Stub> intake = v1::IntakeService::NewStub(channel);
  std::vector<std::shared_ptr<void>> streams;
  for (int stream = 0; stream < options.streams; ++stream) {
    if (options.what == "batches") {
      streams.push_back(std::make_shared<Stream<v1::SubmitNoticesRequest, v1::SubmitNoticesResponse>>(
          [&options](v1::SubmitNoticesRequest& request) {
            while (request.notices_size() < options.batch) {
              *request.add_notices() = support::NewNotice(options.municipality_code);
            }
            for (v1::Notice& notice : *request.mutable_notices()) {
              notice.mutable_envelope()->set_notice_id(support::NewNoticeId());
            }
          },
          [intake](auto* context, auto* request, auto* response, Done done) {
            intake->async()->SubmitNotices(context, request, response, std::move(done));
          },
          answers, under_way));
    } else if (options.what == "lists") {
      streams.push_back(std::make_shared<Stream<v1::ListNoticesRequest, v1::ListNoticesResponse>>(
          [&options](v1::ListNoticesRequest& request) {
            request.set_municipality_code(options.municipality_code);
            request.set_page_size(contract::kPageMost);
          },
          [intake](auto* context, auto* request, auto* response, Done done) {
            intake->async()->ListNotices(context, request, response, std::move(done));
          },
          answers, under_way));
    } else {
      const bool improper = options.what == "improper";
      streams.push_back(std::make_shared<Stream<v1::SubmitNoticeRequest, v1::SubmitNoticeResponse>>(
          [&options, improper](v1::SubmitNoticeRequest& request) {
            if (!request.has_notice()) *request.mutable_notice() = support::NewNotice(options.municipality_code);
            if (improper) request.mutable_notice()->mutable_envelope()->clear_consent();
            request.mutable_notice()->mutable_envelope()->set_notice_id(support::NewNoticeId());
          },
          [intake](auto* context, auto* request, auto* response, Done done) {
            intake->async()->SubmitNotice(context, request, response, std::move(done));
          },
          answers, under_way));
    }
  }
  return streams;
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
  program.add_option("--what", options.what)->check(CLI::IsMember({"notices", "batches", "improper", "lists"}));
  program.add_option("--connections", options.connections)->check(CLI::Range(1, 1000));
  program.add_option("--streams", options.streams)->check(CLI::Range(1, 1000));
  program.add_option("--batch", options.batch)->check(CLI::Range(1, contract::kBatchNotices));
  CLI11_PARSE(program, argument_count, arguments);

  Answers answers;
  UnderWay under_way;
  std::vector<std::shared_ptr<void>> streams;
  for (int connection = 0; connection < options.connections; ++connection) {
    const absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = certs::Connect(options.connection);
    if (!channel.ok()) {
      std::cerr << channel.status() << std::endl;
      return 1;
    }
    for (std::shared_ptr<void>& stream : Flood(*channel, options, answers, under_way)) {
      streams.push_back(std::move(stream));
    }
  }
  int signal_number = 0;
  sigwait(&stop, &signal_number);
  under_way.Stop();
  answers.Write();
  return 0;
}

}  // namespace
}  // namespace envej::trust

int main(int argument_count, char** arguments) { return envej::trust::Main(argument_count, arguments); }
