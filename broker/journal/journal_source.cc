#include "broker/journal/journal_source.h"

#include <utility>

#include "broker/store/key_layout.h"

namespace envej::journal {
namespace {

constexpr size_t kPageEntries = 256;
constexpr size_t kPageBytes = size_t{1} << 20;

// One prefix of a store, a page at a time.
class PrefixReader {
 public:
  PrefixReader(const ScanFunction& scan, const std::string& prefix)
      : scan_(scan), from_(prefix), to_(store::EndOfPrefix(prefix)) {}

  absl::StatusOr<std::optional<StoredValue>> Next() {
    if (next_ == page_.entries.size()) {
      if (at_end_) return std::optional<StoredValue>();
      absl::StatusOr<store::ScanResult> page =
          scan_({.from = from_, .to = to_, .entries = kPageEntries, .bytes = kPageBytes});
      if (!page.ok()) return page.status();
      page_ = *std::move(page);
      next_ = 0;
      at_end_ = !page_.more;
      if (page_.entries.empty()) {
        at_end_ = true;
        return std::optional<StoredValue>();
      }
      from_ = store::KeyAfter(page_.entries.back().key);
    }
    store::KeyValue& entry = page_.entries[next_++];
    // A key that names no batch stands among the others by its bytes: batch 0 is never in its place.
    const absl::StatusOr<uint64_t> batch = store::ParseBatchKey(entry.key);
    return std::optional<StoredValue>(StoredValue{.batch = batch.value_or(0), .value = std::move(entry.value)});
  }

 private:
  const ScanFunction& scan_;
  std::string from_;
  const std::string to_;
  store::ScanResult page_;
  size_t next_ = 0;
  bool at_end_ = false;
};

class StoreSource : public JournalSource {
 public:
  explicit StoreSource(ScanFunction scan)
      : scan_(std::move(scan)),
        records_(scan_, store::JournalPrefix()),
        checkpoints_(scan_, store::CheckpointPrefix()) {}

  absl::StatusOr<std::optional<StoredValue>> NextRecord() override { return records_.Next(); }
  absl::StatusOr<std::optional<StoredValue>> NextCheckpoint() override { return checkpoints_.Next(); }

 private:
  const ScanFunction scan_;
  PrefixReader records_;
  PrefixReader checkpoints_;
};

}  // namespace

std::unique_ptr<JournalSource> SourceOf(ScanFunction scan) { return std::make_unique<StoreSource>(std::move(scan)); }

}  // namespace envej::journal
