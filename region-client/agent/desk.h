#ifndef ENVEJ_REGION_CLIENT_AGENT_DESK_H_
#define ENVEJ_REGION_CLIENT_AGENT_DESK_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "envej/v1/notice.pb.h"
#include "envej/ward/v1/case.pb.h"
#include "region-client/agent/agent_store.h"
#include "region-client/agent/case_locks.h"
#include "region-client/agent/case_work.h"
#include "region-client/ward/event.h"
#include "region-client/ward/joining.h"
#include "region-client/ward/site.h"

namespace envej::region {

// A message of a ward's system, by which it is known again: whose numbers its ids are (a listener and what the message
// says of its sender), and its id there (HL7 MSH-10, say).
struct MessageName {
  std::string source;
  std::string id;
};

inline constexpr size_t kMessageNameBytes = 512;  // each of the two
inline constexpr size_t kMessageEvents = 64;

struct Answer {
  bool repeated = false;   // it was answered before, and nothing was done now
  absl::Time answered_at;  // when it first was
};

// What a consent has come to.
struct ConsentTaken {
  bool repeated = false;                // it was taken before, and nothing was done now
  std::string patient_reference;        // patient_reference.h
  std::optional<ward::WhyNot> why_not;  // nothing if there is a notice now
};

struct DeskOptions {
  ward::Site site;
  size_t cases_most = 200'000;
  size_t outgoing_most = 100'000;
};

// Where a ward's events and its citizens' consents meet: whatever is taken is durable, with all that follows from it,
// before it is answered.
//
// Thread safety: any number of threads; work on different patients goes on at once.
class Desk {
 public:
  // What it is given must outlive it. `wake` is called after something was put into the outbox.
  Desk(DeskOptions options, AgentStore& store, CaseLocks& locks, std::function<absl::Time()> now,
       absl::TimeZone copenhagen, std::function<void()> wake);

  // Takes all events of a message, or none. A message that was answered within the last 30 days is answered in the same
  // way, and nothing else: ids that come again with other events say nothing new.
  // INVALID_ARGUMENT, and nothing is kept, where the message is not named, has no or too many events, or one has no
  // number that identifies its patient here; RESOURCE_EXHAUSTED where the agent is full; otherwise the errors of the
  // store. The text names no citizen. Refused messages are judged anew when they come again.
  absl::StatusOr<Answer> TakeMessage(const MessageName& name, const std::vector<ward::Event>& events);

  // What a citizen answered, as of now; `consent` is checked by whoever calls (consent_check.h). Where it came as a
  // message that is known again, `name` is that, and it is taken once. Errors as above.
  absl::StatusOr<ConsentTaken> RegisterConsent(const ward::PatientId& patient,
                                               const ward::v1::RegisteredConsent& consent,
                                               const std::optional<MessageName>& name = std::nullopt);
  // NOT_FOUND where there is none.
  absl::StatusOr<ConsentTaken> WithdrawConsent(const ward::PatientId& patient,
                                               const std::optional<MessageName>& name = std::nullopt);

  // Takes a new notice that a source made itself, with an id of its own, into the outbox as it is: no event changes it.
  // It is checked by whoever calls (notice_file.h). Known again by its id as long as its case is kept; ALREADY_EXISTS
  // where it says something else than before. Other errors as above.
  absl::StatusOr<Answer> TakeNotice(const v1::Notice& notice);

  // What is known by a number of a patient; nothing where that is nothing.
  absl::StatusOr<std::optional<StoredCase>> Find(const ward::PatientId& patient) const;

  // By which patients are identified.
  const ward::Site& site() const { return options_.site; }

  // Why there is no notice of what is known, by now; nothing where there is one.
  std::optional<ward::WhyNot> WhyNotNow(const ward::v1::Case& known) const { return WhyNotAt(known, now_()); }

  // Erases up to `most` cases, and as many answers, whose time is over; whether there may be more.
  absl::StatusOr<bool> Upkeep(size_t most);

 private:
  absl::Status Take(const ward::Event& event, CaseWork& work) const;
  absl::StatusOr<OpenCase*> CaseOf(const ward::v1::PatientId& patient, CaseWork& work) const;
  absl::Status Merge(const ward::Event& event, OpenCase& into, CaseWork& work) const;
  std::optional<ward::WhyNot> WhyNotAt(const ward::v1::Case& known, absl::Time now) const;
  // What follows from what was taken, durable.
  absl::Status Conclude(CaseWork& work, absl::Time now);
  absl::Status Commit(CaseWork& work, size_t outgoing);
  absl::StatusOr<ConsentTaken> Consent(const ward::PatientId& patient, const std::optional<MessageName>& name,
                                       const std::function<absl::Status(OpenCase*&, CaseWork&, absl::Time)>& take);
  absl::Status EraseIfOver(const std::string& case_id, absl::Time now);
  ward::v1::PatientId IdentifyingOf(const ward::PatientId& patient) const;

  const DeskOptions options_;
  AgentStore& store_;
  CaseLocks& locks_;
  const std::function<absl::Time()> now_;
  const absl::TimeZone copenhagen_;
  const std::function<void()> wake_;
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_DESK_H_
