#ifndef ENVEJ_BROKER_STORE_OFFLINE_STORE_H_
#define ENVEJ_BROKER_STORE_OFFLINE_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "broker/store/batch_builder.h"
#include "broker/store/ordered_store.h"

namespace envej::store {

// A store that is being made, that nobody serves from and that may be thrown away: any key of it can be written, the
// store's own too, and nothing of it is promised to be on the disk. Thread safety: none.
class OfflineStore {
 public:
  virtual ~OfflineStore() = default;

  // As OrderedStore has them.
  virtual absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const = 0;
  virtual absl::StatusOr<ScanResult> Scan(const ScanRange& range) const = 0;

  virtual absl::Status Write(const std::vector<BatchWrite>& writes) = 0;
};

}  // namespace envej::store

#endif  // ENVEJ_BROKER_STORE_OFFLINE_STORE_H_
