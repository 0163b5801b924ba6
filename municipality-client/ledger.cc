#include "municipality-client/ledger.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "municipality-client/digest.h"

namespace envej::municipality_client {
namespace {

constexpr absl::string_view kName = ".ledger";
constexpr absl::string_view kSaltedVersion = "1";
constexpr absl::string_view kKeyedVersion = "2";
constexpr absl::string_view kTakenBack = "-";
constexpr absl::string_view kNoticeWord = "notice";
constexpr absl::string_view kWithdrawalWord = "withdrawal";
constexpr absl::string_view kByBroker = "-by-broker";
constexpr absl::string_view kTimeFormat = "%Y-%m-%dT%H:%M:%E6SZ";
constexpr size_t kMostBytes = size_t{1} << 30;  // about five million items
constexpr size_t kDigestCharacters = 64;
constexpr size_t kChecksumCharacters = 16;
constexpr uint32_t kRevisionMost = std::numeric_limits<uint32_t>::max();

std::string Checksum(absl::string_view fields) { return Sha256Hex(fields).substr(0, kChecksumCharacters); }

bool IsHex(absl::string_view text) {
  for (const char character : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(character)) && (character < 'a' || character > 'f')) {
      return false;
    }
  }
  return true;
}

std::string KindWord(const LedgerEntry& entry) {
  return absl::StrCat(entry.kind == EntryKind::kWithdrawal ? kWithdrawalWord : kNoticeWord,
                      entry.sealed_by_broker ? kByBroker : "");
}

// Whether it is one.
bool ReadKindWord(absl::string_view word, LedgerEntry& entry) {
  entry.sealed_by_broker = absl::ConsumeSuffix(&word, kByBroker);
  entry.kind = word == kWithdrawalWord ? EntryKind::kWithdrawal : EntryKind::kNotice;
  return word == kWithdrawalWord || word == kNoticeWord;
}

}  // namespace

std::string EncodeLedgerLine(const LedgerEntry& entry) {
  const std::string fields = absl::StrCat(entry.salted ? kSaltedVersion : kKeyedVersion, " ", entry.item.region_code,
                                          " ", entry.item.notice_id, " ", entry.item.revision, " ", KindWord(entry),
                                          " ", absl::FormatTime(kTimeFormat, entry.accepted_at, absl::UTCTimeZone()),
                                          " ", entry.digest.empty() ? kTakenBack : absl::string_view(entry.digest));
  return absl::StrCat(fields, " ", Checksum(fields), "\n");
}

std::optional<LedgerEntry> DecodeLedgerLine(absl::string_view line) {
  const std::vector<absl::string_view> fields = absl::StrSplit(line, ' ');
  if (fields.size() != 8 || (fields[0] != kSaltedVersion && fields[0] != kKeyedVersion)) return std::nullopt;
  const absl::string_view checksum = fields[7];
  if (Checksum(line.substr(0, line.size() - checksum.size() - 1)) != std::string(checksum)) return std::nullopt;
  LedgerEntry entry;
  entry.salted = fields[0] == kSaltedVersion;
  entry.item.region_code = std::string(fields[1]);
  entry.item.notice_id = std::string(fields[2]);
  if (!absl::SimpleAtoi(fields[3], &entry.item.revision)) return std::nullopt;
  if (!ReadKindWord(fields[4], entry)) return std::nullopt;
  if (!absl::ParseTime(kTimeFormat, fields[5], &entry.accepted_at, nullptr)) return std::nullopt;
  if (fields[6] == kTakenBack) return entry;
  if (fields[6].size() != kDigestCharacters || !IsHex(fields[6])) return std::nullopt;
  entry.digest = std::string(fields[6]);
  return entry;
}

absl::StatusOr<Ledger> Ledger::Open(const PrivateFolder& folder) {
  absl::StatusOr<FileDescriptor> file = folder.OpenForAppend(kName);
  if (!file.ok()) return file.status();
  absl::StatusOr<std::optional<std::string>> bytes = folder.Read(kName, kMostBytes);
  if (!bytes.ok()) return bytes.status();
  const absl::string_view text = bytes->has_value() ? absl::string_view(**bytes) : absl::string_view();

  Ledger ledger(*std::move(file), absl::StrCat(folder.path(), "/", kName));
  size_t sound_end = 0;
  int damaged_before = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t newline = text.find('\n', begin);
    if (newline == absl::string_view::npos) break;
    if (std::optional<LedgerEntry> entry = DecodeLedgerLine(text.substr(begin, newline - begin))) {
      ledger.Learn(*entry);
      ledger.damaged_lines_ = damaged_before;
      sound_end = newline + 1;
    } else {
      ++damaged_before;
    }
    begin = newline + 1;
  }
  // Everything after the last sound line was never synced: an append that a crash cut short.
  if (sound_end < text.size() && ftruncate(ledger.file_.number(), static_cast<off_t>(sound_end)) != 0) {
    return absl::InternalError(absl::StrCat("cannot cut the torn end of ", ledger.path_, ": ", std::strerror(errno)));
  }
  // Also what was already there may not have reached the disk: entries are acted upon only once it has.
  if (absl::Status status = SyncFile(ledger.file_, ledger.path_); !status.ok()) return status;
  return ledger;
}

void Ledger::Learn(const LedgerEntry& entry) {
  if (entry.digest.empty()) {
    items_.erase(entry.item);
  } else {
    items_[entry.item] = {
        .kind = entry.kind, .sealed_by_broker = entry.sealed_by_broker, .digest = entry.digest, .salted = entry.salted};
  }
  has_keyed_lines_ = has_keyed_lines_ || !entry.salted;
}

std::optional<KnownItem> Ledger::Find(const ItemName& item) const {
  const auto found = items_.find(item);
  if (found == items_.end()) return std::nullopt;
  return found->second;
}

std::optional<KnownNotice> Ledger::FindNotice(const std::string& region_code, const std::string& notice_id) const {
  const auto begin = items_.lower_bound({.region_code = region_code, .notice_id = notice_id, .revision = 0});
  const auto end = items_.upper_bound({.region_code = region_code, .notice_id = notice_id, .revision = kRevisionMost});
  if (begin == end) return std::nullopt;
  KnownNotice known;
  known.sealed_by_region = std::any_of(begin, end, [](const auto& item) { return !item.second.sealed_by_broker; });
  for (auto at = begin; at != end; ++at) {
    const KnownItem& item = at->second;
    if (known.sealed_by_region && item.sealed_by_broker && item.kind == EntryKind::kWithdrawal) continue;
    known.newest_revision = at->first.revision;
    known.newest_kind = item.kind;
    known.newest_sealed_by_broker = item.sealed_by_broker;
  }
  return known;
}

absl::Status Ledger::Append(const std::vector<LedgerEntry>& entries) {
  std::string lines;
  for (const LedgerEntry& entry : entries) absl::StrAppend(&lines, EncodeLedgerLine(entry));
  if (absl::Status status = WriteAll(file_, lines, path_); !status.ok()) return status;
  appended_.insert(appended_.end(), entries.begin(), entries.end());
  return absl::OkStatus();
}

absl::Status Ledger::Sync() {
  if (absl::Status status = SyncFile(file_, path_); !status.ok()) return status;
  for (const LedgerEntry& entry : appended_) Learn(entry);
  appended_.clear();
  return absl::OkStatus();
}

}  // namespace envej::municipality_client
