#include "region-client/agent/agent_server.h"

#include <grpc/support/time.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "envej/ward/v1/agent_service.grpc.pb.h"
#include "proto/contract/message_codec.h"
#include "region-client/agent/consent_check.h"
#include "region-client/agent/patient_reference.h"
#include "region-client/agent/settlement.h"
#include "region-client/notice_file.h"

namespace envej::region {
namespace {

namespace wire = ward::v1;

constexpr int kPageMost = 500;
constexpr int kPage = 100;
constexpr int kDaysCounted = 7;
constexpr size_t kCountsMost = 1000;
constexpr int kRequestBytesMost = 64 << 10;
// A caller that does nothing does not hear that it is to go.
constexpr int64_t kShutdownSeconds = 1;

gpr_timespec Deadline() {
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_seconds(kShutdownSeconds, GPR_TIMESPAN));
}

grpc::Status ToGrpc(const absl::Status& status) {
  if (absl::IsOutOfRange(status)) {
    return {grpc::StatusCode::INVALID_ARGUMENT, absl::StrCat(kConsentWithdrawnSince, ": ", status.message())};
  }
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), std::string(status.message()));
}

size_t PageOf(int asked) { return static_cast<size_t>(asked <= 0 ? kPage : std::min(asked, kPageMost)); }

grpc::Status PatientNumberInvalid() {
  return {grpc::StatusCode::INVALID_ARGUMENT,
          absl::StrCat(kPatientNumberInvalid, ": the number of the patient is none (patient.value)")};
}

grpc::Status ToGrpc(const contract::Rejection& rejection) {
  const Refusal refusal = ToRefusal(rejection);
  return {grpc::StatusCode::INVALID_ARGUMENT,
          absl::StrCat(refusal.reason, ": ", refusal.text, " (", absl::StrJoin(refusal.fields, ", "), ")")};
}

// `case_id` is whose the notice is now: the case for which it was put there may have been merged into another.
wire::OutgoingItem ToItem(const StoredOutgoing& stored, const std::optional<std::string>& case_id) {
  const wire::Outgoing& outgoing = stored.outgoing;
  wire::OutgoingItem item;
  item.set_number(stored.number);
  item.set_kind(outgoing.has_submit() ? "submit" : outgoing.has_revise() ? "revise" : "withdraw");
  item.set_notice_id(NoticeOf(outgoing));
  item.set_municipality_code(MunicipalityOf(outgoing));
  item.set_revision(RevisionOf(outgoing));
  item.set_patient_reference(PatientReference(case_id.value_or(outgoing.case_id())));
  *item.mutable_made_at() = outgoing.made_at();
  return item;
}

void SetSummary(const std::string& case_id, const wire::CaseNotice& notice, wire::NoticeSummary& summary) {
  summary.set_patient_reference(PatientReference(case_id));
  summary.set_notice_id(notice.notice_id());
  summary.set_municipality_code(notice.municipality_code());
  summary.set_revision(notice.revision());
  summary.set_standing(notice.standing());
  *summary.mutable_changed_at() = notice.changed_at();
  summary.set_refused_for(notice.refused_for());
  summary.set_return_reason(notice.return_reason());
  summary.set_withdrawal_reason(notice.withdrawal_reason());
  if (notice.has_receipt()) *summary.mutable_receipt() = notice.receipt();
}

std::string NameOf(const std::optional<ward::WhyNot>& why_not) {
  return why_not.has_value() ? std::string(ward::NameOf(*why_not)) : "";
}

}  // namespace

class AgentServer::Service final : public wire::AgentService::Service {
 public:
  explicit Service(AgentServerParts parts) : parts_(std::move(parts)) {}

  grpc::Status GetStatus(grpc::ServerContext* /*call*/, const wire::GetStatusRequest* /*request*/,
                         wire::GetStatusResponse* answer) override {
    answer->set_cases(parts_.store.cases());
    answer->set_outgoing(parts_.store.outgoing());
    answer->set_reaches_broker(parts_.sender.reaches_broker());
    if (parts_.sender.last_receipt_at() > absl::UnixEpoch()) {
      *answer->mutable_last_receipt_at() = contract::ToMessage(parts_.sender.last_receipt_at());
    }
    if (parts_.lacks_until.has_value()) *answer->mutable_lacks_until() = contract::ToMessage(*parts_.lacks_until);
    const absl::StatusOr<std::vector<StoredOutgoing>> oldest = parts_.store.ReadOutbox(0, 1);
    if (!oldest.ok()) return ToGrpc(oldest.status());
    if (!oldest->empty()) *answer->mutable_oldest_outgoing_at() = oldest->front().outgoing.made_at();
    const absl::CivilDay from = Today() - (kDaysCounted - 1);
    const absl::StatusOr<std::vector<DayCount>> counts =
        parts_.store.ReadCounts(absl::FormatCivilTime(from), kCountsMost);
    if (!counts.ok()) return ToGrpc(counts.status());
    for (const DayCount& count : *counts) {
      wire::ReasonCount& said = *answer->add_counts();
      said.set_day(count.day);
      said.set_reason(count.reason);
      said.set_count(count.count);
    }
    const absl::StatusOr<std::vector<DayCount>> refused =
        parts_.store.ReadRefused(absl::FormatCivilTime(from), kCountsMost);
    if (!refused.ok()) return ToGrpc(refused.status());
    for (const DayCount& count : *refused) {
      wire::RefusedCount& said = *answer->add_refused();
      said.set_day(count.day);
      said.set_source(count.source);
      said.set_reason(count.reason);
      said.set_count(count.count);
    }
    return grpc::Status::OK;
  }

