#ifndef ENVEJ_BROKER_JOURNAL_RECOVERY_MARK_H_
#define ENVEJ_BROKER_JOURNAL_RECOVERY_MARK_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "broker/store/batch_record.h"
#include "broker/store/ordered_store.h"

namespace envej::journal {

// An incarnation of the store that was before this one, and the last of its batches that this one's journal holds.
struct FormerIncarnation {
  std::string store_incarnation;  // 16 bytes
  uint64_t last_batch = 0;

  bool operator==(const FormerIncarnation&) const = default;
};

// That the store was restored from a backup, what of the lost store is in it, and whether it is known by now what was
// delivered. Stands in the store from its restoring on.
struct RecoveryMark {
  // Numbers on disk.
  enum class End : uint8_t {
    kNotYet = 0,        // pulls are refused
    kNothingLost = 1,   // the journal was replayed up to the end of the lost store
    kAfterWaiting = 2,  // it was replayed as far as it was mirrored, and regions had their time to send again
    kAccepted = 3,      // operations accepted what is missing
  };

  End end = End::kNotYet;
  absl::Time ended_at;  // valid when it has ended

  std::vector<FormerIncarnation> former;  // the oldest first; at least one
  absl::Time restored_at;
  uint64_t backup_batch = 0;   // the last one in the backup
  absl::Time backup_time;      // that batch's
  bool mirror_read = false;    // whether a mirror was at hand
  uint64_t reached_batch = 0;  // up to which the lost store's journal is replayed; backup_batch if none of it is
  absl::Time reached_time;     // that batch's: what happened later is not known
  uint64_t known_end = 0;      // the last batch that the lost store is known to have had; 0: nobody knows
  uint64_t missing = 0;        // notices that regions must send again
  uint64_t unfitting = 0;      // events that fitted no notice
  // How long pulls are refused from when the broker serves, so that regions can withdraw and send again; nothing: until
  // operations accept.
  std::optional<absl::Duration> wait;

  bool operator==(const RecoveryMark&) const = default;
};

std::string EncodeRecoveryMark(const RecoveryMark& mark);  // framed
// DATA_LOSS or FAILED_PRECONDITION as Unframe of store/record_codec.h.
absl::StatusOr<RecoveryMark> DecodeRecoveryMark(absl::string_view value);

// Nothing of a store that was never restored. Errors: of the decoding, and the store's.
absl::StatusOr<std::optional<RecoveryMark>> ReadRecoveryMark(store::OrderedStore& store);

// Whether a record is the first of an incarnation: it begins by naming `former`, and that it comes right behind it.
bool LeadsOnFrom(const FormerIncarnation& former, const store::BatchRecord& record);

// The last batch before those of this incarnation: 0 of a store that was never restored.
absl::StatusOr<uint64_t> LastFormerBatch(store::OrderedStore& store);

}  // namespace envej::journal

#endif  // ENVEJ_BROKER_JOURNAL_RECOVERY_MARK_H_
