#ifndef ENVEJ_REGION_CLIENT_RETRY_NEWS_H_
#define ENVEJ_REGION_CLIENT_RETRY_NEWS_H_

#include <set>

#include "absl/time/time.h"
#include "region-client/command_context.h"
#include "region-client/progress_bar.h"
#include "region-client/retried_call.h"

namespace envej::region {

// Says that calls are tried again until `deadline`, once for each kind of failure. Not thread-safe.
class RetryNews {
 public:
  RetryNews(const CommandContext& context, absl::Time deadline, ProgressBar& progress)
      : context_(context), deadline_(deadline), progress_(progress) {}

  void operator()(const CallFailure& failure) {
    // A broker that says how long to wait is asked as fast as it lets itself be.
    if (failure.refused_by_contract && failure.code == absl::StatusCode::kResourceExhausted) return;
    if (!told_.insert(failure.lacks_tls_connection).second) return;
    progress_.Clear();
    context_.streams.err << TryingAgain(failure, deadline_, context_) << '\n';
  }

 private:
  const CommandContext& context_;
  const absl::Time deadline_;
  ProgressBar& progress_;
  std::set<bool> told_;  // without a TLS connection, or otherwise
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_RETRY_NEWS_H_
