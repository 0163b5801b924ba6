#ifndef ENVEJ_BROKER_STORE_SCANNING_H_
#define ENVEJ_BROKER_STORE_SCANNING_H_

#include <functional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "broker/store/ordered_store.h"

namespace envej::store {

// OrderedStore's Scan, or one like it.
using ScanFunction = std::function<absl::StatusOr<ScanResult>(const ScanRange& range)>;
ScanFunction ScanOf(OrderedStore& store);

// Gives what the range holds to `take`, a page at a time, as large as the range says; at least one page, which may be
// empty. What changes meanwhile may be seen or not. Ends with the first error, the scan's or that of `take`.
absl::Status ForEachPage(const ScanFunction& scan, ScanRange range,
                         absl::FunctionRef<absl::Status(const ScanResult& page)> take);

// The same with each key that begins with the prefix.
absl::Status ForEachKey(const ScanFunction& scan, const std::string& prefix,
                        absl::FunctionRef<absl::Status(const KeyValue& entry)> take);

}  // namespace envej::store

#endif  // ENVEJ_BROKER_STORE_SCANNING_H_
