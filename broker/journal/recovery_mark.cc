#include "broker/journal/recovery_mark.h"

#include <utility>

#include "broker/journal/event.h"
#include "broker/store/key_layout.h"
#include "broker/store/record_codec.h"
#include "proto/contract/byte_codec.h"

namespace envej::journal {
namespace {

constexpr uint8_t kVersion = 1;

}  // namespace

std::string EncodeRecoveryMark(const RecoveryMark& mark) {
  contract::ByteWriter writer;
  writer.Uint8(static_cast<uint8_t>(mark.end));
  writer.Time(mark.ended_at);
  writer.Uint32(static_cast<uint32_t>(mark.former.size()));
  for (const FormerIncarnation& former : mark.former) {
    writer.Bytes(former.store_incarnation);
    writer.Uint64(former.last_batch);
  }
  writer.Time(mark.restored_at);
  writer.Uint64(mark.backup_batch);
  writer.Time(mark.backup_time);
  writer.Uint8(mark.mirror_read ? 1 : 0);
  writer.Uint64(mark.reached_batch);
  writer.Time(mark.reached_time);
  writer.Uint64(mark.known_end);
  writer.Uint64(mark.missing);
  writer.Uint64(mark.unfitting);
  writer.Uint8(mark.wait.has_value() ? 1 : 0);
  writer.Uint64(static_cast<uint64_t>(absl::ToInt64Milliseconds(mark.wait.value_or(absl::ZeroDuration()))));
  return store::Frame(kVersion, writer.bytes());
}

absl::StatusOr<RecoveryMark> DecodeRecoveryMark(absl::string_view value) {
  const absl::StatusOr<std::string> payload = store::UnframeOf(value, kVersion);
  if (!payload.ok()) return payload.status();
  contract::ByteReader reader(*payload);
  RecoveryMark mark;
  const uint8_t end = reader.Uint8();
  mark.ended_at = reader.Time();
  const uint32_t count = reader.Uint32();
  for (uint32_t index = 0; index < count && reader.ok(); ++index) {
    FormerIncarnation former;
    former.store_incarnation = reader.Bytes();
    former.last_batch = reader.Uint64();
    mark.former.push_back(std::move(former));
  }
  mark.restored_at = reader.Time();
  mark.backup_batch = reader.Uint64();
  mark.backup_time = reader.Time();
  mark.mirror_read = reader.Uint8() != 0;
  mark.reached_batch = reader.Uint64();
  mark.reached_time = reader.Time();
  mark.known_end = reader.Uint64();
  mark.missing = reader.Uint64();
  mark.unfitting = reader.Uint64();
  const bool waits = reader.Uint8() != 0;
  const uint64_t milliseconds = reader.Uint64();
  if (waits) mark.wait = absl::Milliseconds(static_cast<int64_t>(milliseconds));
  if (!reader.AtEnd() || end > static_cast<uint8_t>(RecoveryMark::End::kAccepted) || mark.former.empty()) {
    return absl::DataLossError("what the store says of its restoring cannot be read");
  }
  mark.end = static_cast<RecoveryMark::End>(end);
  return mark;
}

absl::StatusOr<std::optional<RecoveryMark>> ReadRecoveryMark(store::OrderedStore& store) {
  const absl::StatusOr<std::optional<std::string>> value = store.Get(store::RecoveryKey());
  if (!value.ok()) return value.status();
  if (!value->has_value()) return std::optional<RecoveryMark>();
  absl::StatusOr<RecoveryMark> mark = DecodeRecoveryMark(**value);
  if (!mark.ok()) return mark.status();
  return std::optional<RecoveryMark>(*std::move(mark));
}

bool LeadsOnFrom(const FormerIncarnation& former, const store::BatchRecord& record) {
  if (record.events.empty() || record.batch != former.last_batch + 1) return false;
  const absl::StatusOr<Event> event = DecodeEvent(record.events.front());
  return event.ok() && event->type == EventType::kRestored && event->former_batch == former.last_batch &&
         event->former_incarnation == former.store_incarnation;
}

absl::StatusOr<uint64_t> LastFormerBatch(store::OrderedStore& store) {
  const absl::StatusOr<std::optional<RecoveryMark>> mark = ReadRecoveryMark(store);
  if (!mark.ok()) return mark.status();
  return mark->has_value() ? (*mark)->former.back().last_batch : 0;
}

}  // namespace envej::journal
