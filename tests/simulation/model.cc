#include "tests/simulation/model.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "broker/inbox/content.h"
#include "broker/inbox/operation.h"
#include "broker/journal/receipts.h"
#include "broker/store/batch_record.h"
#include "proto/contract/rejection.h"

namespace envej::simulation {
namespace {

using contract::Reason;
using contract::RejectionOf;

constexpr size_t kScanEntries = 100'000;
constexpr size_t kScanBytes = size_t{1} << 30;

std::vector<store::KeyValue> ScanAll(store::OrderedStore& store, const std::string& prefix) {
  return store.Scan({.from = prefix, .to = store::EndOfPrefix(prefix), .entries = kScanEntries, .bytes = kScanBytes})
      ->entries;
}

std::set<std::string> KeysOf(const std::vector<store::KeyValue>& entries) {
  std::set<std::string> keys;
  for (const store::KeyValue& entry : entries) keys.insert(entry.key);
  return keys;
}

}  // namespace

KnownNotice& Model::Add(const store::NoticeKey& key, const std::string& content) {
  KnownNotice& notice = notices_[store::RecordKey(key)];
  notice.key = key;
  notice.content = content;
  return notice;
}

void Model::Submitted(KnownNotice& notice, const absl::StatusOr<inbox::Accepted>& answer) {
  if (!answer.ok()) {
    const Reason reason = RejectionOf(answer.status()).reason;
    if (reason != Reason::kBrokerBusy && !absl::IsUnavailable(answer.status())) Violate("a proper notice was refused");
    return;
  }
  if (!contract::CheckReceipt(answer->receipt).ok()) Violate("a receipt proves nothing");
  if (notice.receipt.has_value()) {
    if (!answer->repeated) Violate("a repeated submission was accepted as new");
    if (answer->receipt != *notice.receipt) Violate("a repeated submission got another receipt");
  }
  notice.receipt = answer->receipt;
}

void Model::SubmittedOther(const KnownNotice& notice, const absl::StatusOr<inbox::Accepted>& answer) {
  if (answer.ok() && notice.receipt.has_value()) Violate("other content was accepted under a known id");
}

void Model::Pulled(const std::string& municipality_code, const inbox::PulledItem& item) {
  const auto found = notices_.find(store::RecordKey(item.item.notice));
  if (found == notices_.end()) return Violate("a notice was delivered that nobody sent");
  KnownNotice& notice = found->second;
  if (item.item.notice.municipality_code != municipality_code) Violate("a notice was delivered to the wrong inbox");
  if (item.content != notice.content) Violate("a notice was delivered changed");
  if (notice.concluded.has_value()) Violate("a concluded notice was delivered again");
  if (!all_tokens_.insert(item.record.token).second) Violate("a token was given twice");
  notice.newest_token = item.record.token;
  notice.tokens.insert(item.record.token);
}

void Model::Concluded(KnownNotice& notice, const Conclusion& conclusion, const absl::StatusOr<absl::Time>& answer) {
  if (!answer.ok()) {
    const bool excused =
        absl::IsUnavailable(answer.status()) || RejectionOf(answer.status()).reason == Reason::kBrokerBusy;
    if (notice.concluded == conclusion && !excused) Violate("a repeated conclusion was refused");
    return;
  }
  if (notice.concluded.has_value() && *notice.concluded != conclusion) Violate("one notice was concluded twice");
  if (!notice.concluded.has_value() && conclusion.token != notice.newest_token) {
    Violate("an older token concluded a notice");
  }
  notice.concluded = conclusion;
}

void Model::CheckStore(store::OrderedStore& store) {
  std::set<std::string> expected_indexes;
  std::set<std::string> expected_contents;
  std::map<std::string, inbox::Record> records;
  for (const store::KeyValue& entry : ScanAll(store, "n")) {
    const absl::StatusOr<inbox::Record> record = inbox::DecodeRecord(entry.value);
    const absl::StatusOr<store::NoticeKey> key = store::ParseRecordKey(entry.key);
    if (!record.ok() || !key.ok()) return Violate("a record cannot be read");
    for (const std::string& index : inbox::IndexKeys(*key, *record)) expected_indexes.insert(index);
    if (inbox::IsUnderWay(record->state)) expected_contents.insert(inbox::ContentKeyOf(*key, *record));
    records[entry.key] = *record;
  }
  std::set<std::string> indexes = KeysOf(ScanAll(store, store::WaitingPrefix()));
  indexes.merge(KeysOf(ScanAll(store, store::DuePrefix())));
  indexes.merge(KeysOf(ScanAll(store, store::ParkedPrefix())));
  if (indexes != expected_indexes) Violate("state and index differ");
  const std::vector<store::KeyValue> contents = ScanAll(store, "c");
  if (KeysOf(contents) != expected_contents) Violate("state and content differ");
  for (const store::KeyValue& content : contents) {
    if (!inbox::DecodeContent(content.value).ok()) Violate("a content cannot be read");
  }

  for (const auto& [key, notice] : notices_) {
    const auto record = records.find(key);
    if (record == records.end()) {
      if (notice.receipt.has_value()) Violate("an accepted notice was lost");
      continue;
    }
    const bool concluded =
        record->second.state == inbox::State::kAcknowledged || record->second.state == inbox::State::kReturned;
    if (notice.concluded.has_value() && !concluded) Violate("a conclusion that was answered was lost");
    if (concluded && !notice.tokens.contains(record->second.token)) Violate("a notice was concluded by nobody");
  }
}

void Model::CheckJournal(store::OrderedStore& store) {
  std::string previous;
  uint64_t batch = 0;
  for (const store::KeyValue& entry : ScanAll(store, "j")) {
    const absl::StatusOr<store::BatchRecord> record = store::DecodeBatchRecord(entry.value);
    if (!record.ok()) return Violate("a journal record cannot be read");
    if (batch != 0 && (record->batch != batch + 1 || record->previous_hash != previous)) {
      Violate("the journal's chain is broken");
    }
    for (const std::string& event : record->events) {
      if (!journal::DecodeEvent(event).ok()) Violate("an event cannot be read, or does not say who did it");
    }
    batch = record->batch;
    previous = store::HashOf(*record);
  }
  journal::ReceiptReader receipts(store);
  for (const auto& [key, notice] : notices_) {
    if (!notice.receipt.has_value()) continue;
    const absl::StatusOr<contract::Receipt> receipt =
        receipts.Read({.notice = notice.key, .revision = 1}, notice.receipt->position);
    if (!receipt.ok() || *receipt != *notice.receipt) Violate("a receipt cannot be rebuilt from the journal");
  }
}

}  // namespace envej::simulation
