#ifndef ENVEJ_REGION_CLIENT_AGENT_CASE_WORK_H_
#define ENVEJ_REGION_CLIENT_AGENT_CASE_WORK_H_

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "envej/ward/v1/case.pb.h"
#include "region-client/agent/agent_batch.h"
#include "region-client/agent/agent_store.h"
#include "region-client/agent/case_locks.h"

namespace envej::region {

// What a piece of work is about.
struct WorkSubjects {
  std::vector<ward::v1::PatientId> patients = {};
  std::vector<std::string> notices = {};  // ids
  std::vector<std::string> cases = {};    // ids
  std::string message = {};               // the name of a message: nobody else deals with it meanwhile
};

// A case that is being changed.
struct OpenCase {
  std::string id;
  std::optional<ward::v1::Case> before;  // as the store has it; nothing of a new one
  ward::v1::Case after;
  bool erased = false;
};

// Changes cases under their locks, all in one batch. Locks are held as long as it lives.
//
// Thread safety: none; one for each piece of work.
class CaseWork {
 public:
  // Waits for the locks. UNAVAILABLE if cases kept being merged meanwhile; otherwise the errors of the store.
  static absl::StatusOr<CaseWork> Begin(AgentStore& store, CaseLocks& locks, const WorkSubjects& subjects);

  // Of what the work is about: nullptr where there is none. It lives as long as the work. A number that finds a case
  // is named under the secret in use with the next commit.
  absl::StatusOr<OpenCase*> OfPatient(const ward::v1::PatientId& patient);
  absl::StatusOr<OpenCase*> OfNotice(const std::string& notice_id);
  absl::StatusOr<OpenCase*> WithId(const std::string& case_id);
  // A new one, that is found by the patient's number.
  OpenCase* Make(const ward::v1::PatientId& patient, std::string case_id);
  // A new one of which no number of the patient is known.
  OpenCase* Make(std::string case_id);

  // From now on the number is that of the patient of this case.
  void Name(const ward::v1::PatientId& patient, const OpenCase& known);
  // The case goes, and what finds it by numbers of its patient finds `into`, or nothing.
  absl::Status Erase(OpenCase& known, const OpenCase* into);

  AgentBatch& batch() { return batch_; }
  // As the store has it, before this work.
  const OutboxIndex& outbox() const { return store_.outbox(); }
  // All cases that were opened.
  std::vector<OpenCase*> cases();
  // How many more cases there will be.
  size_t made() const;

  // Writes it all; nothing may be done with it afterwards.
  absl::Status Commit();

 private:
  CaseWork(AgentStore& store, std::vector<std::unique_lock<std::mutex>> held)
      : store_(store), held_(std::move(held)), batch_(store.NewBatch()) {}

  AgentStore& store_;
  std::vector<std::unique_lock<std::mutex>> held_;
  AgentBatch batch_;
  std::map<std::string, OpenCase> cases_;
  std::map<std::string, std::string> named_;  // case ids, by patients of this work
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_CASE_WORK_H_
