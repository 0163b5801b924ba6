#ifndef ENVEJ_BROKER_COMMANDS_REPLAY_JOURNAL_H_
#define ENVEJ_BROKER_COMMANDS_REPLAY_JOURNAL_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "broker/journal/checkpoint.h"
#include "broker/journal/journal_source.h"
#include "broker/store/batch_record.h"
#include "broker/store/offline_store.h"

namespace envej::commands {

// How far a journal was replayed.
struct Reached {
  store::BatchHead head;        // the newest batch that is in the store now
  uint64_t mirror_end = 0;      // the last batch that the mirror says it has; 0: none
  uint64_t unfitting = 0;       // events that fitted no notice, and changed nothing
  std::string why_not_further;  // if it has more than could be replayed
};

// Opens a copy of a journal; what ends before the batch may be left out.
using OpenJournalFunction = std::function<absl::StatusOr<std::unique_ptr<journal::JournalSource>>(uint64_t from_batch)>;

// Brings a store made from a backup, whose newest batch is `from`, up to where the copy of its incarnation's journal
// ends: every journal record after that batch, with what its events did to notices (inbox/replay.h), and the
// checkpoints. A record counts if it leads on from the one before it and is the one that a checkpoint covers, whose
// signature `check` takes; at the first that does not, it ends. What is under way and changed is due at `now`. Opens
// the journal twice, and of what it has from before the backup reads nothing. `progress` is called with each batch; it
// may be empty. `mirror_end` is left for the caller.
//
// DATA_LOSS if the copy's record of the batch `from` is another one: backup and copy are not of one history; else the
// errors of opening and reading it. Memory: a page, a record and a checkpoint.
absl::StatusOr<Reached> ReplayJournal(store::OfflineStore& store, const store::BatchHead& from,
                                      const OpenJournalFunction& open, const journal::CheckSignatureFunction& check,
                                      absl::Time now, const std::function<void(uint64_t batch)>& progress = nullptr);

// Takes over the checkpoints of an opened copy of a journal that are signed so and cover records that the store has:
// were they made anew, a mirror that has them would take nothing more. Errors: of reading, and the store's.
absl::Status TakeCheckpoints(store::OfflineStore& store, journal::JournalSource& source,
                             const journal::CheckSignatureFunction& check);

// Opens the copy of an incarnation's journal; null if there is none.
using OpenIncarnationFunction =
    std::function<absl::StatusOr<std::unique_ptr<journal::JournalSource>>(const std::string& incarnation)>;

// TakeCheckpoints from the journals of the stores that this one was before it was restored: those that were made after
// that and after the backup.
absl::Status TakeFormerCheckpoints(store::OfflineStore& store, const OpenIncarnationFunction& open,
                                   const journal::CheckSignatureFunction& check);

}  // namespace envej::commands

#endif  // ENVEJ_BROKER_COMMANDS_REPLAY_JOURNAL_H_
