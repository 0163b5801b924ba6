#ifndef ENVEJ_REGION_CLIENT_RETRY_NEWS_H_
#define ENVEJ_REGION_CLIENT_RETRY_NEWS_H_

#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "region-client/command_context.h"
#include "region-client/progress_bar.h"
#include "region-client/retried_call.h"

namespace envej::region {

// Says that calls are tried again until `deadline`, once for each kind of failure; and that it goes on, after a wait
// that may be long. Not thread-safe.
class RetryNews {
 public:
  RetryNews(const CommandContext& context, absl::Time deadline, ProgressBar& progress)
      : context_(context), deadline_(deadline), progress_(progress) {}

  void operator()(const CallFailure& failure) {
    // A broker that says how fast it may be asked is asked as fast as that.
    const bool is_pace =
        failure.reason == contract::Reason::kBrokerBusy || failure.reason == contract::Reason::kRateExceeded;
    if (is_pace || !told_.insert(KindOf(failure)).second) return;
    Tell(TryingAgain(failure, deadline_, context_));
  }

  // The broker has accepted something.
  void WentOn() {
    if (told_.erase({false, contract::Reason::kStorageNearlyFull}) == 0) return;
    Tell(absl::StrCat("the broker at ", context_.broker, " takes what is new again"));
  }

 private:
  using Kind = std::pair<bool, contract::Reason>;  // without a TLS connection, or for what

  static Kind KindOf(const CallFailure& failure) { return {failure.lacks_tls_connection, failure.reason}; }

  void Tell(const std::string& line) {
    progress_.Clear();
    context_.streams.err << line << std::endl;  // seen while it waits, also in a file
  }

  const CommandContext& context_;
  const absl::Time deadline_;
  ProgressBar& progress_;
  std::set<Kind> told_;
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_RETRY_NEWS_H_
