#include "region-client/agent/agent_store.h"

#include <rocksdb/db.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "proto/contract/wiping.h"
#include "region-client/agent/agent_engine.h"
#include "region-client/agent/store_names.h"

namespace envej::region {
namespace {

using ward::v1::AnsweredMessage;
using ward::v1::Case;
using ward::v1::Outgoing;
using ward::v1::Telling;

rocksdb::Slice ToSlice(absl::string_view bytes) { return rocksdb::Slice(bytes.data(), bytes.size()); }
absl::string_view ToView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

absl::Status Damaged(absl::string_view key, absl::string_view why) {
  return absl::DataLossError(
      absl::StrCat("a record of kind '", key.substr(0, 1), "' of the agent's store: ", why, kWhatHelpsDamage));
}

absl::StatusOr<v1::ListMunicipalitiesResponse> ParseMunicipalities(absl::string_view value) {
  v1::ListMunicipalitiesResponse municipalities;
  if (!municipalities.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
    return Damaged(KeyOf(KeyKind::kMunicipalities), "it is no message");
  }
  return municipalities;
}

absl::Status Failed() {
  return absl::UnavailableError("a write of the agent's store failed before: nothing more is written");
}

}  // namespace

absl::StatusOr<std::unique_ptr<AgentStore>> AgentStore::Open(const AgentStoreOptions& options) {
  absl::StatusOr<AtRest> at_rest = AtRest::Read(options.secret, options.former_secrets);
  if (!at_rest.ok()) return at_rest.status();
  absl::StatusOr<std::unique_ptr<rocksdb::DB>> engine = OpenAgentEngine(options.folder);
  if (!engine.ok()) return engine.status();
  std::unique_ptr<AgentStore> store(new AgentStore(options, *std::move(at_rest), *std::move(engine)));
  if (absl::Status status = store->ReadWhole(); !status.ok()) {
    return absl::Status(status.code(), absl::StrCat(options.folder, ": ", status.message()));
  }
  return store;
}

AgentStore::AgentStore(AgentStoreOptions options, AtRest at_rest, std::unique_ptr<rocksdb::DB> engine)
    : options_(std::move(options)), at_rest_(std::move(at_rest)), engine_(std::move(engine)) {}

AgentStore::~AgentStore() = default;

absl::Status AgentStore::ReadWhole() {
  const absl::StatusOr<std::optional<std::string>> version = Read(KeyOf(KeyKind::kVersion));
  if (!version.ok()) return version.status();
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  options.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> place(engine_->NewIterator(options));
  place->SeekToFirst();
  if (!version->has_value()) {
    if (place->Valid()) return absl::DataLossError(absl::StrCat("the store has no version", kWhatHelpsDamage));
    const rocksdb::Status written =
        engine_->Put(SyncedWrite(), KeyOf(KeyKind::kVersion), EncodeCount(kAgentStoreVersion));
    return FromEngine(written, "cannot write the store");
  }
  if (DecodeCount(**version) != kAgentStoreVersion) {
    return absl::FailedPreconditionError("another version of this program wrote the store: start that one");
  }
  for (; place->Valid(); place->Next()) {
    if (absl::Status status = Examine(ToView(place->key()), ToView(place->value())); !status.ok()) return status;
  }
  return FromEngine(place->status(), "cannot read the store");
}

absl::Status AgentStore::Examine(absl::string_view key, absl::string_view value) {
  const std::string whole_key(key);
  switch (static_cast<KeyKind>(key[0])) {
    case KeyKind::kCase:
      ++cases_;
      return OpenAs<Case>(whole_key, value).status();
    case KeyKind::kOutgoing:
      ++outgoing_;
      next_outgoing_ = NumberOf(key) + 1;
      return OpenAs<Outgoing>(whole_key, value).status();
    case KeyKind::kTelling:
      next_telling_ = std::max(next_telling_.load(), NumberOf(key) + 1);
      return OpenAs<Telling>(whole_key, value).status();
    case KeyKind::kToldUpTo:
      // No number is given twice, also where nothing is left to tell.
      next_telling_ = std::max(next_telling_.load(), DecodeCount(value) + 1);
      return absl::OkStatus();
    case KeyKind::kAnswered:
      return OpenAs<AnsweredMessage>(whole_key, value).status();
    case KeyKind::kPatient:
    case KeyKind::kNotice:
      return value.size() == kCaseIdBytes ? absl::OkStatus() : Damaged(key, "it names no case");
    case KeyKind::kVersion:
    case KeyKind::kEraseAt:
    case KeyKind::kForgetAt:
    case KeyKind::kCount:
    case KeyKind::kWatch:
      return absl::OkStatus();
    case KeyKind::kMunicipalities:
      return ParseMunicipalities(value).status();
  }
  return Damaged(key, "there is no such kind");
}

absl::Status AgentStore::Write(AgentBatch batch) {
  if (!batch.status_.ok()) return batch.status_;
  if (failed_) return Failed();
  absl::Status status = FromEngine(engine_->Write(SyncedWrite(), &batch.writes_), "cannot write the agent's store");
  if (status.ok()) {
    cases_ += batch.cases_;
    outgoing_ += batch.outgoing_;
  } else if (!failed_.exchange(true) && options_.fail_stop) {
    options_.fail_stop(absl::Status(
        status.code(), absl::StrCat(status.message(), "; make room or mend the disk, and start it again")));
  }
  return status;
}

absl::Status AgentStore::Compact(const std::stop_token& stop) {
  if (failed_) return Failed();
  const rocksdb::Status flushed = engine_->Flush(rocksdb::FlushOptions());
  if (!flushed.ok()) return FromEngine(flushed, "cannot write the agent's store");
  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  std::atomic<bool> canceled = false;
  options.canceled = &canceled;
  const std::stop_callback cancel(stop, [&canceled] { canceled = true; });
  const rocksdb::Status compacted = engine_->CompactRange(options, nullptr, nullptr);
  if (stop.stop_requested()) return absl::OkStatus();
  return FromEngine(compacted, "cannot rewrite the agent's store");
}

uint64_t AgentStore::writes() const { return engine_->GetLatestSequenceNumber(); }

absl::StatusOr<std::optional<Case>> AgentStore::ReadCase(const std::string& case_id) const {
  const std::string key = KeyOf(KeyKind::kCase, case_id);
  const absl::StatusOr<std::optional<std::string>> sealed = Read(key);
  if (!sealed.ok()) return sealed.status();
  if (!sealed->has_value()) return std::optional<Case>();
  absl::StatusOr<Case> known = OpenAs<Case>(key, **sealed);
  if (!known.ok()) return known.status();
  return std::optional<Case>(*std::move(known));
}

absl::StatusOr<std::optional<std::string>> AgentStore::CaseOfPatient(const ward::v1::PatientId& patient) const {
  for (const std::string& name : NamesOfPatient(at_rest_, patient)) {
    absl::StatusOr<std::optional<std::string>> found = Read(KeyOf(KeyKind::kPatient, name));
    if (!found.ok() || found->has_value()) return found;
  }
  return std::optional<std::string>();
}

absl::StatusOr<std::optional<std::string>> AgentStore::CaseOfNotice(const std::string& notice_id) const {
  return Read(KeyOf(KeyKind::kNotice, notice_id));
}

absl::StatusOr<std::vector<StoredCase>> AgentStore::ListCases(const std::string& after, size_t most) const {
  const std::string from = KeyOf(KeyKind::kCase, after.empty() ? "" : after + '\0');
  const auto entries = Scan(from, EndOf(KeyKind::kCase), most);
  if (!entries.ok()) return entries.status();
  std::vector<StoredCase> cases;
  for (const auto& [key, value] : *entries) {
    absl::StatusOr<Case> known = OpenAs<Case>(key, value);
    if (!known.ok()) return known.status();
    cases.push_back({.id = key.substr(1), .known = *std::move(known)});
  }
  return cases;
}

absl::StatusOr<std::vector<std::string>> AgentStore::CasesToErase(absl::Time now, size_t most) const {
  const auto entries = Scan(KeyOf(KeyKind::kEraseAt), TimedKey(KeyKind::kEraseAt, now, ""), most);
  if (!entries.ok()) return entries.status();
  std::vector<std::string> ids;
  for (const auto& entry : *entries) ids.push_back(RestOfTimed(entry.first));
  return ids;
}

absl::StatusOr<std::vector<StoredOutgoing>> AgentStore::ReadOutbox(uint64_t number, size_t most) const {
  const auto entries = Scan(NumberedKey(KeyKind::kOutgoing, number), EndOf(KeyKind::kOutgoing), most);
  if (!entries.ok()) return entries.status();
  std::vector<StoredOutgoing> outbox;
  for (const auto& [key, value] : *entries) {
    absl::StatusOr<Outgoing> outgoing = OpenAs<Outgoing>(key, value);
    if (!outgoing.ok()) return outgoing.status();
    outbox.push_back({.number = NumberOf(key), .outgoing = *std::move(outgoing)});
  }
  return outbox;
}

absl::StatusOr<std::vector<StoredTelling>> AgentStore::ReadTellings(uint64_t number, size_t most) const {
  const auto entries = Scan(NumberedKey(KeyKind::kTelling, number), EndOf(KeyKind::kTelling), most);
  if (!entries.ok()) return entries.status();
  std::vector<StoredTelling> tellings;
  for (const auto& [key, value] : *entries) {
    absl::StatusOr<Telling> telling = OpenAs<Telling>(key, value);
    if (!telling.ok()) return telling.status();
    tellings.push_back({.number = NumberOf(key), .telling = *std::move(telling)});
  }
  return tellings;
}

absl::StatusOr<std::optional<AnsweredMessage>> AgentStore::ReadAnswered(absl::string_view source,
                                                                        absl::string_view message_id) const {
  for (const std::string& name : NamesOfMessage(at_rest_, source, message_id)) {
    const std::string key = KeyOf(KeyKind::kAnswered, name);
    const absl::StatusOr<std::optional<std::string>> sealed = Read(key);
    if (!sealed.ok()) return sealed.status();
    if (!sealed->has_value()) continue;
    absl::StatusOr<AnsweredMessage> answered = OpenAs<AnsweredMessage>(key, **sealed);
    if (!answered.ok()) return answered.status();
    return std::optional<AnsweredMessage>(*std::move(answered));
  }
  return std::optional<AnsweredMessage>();
}

absl::StatusOr<size_t> AgentStore::ForgetAnswers(absl::Time now, size_t most) {
  const auto entries = Scan(KeyOf(KeyKind::kForgetAt), TimedKey(KeyKind::kForgetAt, now, ""), most);
  if (!entries.ok()) return entries.status();
  if (entries->empty()) return 0;
  AgentBatch batch = NewBatch();
  for (const auto& entry : *entries) {
    batch.Delete(entry.first);
    batch.Delete(KeyOf(KeyKind::kAnswered, RestOfTimed(entry.first)));
  }
  if (absl::Status status = Write(std::move(batch)); !status.ok()) return status;
  return entries->size();
}

absl::StatusOr<std::vector<DayCount>> AgentStore::ReadCounts(absl::string_view day, size_t most) const {
  constexpr size_t kDayCharacters = 10;
  const auto entries = Scan(KeyOf(KeyKind::kCount, day), EndOf(KeyKind::kCount), most);
  if (!entries.ok()) return entries.status();
  std::vector<DayCount> counts;
  for (const auto& [key, value] : *entries) {
    counts.push_back(
        {.day = key.substr(1, kDayCharacters), .reason = key.substr(1 + kDayCharacters), .count = DecodeCount(value)});
  }
  return counts;
}

absl::StatusOr<uint64_t> AgentStore::ReadToldUpTo(absl::string_view way) const {
  const absl::StatusOr<std::optional<std::string>> number = Read(KeyOf(KeyKind::kToldUpTo, way));
  if (!number.ok()) return number.status();
  return number->has_value() ? DecodeCount(**number) : 0;
}

absl::StatusOr<std::string> AgentStore::ReadWatchToken() const {
  absl::StatusOr<std::optional<std::string>> token = Read(KeyOf(KeyKind::kWatch));
  if (!token.ok()) return token.status();
  return token->value_or("");
}

absl::StatusOr<std::optional<v1::ListMunicipalitiesResponse>> AgentStore::ReadMunicipalities() const {
  const absl::StatusOr<std::optional<std::string>> value = Read(KeyOf(KeyKind::kMunicipalities));
  if (!value.ok()) return value.status();
  if (!value->has_value()) return std::optional<v1::ListMunicipalitiesResponse>();
  absl::StatusOr<v1::ListMunicipalitiesResponse> municipalities = ParseMunicipalities(**value);
  if (!municipalities.ok()) return municipalities.status();
  return std::optional<v1::ListMunicipalitiesResponse>(*std::move(municipalities));
}

absl::StatusOr<std::optional<std::string>> AgentStore::Read(const std::string& key) const {
  if (failed_) return Failed();
  std::string value;
  const rocksdb::Status status = engine_->Get(rocksdb::ReadOptions(), key, &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return FromEngine(status, "cannot read the agent's store");
  return std::optional<std::string>(std::move(value));
}

template <typename Message>
absl::StatusOr<Message> AgentStore::OpenAs(const std::string& key, absl::string_view sealed) const {
  absl::StatusOr<std::string> plain = at_rest_.Open(key, sealed);
  if (absl::IsFailedPrecondition(plain.status())) return plain.status();
  if (!plain.ok()) return Damaged(key, plain.status().message());
  const contract::WipeAtEnd<std::string> wiped(*plain);
  Message message;
  if (!message.ParseFromString(*plain)) return Damaged(key, "it is no message");
  return message;
}

absl::StatusOr<std::vector<std::pair<std::string, std::string>>> AgentStore::Scan(const std::string& from,
                                                                                  const std::string& to,
                                                                                  size_t most) const {
  if (failed_) return Failed();
  const rocksdb::Slice end = ToSlice(to);
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &end;
  const std::unique_ptr<rocksdb::Iterator> place(engine_->NewIterator(options));
  std::vector<std::pair<std::string, std::string>> entries;
  for (place->Seek(from); place->Valid() && entries.size() < most; place->Next()) {
    entries.emplace_back(place->key().ToString(), place->value().ToString());
  }
  if (!place->status().ok()) return FromEngine(place->status(), "cannot read the agent's store");
  return entries;
}

}  // namespace envej::region
