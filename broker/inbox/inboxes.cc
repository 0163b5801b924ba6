#include "broker/inbox/inboxes.h"

#include <algorithm>
#include <utility>

#include "broker/journal/receipts.h"
#include "proto/contract/rejection.h"

namespace envej::inbox {
namespace {

absl::Status Refusal(contract::Reason reason) { return contract::ToStatus({.reason = reason, .violations = {}}); }

store::NoticeKey KeyOf(const std::string& municipality_code, const LeaseName& lease) {
  return {.municipality_code = municipality_code, .region_code = lease.region_code, .id = lease.id};
}

journal::Event AcceptedEvent(const store::NoticeKey& notice, const Record& record) {
  return {.type = journal::EventType::kAccepted,
          .item = {.notice = notice, .revision = record.revision},
          .at = record.accepted_at,
          .origin = record.origin,
          .commitment = record.commitment,
          .token = {},
          .return_reason = 0};
}

absl::StatusOr<contract::Receipt> ReadReceipt(const store::NoticeKey& notice, const Record& record,
                                              journal::ReceiptReader& receipts) {
  if (!record.position.has_value()) return absl::DataLossError("a record does not say where its acceptance stands");
  return receipts.Read({.notice = notice, .revision = record.revision}, *record.position);
}

template <typename TimeOf>
Operations::Done AsTimes(Inboxes::TimesDone done, TimeOf time_of) {
  return [done = std::move(done), time_of](std::vector<Result> results) {
    std::vector<absl::StatusOr<absl::Time>> times;
    times.reserve(results.size());
    for (const Result& result : results) {
      if (result.status.ok()) {
        times.emplace_back(time_of(result.record));
      } else {
        times.emplace_back(result.status);
      }
    }
    done(std::move(times));
  };
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
      operations_(store),
      reports_(options.report),
      pulls_(
          store, operations_, scheduler, [this] { return Now(); }, options.pulls, options.check, reports_),
      expiry_(
          store, operations_, scheduler, [this] { return Now(); }, reports_),
      clock_watch_(time_, clock, scheduler, options.clock_behind) {}

Inboxes::~Inboxes() = default;

void Inboxes::Start() {
  expiry_.Start();
  clock_watch_.Start();
}

void Inboxes::Drain() { pulls_.Drain(); }

absl::Time Inboxes::Now() { return time_.Now(); }

// The submissions of one call, while they are carried out.
struct Inboxes::Submitting {
  explicit Submitting(store::OrderedStore& store) : journal(store) {}

  std::vector<store::NoticeKey> notices;
  std::vector<std::optional<absl::StatusOr<contract::Receipt>>> first_receipts;  // of those that are repeated
  journal::ReceiptReader journal;
};

void Inboxes::SubmitAll(std::vector<Submission> submissions, SubmitDone done) {
  auto submitting = std::make_shared<Submitting>(store_);
  std::vector<Operation> operations;
  operations.reserve(submissions.size());
  submitting->notices.reserve(submissions.size());
  submitting->first_receipts.resize(submissions.size());
  for (Submission& submission : submissions) {
    submitting->notices.push_back(submission.notice);
    operations.push_back({.notice = std::move(submission.notice),
                          .happening = std::move(submission.submit),
                          .content = std::move(submission.content)});
  }
  operations_.Run(
      std::move(operations), Now(),
      [submitting, done = std::move(done)](std::vector<Result> results) {
        std::vector<absl::StatusOr<Accepted>> answers;
        answers.reserve(results.size());
        for (size_t place = 0; place < results.size(); ++place) {
          answers.push_back(Answer(*submitting, place, results[place]));
        }
        done(std::move(answers));
      },
      [submitting](size_t place, const Result& result) {
        submitting->first_receipts[place] = ReadReceipt(submitting->notices[place], result.record, submitting->journal);
      });
}

absl::StatusOr<Accepted> Inboxes::Answer(Submitting& submitting, size_t place, const Result& result) {
  if (!result.status.ok()) return result.status;
  if (result.changed) {
    const journal::Event accepted = AcceptedEvent(submitting.notices[place], result.record);
    return Accepted{.receipt = journal::MakeReceipt(accepted, result.outcome), .repeated = false};
  }
  std::optional<absl::StatusOr<contract::Receipt>>& first = submitting.first_receipts[place];
  if (!first.has_value()) return absl::InternalError("a submission was neither accepted, refused nor repeated");
  if (!first->ok()) return first->status();
  return Accepted{.receipt = std::move(first->value()), .repeated = true};
}

uint64_t Inboxes::Pull(PullRequest request, PullDone done) { return pulls_.Pull(std::move(request), std::move(done)); }

void Inboxes::CancelPull(uint64_t handle) { pulls_.Cancel(handle); }

void Inboxes::Extend(const std::string& municipality_code, const std::vector<LeaseName>& leases,
                     absl::Duration duration, TimesDone done) {
  const absl::Time now = Now();
  std::vector<Operation> operations;
  for (const LeaseName& lease : leases) {
    operations.push_back(
        {.notice = KeyOf(municipality_code, lease),
         .happening = ExtendLease{.revision = lease.revision, .token = lease.token, .expires_at = now + duration},
         .content = {}});
  }
  operations_.Run(std::move(operations), now,
                  AsTimes(std::move(done), [](const Record& record) { return record.lease_expires_at; }));
}

void Inboxes::AcknowledgeAll(const std::string& municipality_code, const std::vector<LeaseName>& leases,
                             TimesDone done) {
  std::vector<Operation> operations;
  for (const LeaseName& lease : leases) {
    operations.push_back({.notice = KeyOf(municipality_code, lease),
                          .happening = Acknowledge{.revision = lease.revision, .token = lease.token},
                          .content = {}});
  }
  operations_.Run(std::move(operations), Now(),
                  AsTimes(std::move(done), [](const Record& record) { return record.concluded_at; }));
}

void Inboxes::ReturnAll(const std::string& municipality_code, const std::vector<NoticeReturn>& returns,
                        TimesDone done) {
  std::vector<Operation> operations;
  for (const NoticeReturn& refusal : returns) {
    operations.push_back(
        {.notice = KeyOf(municipality_code, refusal.lease),
         .happening =
             Return{.revision = refusal.lease.revision, .token = refusal.lease.token, .reason = refusal.reason},
         .content = {}});
  }
  operations_.Run(std::move(operations), Now(),
                  AsTimes(std::move(done), [](const Record& record) { return record.concluded_at; }));
}

absl::StatusOr<Record> Inboxes::Get(const store::NoticeKey& notice) {
  absl::StatusOr<std::optional<Record>> record = operations_.Read(notice);
  if (!record.ok()) return record.status();
  if (!record->has_value()) return Refusal(contract::Reason::kNoticeNotFound);
  return **std::move(record);
}

absl::StatusOr<contract::Receipt> Inboxes::GetReceipt(const store::NoticeKey& notice, const Record& record) {
  journal::ReceiptReader receipts(store_);
  return ReadReceipt(notice, record, receipts);
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
    if (!record.ok()) return record.status();
    last = key->id;
    if (Matches(query, *record)) page.notices.push_back({.id = key->id, .record = *std::move(record)});
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
