#ifndef ENVEJ_BROKER_OPERATIONS_BOARD_H_
#define ENVEJ_BROKER_OPERATIONS_BOARD_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "broker/clock.h"
#include "broker/inbox/change.h"
#include "broker/mutex.h"
#include "broker/operations/attendance.h"
#include "broker/operations/durations.h"
#include "broker/operations/late_index.h"
#include "broker/operations/metrics.h"
#include "broker/operations/standing.h"
#include "broker/operations/today.h"
#include "broker/store/ordered_store.h"

namespace envej::operations {

// An inbox is silent when the oldest of what can be handed out has waited for so long, and for so long no pull of the
// municipality was let in: a call of another kind, or one that is refused, does not empty it. What was held
// back or parked waits from when it was put back, however long ago it came in, if nothing else does. What counts is the
// time in which the broker serves, since nobody can pull before it does: so what was silent when it last ran is so soon
// after a start, and nothing becomes so for the time in which it was down. The one constant for it.
inline constexpr absl::Duration kSilentAfter = absl::Minutes(10);
// For so long after the broker began to serve no inbox is silent: consumers need a moment to come back.
inline constexpr absl::Duration kSilenceGrace = absl::Minutes(2);

// How one inbox is. Of what is under way: waiting, leased, parked, missing.
struct InboxFigures {
  std::string municipality_code;
  uint64_t waiting = 0;  // what is held back counted in
  uint64_t held = 0;     // of what waits
  uint64_t leased = 0;
  uint64_t parked = 0;
  uint64_t missing = 0;
  uint64_t overdue = 0;                         // of what is under way: late in any way
  uint64_t undelivered = 0;                     // of what is under way: told as undelivered
  std::optional<absl::Time> oldest_entered_at;  // of what is under way; at most kOldestFor old
  std::optional<absl::Time> oldest_waiting_at;  // of what can be handed out; as old
  std::optional<absl::Time> put_back_at;  // when what was held back or parked was put back last where nothing waited
  std::optional<absl::Time> oldest_leased_at;  // when the first of what is leased was first leased
  std::optional<absl::Time> last_fetch_at;     // when something was last leased, as far as is known
  std::optional<absl::Time> last_seen_at;      // when the municipality last called, as far as is known
  std::optional<absl::Time> last_pull_at;      // when a pull of it was last let in, as far as is known
  size_t consumers = 0;                        // pulls that wait for something now
  DayCounts today;                             // of the day in Copenhagen
  // When it was last known to be emptied: since then something waits, and no pull was let in. Nothing: it is not
  // silent.
  std::optional<absl::Time> silent_since;
  // It may be, by what is known of before the start, but the broker began to serve only now: said once kSilenceGrace is
  // over.
  bool silence_unknown = false;
};

// How often something happened to an inbox's notices since the broker started.
struct InboxTotals {
  // By number of inbox::ReturnReason and of inbox::WithdrawalReason.
  static constexpr size_t kReturnReasons = 8;
  static constexpr size_t kWithdrawalReasons = 6;

  std::map<std::string, uint64_t> accepted;  // notices, revisions and withdrawals, by region
  uint64_t fetched = 0;
  uint64_t acknowledged = 0;
  std::array<uint64_t, kReturnReasons> returned = {};
  std::array<uint64_t, kWithdrawalReasons> withdrawn = {};
};

// A page of what is late: by municipality, and in each those first that came first.
struct LatePage {
  std::vector<LateNotice> notices;
  bool more = false;      // others follow
  uint64_t left_out = 0;  // how many more of these inboxes are late than are kept (late_index.h)
};

// How all inboxes are, counted in memory: what is under way at the start, moved by every change (inbox/change.h).
// Nothing of it grows with what waits: beside its counts an inbox has the times of what is leased, held back, parked or
// missing, and which notices are late, up to a bound. Which of what can be handed out is the oldest is asked of the
// store when somebody wants to know, once in kOldestFor at most.
//
// Thread safety: any thread. Take is for the store's thread: a lock for about a microsecond.
class Board {
 public:
  // What it works with. All must outlive it.
  struct Parts {
    store::OrderedStore& store;
    Attendance& attendance;
    Durations& durations;
    Metrics& metrics;  // of how long things took
    const Clock& clock;
    absl::TimeZone copenhagen;
  };
  using Consumers = std::function<std::map<std::string, size_t>()>;

