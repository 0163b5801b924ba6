#include "broker/answers/inbox_status_messages.h"

#include "proto/contract/message_codec.h"

namespace envej::answers {

v1::Contact ToMessage(const admission::Contact& contact) {
  v1::Contact message;
  message.set_name(contact.name);
  message.set_phone_number(contact.phone_number);
  return message;
}

v1::InboxStatus ToMessage(const operations::InboxFigures& figures) {
  v1::InboxStatus message;
  message.set_municipality_code(figures.municipality_code);
  message.set_waiting(figures.waiting);
  message.set_leased(figures.leased);
  message.set_parked(figures.parked);
  message.set_missing(figures.missing);
  message.set_overdue(figures.overdue);
  message.set_undelivered(figures.undelivered);
  const auto set = [](const std::optional<absl::Time>& at, auto set_time) {
    if (at.has_value()) set_time(contract::ToMessage(*at));
  };
  set(figures.oldest_entered_at, [&](auto at) { *message.mutable_oldest_entered_at() = at; });
  set(figures.last_fetch_at, [&](auto at) { *message.mutable_last_fetch_at() = at; });
  set(figures.last_seen_at, [&](auto at) { *message.mutable_last_seen_at() = at; });
  set(figures.last_pull_at, [&](auto at) { *message.mutable_last_pull_at() = at; });
  set(figures.silent_since, [&](auto at) { *message.mutable_silent_since() = at; });
  message.set_silent(figures.silent_since.has_value());
  message.set_silence_unknown(figures.silence_unknown);
  message.set_consumers_connected(static_cast<uint32_t>(figures.consumers));
  message.set_accepted_today(figures.today.accepted);
  message.set_acknowledged_today(figures.today.acknowledged);
  message.set_returned_today(figures.today.returned);
  return message;
}

void AddKnown(const admission::Municipality& municipality, v1::InboxStatus& message) {
  message.set_name(municipality.name);
  message.set_participating(municipality.participating);
  if (municipality.on_call.has_value()) *message.mutable_on_call() = ToMessage(*municipality.on_call);
}

}  // namespace envej::answers
