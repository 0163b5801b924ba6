#ifndef ENVEJ_REGION_CLIENT_PAGES_CONSENT_API_H_
#define ENVEJ_REGION_CLIENT_PAGES_CONSENT_API_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "envej/ward/v1/agent_service.pb.h"
#include "proto/contract/rejection.h"
#include "region-client/agent/desk.h"
#include "region-client/pages/municipalities.h"

namespace envej::region {

// What the page is answered: JSON that names no citizen.
struct ApiAnswer {
  int status = 200;
  std::string json;
  // What was done with whose case, for the log; both empty where nothing was.
  std::string action;
  std::string patient_reference;
};

// What staff do on the page, of which each takes JSON:
//   Register  RegisterConsentRequest of envej.ward.v1 →
//             {"outcome": "registered", "patient_reference", "why_not", "broker_away"}, or
//             {"outcome": "leaflet", "because": "no" | "not-taking-part", "withdrawn", "standing", "municipality"}
//   Withdraw  WithdrawConsentRequest → {"outcome": "withdrawn", "patient_reference"}
//   Find      FindPatientRequest → {"outcome": "found", "broker_away", ...}
// Where the broker is away, what is to be sent is sent later.
// A citizen who says no to either question, or lives where no scheme takes part, is written down nowhere: the leaflet
// is to be handed out. A consent that was given before is withdrawn by a no, also while the municipalities are not
// known (then "municipality" is null), and where it names another municipality than the one that takes no part. Errors:
// 400 for what is no such request; 422 where fields are wrong, with {"errors": [{"field", "reason"}]}; 404 where
// nothing is known by the number; 503 where the agent is full or cannot say now, with {"reason"}.
//
// Thread safety: any number of threads.
class ConsentApi {
 public:
  // What is referred to must outlive it.
  struct Parts {
    Desk& desk;
    const Municipalities& municipalities;
    std::function<bool()> reaches_broker;  // as far as is known
    std::function<absl::Time()> now;
    absl::TimeZone copenhagen;
  };
  explicit ConsentApi(Parts parts) : parts_(std::move(parts)) {}

  ApiAnswer Register(const std::string& json) const;
  ApiAnswer Withdraw(const std::string& json) const;
  ApiAnswer Find(const std::string& json) const;
  // All municipalities with their schemes, in order of name.
  ApiAnswer ListMunicipalities() const;

 private:
  ApiAnswer Keep(const std::optional<ward::PatientId>& patient, ward::v1::RegisteredConsent& consent) const;

  const Parts parts_;
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_PAGES_CONSENT_API_H_
