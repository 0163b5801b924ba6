#ifndef ENVEJ_BROKER_SUSPENSIONS_H_
#define ENVEJ_BROKER_SUSPENSIONS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "broker/mutex.h"
#include "broker/store/ordered_store.h"
#include "certs/identity.h"

namespace envej {

// That operations suspended a participant.
struct Suspension {
  absl::Time since;  // whole microseconds
  std::string by;    // fingerprint of the certificate with which it was done

  bool operator==(const Suspension&) const = default;
};

// Framed (store/record_codec.h). Decoding: DATA_LOSS or FAILED_PRECONDITION, as Unframe there.
std::string EncodeSuspension(const Suspension& suspension);
absl::StatusOr<Suspension> DecodeSuspension(absl::string_view value);

// The participants that operations have suspended, beside those that the register suspends: in the store, and kept in
// memory for whoever asks at every call. A participant is its URI name without an origin, so that all systems of a
// region are suspended with it.
//
// Durability: `done` is called when the change is on the disk, and in force. Thread safety: any thread.
class Suspensions {
 public:
  // The store must outlive it, and be stopped before it ends.
  explicit Suspensions(store::OrderedStore& store) : store_(store) {}
  Suspensions(const Suspensions&) = delete;
  Suspensions& operator=(const Suspensions&) = delete;

  // Reads what is stored. Call once, before anything else. DATA_LOSS names nobody: a suspension that cannot be read
  // must not be passed over.
  absl::Status Load();

  // Participants of whom one at least is not to be suspended; nothing where it does not matter.
  using OneStays = std::optional<std::vector<std::string>>;
  // Since when it is suspended: also if it was before. OPERATIONS_LEFT_TO_CALLER if it was not, and none of `one_stays`
  // would stay, also where several are suspended at once. BROKER_BUSY if the store takes nothing now, or others changed
  // something in each of kRoundsMost rounds: it may then be stored and not in force yet, and is when it is asked for
  // again. UNAVAILABLE if the store failed. `done` is called once, on the caller's thread or the store's.
  using SuspendDone = std::function<void(absl::StatusOr<absl::Time> since)>;
  void Suspend(const std::string& participant, const std::string& actor, absl::Time now, const OneStays& one_stays,
               SuspendDone done);
  // Whether it was suspended. Errors and `done` as above.
  using ResumeDone = std::function<void(absl::StatusOr<bool> was_suspended)>;
  void Resume(const std::string& participant, const std::string& actor, absl::Time now, ResumeDone done);
  // How often a call looks again because others were faster.
  static constexpr int kRoundsMost = 16;

  // Where nobody is suspended, this costs nothing.
  std::optional<Suspension> Find(const std::string& participant) const;
  // By participant.
  std::map<std::string, Suspension> All() const;
  // Whether whoever calls as this, of whichever origin, is suspended.
  bool Suspended(const certs::Identity& caller) const;

 private:
  // What is stored of the participant now.
  absl::StatusOr<std::optional<std::string>> Stored(const std::string& participant) const;
  // The first of them that is not; nothing if all are.
  absl::StatusOr<std::optional<std::string>> FirstNotSuspended(const std::vector<std::string>& participants) const;
  // The calls, with so many rounds left.
  void Suspend(const std::string& participant, const std::string& actor, absl::Time now, const OneStays& one_stays,
               int rounds, SuspendDone done);
  void Resume(const std::string& participant, const std::string& actor, absl::Time now, int rounds, ResumeDone done);
  // Takes over what is stored, of whichever change that is by now: never less than what was stored when it began. Reads
  // the store without the lock, which every call takes. BROKER_BUSY after kRoundsMost rounds.
  absl::Status Refresh(const std::string& participant);
  void TakeOver(const std::string& participant, std::optional<Suspension> suspension) ENVEJ_REQUIRES(mutex_);
  void Commit(const std::string& participant, store::Transition transition, absl::Time now,
              std::function<void(absl::Status status)> done);

  store::OrderedStore& store_;
  mutable Mutex mutex_;
  std::map<std::string, Suspension> suspended_ ENVEJ_GUARDED_BY(mutex_);
  std::atomic<size_t> count_ = 0;
  std::atomic<uint64_t> taken_over_ = 0;  // how often something was; written under the lock
};

}  // namespace envej

#endif  // ENVEJ_BROKER_SUSPENSIONS_H_
