#ifndef ENVEJ_REGION_CLIENT_WARD_JOINING_H_
#define ENVEJ_REGION_CLIENT_WARD_JOINING_H_

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "envej/ward/v1/case.pb.h"
#include "region-client/ward/event.h"
#include "region-client/ward/site.h"

namespace envej::ward {

// How a consent and what a ward's systems say become a notice. All of it is pure: what is known of a patient says which
// notice there is to be, and the difference to the one that there is says what is to be sent. So it does not matter in
// which order things come, nor how often.

// Why there is to be no notice of a patient. In order of precedence.
enum class WhyNot {
  kDeceased,
  kConsentWithdrawn,
  kLivesElsewhere,  // in a municipality that takes no part
  kNotDischarged,   // and no discharge is planned
  kEnteredInError,
  kDischargeCancelled,  // or the plan of one
  kReadmitted,
  kNoConsent,  // none was registered, or none in this stay, or the citizen said no
  kNotInpatient,
  kNotHome,
  kNotPsychiatry,
  kUnderAge,  // 18 years are asked for on the day of discharge
  kCriterionNotMet,
  kContactMissing,     // no name, or no phone number that can be called
  kDischargedLongAgo,  // longer than the contract lets a notice be made
};

// One word for logs and counters, such as `no-consent`.
absl::string_view NameOf(WhyNot why);

// The number by which the site identifies the patient of an event; nothing where the event has none.
std::optional<PatientId> Identify(const std::vector<PatientId>& ids, const Site& site);

// Takes what an event says into a case. An event that was recorded before what is known changes nothing of that. Of
// several stays the newest inpatient one in psychiatry is known, where there is any: other contacts with hospitals, as
// visits, change nothing of it.
void TakeEvent(const Event& event, const Site& site, v1::Case& known);

// Takes a consent that was registered, or that it was withdrawn. One that was registered before what is known changes
// nothing.
void TakeConsent(const v1::RegisteredConsent& consent, v1::Case& known);
void TakeConsentWithdrawal(absl::Time at, v1::Case& known);

// Takes the case of a number that is no more into that of the one patient. Of what both know the newer stays; of two
// stays one in psychiatry before any other.
void TakeMerged(const v1::Case& merged, const Site& site, v1::Case& known);

// The notice that there is to be: without id, revision and time of making; or why there is none.
using Verdict = std::variant<envej::v1::Notice, WhyNot>;
Verdict Judge(const v1::Case& known, const Site& site, absl::Time now, const absl::TimeZone& copenhagen);

// Whether a notice can still be revised or withdrawn: the municipality has it, or will.
bool IsCurrent(const v1::CaseNotice& notice);

// The id of the notice that is to be made of a case, counted in as the last of `notices_made`.
using NewNoticeId = std::function<std::string(const v1::Case& known)>;

// What is to be sent so that the municipality knows what there is to be known, and takes it into the case as made.
// Several where the citizen's municipality is another one, or after a merge.
std::vector<v1::Outgoing> Reconcile(v1::Case& known, const Site& site, absl::Time now, const absl::TimeZone& copenhagen,
                                    const NewNoticeId& new_id);

}  // namespace envej::ward

#endif  // ENVEJ_REGION_CLIENT_WARD_JOINING_H_
