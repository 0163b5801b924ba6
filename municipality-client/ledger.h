#ifndef ENVEJ_MUNICIPALITY_CLIENT_LEDGER_H_
#define ENVEJ_MUNICIPALITY_CLIENT_LEDGER_H_

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "municipality-client/durable_file.h"

namespace envej::municipality_client {

// Names one item of the inbox.
struct ItemName {
  std::string region_code;  // four digits
  std::string notice_id;    // a UUID
  uint32_t revision = 0;

  auto operator<=>(const ItemName&) const = default;
};

// What an item tells: a notice, in whichever revision, or that it is withdrawn.
enum class EntryKind { kNotice, kWithdrawal };

// One line of the ledger: an item that this folder has had, or, without a digest, that it turned out not to have.
struct LedgerEntry {
  ItemName item;
  EntryKind kind = EntryKind::kNotice;
  bool sealed_by_broker = false;  // else by the region
  absl::Time accepted_at;         // whole microseconds
  std::string digest;             // of the file: 64 hexadecimal digits; empty to take the item back
  // How the first version made the digest: with random text that only the temporary file's name held.
  bool salted = false;
};

// What the ledger knows of an item.
struct KnownItem {
  EntryKind kind = EntryKind::kNotice;
  bool sealed_by_broker = false;
  std::string digest;
  bool salted = false;
};

// What it knows of a notice by all its items. Where the region sealed any of them, a withdrawal that only the broker
// sealed is none of them.
struct KnownNotice {
  uint32_t newest_revision = 0;
  EntryKind newest_kind = EntryKind::kNotice;
  bool newest_sealed_by_broker = false;
  bool sealed_by_region = false;  // any of them
};

// The line: fields parted by a space, then a checksum of them and a newline.
//   2 REGION ID REVISION KIND ACCEPTED_AT DIGEST CHECKSUM
// KIND is `notice` or `withdrawal`, with `-by-broker` after it where the broker sealed it. A line that starts with 1
// holds a salted digest.
std::string EncodeLedgerLine(const LedgerEntry& entry);
// From a line without its newline; nothing if the checksum or the form does not hold.
std::optional<LedgerEntry> DecodeLedgerLine(absl::string_view line);

// Which items a folder has had, so that one that was consumed and deleted is not written again. Append-only; it holds
// no direct identifier.
//
// Durability: what was appended is on the disk when `Sync` returns OK. A crash while appending leaves at most a line
// that its checksum betrays: a bad last line is cut when the ledger is opened; a bad line further up is passed over and
// counted.
//
// Thread safety: none; one thread at a time.
class Ledger {
 public:
  static absl::StatusOr<Ledger> Open(const PrivateFolder& folder);

  // An item that the folder has had; nothing for any other.
  std::optional<KnownItem> Find(const ItemName& item) const;
  // What it has had of a notice, or was told of it; nothing if neither.
  std::optional<KnownNotice> FindNotice(const std::string& region_code, const std::string& notice_id) const;
  size_t size() const { return items_.size(); }
  int damaged_lines() const { return damaged_lines_; }
  // Whether it has lines that are not of the first version.
  bool has_keyed_lines() const { return has_keyed_lines_; }

  // Writes the lines; they are known, and safe, only after `Sync`.
  absl::Status Append(const std::vector<LedgerEntry>& entries);
  absl::Status Sync();

 private:
  Ledger(FileDescriptor file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}

  void Learn(const LedgerEntry& entry);

  FileDescriptor file_;
  std::string path_;  // for the texts of errors
  std::map<ItemName, KnownItem> items_;
  std::vector<LedgerEntry> appended_;
  int damaged_lines_ = 0;
  bool has_keyed_lines_ = false;
};

}  // namespace envej::municipality_client

#endif  // ENVEJ_MUNICIPALITY_CLIENT_LEDGER_H_
