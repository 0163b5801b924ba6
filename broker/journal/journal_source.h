#ifndef ENVEJ_BROKER_JOURNAL_JOURNAL_SOURCE_H_
#define ENVEJ_BROKER_JOURNAL_JOURNAL_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "broker/journal/mirror_folder.h"
#include "broker/store/scanning.h"

namespace envej::journal {

// Something stored, and the batch under whose name it stands: a journal record's own, a checkpoint's last.
struct StoredValue {
  uint64_t batch = 0;
  std::string value;  // as it is stored, whatever it is
};

// A journal that is read from its beginning to its end, a value at a time.
//
// Thread safety: none.
class JournalSource {
 public:
  virtual ~JournalSource() = default;
  // The next one in the order in which they stand; nothing at the end. An error says that the medium cannot be read
  // further.
  virtual absl::StatusOr<std::optional<StoredValue>> NextRecord() = 0;
  virtual absl::StatusOr<std::optional<StoredValue>> NextCheckpoint() = 0;
};

// A store's.
using ScanFunction = store::ScanFunction;
std::unique_ptr<JournalSource> SourceOf(ScanFunction scan);

// That of one folder of a mirror. A record is named by the batch that it says it is, where it can be read; where a
// file's form is broken, one value stands for the rest of it. A journal file after the last checkpoint is still being
// mirrored and is left out. Files that end before `from_batch` are not opened. UNAVAILABLE if the folder cannot be
// read.
absl::StatusOr<std::unique_ptr<JournalSource>> SourceOfMirror(const std::string& folder, uint64_t from_batch = 0);

// The stored record of a batch in a mirror's folder; nothing if it cannot be found there.
std::optional<std::string> FindInMirror(const std::string& folder, uint64_t batch);

}  // namespace envej::journal

#endif  // ENVEJ_BROKER_JOURNAL_JOURNAL_SOURCE_H_
