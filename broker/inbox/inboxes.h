#ifndef ENVEJ_BROKER_INBOX_INBOXES_H_
#define ENVEJ_BROKER_INBOX_INBOXES_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "broker/clock.h"
#include "broker/inbox/change.h"
#include "broker/inbox/clock_watch.h"
#include "broker/inbox/due_watch.h"
#include "broker/inbox/forgetting.h"
#include "broker/inbox/inbox_time.h"
#include "broker/inbox/notice_lists.h"
#include "broker/inbox/operation.h"
#include "broker/inbox/pull_queue.h"
#include "broker/inbox/record.h"
#include "broker/inbox/scheduler.h"
#include "broker/journal/changes.h"
#include "broker/journal/checkpoint_proofs.h"
#include "broker/journal/receipts.h"
#include "broker/journal/recovery_mark.h"
#include "broker/store/ordered_store.h"
#include "proto/contract/checkpoint.h"
#include "proto/contract/receipt.h"

namespace envej::inbox {

// What a region hands in: a notice, a revision of one, or its withdrawal. The rules that hold always were applied
// before.
struct Submission {
  store::NoticeKey notice;
  std::variant<Submit, Revise, Withdraw> what;
  std::string actor;  // fingerprint of the certificate with which it is handed in
  Keep keep;          // its content is handed out again byte for byte
};

struct Accepted {
  contract::Receipt receipt;
  bool repeated = false;  // it had been accepted before; the receipt is the same as then
};

// Who acts on notices that are not its to name by lease: their region, or operations.
struct NoticeCaller {
  std::string actor;  // fingerprint of the certificate with which it calls
};

// Who acts on one inbox.
struct InboxCaller {
  std::string municipality_code;
  std::string actor;  // fingerprint of the certificate with which it calls
};

// Names a lease within one inbox.
struct LeaseName {
  std::string region_code;
  contract::NoticeId id;
  uint32_t revision = 0;
  std::string token;
};

struct NoticeReturn {
  LeaseName lease;
  ReturnReason reason = ReturnReason::kNone;
};

// What became of a notice that an operator would return: one of the two.
struct ReturnedByOperations {
  std::optional<ReturnProposal> proposal;  // it waits for another operator, for as long as it stands
  std::optional<absl::Time> returned_at;   // it is returned
};

// Which notices of one region in one inbox to list, and where to go on.
struct ListQuery {
  std::string municipality_code;
  std::string region_code;
  std::vector<State> states = {};  // empty: all
  std::string origin = {};         // empty: all
  size_t page_size = 100;
  std::optional<contract::NoticeId> after = {};
};

struct ListedNotice {
  contract::NoticeId id;
  std::optional<Record> record;  // nothing if it cannot be read: such a notice is listed whatever was asked for
};

struct ListPage {
  std::vector<ListedNotice> notices;
  std::optional<contract::NoticeId> next;  // go on after this one; nothing after the last page
};

// The inboxes of all municipalities: what may happen to a notice, carried out over the store. Speaks of notices, leases
// and reasons.
//
// Errors: refusals carry their reason (contract::RejectionOf); any other status is an error of the store. A notice of
// which what is stored cannot be read is NOTICE_UNREADABLE, told of in Options::report, and spoils no other.
// Durability: submissions, acknowledgements and returns are answered after the sync; leases before it.
// Thread safety: all functions from any thread. Callbacks run on the caller's thread, the store's or the scheduler's,
// and must not block.
class Inboxes {
 public:
  struct Options {
    PullBounds pulls = {};
    ContentCheck check = nullptr;                // of what is handed out
    UnreadableReports::Report report = nullptr;  // of what cannot be
    ClockWatch::Report clock_behind = nullptr;
    LateReport late = nullptr;
    Operations::ThresholdsOf thresholds = nullptr;  // those of agreements that say nothing else
    Changed changed = nullptr;                      // told of each change
  };

  using SubmitDone = std::function<void(std::vector<absl::StatusOr<Accepted>>)>;
  using TimesDone = std::function<void(std::vector<absl::StatusOr<absl::Time>>)>;
  using RedriveDone = std::function<void(std::vector<absl::StatusOr<bool>>)>;
  using ReturnDone = std::function<void(absl::StatusOr<ReturnedByOperations>)>;

  // All must outlive this object; the store and the scheduler must run no more of its tasks when it is destroyed.
  Inboxes(store::OrderedStore& store, const Clock& clock, Scheduler& scheduler, const Options& options);
  ~Inboxes();

  Inboxes(const Inboxes&) = delete;
  Inboxes& operator=(const Inboxes&) = delete;

  // Starts letting time pass for what is due, forgetting, and watching the clock. Call once.
  void Start();
  // Refuses every waiting pull and new ones with BROKER_STOPPING: nothing would say that the inbox is empty. Everything
  // else goes on.
  void Drain();

  void SubmitAll(std::vector<Submission> submissions, SubmitDone done);

