#include "region-client/agent/desk.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "proto/contract/merkle_tree.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/notice_id.h"
#include "proto/contract/wiping.h"
#include "region-client/agent/case_notice_id.h"
#include "region-client/agent/event_form.h"
#include "region-client/agent/message_content.h"
#include "region-client/agent/message_numbers.h"
#include "region-client/agent/outgoing.h"
#include "region-client/agent/patient_reference.h"
#include "region-client/agent/random_ids.h"
#include "region-client/ward/patient_number.h"

namespace envej::region {
namespace {

constexpr char kIdUsedAgain[] = "message-id-used-again";
constexpr char kDeclined[] = "declined";

using ward::v1::AnsweredMessage;
using ward::v1::Case;
using ward::v1::PatientId;

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

// By any hash of what a message says. Of what an older program answered nothing but the id is known.
bool IsKnown(const std::vector<std::string>& hashes, const AnsweredMessage& answered) {
  const auto& known = answered.contents();
  return known.empty() || std::any_of(hashes.begin(), hashes.end(), [&](const std::string& hash) {
           return std::find(known.begin(), known.end(), hash) != known.end();
         });
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

absl::StatusOr<Answer> Desk::TakeMessage(const MessageName& name, const std::vector<ward::Event>& said) {
  if (absl::Status status = CheckMessage(name, said.size()); !status.ok()) return status;
  const std::vector<ward::Event> events = InTheirForm(said, name.source, options_.site);
  WorkSubjects subjects{.message = LockOf(name)};
  for (const ward::Event& event : events) {
    if (absl::Status status = AddSubjects(event, options_.site, subjects); !status.ok()) return status;
  }
  absl::StatusOr<CaseWork> work = CaseWork::Begin(store_, locks_, subjects);
  if (!work.ok()) return work.status();
  const absl::Time now = now_();
  const absl::StatusOr<Answer> answer = Recognise(name, ContentOf(events), now, *work);
  if (!answer.ok() || answer->repeated) return answer;
  for (const ward::Event& event : events) {
    if (absl::Status status = Take(event, now, *work); !status.ok()) return status;
  }
  if (absl::Status status = Conclude(*work, now); !status.ok()) return status;
  return answer;
}

absl::StatusOr<Answer> Desk::Recognise(const MessageName& name, std::vector<std::string> content, absl::Time now,
                                       CaseWork& work) const {
  const absl::StatusOr<std::optional<AnsweredMessage>> before = store_.ReadAnswered(name.source, name.id);
  if (!before.ok()) return before.status();
  const std::vector<std::string> hashes =
      store_.at_rest().NamesOf(std::vector<absl::string_view>(content.begin(), content.end()));
  for (std::string& part : content) contract::Wipe(part);
  if (before->has_value() && IsKnown(hashes, **before)) {
    return Answer{.repeated = true, .answered_at = contract::FromMessage((*before)->answered_at())};
  }
  AnsweredMessage after = before->value_or(AnsweredMessage());
  if (after.contents_size() == kMessageContents) after.mutable_contents()->DeleteSubrange(0, 1);
  after.add_contents(hashes.front());
  *after.mutable_answered_at() = contract::ToMessage(now);
  work.batch().PutAnswered(name.source, name.id, *before, after);
  if (before->has_value()) work.batch().Count(absl::ToCivilDay(now, copenhagen_), kIdUsedAgain);
  return Answer{.id_used_again = before->has_value(), .answered_at = now};
}

absl::StatusOr<OpenCase*> Desk::CaseOf(const PatientId& patient, CaseWork& work) const {
  absl::StatusOr<OpenCase*> found = work.OfPatient(patient);
  if (!found.ok() || *found != nullptr) return found;
  absl::StatusOr<std::string> case_id = RandomBytes(kCaseIdBytes);
  if (!case_id.ok()) return case_id.status();
  return work.Make(patient, *std::move(case_id));
}

absl::Status Desk::Take(const ward::Event& event, absl::Time now, CaseWork& work) const {
  std::vector<PatientId> numbers = Identifying(event.patient, options_.site);
  OpenCase* known = nullptr;
  for (const PatientId& number : numbers) {
    const absl::StatusOr<OpenCase*> found = work.OfPatient(number);
    if (!found.ok()) return found.status();
    if (known == nullptr) known = *found;
  }
  const std::optional<ward::WhyNot> of_no_concern = ward::WhyOfNoConcern(event, options_.site);
  if (known == nullptr && of_no_concern.has_value()) {
    work.batch().Count(absl::ToCivilDay(now, copenhagen_), ward::NameOf(*of_no_concern));
    return absl::OkStatus();
  }
  if (known == nullptr) {
    const absl::StatusOr<OpenCase*> made = CaseOf(numbers.front(), work);
    if (!made.ok()) return made.status();
    known = *made;
  }
  ward::TakeEvent(event, options_.site, known->after);
  for (PatientId& merged : Identifying(event.merged, options_.site)) numbers.push_back(std::move(merged));
  for (const PatientId& number : numbers) {
    if (absl::Status status = Join(number, *known, work); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Desk::Join(const PatientId& number, OpenCase& into, CaseWork& work) const {
  const absl::StatusOr<OpenCase*> other = work.OfPatient(number);
  if (!other.ok()) return other.status();
  if (*other != nullptr && *other != &into) {
    ward::TakeMerged((*other)->after, options_.site, into.after);
    for (const PatientId& each : (*other)->after.patient_ids()) {
      if (each.authority() == options_.site.patient_authority) KeepNumber(each, into.after);
    }
    if (absl::Status status = work.Erase(**other, &into); !status.ok()) return status;
  }
  if (*other != &into) work.Name(number, into);
  KeepNumber(number, into.after);
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
  const ward::NewNoticeId new_id = [this](const Case& known) {
    return CaseNoticeId(store_.at_rest(), options_.site, known);
  };
  for (OpenCase* known : work.cases()) {
    for (ward::v1::Outgoing& each : ward::Reconcile(known->after, options_.site, now, copenhagen_, new_id)) {
      each.set_case_id(known->id);
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
    return absl::ResourceExhaustedError("the agent is full: as much waits to be sent as is allowed (most_outgoing)");
  }
  absl::Status status = work.Commit();
  if (status.ok() && sends) wake_();
  return status;
}

absl::StatusOr<PatientId> Desk::IdentifyingOf(const ward::PatientId& patient) const {
  ward::PatientId named = patient;
  if (named.authority.empty()) named.authority = options_.site.patient_authority;
  const std::vector<PatientId> numbers = Identifying({ward::InItsForm(std::move(named), options_.site)}, options_.site);
  if (!numbers.empty()) return numbers.front();
  return absl::InvalidArgumentError("there is no number of the patient from the authority that identifies");
}

absl::Status Desk::Decline(const PatientId& patient, absl::Time now, CaseWork& work) const {
  work.batch().Count(absl::ToCivilDay(now, copenhagen_), kDeclined);
  const absl::StatusOr<OpenCase*> known = work.OfPatient(patient);
  if (known.ok() && *known != nullptr && ward::HasStandingConsent((*known)->after)) {
    ward::TakeConsentWithdrawal(now, (*known)->after);
  }
  return known.status();
}

absl::Status Desk::Register(const PatientId& patient, const ward::v1::RegisteredConsent& consent, ward::AnswerFrom from,
                            absl::Time now, CaseWork& work) const {
  if (!ward::IsYes(consent)) return Decline(patient, now, work);
  const absl::StatusOr<OpenCase*> known = CaseOf(patient, work);
  if (!known.ok()) return known.status();
  if (!ward::MayBeRegistered(consent, (*known)->after, from, copenhagen_)) {
    return absl::OutOfRangeError("the citizen has withdrawn since this was given: ask the citizen again");
  }
  ward::v1::RegisteredConsent registered = consent;
  const absl::Time before = contract::FromMessage((*known)->after.consent().registered_at());
  *registered.mutable_registered_at() = contract::ToMessage(std::max(now, before));  // the clock may be set back
  registered.clear_withdrawn_at();
  registered.clear_lives_elsewhere();
  ward::TakeConsent(registered, (*known)->after);
  KeepNumber(patient, (*known)->after);
  return absl::OkStatus();
}

absl::StatusOr<ConsentTaken> Desk::Consent(const ward::PatientId& patient, const ward::v1::RegisteredConsent* consent,
                                           const std::optional<MessageName>& name, const TakeAnswer& take) {
  const absl::StatusOr<PatientId> number = IdentifyingOf(patient);
  if (!number.ok()) return number.status();
  if (name.has_value()) {
    if (absl::Status status = CheckName(*name); !status.ok()) return status;
  }
  absl::StatusOr<CaseWork> work = CaseWork::Begin(
      store_, locks_, {.patients = {*number}, .message = name.has_value() ? LockOf(*name) : std::string()});
  if (!work.ok()) return work.status();
  const absl::Time now = now_();
  if (name.has_value()) {
    const absl::StatusOr<Answer> answer = Recognise(*name, ContentOf(*number, consent), now, *work);
    if (!answer.ok()) return answer.status();
    if (answer->repeated) return ConsentTaken{.repeated = true};
  }
  absl::Status taken = take(*number, now, *work);
  if (!taken.ok()) return taken;
  const absl::StatusOr<OpenCase*> found = work->OfPatient(*number);
  if (!found.ok()) return found.status();
  if (taken = Conclude(*work, now); !taken.ok()) return taken;
  if (*found == nullptr) return ConsentTaken{.why_not = ward::WhyNot::kNoConsent};
  const OpenCase& known = **found;
  const bool stands = ward::HasStandingConsent(known.after);
  return ConsentTaken{.stands = stands,
                      .withdrawn = !stands && known.before.has_value() && ward::HasStandingConsent(*known.before),
                      .patient_reference = PatientReference(known.id),
                      .why_not = WhyNotAt(known.after, now)};
}

absl::Status Desk::Withdraw(const PatientId& patient, absl::Time now, CaseWork& work) const {
  const absl::StatusOr<OpenCase*> known = work.OfPatient(patient);
  if (!known.ok()) return known.status();
  if (*known == nullptr || !(*known)->after.has_consent()) {
    return absl::NotFoundError("no consent is registered of this patient");
  }
  ward::TakeConsentWithdrawal(now, (*known)->after);
  KeepNumber(patient, (*known)->after);
  return absl::OkStatus();
}

absl::StatusOr<ConsentTaken> Desk::RegisterConsent(const ward::PatientId& patient,
                                                   const ward::v1::RegisteredConsent& consent,
                                                   const std::optional<MessageName>& name, ward::AnswerFrom from) {
  return Consent(patient, &consent, name, [&](const PatientId& number, absl::Time now, CaseWork& work) {
    return Register(number, consent, from, now, work);
  });
}

absl::StatusOr<ConsentTaken> Desk::WithdrawConsent(const ward::PatientId& patient,
                                                   const std::optional<MessageName>& name) {
  return Consent(patient, nullptr, name, [this](const PatientId& number, absl::Time now, CaseWork& work) {
    return Withdraw(number, now, work);
  });
}

absl::StatusOr<ConsentTaken> Desk::NoteLivesElsewhere(const ward::PatientId& patient,
                                                      const std::string& municipality_code) {
  return Consent(patient, nullptr, std::nullopt, [&](const PatientId& number, absl::Time now, CaseWork& work) {
    const absl::StatusOr<OpenCase*> known = work.OfPatient(number);
    if (known.ok() && *known != nullptr) ward::TakeLivesElsewhere(municipality_code, now, (*known)->after);
    return known.status();
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
  const absl::StatusOr<PatientId> number = IdentifyingOf(patient);
  if (!number.ok()) return number.status();
  return ReadFound(store_.CaseOfPatient(*number));
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
