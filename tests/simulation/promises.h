#ifndef ENVEJ_TESTS_SIMULATION_PROMISES_H_
#define ENVEJ_TESTS_SIMULATION_PROMISES_H_

#include <cstdint>
#include <functional>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "broker/inbox/inboxes.h"
#include "broker/store/ordered_store.h"
#include "proto/contract/rejection.h"
#include "tests/simulation/known.h"

namespace envej::simulation {

class History;

// What one call of a client was made with, for its answer to be judged by.
struct CallMade {
  absl::Time at;                                         // the inboxes' time then
  uint64_t calls = 0;                                    // the same call was made so many times before
  bool may_fail = true;                                  // faults are about
  contract::Reason ruled_out = contract::Reason::kNone;  // why the rules of the day refuse it, if it is new
  bool had_receipt = false;
  uint32_t accepted = 0;   // the newest revision with a receipt
  absl::Time answered_at;  // the inboxes' time when the answer came
};

// Why the rules of the day refuse what they refuse by chance.
inline constexpr contract::Reason kRuledOut = contract::Reason::kAgreementNotInForce;

// When an item was handed out.
struct HandedOut {
  uint64_t carried = 0;  // with which batch
  absl::Time now;        // the inboxes' time
  bool is_late = false;  // more has happened to it by then: nobody can do anything with this lease
};

// Holds every answer that a client hears against what the answers before it promised, and writes down what it promises
// in turn. Knows nothing of how the broker does it.
class Promises {
 public:
  Promises(KnownNotices& notices, Findings& findings) : notices_(notices), findings_(findings) {}

  // Whether a notice's time was over at least once: nothing that was said of it before is known any more.
  std::function<bool(const KnownNotice& notice)> is_forgotten = [](const KnownNotice&) { return false; };

  void Accepted(KnownNotice& notice, Said& said, const CallMade& call, const absl::StatusOr<inbox::Accepted>& answer);
  // Something else was handed in under a revision that was accepted, or under one before it.
  void AcceptedOther(const KnownNotice& notice, const absl::StatusOr<inbox::Accepted>& answer);

  void Pulled(const std::string& municipality_code, const inbox::PulledItem& item, const HandedOut& handed_out);
  void Extended(KnownNotice& notice, Claim& claim, const CallMade& call, uint64_t carried,
                const absl::StatusOr<absl::Time>& answer);
  void Acknowledged(KnownNotice& notice, Claim& claim, const CallMade& call, const absl::StatusOr<absl::Time>& answer);
  void Returned(KnownNotice& notice, Claim& claim, const CallMade& call, const absl::StatusOr<absl::Time>& answer);
  // A claim that nobody was ever given.
  void ClaimedFalsely(const KnownNotice& notice, const absl::StatusOr<absl::Time>& answer);

  void OutcomeAcknowledged(KnownNotice& notice, const CallMade& call, const absl::StatusOr<absl::Time>& answer);
  void Redriven(const KnownNotice& notice, const CallMade& call, const absl::Status& answer);
  void ReturnedByOperations(KnownNotice& notice, const inbox::ReturnByOperations& asked, const CallMade& call,
                            const absl::StatusOr<inbox::ReturnedByOperations>& answer);

  // The store was destroyed, and restored, with this journal.
  void Restored(const History& history, store::OrderedStore& store);
  // Power was lost: what was carried out after `durable` may be forgotten.
  void PowerLost(uint64_t durable);

 private:
  void CheckReceipt(const KnownNotice& notice, const Said& said, const contract::Receipt& receipt);
  void CheckRefusedSubmission(const KnownNotice& notice, const Said& said, const CallMade& call,
                              const absl::Status& status);
  // `own_calls`: how many acknowledgements and returns with this claim the refused call itself is.
  void CheckRefusedClaim(const KnownNotice& notice, const Claim& claim, const CallMade& call, uint64_t own_calls,
                         const absl::Status& status);
  // Whether the store, or the bounds of the inbox, excuse that a call was not carried out.
  bool Excuses(const CallMade& call, const absl::Status& status) const;
  // Whether enough operators asked for it that it may be returned.
  static bool MayBeReturnedByOperations(const KnownNotice& notice) { return !notice.confirmations.empty(); }
  void CheckRefusedReturn(const KnownNotice& notice, const inbox::ReturnByOperations& asked,
                          const absl::Status& status);
  // Whether the claim is the one that counts, whatever was lost on the way.
  bool IsLive(const KnownNotice& notice, const Claim& claim, absl::Time now) const;
  // Whether a newer claim than this one is known for sure.
  bool IsSuperseded(const KnownNotice& notice, const Claim& claim) const;
  void CheckSuccess(const KnownNotice& notice, const Claim& claim, const CallMade& call, absl::string_view what);

  KnownNotices& notices_;
  Findings& findings_;
  std::set<std::string> tokens_;
};

}  // namespace envej::simulation

#endif  // ENVEJ_TESTS_SIMULATION_PROMISES_H_
