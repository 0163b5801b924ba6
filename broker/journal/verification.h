#ifndef ENVEJ_BROKER_JOURNAL_VERIFICATION_H_
#define ENVEJ_BROKER_JOURNAL_VERIFICATION_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "broker/journal/checkpoint.h"
#include "broker/journal/finding.h"
#include "broker/journal/journal_source.h"
#include "broker/journal/recovery_mark.h"

namespace envej::journal {

// A batch that something beside the journal names: the store's head, the high-water mark.
struct KnownBatch {
  uint64_t batch = 0;             // 0: none, only the incarnation
  std::string hash;               // of its record
  std::string store_incarnation;  // 16 bytes
  std::string named_by;           // in words, for a finding
};

// What a journal is held against.
struct Expectation {
  CheckSignatureFunction check_signature;
  std::vector<KnownBatch> known;
  // The incarnations that a restored store says it had before, the oldest first. What each ends with must be named by
  // the first record of the next.
  std::vector<FormerIncarnation> former = {};
  // Whether the journal may begin where its store was restored, as a mirror's does: what was before is another
  // folder's.
  bool may_begin_restored = false;
  // The checkpoints of a mirror of the same store; may be null. It is read once, from its beginning; what is wrong with
  // it is for a verification of its own.
  JournalSource* mirror = nullptr;
  // The mirror's record of a batch, to tell which event of a damaged one was changed; may be empty.
  std::function<std::optional<std::string>(uint64_t batch)> mirrored_record;
  // Called now and then with the number of batches so far; may be empty.
  std::function<void(uint64_t batches)> progress;
};

struct Verification {
  Findings findings;
  std::string store_incarnation;  // 16 bytes; empty if nothing tells it
  uint64_t batches = 0;           // records that were read
  uint64_t events = 0;
  uint64_t checkpoints = 0;
  uint64_t last_batch = 0;
  uint64_t pruned_up_to = 0;    // the last of the oldest batches that are not there, under a checkpoint; 0: none
  uint64_t restored_after = 0;  // the last batch of another incarnation, where the journal begins after it; 0: none
  uint64_t signed_up_to = 0;    // the last batch under a checkpoint with a good signature
  uint64_t mirrored_up_to = 0;  // the same of the mirror
  absl::Status status;          // why it could not be read to its end; OK if it was
};

// Reads a journal from its beginning to its end and holds every record against its checksum, its events' root, its
// number, its incarnation, the record before it, the checkpoints, and all else that is expected; and every checkpoint
// against its form, its signature and the one before it. What is wrong is located: at the batch, and at the event where
// that can be told. Where two records do not fit together and no checkpoint covers them, the records around them say
// which was changed.
//
// The oldest batches may have been removed, up to the last one of a checkpoint with a good signature that the journal
// or the mirror still has: the first record that is left must then follow the one which that checkpoint names.
//
// Memory: a page of records, one checkpoint and its mirror's, and Findings::kKept findings.
Verification VerifyJournal(JournalSource& source, const Expectation& expectation);

}  // namespace envej::journal

#endif  // ENVEJ_BROKER_JOURNAL_VERIFICATION_H_
