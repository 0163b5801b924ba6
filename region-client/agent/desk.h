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
#include "region-client/ward/answer.h"
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
inline constexpr int kMessageContents = 16;  // that are known of one id

struct Answer {
  bool repeated = false;       // it was answered before, and nothing was done now
  bool id_used_again = false;  // by its id another message was known, which said something else
  absl::Time answered_at;      // now; of a repeat, when something was last taken under its id
};

// The reason of OUT_OF_RANGE: the contract has no name for it.
inline constexpr char kConsentWithdrawnSince[] = "CONSENT_WITHDRAWN_SINCE";

// What a consent has come to.
struct ConsentTaken {
  bool repeated = false;                     // it was taken before, and nothing was done now
  bool stands = false;                       // a consent is registered now
  bool withdrawn = false;                    // one that was registered before is withdrawn by it
  std::string patient_reference = {};        // patient_reference.h; empty where nothing is known of the patient
  std::optional<ward::WhyNot> why_not = {};  // nothing if there is a notice now
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

  // Takes all events of a message, or none. Of a patient of whom nothing is known, what says that it is of no concern
  // (ward::WhyOfNoConcern) is counted by its reason, answered, and not kept. A message that was answered within the
  // last 30 days is answered in the same way, and nothing else. One that says something else under an id that is known
  // is a new one, since systems that are set up anew begin to count again: it is taken, and counted by day as
  // `message-id-used-again`. What of a message was not read does not count for that. Of an id the newest
  // kMessageContents messages are known. INVALID_ARGUMENT, and nothing is kept, where the message is not named, has no
  // or too many events, or one has no number that identifies its patient here; RESOURCE_EXHAUSTED where the agent is
  // full; otherwise the errors of the store. The text names no citizen. Refused messages are judged anew when they come
  // again.
  absl::StatusOr<Answer> TakeMessage(const MessageName& name, const std::vector<ward::Event>& events);

  // What a citizen answered, as of now; a yes is checked by whoever calls (consent_check.h). A no to either part
  // withdraws what was given before, is counted by day as `declined`, and nothing else of it is kept. Where it came as
  // a message that is known again, `name` is that, and it is taken once, as above. OUT_OF_RANGE
  // (kConsentWithdrawnSince) where the citizen has withdrawn since it was given (ward::MayBeRegistered). Errors as
  // above.
  absl::StatusOr<ConsentTaken> RegisterConsent(const ward::PatientId& patient,
                                               const ward::v1::RegisteredConsent& consent,
                                               const std::optional<MessageName>& name = std::nullopt,
                                               ward::AnswerFrom from = ward::AnswerFrom::kStaff);
  // NOT_FOUND where there is none.
  absl::StatusOr<ConsentTaken> WithdrawConsent(const ward::PatientId& patient,
                                               const std::optional<MessageName>& name = std::nullopt);

  // The citizen lives in this municipality, which takes no part: a consent that names another is withdrawn, and its
  // notice as sent in error. Errors as above.
  absl::StatusOr<ConsentTaken> NoteLivesElsewhere(const ward::PatientId& patient, const std::string& municipality_code);

  // Takes a new notice that a source made itself, with an id of its own, into the outbox as it is: no event changes it.
  // It is checked by whoever calls (notice_file.h). Known again by its id as long as its case is kept; ALREADY_EXISTS
  // where it says something else than before. Other errors as above.
  absl::StatusOr<Answer> TakeNotice(const v1::Notice& notice);

  // What is known by a number of a patient, by the id of a notice, or by what the ward was told (patient_reference.h);
  // nothing where that is nothing.
  absl::StatusOr<std::optional<StoredCase>> Find(const ward::PatientId& patient) const;
  absl::StatusOr<std::optional<StoredCase>> FindByNotice(const std::string& notice_id) const;
  absl::StatusOr<std::optional<StoredCase>> FindByReference(absl::string_view reference) const;

  // By which patients are identified.
  const ward::Site& site() const { return options_.site; }

  // Why there is no notice of what is known, by now; nothing where there is one.
  std::optional<ward::WhyNot> WhyNotNow(const ward::v1::Case& known) const { return WhyNotAt(known, now_()); }

  // Counts that something of a source was refused: `reason` says why and where, of a bounded number of words, and
  // nothing of what stood there.
  absl::Status CountRefused(absl::string_view source, absl::string_view reason, uint64_t count = 1);

  // Of up to `most` cases each: erases those whose time is over, and as many answers; tells of a planned day that has
  // passed without a discharge; clears contact details of which no notice can come any more (case_upkeep.h). Whether
  // there may be more.
  absl::StatusOr<bool> Upkeep(size_t most);

 private:
  absl::Status Take(const ward::Event& event, absl::Time now, CaseWork& work) const;
  absl::StatusOr<OpenCase*> CaseOf(const ward::v1::PatientId& patient, CaseWork& work) const;
  // What is known by the number is the case's from now on, and nothing beside it.
  absl::Status Join(const ward::v1::PatientId& number, OpenCase& into, CaseWork& work) const;
  std::optional<ward::WhyNot> WhyNotAt(const ward::v1::Case& known, absl::Time now) const;
  // What follows from what was taken, durable.
  absl::Status Conclude(CaseWork& work, absl::Time now);
  absl::Status Commit(CaseWork& work, bool sends);
  // Whether a message is a repeat; if not, that it is known from now on goes with the work.
  absl::StatusOr<Answer> Recognise(const MessageName& name, std::vector<std::string> content, absl::Time now,
                                   CaseWork& work) const;
  using TakeAnswer = std::function<absl::Status(const ward::v1::PatientId&, absl::Time now, CaseWork&)>;
  // `consent` is what the source says, nullptr where the citizen withdrew it: by it a message is known again.
  absl::StatusOr<ConsentTaken> Consent(const ward::PatientId& patient, const ward::v1::RegisteredConsent* consent,
                                       const std::optional<MessageName>& name, const TakeAnswer& take);
  absl::Status Register(const ward::v1::PatientId& patient, const ward::v1::RegisteredConsent& consent,
                        ward::AnswerFrom from, absl::Time now, CaseWork& work) const;
  absl::Status Decline(const ward::v1::PatientId& patient, absl::Time now, CaseWork& work) const;
  absl::Status Withdraw(const ward::v1::PatientId& patient, absl::Time now, CaseWork& work) const;
  absl::StatusOr<std::optional<StoredCase>> ReadFound(const absl::StatusOr<std::optional<std::string>>& case_id) const;
  absl::Status LookAtCase(const std::string& case_id, absl::Time now);
  absl::Status EraseIfOver(const std::string& case_id, absl::Time now);
  // INVALID_ARGUMENT where it is none, or of an authority that identifies nobody here.
  absl::StatusOr<ward::v1::PatientId> IdentifyingOf(const ward::PatientId& patient) const;

  const DeskOptions options_;
  AgentStore& store_;
  CaseLocks& locks_;
  const std::function<absl::Time()> now_;
  const absl::TimeZone copenhagen_;
  const std::function<void()> wake_;
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_DESK_H_
