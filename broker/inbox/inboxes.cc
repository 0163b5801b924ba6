#include "broker/inbox/inboxes.h"

#include <algorithm>
#include <utility>

#include "broker/inbox/content.h"
#include "broker/journal/receipts.h"
#include "broker/store/batch_record.h"
#include "proto/contract/rejection.h"

namespace envej::inbox {
namespace {

store::ItemKey ItemOf(const std::string& municipality_code, const LeaseName& lease) {
  return {.notice = {.municipality_code = municipality_code, .region_code = lease.region_code, .id = lease.id},
          .revision = lease.revision};
}

journal::Event AcceptedEvent(const store::NoticeKey& notice, const Record& record, const std::string& actor) {
  const bool is_withdrawal = record.withdrawal_reason != WithdrawalReason::kNone;
  return {.type = is_withdrawal ? journal::EventType::kWithdrawn : journal::EventType::kAccepted,
          .item = {.notice = notice, .revision = record.newest.revision},
          .at = record.newest.accepted_at,
          .actor = actor,
          .origin = record.origin,
          .commitment = record.newest.commitment,
          .token = {},
          .detail = static_cast<uint32_t>(record.withdrawal_reason)};
}

absl::StatusOr<contract::Receipt> ReadReceipt(const store::NoticeKey& notice, const Acceptance& acceptance,
                                              journal::ReceiptReader& receipts) {
  if (!acceptance.position.has_value()) {
    return absl::DataLossError("a record does not say where its acceptance stands");
  }
  return receipts.Read({.notice = notice, .revision = acceptance.revision}, *acceptance.position);
}

uint32_t RevisionOf(const Submit& submit) { return submit.revision; }
uint32_t RevisionOf(const Revise& revise) { return revise.submit.revision; }
uint32_t RevisionOf(const Withdraw& withdraw) { return withdraw.revision; }

absl::Time DeliveredAt(const Record& record) { return record.delivered_at; }
absl::Time ConcludedAt(const Record& record) { return record.concluded_at; }
absl::Time LeaseExpiresAt(const Record& record) { return record.lease_expires_at; }

std::vector<Operation> OperationsOn(const std::vector<store::NoticeKey>& notices, const Happening& happening,
                                    const NoticeCaller& caller) {
  std::vector<Operation> operations;
  operations.reserve(notices.size());
  for (const store::NoticeKey& notice : notices) {
    operations.push_back({.notice = notice, .happening = happening, .actor = caller.actor, .keep = nullptr});
  }
  return operations;
}

bool Matches(const ListQuery& query, const Record& record) {
  const bool state =
      query.states.empty() || std::find(query.states.begin(), query.states.end(), record.state) != query.states.end();
  return state && (query.origin.empty() || query.origin == record.origin);
}

}  // namespace

Inboxes::Inboxes(store::OrderedStore& store, const Clock& clock, Scheduler& scheduler, const Options& options)
    : store_(store),
      time_(clock, store),
      operations_(store, options.thresholds, options.changed),
      proofs_(store),
      reports_(options.report),
      pulls_(
          store, operations_, scheduler, [this] { return Now(); }, options.pulls, options.check, reports_),
      due_(
          store, operations_, scheduler, [this] { return Now(); }, reports_, options.late),
      forgetting_(
          store, operations_, scheduler, clock, [this] { return Now(); }, reports_),
      clock_watch_(time_, clock, scheduler, options.clock_behind) {}

Inboxes::~Inboxes() = default;

void Inboxes::Start() {
  due_.Start();
  forgetting_.Start();
  clock_watch_.Start();
}

void Inboxes::Drain() { pulls_.Drain(); }

absl::Time Inboxes::Now() { return time_.Now(); }

// The submissions of one call, while they are carried out.
struct Inboxes::Submitting {
  explicit Submitting(store::OrderedStore& store) : journal(store) {}

