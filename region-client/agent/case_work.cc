#include "region-client/agent/case_work.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace envej::region {
namespace {

constexpr int kLockTries = 16;

std::string NameOf(const ward::v1::PatientId& patient) {
  return absl::StrCat("p", patient.authority().size(), ":", patient.authority(), patient.value());
}

CaseLocks::Set LocksOf(const WorkSubjects& subjects) {
  CaseLocks::Set set;
  for (const ward::v1::PatientId& patient : subjects.patients) set |= CaseLocks::Of(NameOf(patient));
  for (const std::string& case_id : subjects.cases) set |= CaseLocks::Of(case_id);
  if (!subjects.message.empty()) set |= CaseLocks::Of(absl::StrCat("m", subjects.message));
  return set;
}

// The locks of the cases that are found now.
absl::StatusOr<CaseLocks::Set> LocksOfFound(const AgentStore& store, const WorkSubjects& subjects) {
  CaseLocks::Set set;
  for (const ward::v1::PatientId& patient : subjects.patients) {
    const absl::StatusOr<std::optional<std::string>> found = store.CaseOfPatient(patient);
    if (!found.ok()) return found.status();
    if (found->has_value()) set |= CaseLocks::Of(**found);
  }
  for (const std::string& notice : subjects.notices) {
    const absl::StatusOr<std::optional<std::string>> found = store.CaseOfNotice(notice);
    if (!found.ok()) return found.status();
    if (found->has_value()) set |= CaseLocks::Of(**found);
  }
  return set;
}

}  // namespace

absl::StatusOr<CaseWork> CaseWork::Begin(AgentStore& store, CaseLocks& locks, const WorkSubjects& subjects) {
  const CaseLocks::Set own = LocksOf(subjects);
  CaseLocks::Set wanted = own;
  // Which cases they are may change until their locks are held.
  for (int tries = 0; tries < kLockTries; ++tries) {
    std::vector<std::unique_lock<std::mutex>> held = locks.Take(wanted);
    const absl::StatusOr<CaseLocks::Set> found = LocksOfFound(store, subjects);
    if (!found.ok()) return found.status();
    if ((*found & ~wanted).none()) return CaseWork(store, std::move(held));
    wanted = own | *found;
  }
  return absl::UnavailableError("the patient's cases kept changing: try again");
}

absl::StatusOr<OpenCase*> CaseWork::OfPatient(const ward::v1::PatientId& patient) {
  const auto named = named_.find(NameOf(patient));
  if (named != named_.end()) return WithId(named->second);
  const absl::StatusOr<std::optional<std::string>> found = store_.CaseOfPatient(patient);
  if (!found.ok()) return found.status();
  if (!found->has_value()) return nullptr;
  const absl::StatusOr<OpenCase*> known = WithId(**found);
  // It may stand under the name of a former secret, which goes some day.
  if (known.ok() && *known != nullptr) Name(patient, **known);
  return known;
}

absl::StatusOr<OpenCase*> CaseWork::OfNotice(const std::string& notice_id) {
  const absl::StatusOr<std::optional<std::string>> found = store_.CaseOfNotice(notice_id);
  if (!found.ok()) return found.status();
  if (!found->has_value()) return nullptr;
  return WithId(**found);
}

absl::StatusOr<OpenCase*> CaseWork::WithId(const std::string& case_id) {
  const auto open = cases_.find(case_id);
  if (open != cases_.end()) return open->second.erased ? nullptr : &open->second;
  absl::StatusOr<std::optional<ward::v1::Case>> known = store_.ReadCase(case_id);
  if (!known.ok()) return known.status();
  if (!known->has_value()) return nullptr;
  OpenCase& opened = cases_[case_id];
  opened = {.id = case_id, .before = **known, .after = **std::move(known)};
  return &opened;
}

OpenCase* CaseWork::Make(const ward::v1::PatientId& patient, std::string case_id) {
  OpenCase* const made = Make(std::move(case_id));
  Name(patient, *made);
  return made;
}

OpenCase* CaseWork::Make(std::string case_id) {
  OpenCase& made = cases_[case_id];
  made.id = std::move(case_id);
  return &made;
}

void CaseWork::Name(const ward::v1::PatientId& patient, const OpenCase& known) {
  named_[NameOf(patient)] = known.id;
  batch_.PutPatient(patient, known.id);
}

absl::Status CaseWork::Erase(OpenCase& known, const OpenCase* into) {
  known.erased = true;
  for (const ward::v1::PatientId& patient : known.after.patient_ids()) {
    const absl::StatusOr<std::optional<std::string>> found = store_.CaseOfPatient(patient);
    if (!found.ok()) return found.status();
    if (*found != known.id) continue;
    if (into == nullptr) {
      batch_.ForgetPatient(patient);
    } else {
      Name(patient, *into);
    }
  }
  return absl::OkStatus();
}

std::vector<OpenCase*> CaseWork::cases() {
  std::vector<OpenCase*> open;
  for (auto& [id, known] : cases_) {
    if (!known.erased) open.push_back(&known);
  }
  return open;
}

size_t CaseWork::made() const {
  return static_cast<size_t>(std::count_if(cases_.begin(), cases_.end(), [](const auto& entry) {
    return !entry.second.before.has_value() && !entry.second.erased;
  }));
}

absl::Status CaseWork::Commit() {
  // First what goes: what found its notices finds the case that they went into.
  for (const auto& [id, known] : cases_) {
    if (known.erased && known.before.has_value()) batch_.EraseCase(id, *known.before);
  }
  for (const OpenCase* known : cases()) batch_.PutCase(known->id, known->before, known->after);
  return store_.Write(std::move(batch_));
}

}  // namespace envej::region
