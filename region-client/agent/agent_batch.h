#ifndef ENVEJ_REGION_CLIENT_AGENT_AGENT_BATCH_H_
#define ENVEJ_REGION_CLIENT_AGENT_AGENT_BATCH_H_

#include <rocksdb/write_batch.h>

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "envej/v1/intake_service.pb.h"
#include "envej/ward/v1/case.pb.h"
#include "envej/ward/v1/kept.pb.h"
#include "region-client/agent/agent_keys.h"
#include "region-client/agent/at_rest.h"

namespace envej::region {

// How long a source's message is known again, from when something was last taken under its id.
inline constexpr absl::Duration kAnswersKept = absl::Hours(24 * 30);
// A case without a consent is erased so long after anything happened to it; another one seven months after the last of
// consent, discharge and what became of its notices, but while the patient is in regional psychiatry not before the
// year is over for which the consent holds.
inline constexpr absl::Duration kWithoutConsentKept = absl::Hours(24 * 40);
inline constexpr absl::Duration kCaseKept = absl::Hours(24 * 215);

// When a case is to be erased if nothing more happens to it.
absl::Time EraseAt(const ward::v1::Case& known);

// Changes of an agent's store that are made all or none (AgentStore::Write). Whoever changes a case holds its lock.
//
// Thread safety: none.
class AgentBatch {
 public:
  // Makes or changes a case; `before` is what the store has of it. Its notices are found by their ids from then on.
  void PutCase(const std::string& case_id, const std::optional<ward::v1::Case>& before, const ward::v1::Case& after);
  // Also what finds it by its notices. What finds it by its patients' numbers is the caller's to forget.
  void EraseCase(const std::string& case_id, const ward::v1::Case& before);
  void PutPatient(const ward::v1::PatientId& patient, const std::string& case_id);
  void ForgetPatient(const ward::v1::PatientId& patient);

  void AddOutgoing(const ward::v1::Outgoing& outgoing);
  void ReplaceOutgoing(uint64_t number, const ward::v1::Outgoing& outgoing);
  void RemoveOutgoing(const std::string& notice_id, uint64_t number);
  // How many more there will be in the outbox. None where only withdrawals are added, one of a notice at most: they are
  // always taken, as until then somebody may call who should not.
  int64_t more_outgoing() const;

  // What is known under a message's id from now on; `before` is what the store has of it.
  void PutAnswered(absl::string_view source, absl::string_view message_id,
                   const std::optional<ward::v1::AnsweredMessage>& before, const ward::v1::AnsweredMessage& after);
  void AddTelling(const ward::v1::Telling& telling);
  void RemoveTelling(uint64_t number);
  void PutToldUpTo(absl::string_view way, uint64_t number);
  void Count(absl::CivilDay day, absl::string_view reason);
  void CountRefused(absl::CivilDay day, absl::string_view source, absl::string_view reason, uint64_t count);
  void PutWatchToken(const std::string& token);
  void PutMunicipalities(const v1::ListMunicipalitiesResponse& municipalities);

 private:
  friend class AgentStore;

  AgentBatch(const AtRest& at_rest, std::atomic<uint64_t>& next_outgoing, std::atomic<uint64_t>& next_telling)
      : at_rest_(at_rest), next_outgoing_(next_outgoing), next_telling_(next_telling) {}

  // In the outbox, of which notice.
  struct OutboxChange {
    std::string notice_id;
    uint64_t number = 0;
    bool added = false;
    bool withdraws = false;  // of what is added
  };

  void Put(const std::string& key, absl::string_view value);
  void PutSealed(const std::string& key, const google::protobuf::MessageLite& message);
  void Delete(const std::string& key);
  void Keep(const rocksdb::Status& status);

  const AtRest& at_rest_;
  std::atomic<uint64_t>& next_outgoing_;
  std::atomic<uint64_t>& next_telling_;
  rocksdb::WriteBatch writes_;
  absl::Status status_;
  int64_t cases_ = 0;  // more than before
  std::vector<OutboxChange> outbox_changes_;
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_AGENT_BATCH_H_
