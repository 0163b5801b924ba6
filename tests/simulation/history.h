#ifndef ENVEJ_TESTS_SIMULATION_HISTORY_H_
#define ENVEJ_TESTS_SIMULATION_HISTORY_H_

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "broker/inbox/due_watch.h"
#include "broker/journal/event.h"
#include "broker/store/ordered_store.h"
#include "tests/simulation/known.h"

namespace envej::simulation {

// What the journal says of one notice, put together event by event.
struct Story {
  inbox::State state = inbox::State::kWaiting;
  bool is_withdrawal = false;  // the item is one
  uint32_t revision = 0;
  absl::Time entered_at;
  uint32_t leases = 0;
  bool was_leased = false;  // this item or one before it
  std::string token;
  uint32_t failures = 0;
  absl::Time handed_out_from;  // after a failure, not before
  std::set<uint32_t> late;     // inbox::Late
  uint32_t undelivered = 0;
  absl::Time undelivered_at;
  uint32_t delivered = 0;  // revision
  std::string delivered_token;
  bool outcome_noted = false;
  absl::Time accepted_at;           // of the newest from its region
  absl::Time last;                  // when anything ended it, or was accepted of it
  absl::Time discharge_day_ends;    // as far as it is known
  uint64_t first_batch = 0;         // with which it came
  uint64_t accepted_batch = 0;      // with which the newest was accepted
  uint32_t had = 0;                 // the newest revision that the municipality has acknowledged or returned
  uint32_t ended = 0;               // and the newest whose outcome its region took note of
  std::set<std::string> concluded;  // tokens with which it was acknowledged or returned
  bool date_lost = false;           // with the store
  std::string proposer;             // who would return it: a certificate; empty: nobody
  absl::Time proposed_at;
  std::vector<inbox::Hop> hops;  // all that happened
};

// Reads the journal as anybody can who knows what may follow on what, and how long things take at least; and knows
// nothing of how the broker decides. The journal is one unbroken chain, each event is legal where it stands and says
// truly who did it, and each receipt can be rebuilt from it.
class History {
 public:
  History(const KnownNotices& notices, Findings& findings) : notices_(notices), findings_(findings) {}

  // Reads on from where it was.
  void Read(store::OrderedStore& store);
  // Power was lost: the end of the journal may be another one.
  void Restart();

  // By record key.
  const std::map<std::string, Story>& stories() const { return stories_; }
  // What was forgotten, by record key, also what was withdrawn anew since; and when the newest of it was accepted.
  const std::set<std::string>& forgotten() const { return forgotten_; }
  absl::Time forgotten_until() const { return forgotten_until_; }
  // When the store was restored last; the infinite past if it never was.
  absl::Time restored_at() const { return restored_at_; }

  // So late it is for sure, whatever the clock shows: what is not old by then may not be forgotten.
  void SetSureTime(absl::Time time) { sure_time_ = std::max(sure_time_, time); }

  // Each receipt that a client has is in the journal, and nothing that was told outside has come not to have happened:
  // what operations were told, and the events that were streamed to each region, in order.
  void CheckReceipts(store::OrderedStore& store);
  void CheckTold(const std::vector<inbox::LateItem>& late);
  void CheckStreamed(const std::string& region_code, const std::vector<journal::Event>& streamed);

 private:
  void Happened(const journal::Event& event);
  void HappenedTo(Story& story, const journal::Event& event, bool is_new);
  void Enter(Story& story, const journal::Event& event);
  void EnterAnew(Story& story, const journal::Event& event);
  void Accepted(Story& story, const journal::Event& event, const Said& said, bool is_new);
  void Withdrawn(Story& story, const journal::Event& event, const Said& said, bool is_new);
  void LeaseExpired(Story& story, const journal::Event& event);
  void Concluded(Story& story, const journal::Event& event);
  // history_returned.cc
  void ReturnProposed(Story& story, const journal::Event& event);
  void ReturnedByOperations(Story& story, const journal::Event& event);
  void Overdue(Story& story, const journal::Event& event);
  void Undelivered(Story& story, const journal::Event& event);
  void Destroyed(Story& story, const journal::Event& event);
  void OutcomeAcknowledged(Story& story, const journal::Event& event);
  void Forgotten(const Story& story, const journal::Event& event);
  // history_restored.cc
  void Restored(const journal::Event& event);
  void Missing(Story& story, const journal::Event& event);
  // Whether what is missing is accepted again.
  static bool IsAnew(const Story& story, const journal::Event& event);
  void AcceptedAnew(Story& story, const journal::Event& event);
  void CheckActor(const journal::Event& event);
  // The date that the newest revision names.
  const Said* NewestSaid(const journal::Event& event) const;

  const KnownNotices& notices_;
  Findings& findings_;
  uint64_t batch_ = 0;
  std::string incarnation_;
  std::string hash_;
  absl::Time time_ = absl::InfinitePast();
  std::map<std::string, Story> stories_;
  std::set<std::string> forgotten_;
  absl::Time forgotten_until_ = absl::InfinitePast();
  uint64_t backup_batch_ = 0;
  uint64_t restores_ = 0;
  absl::Time restored_at_ = absl::InfinitePast();
  absl::Time sure_time_ = absl::InfinitePast();
  std::vector<journal::Event> events_;
};

}  // namespace envej::simulation

#endif  // ENVEJ_TESTS_SIMULATION_HISTORY_H_
