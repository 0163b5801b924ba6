#ifndef ENVEJ_BROKER_TRUST_RELOAD_H_
#define ENVEJ_BROKER_TRUST_RELOAD_H_

#include <functional>
#include <memory>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "broker/mutex.h"
#include "broker/trust/trust.h"
#include "broker/trust/trust_reader.h"
#include "certs/file_changes.h"
#include "certs/replaceable_credentials.h"

namespace envej::trust {

// Follows the files that the trust rests on while the broker serves. When one of them changes, all are read again, and
// what they say together takes the place of what they said before, or, if any of it is wrong, nothing does. On one
// thread of its own, for as long as it lives.
class Reload {
 public:
  struct Options {
    std::function<absl::StatusOr<TrustFiles>()> read;
    // How often the files are looked at (certs/file_changes.h).
    absl::Duration look_every = absl::Seconds(1);
    // All are called on the thread, and must not block for long.
    std::function<void(const TrustFiles& taken)> taken = [](const TrustFiles&) {};
    std::function<void(const absl::Status& why)> broken = [](const absl::Status&) {};  // once until it is another
    std::function<void(const Trust& in_force)> looked = [](const Trust&) {};           // after every look
  };

  // `in_force` is what `first` holds. Both it and `credentials` must outlive this object.
  Reload(const TrustFiles& first, CurrentTrust& in_force, certs::ReplaceableCredentials& credentials, Options options);
  ~Reload();

  Reload(const Reload&) = delete;
  Reload& operator=(const Reload&) = delete;

  // Has the files read at once, changed or not. Returns before they are. Any thread.
  void Now();

 private:
  void Run();
  void ReadAgain();
  absl::Status Take(const TrustFiles& read);

  const Options options_;
  CurrentTrust& in_force_;
  certs::ReplaceableCredentials& credentials_;
  // Of the thread alone:
  certs::FileChanges changes_;
  absl::Status last_ = absl::OkStatus();

  Mutex mutex_;
  ConditionVariable wanted_;
  bool stopping_ ENVEJ_GUARDED_BY(mutex_) = false;
  bool at_once_ ENVEJ_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace envej::trust

#endif  // ENVEJ_BROKER_TRUST_RELOAD_H_
