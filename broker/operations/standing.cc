#include "broker/operations/standing.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "broker/inbox/notice_lists.h"
#include "broker/store/key_layout.h"
#include "broker/store/scanning.h"

namespace envej::operations {
namespace {

using inbox::Record;
using inbox::State;

void Put(StandingInbox::Times& times, absl::Time time) { ++times[absl::ToUnixMicros(time)]; }

void Take(StandingInbox::Times& times, absl::Time time) {
  const auto found = times.find(absl::ToUnixMicros(time));
  if (found != times.end() && --found->second == 0) times.erase(found);
}

// One more, or one less.
void Move(uint64_t& count, bool in) {
  if (in) {
    ++count;
  } else if (count > 0) {
    --count;
  }
}

void MoveTime(StandingInbox::Times& times, absl::Time time, bool in) { in ? Put(times, time) : Take(times, time); }

void MoveLate(LateIndex& index, const LateNotice& late, bool in) { in ? index.Add(late) : index.Remove(late); }

void MoveRecord(StandingInbox& inbox, const store::NoticeKey& notice, const Record& record, bool in) {
  if (!inbox::IsUnderWay(record.state)) return;
  switch (record.state) {
    case State::kLeased:
      Move(inbox.leased, in);
      MoveTime(inbox.leases, record.first_leased_at, in);
      break;
    case State::kParked:
      Move(inbox.parked, in);
      break;
    case State::kMissing:
      Move(inbox.missing, in);
      break;
    default:
      Move(inbox.waiting, in);
      break;
  }
  const bool is_held = record.state == State::kWaiting && record.held_until.has_value();
  if (is_held) Move(inbox.held, in);
  if (is_held || record.state != State::kWaiting) MoveTime(inbox.apart, record.entered_at, in);
  if (record.late != 0) Move(inbox.overdue, in);
  if (record.undelivered_told > 0) Move(inbox.undelivered, in);
  if (inbox::IsLate(record)) MoveLate(inbox.late, {.entered_at = record.entered_at, .notice = notice}, in);
}

// Counts what the indexes name. A notice is remembered by a hash of its name: that two of a million have the same is
// less likely than a fault of the machine.
class Counting {
 public:
  Counting(store::OrderedStore& store, absl::Time now) : store_(store), late_from_(now - kLateFrom) {}

  absl::StatusOr<Standing> Count() && {
    const store::ScanFunction scan = store::ScanOf(store_);
    absl::Status status = store::ForEachKey(scan, store::WaitingPrefix(),
                                            [this](const store::KeyValue& entry) { return CountWaiting(entry.key); });
    if (status.ok()) {
      status = store::ForEachKey(scan, store::DuePrefix(),
                                 [this](const store::KeyValue& entry) { return CountDue(entry.key); });
    }
    if (!status.ok()) return status;
    return std::move(standing_);
  }

 private:
  static uint64_t HashOf(const store::NoticeKey& notice) {
    return absl::HashOf(notice.municipality_code, notice.region_code, notice.id.ToBytes());
  }

  absl::Status CountWaiting(const std::string& key) {
    const absl::StatusOr<store::WaitingEntry> entry = store::ParseWaitingKey(key);
    if (!entry.ok()) return absl::OkStatus();  // the pull queue passes it over, and tells of it
    waiting_.insert(HashOf(entry->item.notice));
    ++standing_.under_way;
    if (entry->entered_at <= late_from_) return CountRecord(entry->item.notice, entry->entered_at, /*waits=*/true);
    ++standing_.inboxes[entry->item.notice.municipality_code].waiting;
    return absl::OkStatus();
  }

  absl::Status CountDue(const std::string& key) {
    const absl::StatusOr<store::DueEntry> entry = store::ParseDueKey(key);
    if (!entry.ok() || waiting_.contains(HashOf(entry->notice))) return absl::OkStatus();
    ++standing_.under_way;
    return CountRecord(entry->notice, entry->due_at, /*waits=*/false);
  }

  // `place`: among what is late, of what cannot be read.
  absl::Status CountRecord(const store::NoticeKey& notice, absl::Time place, bool waits) {
    ++standing_.records_read;
    const absl::StatusOr<std::optional<std::string>> stored = store_.Get(store::RecordKey(notice));
    if (!stored.ok()) return stored.status();
    const absl::StatusOr<Record> record =
        stored->has_value() ? inbox::DecodeRecord(**stored) : absl::DataLossError("an index names no notice");
    StandingInbox& inbox = standing_.inboxes[notice.municipality_code];
    if (record.ok()) {
      inbox.Add(notice, *record);
      NoteFetches(notice.municipality_code, *record);
      return absl::OkStatus();
    }
    ++standing_.unreadable;
    if (waits) ++inbox.waiting;
    ++inbox.overdue;
    inbox.late.Add({.entered_at = place, .notice = notice});
    return absl::OkStatus();
  }

  void NoteFetches(const std::string& municipality_code, const Record& record) {
    for (const inbox::Hop& hop : record.trail.hops) {
      if (hop.type != journal::EventType::kLeased) continue;
      const auto [last, is_first] = standing_.last_fetches.try_emplace(municipality_code, hop.at);
      if (!is_first) last->second = std::max(last->second, hop.at);
    }
  }

  store::OrderedStore& store_;
  const absl::Time late_from_;
  absl::flat_hash_set<uint64_t> waiting_;
  Standing standing_;
};

}  // namespace

void StandingInbox::Add(const store::NoticeKey& notice, const Record& record) {
  MoveRecord(*this, notice, record, true);
}
void StandingInbox::Remove(const store::NoticeKey& notice, const Record& record) {
  MoveRecord(*this, notice, record, false);
}

absl::StatusOr<Standing> CountStanding(store::OrderedStore& store, absl::Time now) {
  return Counting(store, now).Count();
}

}  // namespace envej::operations
