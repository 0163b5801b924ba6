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
  for (const Agreement& agreement : entries.agreements) {
    Unite(in_force_[agreement.region_code][agreement.municipality_code],
          {.first_day = agreement.first_day, .last_day = agreement.last_day});
  }
  InheritAgreements();
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
  const auto region = in_force_.find(std::string(region_code));
  if (region == in_force_.end()) return false;
  const auto municipality = region->second.find(std::string(municipality_code));
  if (municipality == region->second.end()) return false;
  const Periods& periods = municipality->second;
  const auto ends_before = [](const Period& period, absl::CivilDay wanted) { return period.last_day < wanted; };
  const auto found = std::lower_bound(periods.begin(), periods.end(), day, ends_before);
  return found != periods.end() && found->first_day <= day;
}

void Participants::Unite(Periods& periods, Period added) {
  if (added.last_day < added.first_day) return;
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

// A successor may itself be succeeded, so this goes on until nothing changes: once for each region, at most.
void Participants::InheritAgreements() {
  bool changed = true;
  for (size_t round = 0; changed && round < regions_.size(); ++round) {
    changed = false;
    for (const Region& region : regions_) {
      for (const Predecessor& predecessor : region.successor_of) {
        const auto inherited = in_force_.find(predecessor.region_code);
        if (inherited == in_force_.end() || predecessor.region_code == region.code) continue;
        for (const auto& [municipality_code, theirs] : inherited->second) {
          Periods& ours = in_force_[region.code][municipality_code];
          const Periods before = ours;
          for (const Period& period : theirs) {
            Unite(ours, {.first_day = std::max(period.first_day, predecessor.from), .last_day = period.last_day});
          }
          changed = changed || ours != before;
        }
      }
    }
  }
}

}  // namespace envej::admission
