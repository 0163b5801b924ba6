#ifndef ENVEJ_BROKER_COMMANDS_CHECK_STORE_H_
#define ENVEJ_BROKER_COMMANDS_CHECK_STORE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "broker/journal/journal_source.h"

namespace envej::commands {

// A store that is read.
struct StoreView {
  std::function<absl::StatusOr<std::optional<std::string>>(absl::string_view key)> get;
  journal::ScanFunction scan;
};

// What a sound store holds.
struct CheckedStore {
  uint64_t batches = 0;  // journal records
  uint64_t notices = 0;
  uint64_t under_way = 0;   // of them
  uint64_t missing = 0;     // of those
  uint64_t unreadable = 0;  // notices of which something cannot be read; a broker serves the others
};

// Reads the whole store: every journal record, which must be an unbroken chain up to the head; and every notice's
// record, beside which exactly the indexes and contents must stand that it has. DATA_LOSS if that is not so.
// Memory: a page.
absl::StatusOr<CheckedStore> CheckStore(const StoreView& store);

}  // namespace envej::commands

#endif  // ENVEJ_BROKER_COMMANDS_CHECK_STORE_H_