  std::vector<store::ItemKey> items;
  std::vector<std::string> actors;
  std::vector<std::optional<absl::StatusOr<contract::Receipt>>> first_receipts;  // of those that are repeated
  journal::ReceiptReader journal;
};

void Inboxes::SubmitAll(std::vector<Submission> submissions, SubmitDone done) {
  auto submitting = std::make_shared<Submitting>(store_);
  std::vector<Operation> operations;
  operations.reserve(submissions.size());
  submitting->items.reserve(submissions.size());
  submitting->actors.reserve(submissions.size());
  submitting->first_receipts.resize(submissions.size());
  for (Submission& submission : submissions) {
    submitting->items.push_back(
        {.notice = submission.notice,
         .revision = std::visit([](const auto& what) { return RevisionOf(what); }, submission.what)});
    submitting->actors.push_back(submission.actor);
    operations.push_back(
        {.notice = std::move(submission.notice),
         .happening = std::visit([](auto& what) { return Happening(std::move(what)); }, submission.what),
         .actor = std::move(submission.actor),
         .keep = std::move(submission.keep)});
  }
  operations_.Run(
      std::move(operations), Now(),
      [this, submitting, done = std::move(done)](std::vector<Result> results) {
        std::vector<absl::StatusOr<Accepted>> answers;
        answers.reserve(results.size());
        for (size_t place = 0; place < results.size(); ++place) {
          answers.push_back(Answer(*submitting, place, results[place]));
        }
        done(std::move(answers));
      },
      [submitting](size_t place, const Result& result) {
        const store::ItemKey& item = submitting->items[place];
        const bool is_first = result.record.first.has_value() && result.record.first->revision == item.revision;
        const Acceptance& accepted = is_first ? *result.record.first : result.record.newest;
        submitting->first_receipts[place] = ReadReceipt(item.notice, accepted, submitting->journal);
      });
}

absl::StatusOr<Accepted> Inboxes::Answer(Submitting& submitting, size_t place, const Result& result) {
  const store::ItemKey& item = submitting.items[place];
  if (!result.status.ok()) return Told(item, result.status);
  if (result.changed) {
    const journal::Event accepted = AcceptedEvent(item.notice, result.record, submitting.actors[place]);
    return Accepted{.receipt = journal::MakeReceipt(accepted, result.outcome), .repeated = false};
  }
  std::optional<absl::StatusOr<contract::Receipt>>& first = submitting.first_receipts[place];
  if (!first.has_value()) return absl::InternalError("a submission was neither accepted, refused nor repeated");
  // What is repeated after its receipt is gone is older than anything may be that is sent.
  if (absl::IsNotFound(first->status())) return contract::Refusal(contract::Reason::kNoticeTooOld);
  if (!first->ok()) return Told(item, first->status());
  return Accepted{.receipt = std::move(first->value()), .repeated = true};
}

absl::Status Inboxes::Told(const store::ItemKey& item, const absl::Status& status) {
  if (!IsUnreadable(status)) return status;
  reports_.Tell(item, status, Now());
  return contract::Refusal(contract::Reason::kNoticeUnreadable);
}

uint64_t Inboxes::Pull(PullRequest request, PullDone done) { return pulls_.Pull(std::move(request), std::move(done)); }

void Inboxes::CancelPull(uint64_t handle) { pulls_.Cancel(handle); }

std::map<std::string, size_t> Inboxes::WaitingPulls() { return pulls_.Waiting(); }

void Inboxes::RunForTimes(std::vector<store::ItemKey> items, std::vector<Operation> operations, absl::Time now,
                          TimesDone done, absl::Time (*time)(const Record&)) {
  operations_.Run(std::move(operations), now,
                  [this, items = std::move(items), done = std::move(done), time](const std::vector<Result>& results) {
                    std::vector<absl::StatusOr<absl::Time>> times;
                    times.reserve(results.size());
                    for (size_t place = 0; place < results.size(); ++place) {
                      if (results[place].status.ok()) {
                        times.emplace_back(time(results[place].record));
                      } else {
                        times.emplace_back(Told(items[place], results[place].status));
                      }
                    }
                    done(std::move(times));
                  });
}

void Inboxes::Extend(const std::string& municipality_code, const std::vector<LeaseName>& leases,
                     absl::Duration duration, TimesDone done) {
  const absl::Time now = Now();
  std::vector<store::ItemKey> items;
  std::vector<Operation> operations;
  for (const LeaseName& lease : leases) {
    items.push_back(ItemOf(municipality_code, lease));
    operations.push_back(
        {.notice = items.back().notice,
         .happening = ExtendLease{.revision = lease.revision, .token = lease.token, .expires_at = now + duration},
         .keep = nullptr});
  }
  RunForTimes(std::move(items), std::move(operations), now, std::move(done), LeaseExpiresAt);
}

void Inboxes::AcknowledgeAll(const InboxCaller& caller, const std::vector<LeaseName>& leases, TimesDone done) {
  std::vector<store::ItemKey> items;
  std::vector<Operation> operations;
  for (const LeaseName& lease : leases) {
    items.push_back(ItemOf(caller.municipality_code, lease));
    operations.push_back({.notice = items.back().notice,
                          .happening = Acknowledge{.revision = lease.revision, .token = lease.token},
                          .actor = caller.actor,
                          .keep = nullptr});
  }
  RunForTimes(std::move(items), std::move(operations), Now(), std::move(done), DeliveredAt);
}

void Inboxes::ReturnAll(const InboxCaller& caller, const std::vector<NoticeReturn>& returns, TimesDone done) {
  std::vector<store::ItemKey> items;
  std::vector<Operation> operations;
  for (const NoticeReturn& refusal : returns) {
    items.push_back(ItemOf(caller.municipality_code, refusal.lease));
    operations.push_back(
        {.notice = items.back().notice,
         .happening =
             Return{.revision = refusal.lease.revision, .token = refusal.lease.token, .reason = refusal.reason},
         .actor = caller.actor,
         .keep = nullptr});
  }
  RunForTimes(std::move(items), std::move(operations), Now(), std::move(done), ConcludedAt);
}

void Inboxes::AcknowledgeOutcomes(const NoticeCaller& caller, const std::vector<store::NoticeKey>& notices,
                                  TimesDone done) {
  std::vector<store::ItemKey> items;
  for (const store::NoticeKey& notice : notices) items.push_back({.notice = notice});
  RunForTimes(std::move(items), OperationsOn(notices, AcknowledgeOutcome{}, caller), Now(), std::move(done),
              [](const Record& record) { return record.outcome_acknowledged_at.value_or(absl::Time()); });
}

void Inboxes::RedriveAll(const NoticeCaller& caller, const std::vector<store::NoticeKey>& notices, RedriveDone done) {
  operations_.Run(OperationsOn(notices, Redrive{}, caller), Now(),
                  [this, notices, done = std::move(done)](const std::vector<Result>& results) {
                    std::vector<absl::StatusOr<bool>> redriven;
                    redriven.reserve(results.size());
                    for (size_t place = 0; place < results.size(); ++place) {
                      const absl::Status& status = results[place].status;
                      if (status.ok()) {
                        redriven.emplace_back(results[place].changed);
                      } else {
                        redriven.emplace_back(Told({.notice = notices[place]}, status));
                      }
                    }
                    done(std::move(redriven));
                  });
}

void Inboxes::ReturnByOperations(const NoticeCaller& caller, const inbox::ReturnByOperations& call,
                                 const store::NoticeKey& notice, ReturnDone done) {
  operations_.Run(OperationsOn({notice}, call, caller), Now(),
                  [this, notice, done = std::move(done)](const std::vector<Result>& results) {
                    const Result& result = results.front();
                    if (!result.status.ok()) return done(Told({.notice = notice}, result.status));
                    ReturnedByOperations answer;
                    if (result.record.state == State::kReturned) {
                      answer.returned_at = result.record.concluded_at;
                    } else {
                      answer.proposal = result.record.return_proposal;
                    }
                    done(std::move(answer));
                  });
}

absl::StatusOr<Record> Inboxes::Get(const store::NoticeKey& notice) {
  absl::StatusOr<std::optional<Record>> record = operations_.Read(notice);
  if (!record.ok()) return Told({.notice = notice}, record.status());
  if (!record->has_value()) return contract::Refusal(contract::Reason::kNoticeNotFound);
  return **std::move(record);
}

absl::StatusOr<std::optional<contract::Receipt>> Inboxes::GetReceipt(const store::NoticeKey& notice,
                                                                     const Record& record) {
  journal::ReceiptReader receipts(store_);
  absl::StatusOr<contract::Receipt> receipt = ReadReceipt(notice, record.newest, receipts);
  if (absl::IsNotFound(receipt.status())) return std::optional<contract::Receipt>();
  if (!receipt.ok()) return Told({.notice = notice, .revision = record.newest.revision}, receipt.status());
  return std::optional<contract::Receipt>(*std::move(receipt));
}

std::optional<contract::CheckpointProof> Inboxes::GetCheckpointProof(const contract::Receipt& receipt) {
  return journal::ReceiptReader(store_).ReadProof(receipt.position, proofs_).value_or(std::nullopt);
}

absl::StatusOr<journal::Changes> Inboxes::ReadChanges(const std::set<std::string>& region_codes, uint64_t from_batch) {
  return journal::ReadChanges(store_, region_codes, from_batch);
}

absl::StatusOr<journal::Changes> Inboxes::ReadEvents(const journal::EventFilter& takes, uint64_t from_batch) {
  return journal::ReadEvents(store_, takes, from_batch);
}

uint64_t Inboxes::NewestBatch() const { return store_.LastDurableBatch(); }

absl::StatusOr<std::vector<journal::FormerIncarnation>> Inboxes::FormerIncarnations() {
  absl::StatusOr<std::optional<journal::RecoveryMark>> mark = journal::ReadRecoveryMark(store_);
  if (!mark.ok()) return mark.status();
  if (!mark->has_value()) return std::vector<journal::FormerIncarnation>();
  return std::move((*mark)->former);
}

absl::StatusOr<std::string> Inboxes::StoreIncarnation() {
  const absl::StatusOr<std::optional<std::string>> value = store_.Get(store::HeadKey());
  if (!value.ok()) return value.status();
  if (!value->has_value()) return std::string();
  absl::StatusOr<store::BatchHead> head = store::DecodeBatchHead(**value);
  if (!head.ok()) return head.status();
  return std::move(head->store_incarnation);
}

UnreadableNotice Inboxes::TellUnreadable() {
  return [this](const store::NoticeKey& notice, const absl::Status& why) {
    reports_.Tell(store::ItemKey{.notice = notice}, why, Now());
  };
}

absl::StatusOr<NoticePage> Inboxes::ListAll(const NoticeQuery& query) {
  return ListNotices(store_, query, TellUnreadable());
}

absl::StatusOr<std::vector<FoundNotice>> Inboxes::Read(absl::Span<const store::NoticeKey> notices) {
  return ReadNotices(store_, notices, TellUnreadable());
}

absl::StatusOr<std::vector<FoundNotice>> Inboxes::Find(const contract::NoticeId& id,
                                                       const std::string& municipality_code,
                                                       const std::string& region_code) {
  return FindNotices(store_, id, municipality_code, region_code, TellUnreadable());
}

absl::StatusOr<std::vector<Parties>> Inboxes::ListParties(const std::string& municipality_code) const {
  return inbox::ListParties(store_, municipality_code);
}

absl::StatusOr<ListPage> Inboxes::List(const ListQuery& query) {
  const std::string prefix = store::RecordPrefix(query.municipality_code, query.region_code);
  store::ScanRange range{.from = prefix, .to = store::EndOfPrefix(prefix), .entries = kListScan};
  if (query.after.has_value()) {
    const store::NoticeKey after{
        .municipality_code = query.municipality_code, .region_code = query.region_code, .id = *query.after};
    range.from = store::KeyAfter(store::RecordKey(after));
  }
  const absl::StatusOr<store::ScanResult> scan = store_.Scan(range);
  if (!scan.ok()) return scan.status();
  ListPage page;
  std::optional<contract::NoticeId> last;
  for (size_t index = 0; index < scan->entries.size(); ++index) {
    const absl::StatusOr<store::NoticeKey> key = store::ParseRecordKey(scan->entries[index].key);
    if (!key.ok()) return key.status();
    absl::StatusOr<Record> record = DecodeRecord(scan->entries[index].value);
    last = key->id;
    if (!record.ok()) {
      reports_.Tell(store::ItemKey{.notice = *key}, record.status(), Now());
      page.notices.push_back({.id = key->id, .record = std::nullopt});
    } else if (Matches(query, *record)) {
      page.notices.push_back({.id = key->id, .record = *std::move(record)});
    }
    const bool full = page.notices.size() == query.page_size;
    const bool end = index + 1 == scan->entries.size() && !scan->more;
    if (full && !end) {
      page.next = last;
      return page;
    }
  }
  if (scan->more) page.next = last;
  return page;
}

}  // namespace envej::inbox
