#include "broker/store/key_layout.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "broker/store/record_codec.h"
#include "proto/contract/byte_codec.h"

namespace envej::store {
namespace {

using contract::ByteReader;
using contract::ByteWriter;

constexpr char kEpoch = 'e';
constexpr char kHead = 'h';
constexpr char kJournal = 'j';
constexpr char kRecord = 'n';
constexpr char kContent = 'c';
constexpr char kWaiting = 'w';
constexpr char kParked = 'p';
constexpr char kDue = 't';
constexpr char kForget = 'f';
constexpr char kForgotten = 'b';
constexpr char kSchema = 'v';
constexpr char kSecret = 's';
constexpr char kSigner = 'g';
constexpr char kCheckpoint = 'k';
constexpr char kRecovery = 'r';
constexpr char kSuspension = 'a';
constexpr char kAttendance = 'l';

constexpr size_t kCodeBytes = 4;
constexpr size_t kIdBytes = 16;
constexpr uint8_t kPositionVersion = 1;
constexpr uint8_t kEpochVersion = 1;
constexpr uint8_t kTimeVersion = 1;
constexpr uint8_t kSchemaFormat = 1;
constexpr absl::Duration kTimeStep = absl::Microseconds(1);

// What came in later stands behind, so that new keys of an inbox are written, and read, one beside the other.
std::string InboxKey(char kind, absl::Time entered_at, const ItemKey& item) {
  ByteWriter key;
  key.Uint8(static_cast<uint8_t>(kind));
  key.Raw(item.notice.municipality_code);
  key.Time(entered_at);
  key.Raw(item.notice.region_code);
  key.Raw(item.notice.id.ToBytes());
  key.Uint32(item.revision);
  return std::move(key).bytes();
}

std::string BatchKey(char kind, uint64_t batch) {
  ByteWriter key;
  key.Uint8(static_cast<uint8_t>(kind));
  key.Uint64(batch);
  return std::move(key).bytes();
}

std::string TimedFrom(char kind, absl::Time time) {
  ByteWriter key;
  key.Uint8(static_cast<uint8_t>(kind));
  key.Time(time);
  return std::move(key).bytes();
}

std::string TimedKey(char kind, absl::Time time, const NoticeKey& notice) {
  ByteWriter key;
  key.Raw(TimedFrom(kind, time));
  key.Raw(notice.municipality_code);
  key.Raw(notice.region_code);
  key.Raw(notice.id.ToBytes());
  return std::move(key).bytes();
}

// Reads the parts of a key; anything that no key holds makes it not ok.
class KeyReader {
 public:
  KeyReader(absl::string_view key, char kind) : reader_(key) { ok_ = reader_.Uint8() == static_cast<uint8_t>(kind); }

  std::string Code() {
    std::string code = reader_.Raw(kCodeBytes);
    ok_ = ok_ && std::all_of(code.begin(), code.end(),
                             [](char digit) { return absl::ascii_isdigit(static_cast<unsigned char>(digit)); });
    return code;
  }

  contract::NoticeId Id() {
    const std::optional<contract::NoticeId> id = contract::NoticeId::FromBytes(reader_.Raw(kIdBytes));
    ok_ = ok_ && id.has_value();
    return id.value_or(contract::NoticeId());
  }

  uint32_t Revision() { return reader_.Uint32(); }
  absl::Time Time() { return reader_.Time(); }

  absl::Status Finish() const {
    if (ok_ && reader_.AtEnd()) return absl::OkStatus();
    return absl::DataLossError("a stored key is malformed");
  }

