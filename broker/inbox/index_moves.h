#ifndef ENVEJ_BROKER_INBOX_INDEX_MOVES_H_
#define ENVEJ_BROKER_INBOX_INDEX_MOVES_H_

#include <optional>
#include <vector>

#include "broker/inbox/record.h"
#include "broker/store/batch_builder.h"
#include "broker/store/key_layout.h"

namespace envej::inbox {

// What is to be deleted from the indexes, and put into them, where a notice's record (nothing: there was none) becomes
// another. Pure.
std::vector<store::BatchWrite> MoveIndexes(const store::NoticeKey& notice, const std::optional<Record>& before,
                                           const Record& after);

}  // namespace envej::inbox

#endif  // ENVEJ_BROKER_INBOX_INDEX_MOVES_H_
