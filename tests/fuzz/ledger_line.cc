#include "municipality-client/item_files.h"
#include "municipality-client/ledger.h"
#include "tests/fuzz/fuzz_target.h"

namespace envej::fuzz {
namespace {

namespace client = municipality_client;

client::LedgerEntry Entry() {
  return {.item = {.region_code = "1084", .notice_id = "5f0a8f4e-9d3c-4b7a-8c21-2f6d8a0b1c3d", .revision = 3},
          .kind = client::EntryKind::kNotice,
          .sealed_by_broker = false,
          .accepted_at = absl::FromUnixMicros(1'800'000'000'123'456),
          .digest = std::string(64, 'a')};
}

}  // namespace

// A line has a checksum that no change keeps, so that what is tried is taken as an entry's parts as well.
void Try(absl::string_view bytes) {
  if (const auto entry = client::DecodeLedgerLine(bytes); entry.has_value() && !entry->salted) {
    ENVEJ_FUZZ_CHECK(client::EncodeLedgerLine(*entry) == std::string(bytes) + "\n");
  }
  if (const auto named = client::ParseFileName(bytes); named.has_value()) {
    ENVEJ_FUZZ_CHECK(client::FileNameOf(named->item, named->kind) == std::string(bytes));
  }
  client::ParseTemporaryName(bytes);
  client::LedgerEntry entry = Entry();
  if (!bytes.empty()) entry.item.revision = 1 + static_cast<unsigned char>(bytes[0]);
  if (bytes.size() > 1) entry.kind = bytes[1] % 2 == 0 ? client::EntryKind::kNotice : client::EntryKind::kWithdrawal;
  if (bytes.size() > 2) entry.sealed_by_broker = bytes[2] % 2 == 0;
  if (bytes.size() > 3) entry.digest = bytes[3] % 2 == 0 ? "" : std::string(64, 'b');
  std::string line = client::EncodeLedgerLine(entry);
  line.pop_back();
  const auto again = client::DecodeLedgerLine(line);
  ENVEJ_FUZZ_CHECK(again.has_value() && again->item == entry.item && again->kind == entry.kind &&
                   again->sealed_by_broker == entry.sealed_by_broker && again->digest == entry.digest &&
                   again->accepted_at == entry.accepted_at);
}

std::vector<std::string> Seeds() {
  std::string line = client::EncodeLedgerLine(Entry());
  line.pop_back();
  return {line, client::FileNameOf(Entry().item), client::FileNameOf(Entry().item, client::EntryKind::kWithdrawal),
          client::TemporaryNameOf(Entry().item)};
}

}  // namespace envej::fuzz