 private:
  ByteReader reader_;
  bool ok_ = true;
};

absl::StatusOr<DueEntry> ParseTimedKey(absl::string_view key, char kind) {
  KeyReader reader(key, kind);
  DueEntry entry;
  entry.due_at = reader.Time();
  entry.notice.municipality_code = reader.Code();
  entry.notice.region_code = reader.Code();
  entry.notice.id = reader.Id();
  if (absl::Status status = reader.Finish(); !status.ok()) return status;
  return entry;
}

}  // namespace

std::string EpochKey() { return std::string(1, kEpoch); }
std::string HeadKey() { return std::string(1, kHead); }

std::string JournalKey(uint64_t batch) { return BatchKey(kJournal, batch); }

bool IsStoresOwn(absl::string_view key) {
  return !key.empty() && (key[0] == kEpoch || key[0] == kHead || key[0] == kJournal);
}

std::string RecordKey(const NoticeKey& notice) {
  std::string key = RecordPrefix(notice.municipality_code, notice.region_code);
  key += notice.id.ToBytes();
  return key;
}

std::string ContentKey(absl::Time entered_at, const ItemKey& item) { return InboxKey(kContent, entered_at, item); }
std::string WaitingKey(absl::Time entered_at, const ItemKey& item) { return InboxKey(kWaiting, entered_at, item); }

std::string ParkedKey(absl::Time entered_at, const ItemKey& item) { return InboxKey(kParked, entered_at, item); }

std::string DueKey(absl::Time due_at, const NoticeKey& notice) { return TimedKey(kDue, due_at, notice); }
std::string ForgetKey(absl::Time forget_at, const NoticeKey& notice) { return TimedKey(kForget, forget_at, notice); }
std::string ForgottenKey() { return std::string(1, kForgotten); }
std::string SchemaKey() { return std::string(1, kSchema); }

std::string SecretKey(absl::string_view key_id) { return SecretPrefix().append(key_id.data(), key_id.size()); }

std::string SignerKey(absl::string_view fingerprint) {
  return std::string(1, kSigner).append(fingerprint.data(), fingerprint.size());
}
std::string CheckpointKey(uint64_t last_batch) { return BatchKey(kCheckpoint, last_batch); }

std::string RecoveryKey() { return std::string(1, kRecovery); }

std::string SuspensionKey(absl::string_view participant) {
  return SuspensionPrefix().append(participant.data(), participant.size());
}

std::string AttendanceKey() { return std::string(1, kAttendance); }

std::string SuspensionPrefix() { return std::string(1, kSuspension); }
std::string SecretPrefix() { return std::string(1, kSecret); }
std::string JournalPrefix() { return std::string(1, kJournal); }
std::string CheckpointPrefix() { return std::string(1, kCheckpoint); }

std::string WaitingPrefix() { return std::string(1, kWaiting); }

std::string WaitingPrefix(absl::string_view municipality_code) {
  return WaitingPrefix().append(municipality_code.data(), municipality_code.size());
}

std::string ParkedPrefix() { return std::string(1, kParked); }
std::string DuePrefix() { return std::string(1, kDue); }
std::string DueUpTo(absl::Time time) { return TimedFrom(kDue, time + kTimeStep); }
std::string ForgetPrefix() { return std::string(1, kForget); }
std::string ForgetUpTo(absl::Time time) { return TimedFrom(kForget, time + kTimeStep); }

std::string RecordPrefix() { return std::string(1, kRecord); }
std::string ContentPrefix() { return std::string(1, kContent); }

std::string RecordPrefix(absl::string_view municipality_code, absl::string_view region_code) {
  return RecordPrefix()
      .append(municipality_code.data(), municipality_code.size())
      .append(region_code.data(), region_code.size());
}

std::string KeyAfter(absl::string_view key) { return std::string(key).append(1, '\0'); }

std::string EndOfPrefix(absl::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<uint8_t>(end.back()) == 0xff) end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<uint8_t>(end.back()) + 1);
  return end;
}

absl::StatusOr<WaitingEntry> ParseWaitingKey(absl::string_view key) {
  KeyReader reader(key, kWaiting);
  WaitingEntry entry;
  entry.item.notice.municipality_code = reader.Code();
  entry.entered_at = reader.Time();
  entry.item.notice.region_code = reader.Code();
  entry.item.notice.id = reader.Id();
  entry.item.revision = reader.Revision();
  if (absl::Status status = reader.Finish(); !status.ok()) return status;
  return entry;
}

