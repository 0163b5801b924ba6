#include "region-client/agent/outgoing.h"

namespace envej::region {
namespace {

const v1::Envelope& EnvelopeOf(const ward::v1::Outgoing& outgoing) {
  return (outgoing.has_submit() ? outgoing.submit() : outgoing.revise()).envelope();
}

}  // namespace

const std::string& NoticeOf(const ward::v1::Outgoing& outgoing) {
  return outgoing.has_withdraw() ? outgoing.withdraw().notice_id() : EnvelopeOf(outgoing).notice_id();
}

const std::string& MunicipalityOf(const ward::v1::Outgoing& outgoing) {
  return outgoing.has_withdraw() ? outgoing.withdraw().municipality_code() : EnvelopeOf(outgoing).municipality_code();
}

uint32_t RevisionOf(const ward::v1::Outgoing& outgoing) {
  return outgoing.has_withdraw() ? outgoing.withdraw().revision() : EnvelopeOf(outgoing).revision();
}

}  // namespace envej::region
