#include "broker/commands/reader_view.h"

#include "absl/strings/str_cat.h"

namespace envej::commands {

StoreView ViewOf(const store::RocksDbReader& reader, Progress& progress) {
  return {.get = [&reader](absl::string_view key) { return reader.Get(key); },
          .scan =
              [&reader, &progress, keys = uint64_t{0}](const store::ScanRange& range) mutable {
                absl::StatusOr<store::ScanResult> page = reader.Scan(range);
                if (page.ok()) keys += page->entries.size();
                progress.Tell([&] { return absl::StrCat("read again: ", keys, " keys"); });
                return page;
              }};
}

}  // namespace envej::commands
