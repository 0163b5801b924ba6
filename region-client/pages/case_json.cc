#include "region-client/pages/case_json.h"

#include <google/protobuf/util/time_util.h>

#include <nlohmann/json.hpp>

#include "envej/ward/v1/case.pb.h"
#include "region-client/agent/patient_reference.h"

namespace envej::region {
namespace {

using google::protobuf::util::TimeUtil;
using Json = nlohmann::json;

std::string TimeText(bool present, const google::protobuf::Timestamp& time) {
  return present ? TimeUtil::ToString(time) : "";
}

Json ToJson(const ward::v1::RegisteredConsent& consent) {
  return {{"municipality_code", consent.municipality_code()},
          {"contact_given_on", consent.consent().contact().given_on()},
          {"disclosure_given_on", consent.consent().disclosure().given_on()},
          {"registered_at", TimeText(consent.has_registered_at(), consent.registered_at())},
          {"withdrawn_at", TimeText(consent.has_withdrawn_at(), consent.withdrawn_at())}};
}

Json ToJson(const ward::v1::CaseNotice& notice) {
  return {{"notice_id", notice.notice_id()},
          {"municipality_code", notice.municipality_code()},
          {"revision", notice.revision()},
          {"standing", ward::v1::NoticeStanding_Name(notice.standing())},
          {"discharge_date", notice.discharge_date()},
          {"changed_at", TimeText(notice.has_changed_at(), notice.changed_at())},
          {"refused_for", notice.refused_for()},
          {"return_reason", v1::ReturnReason_Name(notice.return_reason())},
          {"withdrawal_reason", v1::WithdrawalReason_Name(notice.withdrawal_reason())}};
}

}  // namespace

std::string CaseJson(const StoredCase& stored, const std::optional<ward::WhyNot>& why_not, bool broker_away) {
  const ward::v1::Case& known = stored.known;
  Json notices = Json::array();
  for (const ward::v1::CaseNotice& notice : known.notices()) notices.push_back(ToJson(notice));
  const Json json = {{"outcome", "found"},
                     {"patient_reference", PatientReference(stored.id)},
                     {"broker_away", broker_away},
                     {"stay_state", ward::v1::StayState_Name(known.stay().state())},
                     {"discharge_date", known.stay().discharge_date()},
                     {"why_not", why_not.has_value() ? std::string(ward::NameOf(*why_not)) : ""},
                     {"consent", known.has_consent() ? ToJson(known.consent()) : Json()},
                     {"notices", notices}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace envej::region
