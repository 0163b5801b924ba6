#ifndef ENVEJ_PROTO_CONTRACT_NOTICE_RULES_H_
#define ENVEJ_PROTO_CONTRACT_NOTICE_RULES_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "proto/contract/notice.h"
#include "proto/contract/rejection.h"

namespace envej::contract {

// Who can check a rule: the envelope's rules the broker checks on every notice; the content's rules are checked by the
// sender and the receiver, and by the broker where content is plain.
enum class Scope { kEnvelope, kContent };

// When a rule holds: some depend on the day, and refuse a notice only when it is new. A notice that was accepted is
// answered with its receipt also after its consent has lapsed.
enum class Holds { kAlways, kWhenNew };

// As what a notice is sent: as a new one, or as a revision of one.
enum class SentAs { kNew, kRevision };

// The time at which a notice is judged, the day in Copenhagen then, and what it is to be.
struct Moment {
  absl::Time time;
  absl::CivilDay day;
  SentAs sent_as = SentAs::kNew;

  static Moment At(absl::Time time, const absl::TimeZone& copenhagen);
};

// One rule: it refuses a notice for which `broken` is true.
struct Rule {
  Reason reason;
  Scope scope;
  Holds holds;
  absl::string_view field;
  bool (*broken)(const Notice& notice, const Moment& moment);
};

// Every rule, in order of precedence. Seeds: model, sections 3 and 4.1.
absl::Span<const Rule> AllRules();

// What the rules say of a notice.
struct Findings {
  std::optional<Rejection> always;    // refused, whether it was seen before or not
  std::optional<Rejection> when_new;  // refused unless it was accepted before

  // The rejection of a new notice: both together, by precedence. Nothing if it is a proper one.
  std::optional<Rejection> ForNew() const;
};

Findings CheckNotice(const Notice& notice, const Moment& moment);

// `first` and `second` as one: the reason that stands first, and the fields of both.
std::optional<Rejection> Merge(const std::optional<Rejection>& first, const std::optional<Rejection>& second);

// What was made at this time was made later than any clock allows; or so long ago that an id of then may have been
// forgotten.
bool InFuture(absl::Time created_at, const Moment& moment);
bool IsForgotten(absl::Time created_at, const Moment& moment);

// Whether the notice lacks a part of the consent, so that the leaflet is handed out and nothing is sent.
bool LacksConsent(const Notice& notice);

}  // namespace envej::contract

#endif  // ENVEJ_PROTO_CONTRACT_NOTICE_RULES_H_
