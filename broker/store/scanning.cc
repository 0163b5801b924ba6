#include "broker/store/scanning.h"

#include "broker/store/key_layout.h"

namespace envej::store {

ScanFunction ScanOf(OrderedStore& store) {
  return [&store](const ScanRange& range) { return store.Scan(range); };
}

absl::Status ForEachPage(const ScanFunction& scan, ScanRange range,
                         absl::FunctionRef<absl::Status(const ScanResult& page)> take) {
  for (bool more = true; more;) {
    const absl::StatusOr<ScanResult> page = scan(range);
    if (!page.ok()) return page.status();
    if (absl::Status status = take(*page); !status.ok()) return status;
    if (!page->entries.empty()) range.from = KeyAfter(page->entries.back().key);
    more = page->more && !page->entries.empty();
  }
  return absl::OkStatus();
}

absl::Status ForEachKey(const ScanFunction& scan, const std::string& prefix,
                        absl::FunctionRef<absl::Status(const KeyValue& entry)> take) {
  return ForEachPage(scan, {.from = prefix, .to = EndOfPrefix(prefix)}, [take](const ScanResult& page) {
    for (const KeyValue& entry : page.entries) {
      if (absl::Status status = take(entry); !status.ok()) return status;
    }
    return absl::OkStatus();
  });
}

}  // namespace envej::store
