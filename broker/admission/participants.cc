#include "broker/admission/participants.h"

#include <algorithm>

namespace envej::admission {
namespace {

template <typename Entry>
void SortByCode(std::vector<Entry>& entries) {
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& left, const Entry& right) { return left.code < right.code; });
}

template <typename Entry>
const Entry* FindByCode(const std::vector<Entry>& entries, absl::string_view code) {
  const auto found = std::lower_bound(entries.begin(), entries.end(), code, [](const Entry& entry, auto wanted) {
    return absl::string_view(entry.code) < wanted;
  });
  return found != entries.end() && absl::string_view(found->code) == code ? &*found : nullptr;
}

template <typename Entry>
void AddSubjects(const std::vector<Entry>& entries, certs::ParticipantKind kind, certs::SubjectTable& table) {
  for (const Entry& entry : entries) {
    for (const certs::SubjectName& name : entry.access.certificates) {
      table.try_emplace(name, certs::Identity{.kind = kind, .code = entry.code, .origin = ""});
    }
  }
}

// As where a region inherits two agreements with one municipality on one day: nothing is told later than either says,
// and nothing is destroyed before both say so.
contract::Thresholds Stricter(const contract::Thresholds& left, const contract::Thresholds& right) {
  return {.not_fetched = std::min(left.not_fetched, right.not_fetched),
          .not_acknowledged = std::min(left.not_acknowledged, right.not_acknowledged),
          .past_discharge = std::min(left.past_discharge, right.past_discharge),
          .undelivered = std::min(left.undelivered, right.undelivered),
          .destroyed = std::max(left.destroyed, right.destroyed)};
}

}  // namespace

Participants::Participants(Register entries)
    : regions_(std::move(entries.regions)),
      municipalities_(std::move(entries.municipalities)),
      operations_(entries.operations.begin(), entries.operations.end()),
      files_(std::move(entries.files)) {
  SortByCode(regions_);
  SortByCode(municipalities_);
  AddSubjects(regions_, certs::ParticipantKind::kRegion, subjects_);
  AddSubjects(municipalities_, certs::ParticipantKind::kMunicipality, subjects_);
  for (const Region& region : regions_) {
    Predecessors reached;
    Reach(region, absl::CivilDay::min(), reached);
    reached.erase(region.code);
    predecessors_.emplace(region.code, std::move(reached));
  }
  for (const Agreement& agreement : entries.agreements) {
    Add(agreement.region_code, absl::CivilDay::min(), agreement);
    for (const auto& [successor, predecessors] : predecessors_) {
      const auto predecessor = predecessors.find(agreement.region_code);
      if (predecessor != predecessors.end()) Add(successor, predecessor->second, agreement);
    }
  }
}

const Region* Participants::FindRegion(absl::string_view code) const { return FindByCode(regions_, code); }

const Municipality* Participants::FindMunicipality(absl::string_view code) const {
  return FindByCode(municipalities_, code);
}

bool Participants::KnowsOperations(absl::string_view name) const { return operations_.contains(std::string(name)); }

void Participants::KeepInboxCertificates(
    const std::function<bool(const Municipality& municipality, const certs::Certificate& certificate)>& keep) {
  for (Municipality& municipality : municipalities_) {
    std::erase_if(municipality.inbox_certificates,
                  [&](const certs::Certificate& certificate) { return !keep(municipality, certificate); });
  }
}

bool Participants::Suspended(const certs::Identity& participant) const {
  const auto suspended = [](const auto* entry) { return entry != nullptr && entry->access.suspended; };
  switch (participant.kind) {
    case certs::ParticipantKind::kRegion:
      return suspended(FindRegion(participant.code));
    case certs::ParticipantKind::kMunicipality:
      return suspended(FindMunicipality(participant.code));
    case certs::ParticipantKind::kOperations:
      return false;  // a name that may not call is taken out
  }
  return false;
}

