#ifndef ENVEJ_BROKER_ADMISSION_ADMISSION_H_
#define ENVEJ_BROKER_ADMISSION_ADMISSION_H_

#include <optional>
#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "broker/admission/access_policy.h"
#include "broker/admission/participants.h"
#include "certs/identity.h"
#include "proto/contract/notice.h"
#include "proto/contract/notice_rules.h"
#include "proto/contract/rejection.h"
#include "proto/contract/withdrawal.h"

namespace envej::admission {

// Who may, then whether it is a proper notice. It decides and changes nothing: no clock, no store. Safe to use from
// many threads.
class Admission {
 public:
  // `participants` must outlive this object. `copenhagen` is contract::CopenhagenTimeZone().
  Admission(const Participants& participants, absl::TimeZone copenhagen);

  // To be asked first, before anything of the request is looked at: kCallerUnknown for a participant who is not in the
  // register, kParticipantSuspended for one who is suspended there, then kCallerKindNotAllowed. Nothing if the call is
  // allowed.
  std::optional<contract::Rejection> Authorise(const certs::Identity& caller, Method method) const;

  // Whether the participant is in the register.
  bool IsRegistered(const certs::Identity& participant) const;

  // Who is known by which subject of a certificate. Lives as long as the participants.
  const certs::SubjectTable& subjects() const { return participants_.subjects(); }

  // What the register and the contract's rules together say of a notice that `region_code` sends at `now`. An unknown
  // municipality is refused always; one that does not participate, or with whom the region has no agreement in force on
  // that day in Copenhagen, only when the notice is new: an accepted notice is still answered with its receipt after
  // the agreement has ended.
  contract::Findings JudgeSubmission(absl::string_view region_code, const contract::Notice& notice, absl::Time now,
                                     contract::SentAs sent_as = contract::SentAs::kNew) const;

  // The same of a withdrawal, for which only the municipality must be known.
  contract::Findings JudgeWithdrawal(const contract::Withdrawal& withdrawal, absl::Time now) const;

  // When a day, written YYYY-MM-DD, ends in Copenhagen; long ago for what is no day.
  absl::Time EndOfDay(absl::string_view day) const;

  // kRegionNotSucceeded unless the region that calls is that one, or has succeeded it by that day in Copenhagen.
  std::optional<contract::Rejection> MaySpeakFor(const certs::Identity& caller, absl::string_view region_code,
                                                 absl::Time now) const;
  // It, and all that it may speak for.
  std::set<std::string> SpeaksFor(const certs::Identity& caller, absl::Time now) const;

  // kInboxNotFound unless the inbox is the caller's own: another municipality's inbox and one that does not exist are
  // answered alike.
  std::optional<contract::Rejection> OwnInbox(const certs::Identity& caller, absl::string_view municipality_code) const;

 private:
  const Participants& participants_;
  const absl::TimeZone copenhagen_;
};

}  // namespace envej::admission

#endif  // ENVEJ_BROKER_ADMISSION_ADMISSION_H_
