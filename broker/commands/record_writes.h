#ifndef ENVEJ_BROKER_COMMANDS_RECORD_WRITES_H_
#define ENVEJ_BROKER_COMMANDS_RECORD_WRITES_H_

#include <optional>
#include <vector>

#include "broker/inbox/index_moves.h"
#include "broker/inbox/operation.h"
#include "broker/inbox/record.h"
#include "broker/store/batch_builder.h"
#include "broker/store/key_layout.h"

namespace envej::commands {

// What is to be written to a store where a notice's record becomes another: the record, its indexes, and that its
// content goes.
inline std::vector<store::BatchWrite> RecordWrites(const store::NoticeKey& notice,
                                                   const std::optional<inbox::Record>& before,
                                                   const inbox::Record& next, bool destroy_content) {
  std::vector<store::BatchWrite> writes = inbox::MoveIndexes(notice, before, next);
  if (before.has_value() && destroy_content) {
    writes.push_back({.key = inbox::ContentKeyOf(notice, *before), .value = std::nullopt});
  }
  writes.push_back({.key = store::RecordKey(notice), .value = inbox::EncodeRecord(next)});
  return writes;
}

}  // namespace envej::commands

#endif  // ENVEJ_BROKER_COMMANDS_RECORD_WRITES_H_