bool Participants::AgreementInForce(absl::string_view region_code, absl::string_view municipality_code,
                                    absl::CivilDay day) const {
  if (FindRegion(region_code) == nullptr || FindMunicipality(municipality_code) == nullptr) return false;
  const Cooperation* const cooperation = Find(region_code, municipality_code);
  if (cooperation == nullptr) return false;
  const std::vector<Period>& periods = cooperation->in_force;
  const auto ends_before = [](const Period& period, absl::CivilDay wanted) { return period.last_day < wanted; };
  const auto found = std::lower_bound(periods.begin(), periods.end(), day, ends_before);
  return found != periods.end() && found->first_day <= day;
}

bool Participants::HasSucceeded(absl::string_view region_code, absl::string_view other_code, absl::CivilDay day) const {
  const auto region = predecessors_.find(std::string(region_code));
  if (region == predecessors_.end()) return false;
  const auto other = region->second.find(std::string(other_code));
  return other != region->second.end() && other->second <= day;
}

std::set<std::string> Participants::SpeaksFor(absl::string_view region_code, absl::CivilDay day) const {
  std::set<std::string> codes = {std::string(region_code)};
  const auto region = predecessors_.find(std::string(region_code));
  if (region == predecessors_.end()) return codes;
  for (const auto& [code, from] : region->second) {
    if (from <= day) codes.insert(code);
  }
  return codes;
}

contract::Thresholds Participants::ThresholdsOf(absl::string_view region_code, absl::string_view municipality_code,
                                                absl::CivilDay day) const {
  const Cooperation* const cooperation = Find(region_code, municipality_code);
  if (cooperation == nullptr) return {};
  const auto later = cooperation->late.upper_bound(day);
  return later == cooperation->late.begin() ? contract::Thresholds() : std::prev(later)->second;
}

const Participants::Cooperation* Participants::Find(absl::string_view region_code,
                                                    absl::string_view municipality_code) const {
  const auto region = cooperation_.find(std::string(region_code));
  if (region == cooperation_.end()) return nullptr;
  const auto municipality = region->second.find(std::string(municipality_code));
  return municipality == region->second.end() ? nullptr : &municipality->second;
}

void Participants::Add(const std::string& region_code, absl::CivilDay from, const Agreement& agreement) {
  const Period period = {.first_day = std::max(agreement.first_day, from), .last_day = agreement.last_day};
  if (period.last_day < period.first_day) return;
  Cooperation& cooperation = cooperation_[region_code][agreement.municipality_code];
  Unite(cooperation.in_force, period);
  const auto [late, is_first] = cooperation.late.try_emplace(period.first_day, agreement.late);
  if (!is_first) late->second = Stricter(late->second, agreement.late);
}

void Participants::Unite(std::vector<Period>& periods, Period added) {
  const auto touches = [&](const Period& period) {
    return period.first_day <= added.last_day + 1 && added.first_day <= period.last_day + 1;
  };
  for (const Period& period : periods) {
    if (!touches(period)) continue;
    added.first_day = std::min(added.first_day, period.first_day);
    added.last_day = std::max(added.last_day, period.last_day);
  }
  // What the grown period covers touches it; the rest stays as it is.
  periods.erase(std::remove_if(periods.begin(), periods.end(), touches), periods.end());
  const auto place = std::find_if(periods.begin(), periods.end(),
                                  [&](const Period& period) { return period.first_day > added.last_day; });
  periods.insert(place, added);
}

// Days only become later on the way, so that a circle ends.
void Participants::Reach(const Region& region, absl::CivilDay from, Predecessors& reached) const {
  for (const Predecessor& predecessor : region.successor_of) {
    const absl::CivilDay day = std::max(from, predecessor.from);
    const auto [known, added] = reached.try_emplace(predecessor.region_code, day);
    if (!added && known->second <= day) continue;
    known->second = day;
    const Region* const further = FindRegion(predecessor.region_code);
    if (further != nullptr) Reach(*further, day, reached);
  }
}

}  // namespace envej::admission
