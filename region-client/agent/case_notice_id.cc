#include "region-client/agent/case_notice_id.h"

#include "absl/strings/str_cat.h"
#include "proto/contract/notice_id.h"
#include "region-client/ward/joining.h"

namespace envej::region {
namespace {

constexpr size_t kUuidBytes = 16;

}  // namespace

std::string CaseNoticeId(const AtRest& at_rest, const ward::Site& site, const ward::v1::Case& known) {
  const ward::PatientId patient = ward::Identify(ward::IdsOf(known), site).value_or(ward::PatientId());
  const std::string made = absl::StrCat(known.notices_made());
  std::string bytes = at_rest
                          .NamesOf({"notice", patient.authority, patient.value, known.stay().number(),
                                    known.stay().discharge_date(), made})
                          .front()
                          .substr(0, kUuidBytes);
  // Version 4, variant 1 (RFC 9562).
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  return contract::NoticeId::FromBytes(bytes).value_or(contract::NoticeId()).ToString();
}

}  // namespace envej::region
