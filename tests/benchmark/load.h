#ifndef ENVEJ_TESTS_BENCHMARK_LOAD_H_
#define ENVEJ_TESTS_BENCHMARK_LOAD_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace envej::benchmark {

// Makes one call after the other, never two at a time.
class Caller {
 public:
  using Done = std::function<void(grpc::Status)>;

  virtual ~Caller() = default;
  // `done` is called once, on a thread of gRPC.
  virtual void Call(Done done) = 0;
};

inline constexpr absl::Duration kCallDeadline = absl::Seconds(60);

// A caller of one unary method. `Prepare(request)` fills the next request, `Start(context, request, response, done)`
// starts the call, `Check(response)` says whether an OK answer is what was asked for.
template <typename Request, typename Response, typename Prepare, typename Start, typename Check>
class UnaryCaller final : public Caller {
 public:
  UnaryCaller(Prepare prepare, Start start, Check check)
      : prepare_(std::move(prepare)), start_(std::move(start)), check_(std::move(check)) {}

  void Call(Done done) override {
    prepare_(request_);
    response_.Clear();
    context_ = std::make_unique<grpc::ClientContext>();
    context_->set_deadline(absl::ToChronoTime(absl::Now() + kCallDeadline));
    start_(context_.get(), &request_, &response_, [this, done = std::move(done)](grpc::Status status) {
      if (status.ok() && !check_(response_)) {
        status = grpc::Status(grpc::StatusCode::INTERNAL, "a call was answered with something else than success");
      }
      done(std::move(status));
    });
  }

 private:
  Prepare prepare_;
  Start start_;
  Check check_;
  Request request_;
  Response response_;
  std::unique_ptr<grpc::ClientContext> context_;
};

template <typename Request, typename Response, typename Prepare, typename Start, typename Check>
std::unique_ptr<Caller> MakeCaller(Prepare prepare, Start start, Check check) {
  return std::make_unique<UnaryCaller<Request, Response, Prepare, Start, Check>>(std::move(prepare), std::move(start),
                                                                                 std::move(check));
}

// What a load came to.
struct Figures {
  double calls = 0;
  double calls_per_second = 0;
  double median_milliseconds = 0;  // of a call
  double p99_milliseconds = 0;
  double server_microseconds = 0;  // processor time of the server a call, or of who does it alone; 0 if not measured
};

// Lets each caller call again as soon as it was answered, for so long. The first failed call is the error.
absl::StatusOr<Figures> RunLoad(const std::vector<std::unique_ptr<Caller>>& callers, absl::Duration duration);

// The value at a fraction of the sorted values: 0.5 for the median. 0 if there are none.
double Quantile(std::vector<double> values, double fraction);

absl::Status ToStatus(const grpc::Status& status);

}  // namespace envej::benchmark

#endif  // ENVEJ_TESTS_BENCHMARK_LOAD_H_
