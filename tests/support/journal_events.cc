#include "tests/support/journal_events.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <utility>

#include "broker/store/batch_record.h"

namespace envej::support {

std::vector<journal::Event> JournalEvents(const journal::ScanFunction& scan) {
  std::vector<journal::Event> events;
  const std::unique_ptr<journal::JournalSource> source = journal::SourceOf(scan);
  while (true) {
    const absl::StatusOr<std::optional<journal::StoredValue>> value = source->NextRecord();
    EXPECT_TRUE(value.ok()) << value.status();
    if (!value.ok() || !value->has_value()) return events;
    const absl::StatusOr<store::BatchRecord> record = store::DecodeBatchRecord((*value)->value);
    EXPECT_TRUE(record.ok()) << record.status();
    if (!record.ok()) continue;
    for (const std::string& bytes : record->events) {
      absl::StatusOr<journal::Event> event = journal::DecodeEvent(bytes);
      EXPECT_TRUE(event.ok()) << event.status();
      if (event.ok()) events.push_back(*std::move(event));
    }
  }
}

std::vector<journal::Event> JournalEvents(store::OrderedStore& store) {
  return JournalEvents([&store](const store::ScanRange& range) { return store.Scan(range); });
}

}  // namespace envej::support
