#include "broker/inbox/upgrade.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "broker/inbox/operation.h"
#include "broker/inbox/transitions.h"
#include "broker/journal/commit_and_wait.h"
#include "broker/store/key_layout.h"
#include "broker/store/scanning.h"

namespace envej::inbox {
namespace {

using store::Mutation;

constexpr uint32_t kFirstSchema = 1;  // of a store that names none

absl::StatusOr<uint32_t> ReadSchema(store::OrderedStore& store) {
  const absl::StatusOr<std::optional<std::string>> value = store.Get(store::SchemaKey());
  if (!value.ok()) return value.status();
  return value->has_value() ? store::DecodeSchema(**value) : kFirstSchema;
}

// Adds what gives a record its time to be forgotten. Whether it needed that.
bool AddForgetting(const store::NoticeKey& notice, const store::KeyValue& stored, Record record,
                   store::Transition& step) {
  if (IsUnderWay(record.state) || record.due_at == ForgetAt(record)) return false;
  record.due_at = ForgetAt(record);
  step.conditions.push_back({.key = stored.key, .value = stored.value});
  step.mutations.push_back({.kind = Mutation::Kind::kPut, .key = stored.key, .value = EncodeRecord(record)});
  for (std::string& key : IndexKeys(notice, record)) {
    step.mutations.push_back({.kind = Mutation::Kind::kPut, .key = std::move(key), .value = {}});
  }
  return true;
}

absl::Status Take(store::OrderedStore& store, store::Transition step) {
  if (journal::CommitAndWait(store, std::move(step)).kind == store::Outcome::Kind::kCommitted) return absl::OkStatus();
  return absl::UnavailableError("the store did not take a step of its upgrade; start again: it goes on");
}

absl::Status GiveTimesToBeForgotten(store::OrderedStore& store,
                                    const std::function<void(const UpgradeProgress&)>& progress,
                                    UpgradeProgress& so_far) {
  const store::ScanRange all{
      .from = store::RecordPrefix(), .to = store::EndOfPrefix(store::RecordPrefix()), .entries = kUpgradeStep};
  return store::ForEachPage(store::ScanOf(store), all, [&](const store::ScanResult& page) {
    store::Transition step;
    for (const store::KeyValue& stored : page.entries) {
      ++so_far.records;
      const absl::StatusOr<store::NoticeKey> notice = store::ParseRecordKey(stored.key);
      absl::StatusOr<Record> record = DecodeRecord(stored.value);
      if (!notice.ok() || !record.ok()) {
        ++so_far.unreadable;
      } else if (AddForgetting(*notice, stored, *std::move(record), step)) {
        ++so_far.changed;
      }
    }
    if (!step.mutations.empty()) {
      if (absl::Status status = Take(store, std::move(step)); !status.ok()) return status;
    }
    if (progress) progress(so_far);
    return absl::OkStatus();
  });
}

}  // namespace

absl::Status UpgradeStore(store::OrderedStore& store, const std::function<void(const UpgradeProgress&)>& progress) {
  const absl::StatusOr<uint32_t> schema = ReadSchema(store);
  if (!schema.ok()) return schema.status();
  if (*schema == store::kSchemaVersion) return absl::OkStatus();
  UpgradeProgress so_far{.from = *schema, .to = store::kSchemaVersion};
  if (*schema < store::kSchemaWithForgetting) {
    if (absl::Status status = GiveTimesToBeForgotten(store, progress, so_far); !status.ok()) return status;
  }
  store::Transition last;
  last.mutations.push_back(
      {.kind = Mutation::Kind::kPut, .key = store::SchemaKey(), .value = store::EncodeSchema(store::kSchemaVersion)});
  if (absl::Status status = Take(store, std::move(last)); !status.ok()) return status;
  so_far.done = true;
  if (progress) progress(so_far);
  return absl::OkStatus();
}

}  // namespace envej::inbox