absl::StatusOr<DueEntry> ParseDueKey(absl::string_view key) { return ParseTimedKey(key, kDue); }
absl::StatusOr<DueEntry> ParseForgetKey(absl::string_view key) { return ParseTimedKey(key, kForget); }

absl::StatusOr<NoticeKey> ParseRecordKey(absl::string_view key) {
  KeyReader reader(key, kRecord);
  NoticeKey notice;
  notice.municipality_code = reader.Code();
  notice.region_code = reader.Code();
  notice.id = reader.Id();
  if (absl::Status status = reader.Finish(); !status.ok()) return status;
  return notice;
}

absl::StatusOr<uint64_t> ParseBatchKey(absl::string_view key) {
  ByteReader reader(key);
  const auto kind = static_cast<char>(reader.Uint8());
  const uint64_t batch = reader.Uint64();
  if ((kind == kJournal || kind == kCheckpoint) && reader.AtEnd()) return batch;
  return absl::DataLossError("a stored key is malformed");
}

std::string EncodePosition(const contract::JournalPosition& position) {
  ByteWriter payload;
  payload.Bytes(position.store_incarnation);
  payload.Bytes(position.broker);
  payload.Uint64(position.batch);
  payload.Uint32(position.event_index);
  return Frame(kPositionVersion, payload.bytes());
}

absl::StatusOr<contract::JournalPosition> DecodePosition(absl::string_view value) {
  const absl::StatusOr<Framed> framed = Unframe(value, kPositionVersion);
  if (!framed.ok()) return framed.status();
  ByteReader reader(framed->payload);
  contract::JournalPosition position;
  position.store_incarnation = reader.Bytes();
  position.broker = reader.Bytes();
  position.batch = reader.Uint64();
  position.event_index = reader.Uint32();
  if (!reader.AtEnd()) return absl::DataLossError("a stored journal position is malformed");
  return position;
}

std::string EncodeEpoch(uint64_t epoch) {
  ByteWriter payload;
  payload.Uint64(epoch);
  return Frame(kEpochVersion, payload.bytes());
}

absl::StatusOr<uint64_t> DecodeEpoch(absl::string_view value) {
  const absl::StatusOr<Framed> framed = Unframe(value, kEpochVersion);
  if (!framed.ok()) return framed.status();
  ByteReader reader(framed->payload);
  const uint64_t epoch = reader.Uint64();
  if (!reader.AtEnd()) return absl::DataLossError("the stored start epoch is malformed");
  return epoch;
}

std::string EncodeTime(absl::Time time) {
  ByteWriter payload;
  payload.Time(time);
  return Frame(kTimeVersion, payload.bytes());
}

absl::StatusOr<absl::Time> DecodeTime(absl::string_view value) {
  const absl::StatusOr<Framed> framed = Unframe(value, kTimeVersion);
  if (!framed.ok()) return framed.status();
  ByteReader reader(framed->payload);
  const absl::Time time = reader.Time();
  if (!reader.AtEnd()) return absl::DataLossError("a stored time is malformed");
  return time;
}

std::string EncodeSchema(uint32_t version) {
  ByteWriter payload;
  payload.Uint32(version);
  return Frame(kSchemaFormat, payload.bytes());
}

absl::StatusOr<uint32_t> DecodeSchema(absl::string_view value) {
  const absl::StatusOr<Framed> framed = Unframe(value, kSchemaFormat);
  if (!framed.ok()) return framed.status();
  ByteReader reader(framed->payload);
  const uint32_t version = reader.Uint32();
  if (!reader.AtEnd()) return absl::DataLossError("the stored schema version is malformed");
  return version;
}

}  // namespace envej::store
