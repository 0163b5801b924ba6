#include "broker/operations/board_metrics.h"

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace envej::operations {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

// By their numbers, as in the contract.
constexpr std::array<const char*, InboxTotals::kReturnReasons> kReturnReasons = {
    "NONE",        "NOT_RESIDENT", "CANNOT_BE_OPENED", "RULES_BROKEN",
    "UNSUPPORTED", "DECEASED",     "NOT_AUTHENTIC",    "NOT_DELIVERABLE"};
constexpr std::array<const char*, InboxTotals::kWithdrawalReasons> kWithdrawalReasons = {
    "NONE", "CONSENT_WITHDRAWN", "DECEASED", "NOT_IN_TARGET_GROUP", "SENT_IN_ERROR", "READMITTED"};

double Seconds(absl::Time at) { return static_cast<double>(absl::ToUnixMicros(at)) / 1e6; }

// One metric that is being gathered.
class Gathered {
 public:
  Gathered(std::vector<MetricFamily>& families, MetricType type, const char* name, const char* help)
      : families_(families) {
    family_.name = name;
    family_.help = help;
    family_.type = type;
  }
  ~Gathered() {
    if (!family_.metric.empty()) families_.push_back(std::move(family_));
  }
  Gathered(const Gathered&) = delete;
  Gathered& operator=(const Gathered&) = delete;

  void Add(Labels labels, double value) {
    ClientMetric& metric = family_.metric.emplace_back();
    metric.label = std::move(labels);
    if (family_.type == MetricType::Counter) {
      metric.counter.value = value;
    } else {
      metric.gauge.value = value;
    }
  }
  void Add(Labels labels, uint64_t value) { Add(std::move(labels), static_cast<double>(value)); }
  void Add(Labels labels, const std::optional<absl::Time>& at) {
    if (at.has_value()) Add(std::move(labels), Seconds(*at));
  }

 private:
  std::vector<MetricFamily>& families_;
  MetricFamily family_;
};

using Families = std::vector<MetricFamily>;

Labels Of(const std::string& municipality_code) { return {{"municipality", municipality_code}}; }

// A series is there from the start for what there is none of yet, so that the first one shows as a rise.
void GatherTotals(const std::map<std::string, InboxTotals>& totals, Families& families) {
  {
    Gathered accepted(families, MetricType::Counter, "envej_notices_accepted_total",
                      "Notices, revisions and withdrawals that were accepted, by region and municipality");
    for (const auto& [code, inbox] : totals) {
      for (const auto& [region, count] : inbox.accepted)
        accepted.Add({{"region", region}, {"municipality", code}}, count);
    }
  }
  {
    Gathered fetched(families, MetricType::Counter, "envej_notices_fetched_total",
                     "How often something was leased to the municipality");
    for (const auto& [code, inbox] : totals) fetched.Add(Of(code), inbox.fetched);
  }
  {
    Gathered acknowledged(families, MetricType::Counter, "envej_notices_acknowledged_total",
                          "What the municipality acknowledged");
    for (const auto& [code, inbox] : totals) acknowledged.Add(Of(code), inbox.acknowledged);
  }
  {
    Gathered returned(families, MetricType::Counter, "envej_notices_returned_total",
                      "What was returned, by municipality and reason");
    for (const auto& [code, inbox] : totals) {
      for (size_t reason = 0; reason < inbox.returned.size(); ++reason) {
        if (reason == 0 && inbox.returned[reason] == 0) continue;
        returned.Add({{"municipality", code}, {"reason", kReturnReasons[reason]}}, inbox.returned[reason]);
      }
    }
  }
  Gathered withdrawn(families, MetricType::Counter, "envej_notices_withdrawn_total",
                     "What its region withdrew, by municipality and reason");
  for (const auto& [code, inbox] : totals) {
    for (size_t reason = 0; reason < inbox.withdrawn.size(); ++reason) {
      if (reason == 0 && inbox.withdrawn[reason] == 0) continue;
      withdrawn.Add({{"municipality", code}, {"reason", kWithdrawalReasons[reason]}}, inbox.withdrawn[reason]);
    }
  }
}

template <typename Value>
void GatherGauge(const std::vector<InboxFigures>& inboxes, const char* name, const char* help, Value value,
                 Families& families) {
  Gathered gauge(families, MetricType::Gauge, name, help);
  for (const InboxFigures& inbox : inboxes) gauge.Add(Of(inbox.municipality_code), value(inbox));
}

void GatherInboxes(const std::vector<InboxFigures>& inboxes, Families& families) {
  const auto count = [&](const char* name, const char* help, uint64_t InboxFigures::*value) {
    GatherGauge(
        inboxes, name, help, [value](const InboxFigures& inbox) { return inbox.*value; }, families);
  };
  const auto time = [&](const char* name, const char* help, std::optional<absl::Time> InboxFigures::*value) {
    GatherGauge(
        inboxes, name, help, [value](const InboxFigures& inbox) { return inbox.*value; }, families);
  };
  count("envej_inbox_waiting", "What waits in the inbox, what of it that is held back counted in",
        &InboxFigures::waiting);
  count("envej_inbox_leased", "What is leased to a consumer", &InboxFigures::leased);
  count("envej_inbox_parked", "What is handed out no more until operations have looked", &InboxFigures::parked);
  count("envej_inbox_missing", "What was lost with a store and waits to be sent again", &InboxFigures::missing);
  count("envej_inbox_overdue", "What is under way and late in any way", &InboxFigures::overdue);
  count("envej_inbox_undelivered", "What is under way and was told as undelivered", &InboxFigures::undelivered);
  time("envej_inbox_oldest_entered_timestamp_seconds",
       "When the oldest that is under way came into the inbox; missing where nothing is",
       &InboxFigures::oldest_entered_at);
  time("envej_inbox_oldest_lease_timestamp_seconds",
       "When the first of what is leased was first leased; missing where nothing is", &InboxFigures::oldest_leased_at);
  GatherGauge(
      inboxes, "envej_inbox_consumers", "How many consumers wait for something now",
      [](const InboxFigures& inbox) { return uint64_t{inbox.consumers}; }, families);
  time("envej_inbox_last_fetch_timestamp_seconds",
       "When something was last leased, as far as is known; missing where it is not", &InboxFigures::last_fetch_at);
  time("envej_inbox_last_pull_timestamp_seconds",
       "When a pull of the municipality was last let in, as far as is known; missing where that is not",
       &InboxFigures::last_pull_at);
  Gathered silent(families, MetricType::Gauge, "envej_inbox_silent",
                  "1 if something has waited for ten minutes, and for ten minutes in which the broker ran no pull was "
                  "let in; missing where that may be, in the two minutes after a start");
  for (const InboxFigures& inbox : inboxes) {
    if (inbox.silence_unknown) continue;
    silent.Add(Of(inbox.municipality_code), uint64_t{inbox.silent_since.has_value() ? 1u : 0u});
  }
}

// As long as one holds, content can be sealed: the last to expire, so that one that was followed in time says nothing.
std::optional<absl::Time> InboxCertificateExpires(const admission::Municipality& municipality) {
  std::optional<absl::Time> last;
  for (const certs::Certificate& certificate : municipality.inbox_certificates) {
    last = std::max(last.value_or(absl::InfinitePast()), certificate.not_after());
  }
  return last;
}

// One that was renewed is used no more, and says nothing soon after; that of a system that seldom calls is told on.
std::optional<absl::Time> CertificateExpires(const Attendant& attendant) {
  std::optional<absl::Time> first;
  for (const SeenCertificate& certificate : attendant.certificates) {
    const absl::Duration unused = attendant.last_seen_at - certificate.last_seen_at;
    if (certificate.followed && unused > BoardMetrics::kCertificateInUse) continue;
    first = std::min(first.value_or(absl::InfiniteFuture()), certificate.expires_at);
  }
  return first;
}

std::vector<certs::Identity> ParticipantsToTell(const admission::Participants& participants,
                                                const std::map<std::string, Attendant>& attendants) {
  using certs::ParticipantKind;
  std::vector<certs::Identity> told;
  for (const admission::Region& region : participants.regions()) {
    told.push_back({.kind = ParticipantKind::kRegion, .code = region.code, .origin = ""});
  }
  for (const admission::Municipality& municipality : participants.municipalities()) {
    if (!municipality.participating && !attendants.contains(MunicipalityUri(municipality.code))) continue;
    told.push_back({.kind = ParticipantKind::kMunicipality, .code = municipality.code, .origin = ""});
  }
  for (const std::string& name : participants.operations()) {
    told.push_back({.kind = ParticipantKind::kOperations, .code = name, .origin = ""});
  }
  return told;
}

}  // namespace