  grpc::Status ListOutbox(grpc::ServerContext* /*call*/, const wire::ListOutboxRequest* request,
                          wire::ListOutboxResponse* answer) override {
    const size_t page = PageOf(request->page_size());
    const absl::StatusOr<std::vector<StoredOutgoing>> items = parts_.store.ReadOutbox(request->after() + 1, page);
    if (!items.ok()) return ToGrpc(items.status());
    for (const StoredOutgoing& stored : *items) {
      const absl::StatusOr<std::optional<std::string>> case_id = parts_.store.CaseOfNotice(NoticeOf(stored.outgoing));
      if (!case_id.ok()) return ToGrpc(case_id.status());
      *answer->add_items() = ToItem(stored, *case_id);
    }
    if (items->size() == page) answer->set_next_after(items->back().number);
    return grpc::Status::OK;
  }

  grpc::Status ListReceipts(grpc::ServerContext* /*call*/, const wire::ListReceiptsRequest* request,
                            wire::ListReceiptsResponse* answer) override {
    const size_t page = PageOf(request->page_size());
    const absl::StatusOr<std::vector<StoredCase>> cases = parts_.store.ListCases(request->page_token(), page);
    if (!cases.ok()) return ToGrpc(cases.status());
    for (const StoredCase& each : *cases) {
      for (const wire::CaseNotice& notice : each.known.notices()) {
        if (notice.has_receipt()) SetSummary(each.id, notice, *answer->add_notices());
      }
    }
    if (cases->size() == page) answer->set_next_page_token(cases->back().id);
    return grpc::Status::OK;
  }

  grpc::Status FindPatient(grpc::ServerContext* /*call*/, const wire::FindPatientRequest* request,
                           wire::FindPatientResponse* answer) override {
    const absl::StatusOr<std::optional<StoredCase>> found = FindAsked(*request);
    if (!found.ok()) return ToGrpc(found.status());
    if (!found->has_value()) return ToGrpc(absl::NotFoundError("nothing is known by this"));
    const wire::Case& known = (*found)->known;
    // Who asks by a number knows it.
    if (!request->has_patient()) *answer->mutable_patient_ids() = known.patient_ids();
    answer->set_patient_reference(PatientReference((*found)->id));
    answer->set_stay_state(known.stay().state());
    answer->set_discharge_date(known.stay().discharge_date());
    if (known.has_consent()) *answer->mutable_consent_registered_at() = known.consent().registered_at();
    if (known.consent().has_withdrawn_at()) *answer->mutable_consent_withdrawn_at() = known.consent().withdrawn_at();
    answer->set_why_not(NameOf(parts_.desk.WhyNotNow(known)));
    for (const wire::CaseNotice& notice : known.notices()) {
      SetSummary((*found)->id, notice, *answer->add_notices());
    }
    return grpc::Status::OK;
  }

  grpc::Status RegisterConsent(grpc::ServerContext* /*call*/, const wire::RegisterConsentRequest* request,
                               wire::RegisterConsentResponse* answer) override {
    wire::RegisteredConsent consent = request->consent();
    const std::optional<ward::PatientId> patient = CheckPatient(request->patient());
    if (!patient.has_value()) return PatientNumberInvalid();
    const auto rejection = CheckConsent(consent, contract::Moment::At(parts_.now(), parts_.copenhagen));
    if (rejection.has_value()) return ToGrpc(*rejection);
    if (ward::IsYes(consent)) {
      const std::optional<grpc::Status> no_scheme = AnswerNoScheme(*patient, consent.municipality_code(), *answer);
      if (no_scheme.has_value()) return *no_scheme;
    }
    const auto from = request->imported() ? ward::AnswerFrom::kSystem : ward::AnswerFrom::kStaff;
    const absl::StatusOr<ConsentTaken> taken = parts_.desk.RegisterConsent(*patient, consent, std::nullopt, from);
    if (!taken.ok()) return ToGrpc(taken.status());
    answer->set_patient_reference(taken->patient_reference);
    answer->set_why_not(NameOf(taken->why_not));
    answer->set_withdrawn(taken->withdrawn);
    if (!ward::IsYes(consent)) SetDeclined(consent.municipality_code(), *answer);
    return grpc::Status::OK;
  }

  grpc::Status WithdrawConsent(grpc::ServerContext* /*call*/, const wire::WithdrawConsentRequest* request,
                               wire::WithdrawConsentResponse* answer) override {
    const std::optional<ward::PatientId> patient = CheckPatient(request->patient());
    if (!patient.has_value()) return PatientNumberInvalid();
    const absl::StatusOr<ConsentTaken> taken = parts_.desk.WithdrawConsent(*patient);
    if (!taken.ok()) return ToGrpc(taken.status());
    answer->set_patient_reference(taken->patient_reference);
    return grpc::Status::OK;
  }

