#ifndef ENVEJ_BROKER_INBOX_TRANSITION_H_
#define ENVEJ_BROKER_INBOX_TRANSITION_H_

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "broker/inbox/record.h"
#include "broker/journal/event.h"
#include "broker/store/ordered_store.h"
#include "proto/contract/rejection.h"

namespace envej::inbox {

// What can happen to a notice.

// A region submits it. `commitments` are the same notice's under each secret in use, the newest first.
struct Submit {
  uint32_t revision = 1;
  std::string origin;
  std::string discharge_date;
  std::vector<contract::ContentCommitment> commitments;
  // Why the rules of the day refuse it, if it is new.
  std::optional<contract::Rejection> refusal_if_new;
};
// A consumer of the municipality claims its item.
struct TakeLease {
  std::string token;
  absl::Time expires_at;
};
// The holder of `token` ...
struct ExtendLease {
  uint32_t revision = 0;
  std::string token;
  absl::Time expires_at;
};
struct Acknowledge {
  uint32_t revision = 0;
  std::string token;
};
struct Return {
  uint32_t revision = 0;
  std::string token;
  ReturnReason reason = ReturnReason::kNone;
};
// The time of its lease may be over.
struct ExpireLease {};

using Happening = std::variant<Submit, TakeLease, ExtendLease, Acknowledge, Return, ExpireLease>;

// What is to be done about it.
struct Decision {
  enum class Kind {
    kChanged,    // `next` is to be stored, and `effects` carried out with it
    kRepeated,   // it happened before, in the same way: answer as then
    kUnchanged,  // nothing to do
    kRejected,   // refused for `rejection`
  };
  Kind kind = Kind::kUnchanged;
  std::optional<Record> next;
  std::optional<contract::Rejection> rejection;

  enum class Content { kKeep, kStore, kDestroy };
  struct Effects {
    Content content = Content::kKeep;
    std::optional<journal::EventType> event;
    store::Durability durability = store::Durability::kSynced;
  };
  Effects effects;
};

// The one transition function: what becomes of a notice whose record is `state` (nothing: never seen) when
// `happening` happens at `now`. Pure. Its table stands in ARCHITECTURE.md.
Decision Decide(const std::optional<Record>& state, const Happening& happening, absl::Time now);

}  // namespace envej::inbox

#endif  // ENVEJ_BROKER_INBOX_TRANSITION_H_
