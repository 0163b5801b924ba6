#ifndef ENVEJ_BROKER_STORE_KEY_LAYOUT_H_
#define ENVEJ_BROKER_STORE_KEY_LAYOUT_H_

// All names and numbers that live on disk. Integers in keys are big-endian, so that keys sort as numbers do; codes
// and ids have a fixed length, so that keys need no separators. No key holds a direct identifier.
//
//   e                                                  start epoch
//   n municipality region id                           record of a notice: its state and what is known of it
//   c municipality entered-at region id revision       content: the item as it was sent, until it is concluded
//   w municipality entered-at region id revision       index: waits in the inbox, oldest first
//   t due-at municipality region id                    index: something is to be done about it then, soonest first
//   p municipality entered-at region id revision       index: parked
//   f forget-at municipality region id                 index: is to be forgotten then, soonest first
//   b                                                  up to when made what was forgotten may be: inbox/forgetting.h
//   v                                                  schema version; none: 1
//   s key id                                           a commitment secret that was met: inbox/secret_register.h
//   g fingerprint                                      a signer's certificate: inbox/signer_certificates.h
//   j batch                                            journal record of a batch
//   h                                                  head: the newest batch, its hash and time
//   k last-batch                                       checkpoint up to a batch: journal/checkpoint.h
//   r                                                  that the store was restored: journal/recovery_mark.h
//   a participant                                      operations suspended a participant: broker/suspensions.h
//   l                                                  who was last seen: operations/attendance_record.h

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "proto/contract/notice_id.h"
#include "proto/contract/receipt.h"

namespace envej::store {

// What the keys above are and mean. A store of an older version is upgraded before it serves (inbox/upgrade.h), one of
// a newer version is not opened.
inline constexpr uint32_t kSchemaVersion = 3;
inline constexpr uint32_t kSchemaWithForgetting = 2;  // since that one, what is concluded has its forget key

// Names one notice: ids are scoped by municipality and region.
struct NoticeKey {
  std::string municipality_code;  // four digits
  std::string region_code;        // four digits
  contract::NoticeId id;

  bool operator==(const NoticeKey&) const = default;
};

// Names one item of an inbox.
struct ItemKey {
  NoticeKey notice;
  uint32_t revision = 0;

  bool operator==(const ItemKey&) const = default;
};

// Keys that the store alone writes.
std::string EpochKey();
std::string HeadKey();
std::string JournalKey(uint64_t batch);
bool IsStoresOwn(absl::string_view key);

std::string RecordKey(const NoticeKey& notice);
std::string ContentKey(absl::Time entered_at, const ItemKey& item);
std::string WaitingKey(absl::Time entered_at, const ItemKey& item);
std::string ParkedKey(absl::Time entered_at, const ItemKey& item);
std::string DueKey(absl::Time due_at, const NoticeKey& notice);
std::string ForgetKey(absl::Time forget_at, const NoticeKey& notice);
std::string ForgottenKey();
std::string SchemaKey();
std::string SecretKey(absl::string_view key_id);
std::string SignerKey(absl::string_view fingerprint);
std::string CheckpointKey(uint64_t last_batch);
std::string RecoveryKey();
std::string SuspensionKey(absl::string_view participant);  // its URI name
std::string AttendanceKey();

// Prefixes, for ranges and watches.
std::string WaitingPrefix();
std::string WaitingPrefix(absl::string_view municipality_code);
std::string ParkedPrefix();
std::string DuePrefix();
std::string ForgetPrefix();
std::string SecretPrefix();
std::string JournalPrefix();
std::string CheckpointPrefix();
std::string SuspensionPrefix();
std::string DueUpTo(absl::Time time);     // the first key of what is due after `time`
std::string ForgetUpTo(absl::Time time);  // the same of what is to be forgotten
std::string RecordPrefix();
std::string ContentPrefix();
std::string RecordPrefix(absl::string_view municipality_code, absl::string_view region_code);
// The first key after this one.
std::string KeyAfter(absl::string_view key);
// The first key after all that have the prefix, which is one of those above.
std::string EndOfPrefix(absl::string_view prefix);

// What a waiting, due or forget key names; an error if it is not such a key.
struct WaitingEntry {
  absl::Time entered_at;
  ItemKey item;
};
absl::StatusOr<WaitingEntry> ParseWaitingKey(absl::string_view key);
struct DueEntry {
  absl::Time due_at;
  NoticeKey notice;
};
absl::StatusOr<DueEntry> ParseDueKey(absl::string_view key);
absl::StatusOr<DueEntry> ParseForgetKey(absl::string_view key);  // due when it is to be forgotten
absl::StatusOr<NoticeKey> ParseRecordKey(absl::string_view key);
// The batch that the key of a journal record or of a checkpoint names.
absl::StatusOr<uint64_t> ParseBatchKey(absl::string_view key);

// Values that the store itself writes; framed. Decoding: DATA_LOSS or FAILED_PRECONDITION as Unframe of record_codec.h.
std::string EncodePosition(const contract::JournalPosition& position);
absl::StatusOr<contract::JournalPosition> DecodePosition(absl::string_view value);
std::string EncodeEpoch(uint64_t epoch);
absl::StatusOr<uint64_t> DecodeEpoch(absl::string_view value);
std::string EncodeTime(absl::Time time);
absl::StatusOr<absl::Time> DecodeTime(absl::string_view value);
std::string EncodeSchema(uint32_t version);
absl::StatusOr<uint32_t> DecodeSchema(absl::string_view value);

}  // namespace envej::store

#endif  // ENVEJ_BROKER_STORE_KEY_LAYOUT_H_
