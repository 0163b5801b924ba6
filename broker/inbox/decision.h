#ifndef ENVEJ_BROKER_INBOX_DECISION_H_
#define ENVEJ_BROKER_INBOX_DECISION_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "broker/inbox/record.h"
#include "broker/journal/event.h"
#include "broker/store/ordered_store.h"
#include "proto/contract/rejection.h"

namespace envej::inbox {

// What is to be done about something that happens to a notice.
struct Decision {
  enum class Kind {
    kChanged,    // `next` is to be stored, and `effects` carried out with it
    kForgotten,  // the record is to be deleted, and `effects` carried out with it
    kRepeated,   // it happened before, in the same way: answer as then
    kUnchanged,  // nothing to do
    kRejected,   // refused for `rejection`
  };
  Kind kind = Kind::kUnchanged;
  std::optional<Record> next;
  std::optional<contract::Rejection> rejection;

  // What is journalled, in order. `detail` is the event's (journal/event.h).
  struct Told {
    journal::EventType type;
    uint32_t detail = 0;

    bool operator==(const Told&) const = default;
  };
  struct Effects {
    bool destroy_content = false;  // that of the item as it was
    bool store_content = false;    // what came with what happened, as the item's
    std::vector<Told> events = {};
    store::Durability durability = store::Durability::kSynced;
  };
  Effects effects;

  static Decision Unchanged() { return {}; }
  static Decision Repeated();
  static Decision Rejected(contract::Reason reason);
  static Decision Rejected(const contract::Rejection& rejection);
  static Decision Changed(Record next, Effects effects);
  static Decision Forgotten();
};

}  // namespace envej::inbox

#endif  // ENVEJ_BROKER_INBOX_DECISION_H_