  // See pull_queue.h. Returns a handle for CancelPull.
  uint64_t Pull(PullRequest request, PullDone done);
  void CancelPull(uint64_t handle);
  // How many pulls wait for something now, by municipality; those at which none does are left out.
  std::map<std::string, size_t> WaitingPulls();

  // The times are those of the new expiry, of the first acknowledgement, and of the first return.
  void Extend(const std::string& municipality_code, const std::vector<LeaseName>& leases, absl::Duration duration,
              TimesDone done);
  void AcknowledgeAll(const InboxCaller& caller, const std::vector<LeaseName>& leases, TimesDone done);
  void ReturnAll(const InboxCaller& caller, const std::vector<NoticeReturn>& returns, TimesDone done);

  // The times are those of the first acknowledgement.
  void AcknowledgeOutcomes(const NoticeCaller& caller, const std::vector<store::NoticeKey>& notices, TimesDone done);

  // For operations. Whether each was parked or held back, and is no more. Answered after the sync.
  void RedriveAll(const NoticeCaller& caller, const std::vector<store::NoticeKey>& notices, RedriveDone done);
  // An operator proposes to return a notice that is under way or confirms a proposal that stands, which returns it as
  // not deliverable. Each may be repeated. Answered after the sync. Refused: NOTICE_NOT_FOUND,
  // NOTICE_ALREADY_ACKNOWLEDGED, NOTICE_ALREADY_RETURNED by the municipality, NOTICE_WITHDRAWN, NOTICE_UNDELIVERED,
  // RETURN_PROPOSAL_OVER, RETURN_PROPOSER_IS_CALLER.
  void ReturnByOperations(const NoticeCaller& caller, const inbox::ReturnByOperations& call,
                          const store::NoticeKey& notice, ReturnDone done);
  // A page of the notices of all inboxes (notice_lists.h).
  absl::StatusOr<NoticePage> ListAll(const NoticeQuery& query);
  // These notices, as far as they are there (notice_lists.h).
  absl::StatusOr<std::vector<FoundNotice>> Read(absl::Span<const store::NoticeKey> notices);
  // The notices that have an id, in one inbox and of one region, or in all and of all (notice_lists.h).
  absl::StatusOr<std::vector<FoundNotice>> Find(const contract::NoticeId& id, const std::string& municipality_code,
                                                const std::string& region_code);
  // Of whose notices there are any (notice_lists.h).
  absl::StatusOr<std::vector<Parties>> ListParties(const std::string& municipality_code) const;

  // NOTICE_NOT_FOUND if it was never accepted.
  absl::StatusOr<Record> Get(const store::NoticeKey& notice);
  // The receipt of the newest that was accepted; nothing if the journal is kept for a shorter time.
  absl::StatusOr<std::optional<contract::Receipt>> GetReceipt(const store::NoticeKey& notice, const Record& record);
  // The proof that a receipt's batch stands under a checkpoint; nothing if none covers it yet, or it cannot be read.
  // Under the checkpoints asked for last it is cheap.
  std::optional<contract::CheckpointProof> GetCheckpointProof(const contract::Receipt& receipt);
  // Looks at no more than kListScan notices a page, so that a page may hold fewer than asked for.
  absl::StatusOr<ListPage> List(const ListQuery& query);

  // What happened to the notices of these regions from a batch on (journal/changes.h).
  absl::StatusOr<journal::Changes> ReadChanges(const std::set<std::string>& region_codes, uint64_t from_batch);
  // What the journal has from a batch on, of what the filter takes.
  absl::StatusOr<journal::Changes> ReadEvents(const journal::EventFilter& takes, uint64_t from_batch);
  // The newest batch that may be read; 0: none.
  uint64_t NewestBatch() const;
  // Which stores this one was before it was restored, the oldest first; none if it never was.
  absl::StatusOr<std::vector<journal::FormerIncarnation>> FormerIncarnations();
  // Which store this is: 16 bytes; empty as long as nothing was ever written.
  absl::StatusOr<std::string> StoreIncarnation();

  // The time that everything happening now is given (inbox_time.h).
  absl::Time Now();

 private:
  struct Submitting;

  absl::StatusOr<Accepted> Answer(Submitting& submitting, size_t place, const Result& result);
  // Carries out what happens to these items, one for each, and answers with a time of each one's record.
  void RunForTimes(std::vector<store::ItemKey> items, std::vector<Operation> operations, absl::Time now, TimesDone done,
                   absl::Time (*time)(const Record&));
  UnreadableNotice TellUnreadable();
  // The error that the caller gets: that the item cannot be read is told here, and refused by name.
  absl::Status Told(const store::ItemKey& item, const absl::Status& status);

  store::OrderedStore& store_;
  InboxTime time_;
  Operations operations_;
  journal::CheckpointProofs proofs_;
  UnreadableReports reports_;
  PullQueue pulls_;
  DueWatch due_;
  Forgetting forgetting_;
  ClockWatch clock_watch_;
};

}  // namespace envej::inbox

#endif  // ENVEJ_BROKER_INBOX_INBOXES_H_
