#ifndef ENVEJ_CERTS_RESUMED_WATCH_H_
#define ENVEJ_CERTS_RESUMED_WATCH_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>
#include <grpcpp/support/sync_stream.h>

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <stop_token>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "certs/surroundings.h"
#include "proto/contract/retry_policy.h"

namespace envej::certs {

// How a watch ended. Of all but the first and the last, the watch has said why.
enum class WatchEnd {
  kTimeIsOver,   // it watched for as long as was asked for, or the surroundings are to end
  kUnusable,     // the place cannot be read or kept, or what is told cannot be written
  kUnreachable,  // the time is over, and the broker does not answer
  kFailed,       // by `failure`, which is not tried again
};

// A call that streams answers, each of which names the place to go on at: begun again there, at the latest after ten
// minutes, so that none hangs for longer, and while the broker does not answer tried again, for as long as it takes.
//
// What was told is not told again after a stop, but for what was under way then: the place is kept in the file, durably
// and whole, once it is told. Thread safety: none.
class ResumedWatch {
 public:
  // Who keeps the place, where that is no file: with what it changes for what was told, say.
  struct PlaceKeeper {
    std::function<absl::StatusOr<std::string>()> read;           // empty where there is none
    std::function<absl::Status(const std::string& place)> keep;  // called after `tell`
  };
  struct Settings {
    std::string resume_file;                                  // empty: the place is kept in memory alone
    absl::Duration at_most = absl::InfiniteDuration();        // how long to watch
    std::function<std::string(const grpc::Status&)> explain;  // one line about a failed call
    std::optional<PlaceKeeper> keeper = std::nullopt;         // in the file's place
  };

  // What is told goes to `out`, what is said of the watch to `err`. All but `settings` must outlive it.
  ResumedWatch(Settings settings, grpc::Channel& channel, const Surroundings& surroundings, std::ostream& out,
               std::ostream& err);

  // `begin` begins a stream at a place, which is empty where none is known; `tell` writes an answer's lines to `out`;
  // `told`, if it is given, is called once its place is kept.
  template <typename Answer>
  WatchEnd Run(const std::function<std::unique_ptr<grpc::ClientReader<Answer>>(grpc::ClientContext& call,
                                                                               const std::string& place)>& begin,
               const std::function<void(const Answer&)>& tell, const std::function<void(const Answer&)>& told = {});

  const grpc::Status& failure() const { return failure_; }

 private:
  // True also if there is no such file yet; false if it holds no place.
  bool ReadPlace();
  bool KeepPlace(const std::string& place);
  bool IsOver() const;
  absl::Time StreamEnd() const;
  // Nothing, if the stream is to be gone on with.
  std::optional<WatchEnd> AfterStream(const grpc::Status& status);
  std::optional<WatchEnd> TryAgain(const grpc::Status& status);

  const Settings settings_;
  grpc::Channel& channel_;
  const Surroundings& surroundings_;
  std::ostream& out_;
  std::ostream& err_;
  const absl::Time ends_at_;
  contract::RetryPolicy policy_;
  std::string place_;
  bool said_ = false;       // that the broker does not answer
  bool asked_why_ = false;  // by beginning a stream again that ended without a reason
  grpc::Status failure_;
};

template <typename Answer>
WatchEnd ResumedWatch::Run(const std::function<std::unique_ptr<grpc::ClientReader<Answer>>(
                               grpc::ClientContext& call, const std::string& place)>& begin,
                           const std::function<void(const Answer&)>& tell,
                           const std::function<void(const Answer&)>& told) {
  if (!ReadPlace()) return WatchEnd::kUnusable;
  for (;;) {
    grpc::ClientContext call;
    call.set_deadline(absl::ToChronoTime(StreamEnd()));
    const std::stop_callback cancel(surroundings_.stop, [&call] { call.TryCancel(); });
    const std::unique_ptr<grpc::ClientReader<Answer>> stream = begin(call, place_);
    Answer answer;
    bool is_kept = true;
    while (is_kept && stream->Read(&answer)) {
      tell(answer);
      is_kept = KeepPlace(answer.resume_token());
      if (is_kept && told) told(answer);
    }
    if (!is_kept) call.TryCancel();
    const grpc::Status status = stream->Finish();
    const std::optional<WatchEnd> end = is_kept ? AfterStream(status) : WatchEnd::kUnusable;
    if (end.has_value()) return *end;
  }
}

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_RESUMED_WATCH_H_
