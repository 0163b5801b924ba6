#include "broker/answers/status_messages.h"

#include <optional>

#include "absl/strings/escaping.h"
#include "broker/store/key_layout.h"
#include "proto/contract/message_codec.h"

namespace envej::answers {
namespace {

v1::DurationPercentiles ToMessage(const operations::HourOfDurations& durations) {
  const operations::Percentiles percentiles = durations.Read();
  v1::DurationPercentiles message;
  message.set_count(percentiles.count);
  if (percentiles.p50.has_value()) *message.mutable_p50() = contract::ToMessage(*percentiles.p50);
  if (percentiles.p95.has_value()) *message.mutable_p95() = contract::ToMessage(*percentiles.p95);
  if (percentiles.p99.has_value()) *message.mutable_p99() = contract::ToMessage(*percentiles.p99);
  return message;
}

v1::StoreStatus StoreOf(const operations::Condition& condition) {
  v1::StoreStatus message;
  message.set_free_bytes(condition.free_bytes);
  message.set_nearly_full(condition.nearly_full);
  message.set_schema_version(store::kSchemaVersion);
  message.set_damaged(condition.damaged);
  return message;
}

v1::JournalStatus JournalOf(const operations::Condition& condition) {
  v1::JournalStatus message;
  message.set_newest_batch(condition.newest_batch);
  if (condition.checkpoint_at.has_value()) {
    *message.mutable_checkpoint_at() = contract::ToMessage(*condition.checkpoint_at);
  }
  message.set_mirrored(condition.mirrored_batch.has_value());
  message.set_mirrored_batch(condition.mirrored_batch.value_or(0));
  return message;
}

v1::TrustStatus TrustOf(const operations::Condition& condition) {
  v1::TrustStatus message;
  if (condition.certificate_expires_at.has_value()) {
    *message.mutable_certificate_expires_at() = contract::ToMessage(*condition.certificate_expires_at);
  }
  if (condition.lists_expire_at.has_value()) {
    *message.mutable_revocation_lists_expire_at() = contract::ToMessage(*condition.lists_expire_at);
  }
  message.set_reload_refused(condition.reload_refused);
  message.set_configuration_hash(condition.configuration_hash);
  message.set_register_hash(condition.register_hash);
  return message;
}

}  // namespace

v1::GetBrokerStatusResponse ToMessage(const operations::Condition& condition, const operations::Durations& durations,
                                      absl::string_view store_incarnation) {
  v1::GetBrokerStatusResponse message;
  message.set_broker(condition.broker);
  message.set_program_version(condition.version);
  if (condition.started_at.has_value()) *message.mutable_started_at() = contract::ToMessage(*condition.started_at);
  message.set_can_write(condition.cannot_write.empty());
  message.set_recovering(condition.recovering);
  *message.mutable_store() = StoreOf(condition);
  message.mutable_store()->set_incarnation(absl::BytesToHexString(store_incarnation));
  *message.mutable_store()->mutable_sync() = ToMessage(durations.sync);
  *message.mutable_journal() = JournalOf(condition);
  *message.mutable_trust() = TrustOf(condition);
  *message.mutable_accepted_to_fetched() = ToMessage(durations.accepted_to_fetched);
  *message.mutable_accepted_to_acknowledged() = ToMessage(durations.accepted_to_acknowledged);
  message.set_accepted_per_second(durations.accepted.PerSecond());
  message.set_acknowledged_per_second(durations.acknowledged.PerSecond());
  return message;
}

}  // namespace envej::answers
