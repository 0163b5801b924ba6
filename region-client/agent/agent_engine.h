#ifndef ENVEJ_REGION_CLIENT_AGENT_AGENT_ENGINE_H_
#define ENVEJ_REGION_CLIENT_AGENT_AGENT_ENGINE_H_

#include <rocksdb/db.h>
#include <rocksdb/status.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace envej::region {

// Opens the engine in `folder`, or makes it where none is, with what it means for a damaged store not to open as if it
// were whole. FAILED_PRECONDITION where files of an engine are without its beginning, or the folder is not its user's
// alone (private_folder.h); UNAVAILABLE where the disk has no room for a start.
absl::StatusOr<std::unique_ptr<rocksdb::DB>> OpenAgentEngine(const std::string& folder);

// What to do about a store that is damaged: the end of every text that says it is.
inline constexpr absl::string_view kWhatHelpsDamage = "; put the store's backup in its place";

// A status of RocksDB's as one of ours: DATA_LOSS for corruption, with what helps, else UNAVAILABLE.
absl::Status FromEngine(const rocksdb::Status& status, absl::string_view what);

// Options of every synced write.
rocksdb::WriteOptions SyncedWrite();

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_AGENT_ENGINE_H_
