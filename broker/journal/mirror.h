#ifndef ENVEJ_BROKER_JOURNAL_MIRROR_H_
#define ENVEJ_BROKER_JOURNAL_MIRROR_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "broker/journal/checkpoint.h"
#include "broker/store/ordered_store.h"

namespace envej::journal {

// Copies checkpoints, and the journal records that they cover, to a directory off the store (mirror_folder.h). What is
// there is never written over with anything else. Of records that the store no longer has, because they were pruned, an
// empty mirror gets the checkpoint that stands for them.
//
// Thread safety: none. Its calls wait for the disk.
class Mirror {
 public:
  // The directory must be there when something is copied, and is never made: where its disk is not mounted, it should
  // not be. The store must outlive the mirror.
  Mirror(store::OrderedStore& store, std::string directory);

  // Copies the first checkpoint that the mirror lacks. False, with nothing done, if it has all. It is on the mirror's
  // disk when this returns true.
  //
  // Errors: UNAVAILABLE if the mirror cannot be read or written; FAILED_PRECONDITION if it holds another checkpoint
  // over the same batches, or of batches that the store lacks: the store is an older copy, or its journal was made
  // anew; DATA_LOSS if the store's journal does not hold; else those of the store. After an error the next call begins
  // anew.
  absl::StatusOr<bool> WriteNext();

  // The last batch up to which the mirror has every checkpoint, and every record that the store has; 0 as long as that
  // is not known, as after an error. Any thread.
  uint64_t mirrored_up_to() const { return mirrored_up_to_; }

 private:
  absl::StatusOr<bool> Write();
  // The last batch up to which the mirror holds every checkpoint, in order; before `oldest`, the oldest batch of the
  // store's journal, it may lack some.
  absl::StatusOr<uint64_t> FindEnd(const std::string& folder, uint64_t oldest);
  absl::Status CopyCheckpoint(const std::string& path, const std::string& value, bool is_there);
  absl::Status Copy(const std::string& folder, const StoredCheckpoint& checkpoint, const std::string& value);

  store::OrderedStore& store_;
  const std::string directory_;
  std::string newest_file_;      // the checkpoint's that was copied last
  std::optional<uint64_t> end_;  // its last batch; nothing: to be found
  uint64_t oldest_ = 0;          // of the store's journal when `end_` was found
  std::atomic<uint64_t> mirrored_up_to_{0};
};

}  // namespace envej::journal

#endif  // ENVEJ_BROKER_JOURNAL_MIRROR_H_
