#include "broker/commands/check_store.h"

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "broker/inbox/content.h"
#include "broker/inbox/operation.h"
#include "broker/inbox/record.h"
#include "broker/store/batch_record.h"
#include "broker/store/key_layout.h"
#include "broker/store/scanning.h"

namespace envej::commands {
namespace {

using inbox::Record;
using store::KeyValue;

absl::Status CheckJournal(const StoreView& store, CheckedStore& checked) {
  const absl::StatusOr<std::optional<std::string>> value = store.get(store::HeadKey());
  if (!value.ok()) return value.status();
  if (!value->has_value()) return absl::DataLossError("the store has no head");
  const absl::StatusOr<store::BatchHead> head = store::DecodeBatchHead(**value);
  if (!head.ok()) return head.status();
  std::optional<uint64_t> last;
  std::string hash;
  absl::Status status = store::ForEachKey(store.scan, store::JournalPrefix(), [&](const KeyValue& entry) {
    const absl::StatusOr<store::BatchRecord> record = store::DecodeBatchRecord(entry.value);
    const absl::StatusOr<uint64_t> batch = store::ParseBatchKey(entry.key);
    if (!batch.ok()) return batch.status();
    const bool leads_on = record.ok() && record->batch == *batch &&
                          (!last.has_value() || (*last + 1 == *batch && hash == record->previous_hash));
    if (!leads_on) return absl::DataLossError(absl::StrCat("the journal does not hold at batch ", *batch));
    last = *batch;
    hash = store::HashOf(*record);
    ++checked.batches;
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  const store::BatchHead expected = last.has_value() ? *head : store::FirstHead(head->store_incarnation);
  if (last.value_or(0) != expected.batch || (last.has_value() && hash != head->hash) || head->batch != expected.batch) {
    return absl::DataLossError(
        absl::StrCat("the journal ends at batch ", last.value_or(0), ", and the store's head is batch ", head->batch));
  }
  return absl::OkStatus();
}

// The keys beside records, counted by what kinds of them there are and what kinds there should be.
struct Besides {
  uint64_t indexes = 0;
  uint64_t contents = 0;
};

absl::Status CheckNotice(const StoreView& store, const store::NoticeKey& notice, const Record& record,
                         bool has_forget_index, Besides& expected, CheckedStore& checked) {
  if (!inbox::IsUnderWay(record.state) && !has_forget_index) return absl::OkStatus();
  for (const std::string& key : inbox::IndexKeys(notice, record)) {
    const absl::StatusOr<std::optional<std::string>> index = store.get(key);
    if (!index.ok()) return index.status();
    if (!index->has_value()) return absl::DataLossError("an index lacks a notice that belongs there");
    ++expected.indexes;
  }
  if (!inbox::IsUnderWay(record.state)) return absl::OkStatus();
  ++checked.under_way;
  if (record.state == inbox::State::kMissing) {
    ++checked.missing;
    return absl::OkStatus();
  }
  const absl::StatusOr<std::optional<std::string>> content = store.get(inbox::ContentKeyOf(notice, record));
  if (!content.ok()) return content.status();
  if (content->has_value()) ++expected.contents;
  if (!content->has_value() || !inbox::DecodeContent(**content).ok()) ++checked.unreadable;
  return absl::OkStatus();
}

// A store of an older schema has it when it is next served from.
absl::StatusOr<bool> HasForgetIndex(const StoreView& store) {
  const absl::StatusOr<std::optional<std::string>> value = store.get(store::SchemaKey());
  if (!value.ok()) return value.status();
  if (!value->has_value()) return false;
  const absl::StatusOr<uint32_t> version = store::DecodeSchema(**value);
  if (!version.ok()) return version.status();
  return *version >= store::kSchemaWithForgetting;
}

absl::Status Count(const StoreView& store, const std::string& prefix, uint64_t& count) {
  return store::ForEachKey(store.scan, prefix, [&count](const KeyValue&) {
    ++count;
    return absl::OkStatus();
  });
}

}  // namespace

absl::StatusOr<CheckedStore> CheckStore(const StoreView& store) {
  CheckedStore checked;
  if (absl::Status status = CheckJournal(store, checked); !status.ok()) return status;
  const absl::StatusOr<bool> has_forget_index = HasForgetIndex(store);
  if (!has_forget_index.ok()) return has_forget_index.status();
  Besides expected;
  uint64_t undecodable = 0;
  absl::Status status = store::ForEachKey(store.scan, store::RecordPrefix(), [&](const KeyValue& entry) {
    const absl::StatusOr<store::NoticeKey> notice = store::ParseRecordKey(entry.key);
    if (!notice.ok()) return notice.status();
    ++checked.notices;
    const absl::StatusOr<Record> record = inbox::DecodeRecord(entry.value);
    if (!record.ok()) {
      ++undecodable;
      return absl::OkStatus();
    }
    return CheckNotice(store, *notice, *record, *has_forget_index, expected, checked);
  });
  if (!status.ok()) return status;
  checked.unreadable += undecodable;
  Besides found;
  std::vector<std::string> indexes = {store::WaitingPrefix(), store::ParkedPrefix(), store::DuePrefix()};
  if (*has_forget_index) indexes.push_back(store::ForgetPrefix());
  for (const std::string& prefix : indexes) {
    if (absl::Status counted = Count(store, prefix, found.indexes); !counted.ok()) return counted;
  }
  if (absl::Status counted = Count(store, store::ContentPrefix(), found.contents); !counted.ok()) return counted;
  // What belongs to a record that cannot be read stands there too.
  if (undecodable == 0 && (found.indexes != expected.indexes || found.contents != expected.contents)) {
    return absl::DataLossError(absl::StrCat("the store has ", found.indexes, " index entries and ", found.contents,
                                            " contents, where its notices should have ", expected.indexes, " and ",
                                            expected.contents));
  }
  return checked;
}

}  // namespace envej::commands
