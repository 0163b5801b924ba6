#include "region-client/agent/desk.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "proto/contract/merkle_tree.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/notice_id.h"
#include "region-client/agent/case_notice_id.h"
#include "region-client/agent/outgoing.h"
#include "region-client/agent/patient_reference.h"
#include "region-client/agent/phone_number.h"
#include "region-client/agent/random_ids.h"

namespace envej::region {
namespace {

using ward::v1::Case;
using ward::v1::PatientId;

PatientId ToMessage(const ward::PatientId& patient) {
  PatientId message;
  message.set_authority(patient.authority);
  message.set_value(patient.value);
  return message;
}

bool IsSame(const PatientId& left, const PatientId& right) {
  return left.authority() == right.authority() && left.value() == right.value();
}

// By which the site identifies; nothing where none of them does.
std::optional<PatientId> Identifying(const std::vector<ward::PatientId>& ids, const ward::Site& site) {
  const std::optional<ward::PatientId> found = ward::Identify(ids, site);
  if (!found.has_value() || found->value.empty()) return std::nullopt;
  return ToMessage(*found);
}

// So that the case can be erased whole: all that finds it stands in it.
void KeepNumber(const PatientId& patient, Case& known) {
  const auto& ids = known.patient_ids();
  const auto is_it = [&](const PatientId& each) { return IsSame(each, patient); };
  if (std::none_of(ids.begin(), ids.end(), is_it)) *known.add_patient_ids() = patient;
}

// Systems write phone numbers as people typed them. What is none is as if it were not said.
ward::Event WithNumbersToCall(ward::Event event) {
  std::vector<std::string> numbers;
  for (const std::string& written : event.contact.phone_numbers) {
    std::optional<std::string> number = ToE164(written);
    const bool is_new = number.has_value() && std::find(numbers.begin(), numbers.end(), *number) == numbers.end();
    if (is_new) numbers.push_back(*std::move(number));
  }
  event.contact.phone_numbers = std::move(numbers);
  return event;
}

absl::Status CheckName(const MessageName& name) {
  const bool named = !name.id.empty() && name.id.size() <= kMessageNameBytes && name.source.size() <= kMessageNameBytes;
  return named ? absl::OkStatus() : absl::InvalidArgumentError("the message has no id, or one that is too long");
}

absl::Status CheckMessage(const MessageName& name, size_t events) {
  if (absl::Status status = CheckName(name); !status.ok()) return status;
  if (events == 0 || events > kMessageEvents) {
    return absl::InvalidArgumentError(absl::StrCat("the message has not 1 to ", kMessageEvents, " events"));
  }
  return absl::OkStatus();
}

// By which work on the message keeps other work on it out.
std::string LockOf(const MessageName& name) { return absl::StrCat(name.source.size(), ":", name.source, name.id); }

// A withdrawal takes the place of all that was to be sent of its notice: what is withdrawn while the broker is away is
// never sent. The broker takes the withdrawal of a notice that it has not seen, and refuses the notice after it; so it
// does not matter whether anything of it was under way, or had come there and its receipt was lost.
void Put(const ward::v1::Outgoing& outgoing, CaseWork& work) {
  if (outgoing.has_withdraw()) {
    const std::string& notice = NoticeOf(outgoing);
    for (const uint64_t number : work.outbox().Of(notice)) work.batch().RemoveOutgoing(notice, number);
  }
  work.batch().AddOutgoing(outgoing);
}

// A notice that was made elsewhere, as a case of which nothing else is known.
Case CaseOfNotice(const v1::Notice& notice, const std::string& digest, absl::Time now) {
  const v1::Envelope& envelope = notice.envelope();
  Case known;
  *known.mutable_touched_at() = contract::ToMessage(now);
  ward::v1::RegisteredConsent& consent = *known.mutable_consent();
  consent.set_municipality_code(envelope.municipality_code());
  *consent.mutable_consent() = envelope.consent();
  *consent.mutable_criteria() = envelope.criteria();
  *consent.mutable_registered_at() = contract::ToMessage(now);
  ward::v1::CaseNotice& made = *known.add_notices();
  made.set_notice_id(envelope.notice_id());
  made.set_municipality_code(envelope.municipality_code());
  made.set_revision(envelope.revision());
  made.set_standing(ward::v1::NOTICE_STANDING_TO_BE_SENT);
  *made.mutable_said() = notice;
  made.set_said_digest(digest);
  made.set_discharge_date(envelope.discharge_date());
  made.set_confirmed(true);
  *made.mutable_changed_at() = contract::ToMessage(now);
  return known;
}

}  // namespace

Desk::Desk(DeskOptions options, AgentStore& store, CaseLocks& locks, std::function<absl::Time()> now,
           absl::TimeZone copenhagen, std::function<void()> wake)
    : options_(std::move(options)),
      store_(store),
      locks_(locks),
      now_(std::move(now)),
      copenhagen_(copenhagen),
      wake_(std::move(wake)) {}

absl::StatusOr<Answer> Desk::TakeMessage(const MessageName& name, const std::vector<ward::Event>& events) {
  if (absl::Status status = CheckMessage(name, events.size()); !status.ok()) return status;
  WorkSubjects subjects{.message = LockOf(name)};
  for (const ward::Event& event : events) {
    const std::optional<PatientId> patient = Identifying(event.patient, options_.site);
    if (!patient.has_value()) {
      return absl::InvalidArgumentError("the message has no number of its patient from the authority that identifies");
    }
    subjects.patients.push_back(*patient);
    const std::optional<PatientId> merged = Identifying(event.merged, options_.site);
    if (merged.has_value()) subjects.patients.push_back(*merged);
  }
  absl::StatusOr<CaseWork> work = CaseWork::Begin(store_, locks_, subjects);
  if (!work.ok()) return work.status();
  const auto answered = store_.ReadAnswered(name.source, name.id);
  if (!answered.ok()) return answered.status();
  if (answered->has_value()) {
    return Answer{.repeated = true, .answered_at = contract::FromMessage(answered->value().answered_at())};
  }
  const absl::Time now = now_();
  for (const ward::Event& event : events) {
    if (absl::Status status = Take(event, *work); !status.ok()) return status;
  }
  work->batch().PutAnswered(name.source, name.id, now);
  if (absl::Status status = Conclude(*work, now); !status.ok()) return status;
  return Answer{.repeated = false, .answered_at = now};
}

absl::StatusOr<OpenCase*> Desk::CaseOf(const PatientId& patient, CaseWork& work) const {
  absl::StatusOr<OpenCase*> found = work.OfPatient(patient);
  if (!found.ok() || *found != nullptr) return found;
  absl::StatusOr<std::string> case_id = RandomBytes(kCaseIdBytes);
  if (!case_id.ok()) return case_id.status();
  return work.Make(patient, *std::move(case_id));
}

absl::Status Desk::Take(const ward::Event& event, CaseWork& work) const {
  const std::optional<PatientId> patient = Identifying(event.patient, options_.site);
  const absl::StatusOr<OpenCase*> known = CaseOf(*patient, work);
  if (!known.ok()) return known.status();
  ward::TakeEvent(WithNumbersToCall(event), options_.site, (*known)->after);
  KeepNumber(*patient, (*known)->after);
  return event.kind == ward::EventKind::kMerged ? Merge(event, **known, work) : absl::OkStatus();
}

absl::Status Desk::Merge(const ward::Event& event, OpenCase& into, CaseWork& work) const {
  const std::optional<PatientId> merged = Identifying(event.merged, options_.site);
  if (!merged.has_value()) return absl::InvalidArgumentError("the merge does not say which number is no more");
  const absl::StatusOr<OpenCase*> gone = work.OfPatient(*merged);
  if (!gone.ok()) return gone.status();
  if (*gone != nullptr && *gone != &into) {
    ward::TakeMerged((*gone)->after, options_.site, into.after);
    for (const PatientId& number : (*gone)->after.patient_ids()) KeepNumber(number, into.after);
    if (absl::Status status = work.Erase(**gone, &into); !status.ok()) return status;
  }
  work.Name(*merged, into);
  KeepNumber(*merged, into.after);
  return absl::OkStatus();
}

std::optional<ward::WhyNot> Desk::WhyNotAt(const Case& known, absl::Time now) const {
  const ward::Verdict verdict = ward::Judge(known, options_.site, now, copenhagen_);
  const auto* why_not = std::get_if<ward::WhyNot>(&verdict);
  return why_not == nullptr ? std::nullopt : std::optional(*why_not);
}

absl::Status Desk::Conclude(CaseWork& work, absl::Time now) {
  bool sends = false;
  const absl::CivilDay today = absl::ToCivilDay(now, copenhagen_);
  const ward::NewNoticeId new_id = [this](const Case& known) { return CaseNoticeId(store_.at_rest(), known); };
  for (OpenCase* known : work.cases()) {
    for (ward::v1::Outgoing& each : ward::Reconcile(known->after, options_.site, now, copenhagen_, new_id)) {
      each.set_case_id(known->id);
      if (!each.has_withdraw()) known->after.mutable_notices()->rbegin()->set_ward(known->after.stay().ward());
      Put(each, work);
      sends = true;
    }
    const std::optional<ward::WhyNot> why_not = WhyNotAt(known->after, now);
    // Once, and not again with each event that changes nothing of it.
    const bool was_so = known->before.has_value() && WhyNotAt(*known->before, now) == why_not;
    if (why_not.has_value() && !was_so) work.batch().Count(today, ward::NameOf(*why_not));
  }
  return Commit(work, sends);
}

absl::Status Desk::Commit(CaseWork& work, bool sends) {
  if (work.made() > 0 && store_.cases() + work.made() > options_.cases_most) {
    return absl::ResourceExhaustedError("the agent is full: it has as many patients as it is allowed to (most_cases)");
  }
  const int64_t more = work.batch().more_outgoing();
  if (more > 0 && store_.outgoing() + static_cast<size_t>(more) > options_.outgoing_most) {
    return absl::ResourceExhaustedError(
        "the agent is full: as much waits to be sent as it is allowed to (most_outgoing)");
  }
  absl::Status status = work.Commit();
  if (status.ok() && sends) wake_();
  return status;
}

PatientId Desk::IdentifyingOf(const ward::PatientId& patient) const {
  ward::PatientId named = patient;
  if (named.authority.empty()) named.authority = options_.site.patient_authority;
  return ToMessage(named);
}

absl::StatusOr<ConsentTaken> Desk::Consent(
    const ward::PatientId& patient, const std::optional<MessageName>& name,
    const std::function<absl::Status(OpenCase*& known, CaseWork& work, absl::Time now)>& take) {
  const PatientId number = IdentifyingOf(patient);
  if (number.value().empty()) return absl::InvalidArgumentError("there is no number of the patient");
  if (name.has_value()) {
    if (absl::Status status = CheckName(*name); !status.ok()) return status;
  }
  absl::StatusOr<CaseWork> work = CaseWork::Begin(
      store_, locks_, {.patients = {number}, .message = name.has_value() ? LockOf(*name) : std::string()});
  if (!work.ok()) return work.status();
  const absl::Time now = now_();
  absl::StatusOr<OpenCase*> known = work->OfPatient(number);
  if (!known.ok()) return known.status();
  if (name.has_value()) {
    const auto answered = store_.ReadAnswered(name->source, name->id);
    if (!answered.ok()) return answered.status();
    if (answered->has_value()) return ConsentTaken{.repeated = true, .patient_reference = {}, .why_not = {}};
    work->batch().PutAnswered(name->source, name->id, now);
  }
  if (absl::Status status = take(*known, *work, now); !status.ok()) return status;
  KeepNumber(number, (*known)->after);
  if (absl::Status status = Conclude(*work, now); !status.ok()) return status;
  return ConsentTaken{.repeated = false,
                      .patient_reference = PatientReference((*known)->id),
                      .why_not = WhyNotAt((*known)->after, now)};
}

absl::StatusOr<ConsentTaken> Desk::RegisterConsent(const ward::PatientId& patient,
                                                   const ward::v1::RegisteredConsent& consent,
                                                   const std::optional<MessageName>& name) {
  return Consent(patient, name, [&](OpenCase*& known, CaseWork& work, absl::Time now) {
    if (known == nullptr) {
      absl::StatusOr<OpenCase*> made = CaseOf(IdentifyingOf(patient), work);
      if (!made.ok()) return made.status();
      known = *made;
    }
    ward::v1::RegisteredConsent registered = consent;
    *registered.mutable_registered_at() = contract::ToMessage(now);
    registered.clear_withdrawn_at();
    ward::TakeConsent(registered, known->after);
    return absl::OkStatus();
  });
}

absl::StatusOr<ConsentTaken> Desk::WithdrawConsent(const ward::PatientId& patient,
                                                   const std::optional<MessageName>& name) {
  return Consent(patient, name, [](OpenCase*& known, CaseWork& /*work*/, absl::Time now) {
    if (known == nullptr || !known->after.has_consent()) {
      return absl::NotFoundError("no consent is registered of this patient");
    }
    ward::TakeConsentWithdrawal(now, known->after);
    return absl::OkStatus();
  });
}

absl::StatusOr<Answer> Desk::TakeNotice(const v1::Notice& notice) {
  const std::string& id = notice.envelope().notice_id();
  if (!contract::NoticeId::Parse(id).has_value() || notice.envelope().revision() != 1) {
    return absl::InvalidArgumentError("the notice has no id, or is not a new one");
  }
  absl::StatusOr<CaseWork> work =
      CaseWork::Begin(store_, locks_, {.notices = {id}, .message = absl::StrCat("notice:", id)});
  if (!work.ok()) return work.status();
  const absl::StatusOr<OpenCase*> known = work->OfNotice(id);
  if (!known.ok()) return known.status();
  const std::string digest = contract::Sha256(notice.SerializeAsString());
  if (*known != nullptr) {
    const ward::v1::CaseNotice& first = (*known)->after.notices(0);
    if (first.said_digest() != digest) return absl::AlreadyExistsError("the notice's id is that of another one");
    return Answer{.repeated = true, .answered_at = contract::FromMessage((*known)->after.touched_at())};
  }
  absl::StatusOr<std::string> case_id = RandomBytes(kCaseIdBytes);
  if (!case_id.ok()) return case_id.status();
  const absl::Time now = now_();
  OpenCase& made = *work->Make(*case_id);
  made.after = CaseOfNotice(notice, digest, now);
  ward::v1::Outgoing outgoing;
  outgoing.set_case_id(*case_id);
  *outgoing.mutable_made_at() = contract::ToMessage(now);
  *outgoing.mutable_submit() = notice;
  work->batch().AddOutgoing(outgoing);
  if (absl::Status status = Commit(*work, /*sends=*/true); !status.ok()) return status;
  return Answer{.repeated = false, .answered_at = now};
}

absl::StatusOr<std::optional<StoredCase>> Desk::Find(const ward::PatientId& patient) const {
  return ReadFound(store_.CaseOfPatient(IdentifyingOf(patient)));
}

absl::StatusOr<std::optional<StoredCase>> Desk::FindByNotice(const std::string& notice_id) const {
  return ReadFound(store_.CaseOfNotice(notice_id));
}

absl::StatusOr<std::optional<StoredCase>> Desk::FindByReference(absl::string_view reference) const {
  return ReadFound(store_.CaseOfReference(reference));
}

absl::StatusOr<std::optional<StoredCase>> Desk::ReadFound(
    const absl::StatusOr<std::optional<std::string>>& case_id) const {
  if (!case_id.ok()) return case_id.status();
  if (!case_id->has_value()) return std::optional<StoredCase>();
  absl::StatusOr<std::optional<Case>> known = store_.ReadCase(**case_id);
  if (!known.ok()) return known.status();
  if (!known->has_value()) return std::optional<StoredCase>();
  return std::optional<StoredCase>(StoredCase{.id = **case_id, .known = **std::move(known)});
}

}  // namespace envej::region