std::vector<MetricFamily> BoardMetrics::Collect() const {
  Families families;
  const std::shared_ptr<const trust::Trust> trust = parts_.trust.Get();
  const admission::Participants& participants = trust->participants();
  std::set<std::string> participating;
  for (const admission::Municipality& municipality : participants.municipalities()) {
    if (municipality.participating) participating.insert(municipality.code);
  }
  std::map<std::string, InboxTotals> totals = parts_.board.Totals();
  for (const std::string& code : participating) totals.try_emplace(code);
  GatherTotals(totals, families);
  GatherInboxes(parts_.board.ReadAll(participating), families);
  {
    Gathered expires(families, MetricType::Gauge, "envej_inbox_certificate_expires_timestamp_seconds",
                     "When the last of the inbox certificates expires: from then on nothing can be sealed");
    for (const admission::Municipality& municipality : participants.municipalities()) {
      expires.Add(Of(municipality.code), InboxCertificateExpires(municipality));
    }
  }
  GatherParticipants(participants, families);
  return families;
}

void BoardMetrics::GatherParticipants(const admission::Participants& participants, Families& families) const {
  const std::map<std::string, Attendant> attendants = parts_.attendance.All(parts_.clock.Now());
  Gathered seen(families, MetricType::Gauge, "envej_participant_last_seen_timestamp_seconds",
                "When the participant last called, as far as is known; missing where that is not");
  Gathered expires(families, MetricType::Gauge, "envej_participant_certificate_expires_timestamp_seconds",
                   "When the first of the participant's certificates expires, of those that it has called with and "
                   "that were not followed by another; missing where none is known");
  Gathered suspended(families, MetricType::Gauge, "envej_participant_suspended",
                     "1 while every call of the participant is refused");
  for (const certs::Identity& identity : ParticipantsToTell(participants, attendants)) {
    const std::string uri = certs::ParticipantUri(identity);
    const Labels labels = {{"participant", uri}};
    const bool is_suspended = participants.Suspended(identity) || (parts_.suspended && parts_.suspended(identity));
    suspended.Add(labels, uint64_t{is_suspended ? 1u : 0u});
    const auto attendant = attendants.find(uri);
    if (attendant == attendants.end()) continue;
    seen.Add(labels, Seconds(attendant->second.last_seen_at));
    expires.Add(labels, CertificateExpires(attendant->second));
  }
}

}  // namespace envej::operations
