#include "broker/journal/verification.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "broker/journal/checkpoint_chain.h"
#include "broker/journal/damaged_record.h"
#include "broker/journal/event.h"
#include "broker/journal/record_chain.h"
#include "broker/store/batch_record.h"

namespace envej::journal {
namespace {

constexpr uint64_t kProgressEvery = 256;

class Verifier {
 public:
  Verifier(JournalSource& source, const Expectation& expectation)
      : source_(source),
        expectation_(expectation),
        own_(source, expectation.check_signature, result_.findings),
        chain_([this](uint64_t batch, absl::string_view what) { Say(batch, EventOf(batch), what); }) {
    if (expectation.mirror != nullptr) {
      mirror_.emplace(*expectation.mirror, expectation.check_signature, mirror_findings_);
    }
    for (const KnownBatch& known : expectation.known) {
      if (result_.store_incarnation.empty()) result_.store_incarnation = known.store_incarnation;
    }
  }

  Verification Run() {
    while (true) {
      absl::StatusOr<std::optional<StoredValue>> value = source_.NextRecord();
      if (!value.ok()) {
        result_.status = value.status();
        break;
      }
      if (!value->has_value()) break;
      Take(**value);
    }
    Finish();
    return std::move(result_);
  }

 private:
  void Take(const StoredValue& stored) {
    ++result_.batches;
    if (expectation_.progress && result_.batches % kProgressEvery == 0) expectation_.progress(result_.batches);
    if (stored.batch <= result_.last_batch) {
      Say(stored.batch, {}, "a record stands out of order, or a second time");
      return;
    }
    if (result_.last_batch == 0 && stored.batch > 1 && BeginsRestored(stored)) {
      BeginRestoredAfter(stored.batch - 1);
    } else if (result_.last_batch == 0 && stored.batch > 1) {
      BeginAfter(stored.batch - 1);
    } else if (stored.batch > result_.last_batch + 1) {
      SkipMissing(stored.batch - 1);
    }
    result_.last_batch = stored.batch;
    Judge(stored);
  }

  void Judge(const StoredValue& stored) {
    const uint64_t batch = stored.batch;
    const std::optional<absl::string_view> vouched = VouchedFor(batch);
    current_ = &stored;
    const absl::StatusOr<store::BatchRecord> record = store::DecodeBatchRecord(stored.value);
    if (!record.ok() || record->batch != batch) {
      const std::string what = !record.ok() ? std::string(record.status().message())
                                            : absl::StrCat("the record is that of batch ", record->batch);
      Say(batch, EventOf(batch), what);
      chain_.PassUnknown(batch, vouched);
    } else {
      chain_.Pass(*record, vouched);
      JudgeWithin(*record, vouched.has_value());
    }
    current_ = nullptr;
  }

  // What a record that is as it was written says of itself.
  void JudgeWithin(const store::BatchRecord& record, bool is_vouched_for) {
    if (result_.store_incarnation.empty()) result_.store_incarnation = record.store_incarnation;
    if (said_ == record.batch) return;
    if (record.store_incarnation != IncarnationAt(record.batch)) {
      Say(record.batch, {}, "the record is another store's");
      return;
    }
    for (const FormerIncarnation& former : expectation_.former) {
      if (record.batch != former.last_batch + 1 || LeadsOnFrom(former, record)) continue;
      Say(record.batch, {}, "the record does not say that the store was restored before it");
    }
    // Of two that nothing vouches for, either may be the one that was changed, and the chain tells which.
    if (is_vouched_for) {
      if (record.time < last_time_) Say(record.batch, {}, "the record is older than one before it");
      last_time_ = record.time;
    }
    for (uint32_t index = 0; index < record.events.size(); ++index) {
      const absl::StatusOr<Event> event = DecodeEvent(record.events[index]);
      if (!event.ok()) Say(record.batch, index, event.status().message());
    }
    result_.events += record.events.size();
  }

  std::optional<absl::string_view> VouchedFor(uint64_t batch) {
    const std::optional<absl::string_view> own = own_.HashOf(batch);
    const std::optional<absl::string_view> mirrored = mirror_ ? mirror_->HashOf(batch) : std::nullopt;
    if (own && mirrored && *own != *mirrored) {
      Say(batch, {}, "the mirror's checkpoint is of another record than the store's");
    }
    // What is off the store counts more, and what is signed more than what is not.
    std::optional<absl::string_view> vouched = mirrored ? mirrored : own;
    for (const KnownBatch& known : expectation_.known) {
      if (known.batch != batch || known.hash.empty()) continue;
      if (!vouched) vouched = known.hash;
      if (*vouched != known.hash) Say(batch, {}, absl::StrCat(known.named_by, " names another record"));
    }
    return vouched;
  }

