#ifndef ENVEJ_REGION_CLIENT_AGENT_AGENT_STORE_H_
#define ENVEJ_REGION_CLIENT_AGENT_AGENT_STORE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "envej/v1/intake_service.pb.h"
#include "envej/ward/v1/case.pb.h"
#include "envej/ward/v1/kept.pb.h"
#include "region-client/agent/agent_batch.h"
#include "region-client/agent/agent_keys.h"
#include "region-client/agent/at_rest.h"
#include "region-client/agent/outbox_index.h"

namespace rocksdb {
class DB;
}  // namespace rocksdb

namespace envej::region {

struct AgentStoreOptions {
  std::string folder;                       // made, with mode 0700, if it is not there; its parent must be
  std::string secret;                       // a file, as `envej-certs secret` makes it
  std::vector<std::string> former_secrets;  // those that it replaced
  // Called once, on a writing thread, when a batch could not be made durable: end the process. May be empty.
  std::function<void(const absl::Status&)> fail_stop = {};
};

struct StoredOutgoing {
  uint64_t number = 0;
  ward::v1::Outgoing outgoing;
};

struct StoredTelling {
  uint64_t number = 0;
  ward::v1::Telling telling;
};

struct StoredCase {
  std::string id;
  ward::v1::Case known;
};

// How often a reason was met on a day, YYYY-MM-DD in Copenhagen.
struct DayCount {
  std::string day;
  std::string source = {};  // of what was refused; empty otherwise
  std::string reason;
  uint64_t count = 0;
};

// What an agent keeps, on RocksDB: cases, the outbox, what was answered, what is to be told. Sealed at rest
// (at_rest.h).
//
// Durability: Write answers OK only after its batch is synced, whole; several threads' batches share a sync. After a
// failed write nothing more is written, and every call fails.
// Errors of reading: DATA_LOSS for what is damaged, with its kind and never its contents; UNAVAILABLE if the medium
// fails. Nothing that is damaged is passed over.
// Thread safety: any number of threads. Whoever changes a case keeps others from changing it between reading and
// writing.
class AgentStore {
 public:
  // Opens the store, or makes it where there is none, and reads all of it once. DATA_LOSS if any of it is damaged;
  // FAILED_PRECONDITION if a newer program wrote it, a secret is missing, or its folder is not its user's alone;
  // UNAVAILABLE if another process has it open or the medium fails; otherwise the errors of AtRest::Read.
  static absl::StatusOr<std::unique_ptr<AgentStore>> Open(const AgentStoreOptions& options);
  ~AgentStore();

  AgentBatch NewBatch() { return AgentBatch(at_rest_, next_outgoing_, next_telling_); }
  absl::Status Write(AgentBatch batch);

  // Rewrites the files without what was erased or replaced: until then its sealed bytes are still in them. Takes
  // seconds for each gigabyte, and keeps nobody else waiting; OK too where a stop was requested, which ends it.
  absl::Status Compact(const std::stop_token& stop = {});

  absl::StatusOr<std::optional<ward::v1::Case>> ReadCase(const std::string& case_id) const;
  // Case ids; under whichever secret the patient's number was named.
  absl::StatusOr<std::optional<std::string>> CaseOfPatient(const ward::v1::PatientId& patient) const;
  absl::StatusOr<std::optional<std::string>> CaseOfNotice(const std::string& notice_id) const;
  // Of a reference (patient_reference.h): nothing where it is none, or of no case, or of more than one.
  absl::StatusOr<std::optional<std::string>> CaseOfReference(absl::string_view reference) const;
  // In order of id, behind `after`.
  absl::StatusOr<std::vector<StoredCase>> ListCases(const std::string& after, size_t most) const;
  // The ids of cases that are to be erased, the most overdue first.
  absl::StatusOr<std::vector<std::string>> CasesToErase(absl::Time now, size_t most) const;

  // Likewise of those that something is to be done about (case_upkeep.h).
  absl::StatusOr<std::vector<std::string>> CasesToLookAt(absl::Time now, size_t most) const;

  // In order, from `number` on.
  absl::StatusOr<std::vector<StoredOutgoing>> ReadOutbox(uint64_t number, size_t most) const;
  // What is in it of each notice. Whoever acts on that of a notice holds the lock of its case.
  const OutboxIndex& outbox() const { return outbox_; }
  absl::StatusOr<std::vector<StoredTelling>> ReadTellings(uint64_t number, size_t most) const;

  absl::StatusOr<std::optional<ward::v1::AnsweredMessage>> ReadAnswered(absl::string_view source,
                                                                        absl::string_view message_id) const;
  // Forgets up to `most` answers that are over; how many it were.
  absl::StatusOr<size_t> ForgetAnswers(absl::Time now, size_t most);

  // By day, from `day` on: why there was no notice, and why something of a source was refused, or a telling set aside.
  absl::StatusOr<std::vector<DayCount>> ReadCounts(absl::string_view day, size_t most) const;
  absl::StatusOr<std::vector<DayCount>> ReadRefused(absl::string_view day, size_t most) const;
  // 0 where nothing was told by this way.
  absl::StatusOr<uint64_t> ReadToldUpTo(absl::string_view way) const;
  // Empty where there is none.
  absl::StatusOr<std::string> ReadWatchToken() const;
  // Nothing before the broker ever said it.
  absl::StatusOr<std::optional<v1::ListMunicipalitiesResponse>> ReadMunicipalities() const;

  // With what it seals and names.
  const AtRest& at_rest() const { return at_rest_; }

  // How much was written to it ever: it never falls, but where the store is put back to an earlier state.
  uint64_t writes() const;

  size_t cases() const { return static_cast<size_t>(cases_.load()); }
  size_t outgoing() const { return outbox_.size(); }

 private:
  AgentStore(AgentStoreOptions options, AtRest at_rest, std::unique_ptr<rocksdb::DB> engine);

  absl::Status ReadWhole();
  absl::Status Examine(absl::string_view key, absl::string_view value);
  absl::StatusOr<std::optional<std::string>> Read(const std::string& key) const;
  template <typename Message>
  absl::StatusOr<Message> OpenAs(const std::string& key, absl::string_view sealed) const;
  absl::StatusOr<std::vector<std::string>> CasesDue(KeyKind kind, absl::Time now, size_t most) const;
  absl::StatusOr<std::vector<std::pair<std::string, std::string>>> Scan(const std::string& from, const std::string& to,
                                                                        size_t most) const;

  const AgentStoreOptions options_;
  const AtRest at_rest_;
  const std::unique_ptr<rocksdb::DB> engine_;
  std::atomic<uint64_t> next_outgoing_ = 1;
  std::atomic<uint64_t> next_telling_ = 1;
  std::atomic<int64_t> cases_ = 0;
  OutboxIndex outbox_;
  std::atomic<bool> failed_ = false;
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_AGENT_STORE_H_
