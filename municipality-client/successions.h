#ifndef ENVEJ_MUNICIPALITY_CLIENT_SUCCESSIONS_H_
#define ENVEJ_MUNICIPALITY_CLIENT_SUCCESSIONS_H_

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace envej::municipality_client {

inline constexpr size_t kSuccessionsMost = 64;

// Which regions have succeeded others, and so may sign revisions and withdrawals of their notices. The municipality
// says so itself: the broker, whose register has it too, is not asked.
class Successions {
 public:
  Successions() = default;

  // Each text is the region's code, that of the one that it succeeds, and the day from which, in Copenhagen:
  //   1086:1084:2027-01-01
  // INVALID_ARGUMENT for any other text, for the same two twice, and for more than kSuccessionsMost.
  static absl::StatusOr<Successions> Read(const std::vector<std::string>& texts, absl::TimeZone copenhagen);

  // Whether `region` had succeeded `other` by then.
  bool HasSucceeded(absl::string_view region, absl::string_view other, absl::Time at) const;

 private:
  std::map<std::pair<std::string, std::string>, absl::Time> from_;
};

}  // namespace envej::municipality_client

#endif  // ENVEJ_MUNICIPALITY_CLIENT_SUCCESSIONS_H_
