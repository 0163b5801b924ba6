#include "region-client/agent/telling.h"

#include "proto/contract/message_codec.h"
#include "region-client/agent/patient_reference.h"

namespace envej::region {

ward::v1::Telling TellingOf(ward::v1::TellingKind kind, const std::string& case_id, const ward::v1::CaseNotice& notice,
                            absl::string_view reason, absl::Time at) {
  ward::v1::Telling telling;
  telling.set_kind(kind);
  telling.set_notice_id(notice.notice_id());
  telling.set_municipality_code(notice.municipality_code());
  telling.set_ward(notice.ward());
  telling.set_patient_reference(PatientReference(case_id));
  telling.set_revision(notice.revision());
  telling.set_reason(std::string(reason));
  *telling.mutable_at() = contract::ToMessage(at);
  return telling;
}

}  // namespace envej::region
