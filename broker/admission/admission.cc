#include "broker/admission/admission.h"

#include <string>

#include "proto/contract/day.h"

namespace envej::admission {
namespace {

using contract::Findings;
using contract::Reason;
using contract::Rejection;

constexpr absl::string_view kMunicipalityField = "envelope.municipality_code";

Rejection RefuseMunicipality(Reason reason) {
  return {.reason = reason, .violations = {{.field = std::string(kMunicipalityField), .reason = reason}}};
}

Findings JudgeMunicipality(const Participants& participants, absl::string_view region_code,
                           absl::string_view municipality_code, absl::CivilDay day) {
  Findings findings;
  const Municipality* municipality = participants.FindMunicipality(municipality_code);
  if (municipality == nullptr) {
    findings.always = RefuseMunicipality(Reason::kMunicipalityUnknown);
    return findings;
  }
  if (!municipality->participating) findings.when_new = RefuseMunicipality(Reason::kMunicipalityNotParticipating);
  if (!participants.AgreementInForce(region_code, municipality_code, day)) {
    findings.when_new = contract::Merge(findings.when_new, RefuseMunicipality(Reason::kAgreementNotInForce));
  }
  return findings;
}

}  // namespace

Admission::Admission(const Participants& participants, absl::TimeZone copenhagen)
    : participants_(participants), copenhagen_(copenhagen) {}

std::optional<Rejection> Admission::Authorise(const certs::Identity& caller, Method method) const {
  if (!IsRegistered(caller)) return Rejection{.reason = Reason::kCallerUnknown, .violations = {}};
  if (participants_.Suspended(caller)) return Rejection{.reason = Reason::kParticipantSuspended, .violations = {}};
  const std::optional<Reason> forbidden = Forbids(caller.kind, method);
  if (forbidden.has_value()) return Rejection{.reason = *forbidden, .violations = {}};
  return std::nullopt;
}

Findings Admission::JudgeSubmission(absl::string_view region_code, const contract::Notice& notice, absl::Time now,
                                    contract::SentAs sent_as) const {
  contract::Moment moment = contract::Moment::At(now, copenhagen_);
  moment.sent_as = sent_as;
  Findings rules = contract::CheckNotice(notice, moment);
  if (!notice.envelope.has_value()) return rules;  // the municipality is missing with it
  const Findings municipality =
      JudgeMunicipality(participants_, region_code, notice.envelope->municipality_code, moment.day);
  return {.always = contract::Merge(municipality.always, rules.always),
          .when_new = contract::Merge(municipality.when_new, rules.when_new)};
}

Findings Admission::JudgeWithdrawal(const contract::Withdrawal& withdrawal, absl::Time now) const {
  Findings findings = contract::CheckWithdrawal(withdrawal, contract::Moment::At(now, copenhagen_));
  if (participants_.FindMunicipality(withdrawal.municipality_code) == nullptr) {
    constexpr Reason kUnknown = Reason::kMunicipalityUnknown;
    findings.always = contract::Merge(
        findings.always,
        Rejection{.reason = kUnknown, .violations = {{.field = "withdrawal.municipality_code", .reason = kUnknown}}});
  }
  return findings;
}

absl::Time Admission::EndOfDay(absl::string_view day) const {
  const std::optional<absl::CivilDay> parsed = contract::ParseDay(day);
  return parsed.has_value() ? absl::FromCivil(*parsed + 1, copenhagen_) : absl::UnixEpoch();
}

std::optional<Rejection> Admission::MaySpeakFor(const certs::Identity& caller, absl::string_view region_code,
                                                absl::Time now) const {
  const bool may = absl::string_view(caller.code) == region_code ||
                   participants_.HasSucceeded(caller.code, region_code, absl::ToCivilDay(now, copenhagen_));
  if (may) return std::nullopt;
  constexpr Reason kReason = Reason::kRegionNotSucceeded;
  return Rejection{.reason = kReason, .violations = {{.field = "region_code", .reason = kReason}}};
}

std::set<std::string> Admission::SpeaksFor(const certs::Identity& caller, absl::Time now) const {
  return participants_.SpeaksFor(caller.code, absl::ToCivilDay(now, copenhagen_));
}

std::optional<Rejection> Admission::OwnInbox(const certs::Identity& caller, absl::string_view municipality_code) const {
  const bool own = caller.kind == certs::ParticipantKind::kMunicipality &&
                   absl::string_view(caller.code) == municipality_code && IsRegistered(caller);
  if (own) return std::nullopt;
  return Rejection{.reason = Reason::kInboxNotFound, .violations = {}};
}

bool Admission::IsRegistered(const certs::Identity& participant) const {
  switch (participant.kind) {
    case certs::ParticipantKind::kRegion:
      return participants_.FindRegion(participant.code) != nullptr;
    case certs::ParticipantKind::kMunicipality:
      return participants_.FindMunicipality(participant.code) != nullptr;
    case certs::ParticipantKind::kOperations:
      return participants_.KnowsOperations(participant.code);
  }
  return false;
}

}  // namespace envej::admission
