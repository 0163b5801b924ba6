#include "region-client/option_words.h"

namespace envej::region {
const std::map<std::string, OutputForm>& OutputForms() {
  static const auto* const kForms =
      new std::map<std::string, OutputForm>{{"text", OutputForm::kText}, {"json", OutputForm::kJson}};
  return *kForms;
}

const std::map<std::string, ProgressMode>& ProgressModes() {
  static const auto* const kModes = new std::map<std::string, ProgressMode>{
      {"auto", ProgressMode::kAuto}, {"always", ProgressMode::kAlways}, {"never", ProgressMode::kNever}};
  return *kModes;
}

const std::map<std::string, v1::NoticeState>& States() {
  static const auto* const kStates = new std::map<std::string, v1::NoticeState>{
      {"waiting", v1::NOTICE_STATE_WAITING},           {"leased", v1::NOTICE_STATE_LEASED},
      {"acknowledged", v1::NOTICE_STATE_ACKNOWLEDGED}, {"returned", v1::NOTICE_STATE_RETURNED},
      {"withdrawn", v1::NOTICE_STATE_WITHDRAWN},       {"parked", v1::NOTICE_STATE_PARKED},
      {"undelivered", v1::NOTICE_STATE_UNDELIVERED},   {"missing", v1::NOTICE_STATE_MISSING}};
  return *kStates;
}

const std::map<std::string, v1::WithdrawalReason>& WithdrawalReasons() {
  static const auto* const kReasons = new std::map<std::string, v1::WithdrawalReason>{
      {"consent-withdrawn", v1::WITHDRAWAL_REASON_CONSENT_WITHDRAWN},
      {"deceased", v1::WITHDRAWAL_REASON_DECEASED},
      {"not-in-target-group", v1::WITHDRAWAL_REASON_NOT_IN_TARGET_GROUP},
      {"sent-in-error", v1::WITHDRAWAL_REASON_SENT_IN_ERROR},
      {"readmitted", v1::WITHDRAWAL_REASON_READMITTED}};
  return *kReasons;
}

const std::map<std::string, v1::ChangeKind>& ChangeKinds() {
  static const auto* const kKinds =
      new std::map<std::string, v1::ChangeKind>{{"accepted", v1::CHANGE_KIND_ACCEPTED},
                                                {"revised", v1::CHANGE_KIND_REVISED},
                                                {"withdrawn", v1::CHANGE_KIND_WITHDRAWN},
                                                {"leased", v1::CHANGE_KIND_LEASED},
                                                {"lease-expired", v1::CHANGE_KIND_LEASE_EXPIRED},
                                                {"acknowledged", v1::CHANGE_KIND_ACKNOWLEDGED},
                                                {"returned", v1::CHANGE_KIND_RETURNED},
                                                {"parked", v1::CHANGE_KIND_PARKED},
                                                {"redriven", v1::CHANGE_KIND_REDRIVEN},
                                                {"overdue", v1::CHANGE_KIND_OVERDUE},
                                                {"undelivered", v1::CHANGE_KIND_UNDELIVERED},
                                                {"destroyed", v1::CHANGE_KIND_DESTROYED},
                                                {"outcome-acknowledged", v1::CHANGE_KIND_OUTCOME_ACKNOWLEDGED},
                                                {"missing", v1::CHANGE_KIND_MISSING}};
  return *kKinds;
}

}  // namespace envej::region
