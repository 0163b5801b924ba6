#ifndef ENVEJ_TESTS_TRUST_FLOOD_STREAM_H_
#define ENVEJ_TESTS_TRUST_FLOOD_STREAM_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <iostream>
#include <memory>
#include <mutex>
#include <utility>

#include "absl/time/clock.h"
#include "proto/contract/status_codec.h"

namespace envej::trust {

// What the calls of a flood were answered with. Says "flooding" on standard error at the first. Thread-safe.
class Answers {
 public:
  void Count(const grpc::Status& status) {
    if (++calls_ == 1) std::cerr << "flooding" << std::endl;
    if (status.ok()) {
      ++accepted_;
      return;
    }
    switch (contract::FromGrpcStatus(status).reason) {
      case contract::Reason::kRateExceeded:
        ++exceeded_;
        if (contract::RetryDelayOf(status).has_value()) ++with_delay_;
        return;
      case contract::Reason::kParticipantSuspended:
        ++suspended_;
        return;
      case contract::Reason::kNone:
        ++failed_;
        return;
      default:
        ++refused_;
    }
  }
  // One of the accepted ones came with a proof.
  void CountProof() { ++with_proof_; }

  void Write() const {
    std::cout << "{\"calls\":" << calls_ << ",\"accepted\":" << accepted_ << ",\"with_proof\":" << with_proof_
              << ",\"rate_exceeded\":" << exceeded_ << ",\"with_delay\":" << with_delay_
              << ",\"suspended\":" << suspended_ << ",\"refused\":" << refused_ << ",\"failed\":" << failed_ << "}"
              << std::endl;
  }

 private:
  std::atomic<int64_t> calls_ = 0;
  std::atomic<int64_t> accepted_ = 0;
  std::atomic<int64_t> with_proof_ = 0;
  std::atomic<int64_t> exceeded_ = 0;
  std::atomic<int64_t> with_delay_ = 0;
  std::atomic<int64_t> suspended_ = 0;
  std::atomic<int64_t> refused_ = 0;  // for any other reason
  std::atomic<int64_t> failed_ = 0;   // without a reason of ours
};

// How many streams are under way, so that the end waits for them. Thread-safe.
class UnderWay {
 public:
  bool stopping() const { return stopping_; }
  void Begin() {
    const std::lock_guard lock(mutex_);
    ++streams_;
  }
  void End() {
    const std::lock_guard lock(mutex_);
    if (--streams_ == 0) ended_.notify_all();
  }
  void Stop() {
    stopping_ = true;
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return streams_ == 0; });
  }

 private:
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::condition_variable ended_;
  int streams_ = 0;
};

using Done = std::function<void(grpc::Status)>;

// One call after the other, from its making until `under_way` stops. What it is given must outlive it, and it its last
// call.
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
    Begin();
    start_(context_.get(), &request_, &response_, [this](const grpc::Status& status) {
      End(status);
      under_way_.stopping() ? under_way_.End() : Next();
    });
  }

  void Begin() {
    const std::lock_guard lock(one_after_the_other_);
    prepare_(request_);
    response_.Clear();
    context_ = std::make_unique<grpc::ClientContext>();
    context_->set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(60)));
    context_->set_wait_for_ready(true);
  }

  void End(const grpc::Status& status) {
    const std::lock_guard lock(one_after_the_other_);
    answers_.Count(status);
  }

  const Prepare prepare_;
  const Start start_;
  Answers& answers_;
  UnderWay& under_way_;
  // The calls of a stream end on different threads. gRPC's locks order them, which ThreadSanitizer does not see.
  std::mutex one_after_the_other_;
  Request request_;
  Response response_;
  std::unique_ptr<grpc::ClientContext> context_;
};

}  // namespace envej::trust

#endif  // ENVEJ_TESTS_TRUST_FLOOD_STREAM_H_
