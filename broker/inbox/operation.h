#ifndef ENVEJ_BROKER_INBOX_OPERATION_H_
#define ENVEJ_BROKER_INBOX_OPERATION_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "broker/inbox/change.h"
#include "broker/inbox/transition.h"
#include "broker/store/key_layout.h"
#include "broker/store/ordered_store.h"

namespace envej::inbox {

// What is kept of a notice: its content, and keys that are written with it.
struct Kept {
  std::string content;
  std::vector<store::KeyValue> besides;
};

// Makes what is kept; called when it is known that the notice is new, and again after a lost race. An error refuses the
// notice and leaves nothing of it.
using Keep = std::function<absl::StatusOr<Kept>()>;
Keep KeepAsItIs(std::string content);

// One happening to one notice.
struct Operation {
  store::NoticeKey notice;
  Happening happening;
  std::string actor = {};  // fingerprint of the certificate with which it is done; empty: the broker itself
  Keep keep = nullptr;     // for what brings content
};

// What became of it.
struct Result {
  absl::Status status;  // OK, or the refusal (contract::ToStatus), or an error of the store
  bool repeated = false;
  bool changed = false;
  Record record;                          // as it is now, when OK; as it was, if it is forgotten
  std::vector<Decision::Told> told = {};  // what was journalled, when changed
  store::Outcome outcome;
};

// Carries out operations: reads each notice's record, decides, and commits what changed, all of one call together and
// each for itself. An operation that lost a race against another is read and decided again, at most
// kRounds times.
//
// Thread safety: any thread. `done` is called exactly once, on the calling thread when nothing was to be committed,
// else on a thread of the store; with one result an operation, in order.
class Operations {
 public:
  using Done = std::function<void(std::vector<Result>)>;
  // Called as soon as the operation of this place is found to be a repeated one: by the first reading, as nearly all
  // are, on the calling thread.
  using Repeated = std::function<void(size_t place, const Result& result)>;

  static constexpr int kRounds = 16;

  // What counts as late for a notice, as its agreement has it now. Any thread; must not block.
  using ThresholdsOf = std::function<contract::Thresholds(const store::NoticeKey& notice)>;

  // Without `thresholds`, those that an agreement has unless it says otherwise. The store must outlive it.
  explicit Operations(store::OrderedStore& store, ThresholdsOf thresholds = nullptr, Changed changed = nullptr);

  void Run(std::vector<Operation> operations, absl::Time now, Done done, Repeated repeated = nullptr);

  // The record of a notice; nothing if it was never seen.
  absl::StatusOr<std::optional<Record>> Read(const store::NoticeKey& notice);

 private:
  struct Round;
  struct Found;

  absl::StatusOr<Found> Find(const store::NoticeKey& notice);
  void RunRound(const std::shared_ptr<Round>& round);
  void Settle(const std::shared_ptr<Round>& round, std::vector<store::Outcome> outcomes);
  void TellChange(const Round& round, size_t index) const;

  absl::StatusOr<store::Transition> MakeTransition(const Operation& operation, const Found& before,
                                                   const Decision& decision, absl::Time now);
  store::Transition MakeForgetting(const Operation& operation, const Found& before, const Decision& decision,
                                   absl::Time now);
  absl::Time RaiseForgottenUntil(absl::Time accepted_at);

  store::OrderedStore& store_;
  const ThresholdsOf thresholds_;
  const Changed changed_;
  const absl::Time unknown_until_;               // when the store was restored, if it was
  std::atomic<int64_t> forgotten_until_micros_;  // as the store has it under ForgottenKey
};

// Where the content of a record's item is, if it has one.
std::string ContentKeyOf(const store::NoticeKey& notice, const Record& record);

// The keys that a record has besides its own: the indexes that it stands in, with what they hold. A change of record
// moves them. What is under way stands in the index of what is due, the rest in that of what is to be forgotten.
std::vector<std::string> IndexKeys(const store::NoticeKey& notice, const Record& record);

}  // namespace envej::inbox

#endif  // ENVEJ_BROKER_INBOX_OPERATION_H_
