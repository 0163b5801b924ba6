#ifndef ENVEJ_BROKER_JOURNAL_DAMAGED_RECORD_H_
#define ENVEJ_BROKER_JOURNAL_DAMAGED_RECORD_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace envej::journal {

// Which event of a stored journal record was changed, as far as that can be told: the first that differs from `whole`,
// the same record from elsewhere, if there is one; else the first that is no event. Its checksum need not hold.
std::optional<uint32_t> FindChangedEvent(absl::string_view damaged, const std::optional<std::string>& whole);

}  // namespace envej::journal

#endif  // ENVEJ_BROKER_JOURNAL_DAMAGED_RECORD_H_