  // Of which incarnation the record of a batch is.
  const std::string& IncarnationAt(uint64_t batch) const {
    for (const FormerIncarnation& former : expectation_.former) {
      if (batch <= former.last_batch) return former.store_incarnation;
    }
    return result_.store_incarnation;
  }

  bool BeginsRestored(const StoredValue& stored) const {
    if (!expectation_.may_begin_restored) return false;
    const absl::StatusOr<store::BatchRecord> record = store::DecodeBatchRecord(stored.value);
    if (!record.ok() || record->events.empty()) return false;
    const absl::StatusOr<Event> event = DecodeEvent(record->events.front());
    return event.ok() && event->type == EventType::kRestored && event->former_batch + 1 == record->batch &&
           record->batch == stored.batch;
  }

  // The batches up to `last` are another incarnation's.
  void BeginRestoredAfter(uint64_t last) {
    own_.BeginAfter(last);
    if (mirror_) mirror_->BeginAfter(last);
    chain_.PassUnknown(last, std::nullopt);
    result_.restored_after = last;
    result_.last_batch = last;
  }

  // The oldest batches, up to `last`, are not there.
  void BeginAfter(uint64_t last) {
    own_.BeginAfter(last);
    if (mirror_) mirror_->BeginAfter(last);
    const std::optional<absl::string_view> vouched = VouchedFor(last);
    if (!own_.EndsAt(last) && !(mirror_ && mirror_->EndsAt(last))) return SkipMissing(last);
    chain_.PassUnknown(last, vouched);
    result_.pruned_up_to = last;
    result_.last_batch = last;
  }

  // The batches after the last one, up to `last`, are not there.
  void SkipMissing(uint64_t last) {
    const uint64_t first = result_.last_batch + 1;
    result_.findings.Add({.batch = first, .last_batch = last, .event = {}, .what = "the record is missing"});
    chain_.PassUnknown(last, VouchedFor(last));
    result_.last_batch = last;
  }

  void Finish() {
    uint64_t end = 0;
    if (result_.status.ok()) {
      own_.Finish();
      if (mirror_) mirror_->Finish();
      for (const KnownBatch& known : expectation_.known) end = std::max(end, known.batch);
      end = std::max({end, own_.end(), mirror_ ? mirror_->end() : 0});
    }
    const uint64_t last_read = result_.last_batch;
    if (end > last_read) {
      result_.findings.Add({.batch = last_read + 1,
                            .last_batch = end,
                            .event = {},
                            .what = absl::StrCat("the record is missing: ", NamedBy(end))});
    }
    chain_.Finish();
    for (const KnownBatch& known : expectation_.known) {
      if (known.store_incarnation != result_.store_incarnation) {
        Say(known.batch, {}, absl::StrCat(known.named_by, " is another store's"));
      }
    }
    if (!own_.status().ok()) result_.status.Update(own_.status());
    result_.checkpoints = own_.count();
    result_.signed_up_to = own_.end();
    result_.mirrored_up_to = mirror_ ? mirror_->end() : 0;
    if (result_.store_incarnation.empty()) result_.store_incarnation = own_.store_incarnation();
  }

  std::string NamedBy(uint64_t batch) const {
    for (const KnownBatch& known : expectation_.known) {
      if (known.batch == batch) return absl::StrCat(known.named_by, " names it");
    }
    return batch == own_.end() ? "a checkpoint covers it" : "the mirror's checkpoint covers it";
  }

  std::optional<uint32_t> EventOf(uint64_t batch) const {
    if (current_ == nullptr || current_->batch != batch) return std::nullopt;
    const std::optional<std::string> whole =
        expectation_.mirrored_record ? expectation_.mirrored_record(batch) : std::nullopt;
    return FindChangedEvent(current_->value, whole);
  }

  void Say(uint64_t batch, std::optional<uint32_t> event, absl::string_view what) {
    said_ = batch;
    result_.findings.Add({.batch = batch, .last_batch = batch, .event = event, .what = std::string(what)});
  }

  JournalSource& source_;
  const Expectation& expectation_;
  Verification result_;
  CheckpointChain own_;
  Findings mirror_findings_;
  std::optional<CheckpointChain> mirror_;
  RecordChain chain_;
  const StoredValue* current_ = nullptr;
  uint64_t said_ = 0;  // the batch of which something was found last
  absl::Time last_time_ = absl::InfinitePast();
};

}  // namespace

Verification VerifyJournal(JournalSource& source, const Expectation& expectation) {
  return Verifier(source, expectation).Run();
}

}  // namespace envej::journal
