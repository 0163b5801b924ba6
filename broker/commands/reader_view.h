#ifndef ENVEJ_BROKER_COMMANDS_READER_VIEW_H_
#define ENVEJ_BROKER_COMMANDS_READER_VIEW_H_

#include "broker/commands/check_store.h"
#include "broker/commands/progress.h"
#include "broker/store/rocksdb_reader.h"

namespace envej::commands {

// A store that was opened for reading. Tells how much was scanned of it. Both must outlive the view.
StoreView ViewOf(const store::RocksDbReader& reader, Progress& progress);

}  // namespace envej::commands

#endif  // ENVEJ_BROKER_COMMANDS_READER_VIEW_H_
