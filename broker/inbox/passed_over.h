#ifndef ENVEJ_BROKER_INBOX_PASSED_OVER_H_
#define ENVEJ_BROKER_INBOX_PASSED_OVER_H_

#include <algorithm>
#include <string>
#include <utility>

#include "absl/time/time.h"

namespace envej::inbox {

// Where to look again for keys that a scan went past because what they stand for could not be read. Not thread safe.
class PassedOver {
 public:
  static constexpr absl::Duration kLookAgain = absl::Minutes(1);

  void Add(const std::string& key, absl::Time now) {
    if (earliest_.empty()) since_ = now;
    earliest_ = earliest_.empty() ? key : std::min(earliest_, key);
  }

  // The earliest key, once kLookAgain is over since the first was added; all are then forgotten. Until then nothing, as
  // when there are none. A clock that went back ends the wait.
  std::string TakeDue(absl::Time now) {
    if (since_ <= now && now - since_ < kLookAgain) return {};
    return std::exchange(earliest_, {});
  }

 private:
  std::string earliest_;  // empty if none
  absl::Time since_;      // valid if there is one
};

}  // namespace envej::inbox

#endif  // ENVEJ_BROKER_INBOX_PASSED_OVER_H_
