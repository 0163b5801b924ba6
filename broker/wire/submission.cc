#include "broker/wire/submission.h"

#include <utility>

#include "broker/wire/status.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/notice_id.h"

namespace envej::wire {
namespace {

// The notice as it is kept and delivered. Fields that the contract does not know are ignored outside the closed
// parts (where they were refused): they are not passed on.
std::string Content(const v1::Notice& message, bool has_unknown_fields) {
  if (!has_unknown_fields) return message.SerializeAsString();
  v1::Notice known = message;
  known.DiscardUnknownFields();
  return known.SerializeAsString();
}

}  // namespace

absl::StatusOr<inbox::Submission> PrepareSubmission(const certs::Identity& caller, const SentNotice& sent,
                                                    const admission::Admission& admission,
                                                    const std::vector<contract::CommitmentSecret>& secrets,
                                                    absl::Time now) {
  const contract::Notice notice = contract::FromMessage(sent.message);
  contract::Findings findings = admission.JudgeSubmission(caller.code, notice, now);
  if (findings.always.has_value()) return contract::ToStatus(*findings.ForNew());
  if (!sent.is_well_formed) return Refusal(contract::Reason::kMessageMalformed);

  const contract::Envelope& envelope = *notice.envelope;  // its absence is refused always
  inbox::Submission submission;
  submission.notice = {.municipality_code = envelope.municipality_code,
                       .region_code = caller.code,
                       .id = *contract::NoticeId::Parse(envelope.notice_id)};
  submission.submit.revision = envelope.revision;
  submission.submit.origin = caller.origin;
  submission.submit.discharge_date = envelope.discharge_date;
  submission.submit.refusal_if_new = std::move(findings.when_new);
  for (const contract::CommitmentSecret& secret : secrets) {
    submission.submit.commitments.push_back(contract::CommitTo(secret, caller.code, notice));
  }
  submission.content = Content(sent.message, notice.unknown_fields.anywhere);
  return submission;
}

}  // namespace envej::wire