  grpc::Status ListConsents(grpc::ServerContext* /*call*/, const wire::ListConsentsRequest* request,
                            wire::ListConsentsResponse* answer) override {
    const size_t page = PageOf(request->page_size());
    const absl::StatusOr<std::vector<StoredCase>> cases = parts_.store.ListCases(request->page_token(), page);
    if (!cases.ok()) return ToGrpc(cases.status());
    for (const StoredCase& each : *cases) {
      if (!each.known.has_consent()) continue;
      const wire::RegisteredConsent& consent = each.known.consent();
      wire::ConsentSummary& summary = *answer->add_consents();
      summary.set_patient_reference(PatientReference(each.id));
      *summary.mutable_patient_ids() = each.known.patient_ids();
      summary.set_municipality_code(consent.municipality_code());
      *summary.mutable_registered_at() = consent.registered_at();
      if (consent.has_withdrawn_at()) *summary.mutable_withdrawn_at() = consent.withdrawn_at();
      summary.set_why_not(NameOf(parts_.desk.WhyNotNow(each.known)));
    }
    if (cases->size() == page) answer->set_next_page_token(cases->back().id);
    return grpc::Status::OK;
  }

 private:
  // Where the municipality is none, or takes no part: nothing is registered, and what names another one is withdrawn.
  // As the page does; while the municipalities are not known, the broker says so once there is a notice.
  std::optional<grpc::Status> AnswerNoScheme(const ward::PatientId& patient, const std::string& municipality_code,
                                             wire::RegisterConsentResponse& answer) const {
    const std::shared_ptr<const v1::ListMunicipalitiesResponse> all = parts_.municipalities.current();
    if (all == nullptr) return std::nullopt;
    const v1::Municipality* const municipality = FindMunicipality(*all, municipality_code);
    if (municipality == nullptr) {
      return ToGrpc({.reason = contract::Reason::kMunicipalityUnknown,
                     .violations = {{.field = "municipality_code", .reason = contract::Reason::kMunicipalityUnknown}}});
    }
    if (TakesPart(*municipality)) return std::nullopt;
    const absl::StatusOr<ConsentTaken> taken = parts_.desk.NoteLivesElsewhere(patient, municipality_code);
    if (!taken.ok()) return ToGrpc(taken.status());
    answer.set_withdrawn(taken->withdrawn);
    SetDeclined(municipality_code, answer);
    return grpc::Status::OK;
  }

  void SetDeclined(const std::string& municipality_code, wire::RegisterConsentResponse& answer) const {
    answer.set_declined(true);
    const std::shared_ptr<const v1::ListMunicipalitiesResponse> all = parts_.municipalities.current();
    if (all == nullptr) return;
    for (const v1::Municipality& municipality : all->municipalities()) {
      if (municipality.municipality_code() != municipality_code) continue;
      answer.set_scheme_name(municipality.scheme_name());
      answer.set_phone_number(municipality.phone_number());
    }
  }

  absl::StatusOr<std::optional<StoredCase>> FindAsked(const wire::FindPatientRequest& asked) const {
    const int ways = (asked.has_patient() ? 1 : 0) + (asked.notice_id().empty() ? 0 : 1) +
                     (asked.patient_reference().empty() ? 0 : 1);
    if (ways != 1) return absl::InvalidArgumentError("ask by one of patient, notice and reference");
    if (asked.has_patient()) {
      const std::optional<ward::PatientId> patient = CheckPatient(asked.patient());
      if (!patient.has_value()) return absl::InvalidArgumentError(PatientNumberInvalid().error_message());
      return parts_.desk.Find(*patient);
    }
    if (!asked.notice_id().empty()) return parts_.desk.FindByNotice(asked.notice_id());
    return parts_.desk.FindByReference(asked.patient_reference());
  }
  absl::CivilDay Today() const { return absl::ToCivilDay(parts_.now(), parts_.copenhagen); }

  const AgentServerParts parts_;
};

AgentServer::AgentServer(std::unique_ptr<Service> service, std::unique_ptr<grpc::Server> server)
    : service_(std::move(service)), server_(std::move(server)) {}

AgentServer::~AgentServer() { server_->Shutdown(Deadline()); }

absl::StatusOr<std::unique_ptr<AgentServer>> AgentServer::Start(const std::string& socket, AgentServerParts parts) {
  if (unlink(socket.c_str()) != 0 && errno != ENOENT)
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot replace ", socket));
  auto service = std::make_unique<Service>(std::move(parts));
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(kRequestBytesMost);
  builder.AddListeningPort(absl::StrCat("unix:", socket), grpc::InsecureServerCredentials());
  builder.RegisterService(service.get());
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  // Its folder is its user's alone, so nobody else meets it before its mode is set.
  if (server == nullptr || chmod(socket.c_str(), S_IRUSR | S_IWUSR) != 0) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", socket));
  }
  return std::unique_ptr<AgentServer>(new AgentServer(std::move(service), std::move(server)));
}

}  // namespace envej::region
