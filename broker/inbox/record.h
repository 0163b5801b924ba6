#ifndef ENVEJ_BROKER_INBOX_RECORD_H_
#define ENVEJ_BROKER_INBOX_RECORD_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "proto/contract/notice.h"
#include "proto/contract/receipt.h"

namespace envej::inbox {

// Where a notice is. Numbers as in envej.v1.NoticeState; on disk.
enum class State : uint8_t { kWaiting = 1, kLeased = 2, kAcknowledged = 3, kReturned = 4 };

// What an inbox's item is. Numbers as in envej.v1.ItemKind; on disk.
enum class ItemKind : uint8_t { kNotice = 1, kRevision = 2, kWithdrawal = 3 };

// Why a municipality returned it. Numbers as in envej.v1.ReturnReason; on disk.
enum class ReturnReason : uint8_t {
  kNone = 0,
  kNotResident = 1,
  kCannotBeOpened = 2,
  kRulesBroken = 3,
  kUnsupported = 4,
  kDeceased = 5,
  kNotAuthentic = 6,
};

// All that is known of one notice; never its content. Its item is the newest that the inbox has of it: a notice
// has at most one at a time.
struct Record {
  State state = State::kWaiting;
  ItemKind kind = ItemKind::kNotice;
  uint32_t revision = 1;
  std::string origin;
  std::string discharge_date;
  absl::Time accepted_at;
  contract::ContentCommitment commitment;
  // Of its acceptance. Known to the store alone when the record is first written, and to everybody who reads it.
  std::optional<contract::JournalPosition> position;

  // The newest lease: its token stays known after it ended, so that a repeated or late call is recognised.
  uint32_t lease_count = 0;
  std::string token;
  absl::Time first_leased_at;   // valid when lease_count > 0
  absl::Time lease_expires_at;  // valid while leased

  absl::Time concluded_at;  // valid when acknowledged or returned
  ReturnReason return_reason = ReturnReason::kNone;

  bool operator==(const Record&) const = default;
};

// Framed (store/record_codec.h); the position, framed for itself, ends the value, so that the store can add it. Equal
// records give equal bytes, so that a transition's condition can compare them. A value without a position is malformed.
std::string EncodeRecord(const Record& record);
absl::StatusOr<Record> DecodeRecord(absl::string_view value);

}  // namespace envej::inbox

#endif  // ENVEJ_BROKER_INBOX_RECORD_H_
