#ifndef ENVEJ_REGION_CLIENT_SENDING_AGAIN_H_
#define ENVEJ_REGION_CLIENT_SENDING_AGAIN_H_

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "envej/v1/intake_service.pb.h"
#include "region-client/resend.h"
#include "region-client/submission_client.h"

namespace envej::region {

// What a broker may have lost.
struct Lacking {
  bool all = false;            // of all that was accepted
  std::set<NoticeName> names;  // these

  bool any() const { return all || !names.empty(); }
  bool operator==(const Lacking&) const = default;
};

// More of them are as good as all.
inline constexpr size_t kLackingNamesMost = 10'000;

// Sends again what a broker lacks, in rounds: all at first, later what is heard of. Rounds that follow one another
// closely have pauses between them, half of them by chance, that double from kRoundPauseFirst up to kRoundPauseMost: a
// broker that goes on saying the same is not asked all the time.
//
// Thread safety: none.
class SendingAgain {
 public:
  // Sends again what is lacking, and answers what is still to be.
  using Round = std::function<Lacking(const Lacking&)>;

  // Of the region with this code. Of `surroundings`, which must outlive it, the time and chance.
  SendingAgain(std::string region_code, Round round, const Surroundings& surroundings)
      : region_code_(std::move(region_code)), round_(std::move(round)), surroundings_(surroundings) {}

  // Takes in what an answer of WatchNotices says is lacking, and makes a round if there is something for one, and its
  // time has come. To be called at each answer: they come each 30 seconds, if nothing happens.
  void Hear(const v1::WatchNoticesResponse& answer);

 private:
  const std::string region_code_;
  const Round round_;
  const Surroundings& surroundings_;
  Lacking lacking_{.all = true, .names = {}};
  absl::Time next_round_ = absl::InfinitePast();
  absl::Duration window_;  // of the pause before it; zero after a quiet time
};

inline constexpr absl::Duration kRoundPauseFirst = absl::Seconds(15);
inline constexpr absl::Duration kRoundPauseMost = absl::Minutes(10);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_SENDING_AGAIN_H_
