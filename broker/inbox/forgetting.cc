#include "broker/inbox/forgetting.h"

#include <memory>
#include <optional>
#include <utility>

#include "broker/inbox/content.h"

namespace envej::inbox {

Forgetting::Forgetting(store::OrderedStore& store, Operations& operations, Scheduler& scheduler, const Clock& clock,
                       std::function<absl::Time()> now, UnreadableReports& reports)
    : store_(store),
      operations_(operations),
      scheduler_(scheduler),
      clock_(clock),
      now_(std::move(now)),
      reports_(reports),
      cautious_(clock),
      from_(store::ForgetPrefix()),
      began_anew_at_(clock.Elapsed()) {}

void Forgetting::Start() {
  scheduler_.After(kSettle, [this] { Look(); });
}

void Forgetting::Look() {
  const absl::Duration elapsed = clock_.Elapsed();
  if (elapsed - began_anew_at_ >= kLookAgain) {
    from_ = store::ForgetPrefix();
    began_anew_at_ = elapsed;
  }
  const absl::Time up_to = cautious_.Now();
  const absl::StatusOr<store::ScanResult> scan =
      store_.Scan({.from = from_, .to = store::ForgetUpTo(up_to), .entries = kMost});
  if (!scan.ok() || scan->entries.empty()) {
    scheduler_.After(kInterval, [this] { Look(); });
    return;
  }
  std::vector<std::string> keys;
  std::vector<Operation> operations;
  for (const store::KeyValue& entry : scan->entries) {
    const absl::StatusOr<store::DueEntry> named = store::ParseForgetKey(entry.key);
    if (!named.ok()) {
      reports_.Tell(std::nullopt, named.status(), now_());
      continue;
    }
    keys.push_back(entry.key);
    operations.push_back({.notice = named->notice, .happening = Forget{.up_to = up_to}, .keep = nullptr});
  }
  from_ = store::KeyAfter(scan->entries.back().key);
  operations_.Run(operations, now_(), [this, keys = std::move(keys), operations](const std::vector<Result>& results) {
    Settle(keys, operations, results);
  });
}

void Forgetting::Settle(const std::vector<std::string>& keys, const std::vector<Operation>& operations,
                        const std::vector<Result>& results) {
  for (size_t index = results.size(); index-- > 0;) {
    if (const absl::Status why = WhyUnreadable(results[index]); !why.ok()) {
      reports_.Tell(store::ItemKey{.notice = operations[index].notice}, why, now_());
    } else if (!results[index].status.ok()) {
      from_ = keys[index];
    }
  }
  scheduler_.After(kInterval, [this] { Look(); });
}

}  // namespace envej::inbox
