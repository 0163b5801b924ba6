// What time alone does to what is kept (desk.h).

#include "region-client/agent/case_upkeep.h"
#include "region-client/agent/desk.h"
#include "region-client/agent/telling.h"

namespace envej::region {

absl::Status Desk::CountRefused(absl::string_view source, absl::string_view reason, uint64_t count) {
  AgentBatch batch = store_.NewBatch();
  batch.CountRefused(absl::ToCivilDay(now_(), copenhagen_), source, reason, count);
  return store_.Write(std::move(batch));
}

absl::StatusOr<bool> Desk::Upkeep(size_t most) {
  const absl::Time now = now_();
  const absl::StatusOr<std::vector<std::string>> over = store_.CasesToErase(now, most);
  if (!over.ok()) return over.status();
  for (const std::string& case_id : *over) {
    if (absl::Status status = EraseIfOver(case_id, now); !status.ok()) return status;
  }
  const absl::StatusOr<std::vector<std::string>> due = store_.CasesToLookAt(now, most);
  if (!due.ok()) return due.status();
  for (const std::string& case_id : *due) {
    if (absl::Status status = LookAtCase(case_id, now); !status.ok()) return status;
  }
  const absl::StatusOr<size_t> forgotten = store_.ForgetAnswers(now, most);
  if (!forgotten.ok()) return forgotten.status();
  return over->size() == most || due->size() == most || *forgotten == most;
}

absl::Status Desk::LookAtCase(const std::string& case_id, absl::Time now) {
  absl::StatusOr<CaseWork> work = CaseWork::Begin(store_, locks_, {.cases = {case_id}});
  if (!work.ok()) return work.status();
  const absl::StatusOr<OpenCase*> known = work->WithId(case_id);
  if (!known.ok()) return known.status();
  if (*known == nullptr) return absl::OkStatus();  // merged into another meanwhile
  ward::v1::Case& after = (*known)->after;
  if (PlanPassedAt(after) <= now) {
    ward::v1::CaseNotice& notice = *after.mutable_notices()->rbegin();
    notice.set_plan_passed_told(after.stay().discharge_date());
    work->batch().AddTelling(
        TellingOf(ward::v1::TELLING_KIND_PLAN_PASSED, case_id, notice, notice.plan_passed_told(), now));
  }
  if (ContactOverAt(after) <= now) ClearContact(after);
  return work->Commit();
}

absl::Status Desk::EraseIfOver(const std::string& case_id, absl::Time now) {
  absl::StatusOr<CaseWork> work = CaseWork::Begin(store_, locks_, {.cases = {case_id}});
  if (!work.ok()) return work.status();
  const absl::StatusOr<OpenCase*> known = work->WithId(case_id);
  if (!known.ok()) return known.status();
  if (*known == nullptr) return absl::OkStatus();  // merged into another meanwhile
  if (EraseAt((*known)->after) >= now) return absl::OkStatus();
  if (absl::Status status = work->Erase(**known, nullptr); !status.ok()) return status;
  return work->Commit();
}

}  // namespace envej::region