  explicit Board(Parts parts);

  // What was under way before anything was told; to be called first.
  void Begin(Standing standing);
  // The broker serves from now on. To be called once; no inbox is silent before.
  void Serve();
  // How many pulls wait, by municipality; asked whenever somebody reads.
  void SetConsumers(Consumers consumers);

  void Take(const inbox::Change& change);
  // What the journal has from before this run.
  struct Before {
    absl::Time day_began;  // whose day the counts are of: of one that is over they are not told
    absl::Time ran_until;  // when the broker last ran; silence before that counts from now on
    std::map<std::string, JournalledInbox> inboxes;
  };
  void Add(const Before& before);

  // When the day in Copenhagen began that it is now.
  absl::Time DayBegan() const;

  // All inboxes that have something under way, or had since the broker started, and `besides` those of these
  // municipalities; by code.
  std::vector<InboxFigures> ReadAll(const std::set<std::string>& besides = {});
  InboxFigures ReadOne(const std::string& municipality_code);
  std::map<std::string, InboxTotals> Totals() const;

  // At most `most` notices, 1 or more, that are late in this inbox, or in all if it is empty: those that follow
  // `after`, one of such a page before, if it is given. Known without looking into the store; what could not be
  // read at the start is among them.
  LatePage ListLate(const std::string& municipality_code, const std::optional<LateNotice>& after, size_t most) const;

  static constexpr absl::Duration kOldestFor = absl::Seconds(1);

 private:
  // The oldest of what can be handed out, as the store had it.
  struct Oldest {
    absl::Time from = absl::UnixEpoch();  // nothing that can be handed out came in before it
    bool lowered = false;                 // since somebody began to look
    std::optional<absl::Time> found;
    absl::Duration found_when = -absl::InfiniteDuration();  // by the clock's Elapsed
  };
  struct Inbox {
    StandingInbox standing;
    InboxTotals totals;
    DayCounts today;
    DayCounts day_before;  // what was counted before the day changed last
    absl::Time last_fetch_at = absl::InfinitePast();
    Oldest oldest;
    absl::Time put_back_at = absl::InfinitePast();  // as in InboxFigures
  };

  // Begins the day that it is now, if that is another one. Where the clock went back to the one before, as after it was
  // ahead for a moment, that one goes on with what was counted meanwhile.
  void RollDay(absl::Time now) ENVEJ_REQUIRES(mutex_);
  // How long it took, told where that is kept.
  void Measure(const inbox::Change& change) const;
  // Looks into the store for the oldest of an inbox, unless that was looked for lately.
  void FindOldest(const std::string& municipality_code);
  std::vector<InboxFigures> Read(const std::set<std::string>& codes);
  static InboxFigures FiguresOf(const std::string& municipality_code, const Inbox& inbox);
  // `ran_until`: before this run; `served`: for how long in it.
  void Judge(InboxFigures& figures, absl::Time now, absl::Time ran_until, absl::Duration served) const;

  const Parts parts_;
  mutable Mutex mutex_;
  Consumers consumers_ ENVEJ_GUARDED_BY(mutex_);
  std::map<std::string, Inbox> inboxes_ ENVEJ_GUARDED_BY(mutex_);
  std::optional<absl::Duration> serving_when_ ENVEJ_GUARDED_BY(mutex_);   // by the clock's Elapsed
  absl::Time ran_until_ ENVEJ_GUARDED_BY(mutex_) = absl::InfinitePast();  // before this run, once that is known
  absl::Time day_before_began_ ENVEJ_GUARDED_BY(mutex_) = absl::InfinitePast();
  absl::Time day_began_ ENVEJ_GUARDED_BY(mutex_);
  absl::Time day_ends_ ENVEJ_GUARDED_BY(mutex_);
};

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_BOARD_H_
