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
  kNotInpatient,
  kNotHome,
  kNotPsychiatry,
  kUnderAge,   // 18 years are asked for on the day of discharge
  kNoConsent,  // none was registered, or none in this stay, or the citizen said no
  kCriterionNotMet,
  kContactMissing,     // no name, or no phone number that can be called
  kDischargedLongAgo,  // longer than the contract lets a notice be made
};

// One word for logs and counters, such as `no-consent`.
absl::string_view NameOf(WhyNot why);

// The number by which the site identifies the patient of an event; nothing where the event has none.
std::optional<PatientId> Identify(const std::vector<PatientId>& ids, const Site& site);

// All numbers of the patient.
std::vector<PatientId> IdsOf(const v1::Case& known);

// Why nothing is to be known of a patient of whom nothing is known yet, where an event says so: not an inpatient, or
// not in psychiatry. Nothing of an event that says neither, that somebody is dead, or that two numbers are of one
// patient.
std::optional<WhyNot> WhyOfNoConcern(const Event& event, const Site& site);

// Takes what an event says into a case. Of the patient's numbers the first 16 are kept, before others those that
// identify. Of the patient, what was recorded before what is known changes nothing of that;
// that the patient is dead no source takes back but the one that said it. What is said of stays is kept as it was said:
// they follow from all of it (stays.h).
void TakeEvent(const Event& event, const Site& site, v1::Case& known);

// Takes a consent that was registered, or that it was withdrawn. One that was registered before what is known changes
// nothing; a withdrawal always counts, if the clock went back as of when the consent was registered.
void TakeConsent(const v1::RegisteredConsent& consent, v1::Case& known);
void TakeConsentWithdrawal(absl::Time at, v1::Case& known);

// Takes the case of a number that is no more into that of the one patient. Of what both know of the patient the newer
// stays; the stays are those of both.
void TakeMerged(const v1::Case& merged, const Site& site, v1::Case& known);

// The notice that there is to be of the current stay (stays.h): without id, revision and time of making; or why there
// is none.
using Verdict = std::variant<envej::v1::Notice, WhyNot>;
Verdict Judge(const v1::Case& known, const Site& site, absl::Time now, const absl::TimeZone& copenhagen);

// Whether any source's last word is that the patient is dead.
bool IsDead(const v1::Person& person);

// Whether a notice can still be revised or withdrawn: the municipality has it, or will.
bool IsCurrent(const v1::CaseNotice& notice);

// The id of the notice that is to be made of a case, counted in as the last of `notices_made`.
using NewNoticeId = std::function<std::string(const v1::Case& known)>;

// What is to be sent so that the municipality knows what there is to be known, and takes it into the case as made.
// Several where the citizen's municipality is another one, after a merge, or where there are notices of several stays.
//
// Each stay has a notice of its own. One of an earlier stay than the current one is not revised. It stands, and is
// withdrawn only where the citizen is dead or withdrew the consent; where its own discharge did not take place; or
// where the next stay began within 31 days of it. Where that is undone, a new notice is made of the stay that is the
// current one again. After a return as not resident or dead, nothing more is made of the stay to that municipality
// until a consent is registered.
std::vector<v1::Outgoing> Reconcile(v1::Case& known, const Site& site, absl::Time now, const absl::TimeZone& copenhagen,
                                    const NewNoticeId& new_id);

}  // namespace envej::ward

#endif  // ENVEJ_REGION_CLIENT_WARD_JOINING_H_
