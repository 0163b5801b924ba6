#include "tests/simulation/invariants.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "broker/inbox/content.h"
#include "proto/contract/limits.h"

namespace envej::simulation {
namespace {

using inbox::BitOf;
using inbox::IsUnderWay;
using inbox::Late;
using inbox::Record;
using inbox::State;

std::vector<store::KeyValue> ScanAll(store::OrderedStore& store, const std::string& prefix, Findings& findings) {
  absl::StatusOr<store::ScanResult> scan =
      store.Scan({.from = prefix, .to = store::EndOfPrefix(prefix), .entries = 100'000, .bytes = size_t{1} << 30});
  if (scan.ok()) return std::move(scan->entries);
  findings.Add("the store cannot be read");
  return {};
}

// By when something must be done about an item at the latest.
absl::Time DueAtLatest(const store::NoticeKey& notice, const Record& record) {
  const contract::Thresholds thresholds = ThresholdsOf(notice);
  absl::Time due = record.undelivered_told == 0 ? record.entered_at + thresholds.undelivered
                                                : record.undelivered_told_at + absl::Hours(24);
  if (record.state == State::kLeased) due = std::min(due, record.lease_expires_at);
  if (record.held_until.has_value()) due = std::min(due, *record.held_until);
  const absl::Time not_fetched = record.entered_at + thresholds.not_fetched;
  if ((record.late & BitOf(Late::kNotAcknowledged)) == 0) {
    due = std::min(due, record.entered_at + thresholds.not_acknowledged);
  }
  if ((record.late & BitOf(Late::kNotFetched)) == 0 && record.lease_count == 0) due = std::min(due, not_fetched);
  const bool has_day = record.kind != inbox::ItemKind::kWithdrawal && !record.discharge_date.empty();
  if ((record.late & BitOf(Late::kPastDischarge)) == 0 && has_day) {
    due = std::min(due, std::max(not_fetched, record.discharge_day_ends + thresholds.past_discharge));
  }
  return due;
}

struct Expected {
  std::set<std::string> indexes;
  std::map<std::string, std::string> contents;
};

void Expect(const store::NoticeKey& notice, const Record& record, const KnownNotices& notices, absl::Time restored_at,
            Expected& expected, Findings& findings) {
  if (!IsUnderWay(record.state)) {
    expected.indexes.insert(store::ForgetKey(record.due_at, notice));
    const absl::Time ended = std::max({record.newest.accepted_at, record.concluded_at, record.discharge_day_ends,
                                       record.outcome_acknowledged_at.value_or(absl::InfinitePast())});
    if (record.due_at < ended + kRemembered) findings.Add("it would be forgotten too early", notice);
    return;
  }
  const store::ItemKey item{.notice = notice, .revision = record.newest.revision};
  expected.indexes.insert(store::DueKey(record.due_at, notice));
  if (record.due_at > std::max(DueAtLatest(notice, record), restored_at))
    findings.Add("nobody will look at it in time", notice);
  if (record.state == State::kParked) expected.indexes.insert(store::ParkedKey(record.entered_at, item));
  if (record.state == State::kWaiting && !record.held_until.has_value()) {
    expected.indexes.insert(store::WaitingKey(record.entered_at, item));
  }
  const auto known = notices.find(store::RecordKey(notice));
  if (known == notices.end() || !known->second.said.contains(item.revision)) {
    return findings.Add("the store has what nobody sent", notice);
  }
  if (record.state == State::kMissing) return;
  expected.contents.emplace(store::ContentKey(record.entered_at, item), known->second.said.at(item.revision).content);
}

// Whether it is all that happened, or, of very much, all but some of the leases that ran out.
bool IsTrailOf(const inbox::Trail& trail, const std::vector<inbox::Hop>& all) {
  if (trail.hops.size() + trail.left_out != all.size() || trail.hops.size() > inbox::kHopsMost) return false;
  auto next = all.begin();
  for (const inbox::Hop& hop : trail.hops) {
    next = std::find(next, all.end(), hop);
    if (next == all.end()) return false;
    ++next;
  }
  return trail.left_out == 0 || (trail.hops.front() == all.front() && trail.hops.back() == all.back());
}

void CompareWithStory(const store::NoticeKey& notice, const Record& record, const Story& story, Findings& findings) {
  uint8_t late = 0;
  for (const uint32_t each : story.late) late = static_cast<uint8_t>(late | BitOf(static_cast<Late>(each)));
  const uint8_t unknown = story.date_lost ? BitOf(Late::kPastDischarge) : uint8_t{0};
  const auto compare = [&](bool equal, absl::string_view what) {
    if (!equal) findings.Add(absl::StrCat("state and journal differ in ", what), notice);
  };
  compare(record.state == story.state, "the state");
  compare(record.newest.revision == story.revision, "the revision");
  compare(record.entered_at == story.entered_at, "when it came in");
  compare(record.lease_count == story.leases, "its leases");
  compare(inbox::MayBeHeld(record) == story.was_leased, "whether it was ever leased");
  compare(record.failure_count == story.failures, "its failures");
  compare((record.late | unknown) == (late | unknown), "what is overdue");
  compare(record.undelivered_told == story.undelivered, "how often it was told as undelivered");
  compare(record.delivered_revision == story.delivered, "what was delivered");
  compare(record.delivered_token == story.delivered_token, "the token of what was delivered");
  compare(record.outcome_acknowledged_at.has_value() == story.outcome_noted, "its outcome");
  compare((record.withdrawal_reason != inbox::WithdrawalReason::kNone) == story.is_withdrawal, "its withdrawal");
  compare((record.kind == inbox::ItemKind::kWithdrawal) == story.is_withdrawal, "its kind");
  compare(record.token == story.token, "its token");
  compare(!record.held_until.has_value() || story.failures > 1, "why it is held back");
  compare(record.return_proposal.has_value() == !story.proposer.empty() &&
              (story.proposer.empty() || (record.return_proposal->proposed_at == story.proposed_at &&
                                          ActorOf(record.return_proposal->operator_uri) == story.proposer)),
          "what is proposed");
  compare(IsTrailOf(record.trail, story.hops), "what happened");
}

void CheckPromised(const KnownNotice& notice, const Record* record, Findings& findings) {
  const uint32_t accepted = notice.accepted();
  if (accepted == 0) return;
  if (record == nullptr) return findings.Add("an accepted notice was lost", notice.key);
  if (record->newest.revision < accepted) findings.Add("an accepted revision was lost", notice.key);
  const bool has_it = record->delivered_revision >= notice.had || record->newest.revision > notice.had ||
                      (record->newest.revision == notice.had && record->state == State::kReturned) ||
                      record->state == State::kUndelivered || record->state == State::kWithdrawn;
  if (notice.had != 0 && !has_it) findings.Add("a conclusion that was answered was lost", notice.key);
  const Said& newest = notice.said.at(accepted);
  if (newest.is_withdrawal() && record->withdrawal_reason != newest.reason) {
    findings.Add("a withdrawal that was answered was lost", notice.key);
  }
  const bool is_told = record->state != State::kWithdrawn || record->delivered_revision == record->newest.revision;
  if (notice.given && !is_told)
    findings.Add("what a municipality may hold was withdrawn without telling it", notice.key);
  if (notice.ended != 0 && record->newest.revision <= notice.ended && IsUnderWay(record->state)) {
    findings.Add("what had ended is under way", notice.key);
  }
}

// What was forgotten must not be taken as new, also after a start.
void CheckForgotten(store::OrderedStore& store, const History& history, Findings& findings) {
  if (history.forgotten().empty()) return;
  const absl::StatusOr<std::optional<std::string>> value = store.Get(store::ForgottenKey());
  if (!value.ok() || !value->has_value()) return findings.Add("nothing says up to when what is sent may be forgotten");
  const absl::Time until = store::DecodeTime(**value).value_or(absl::InfinitePast());
  if (until < history.forgotten_until() + contract::kClockSkew) {
    findings.Add("what was forgotten could be taken as new");
  }
}

}  // namespace

void CheckStore(store::OrderedStore& store, const History& history, const KnownNotices& notices, Findings& findings) {
  Expected expected;
  std::map<std::string, Record> records;
  for (const store::KeyValue& entry : ScanAll(store, "n", findings)) {
    const absl::StatusOr<Record> record = inbox::DecodeRecord(entry.value);
    const absl::StatusOr<store::NoticeKey> notice = store::ParseRecordKey(entry.key);
    if (!record.ok() || !notice.ok()) return findings.Add("a record cannot be read");
    Expect(*notice, *record, notices, history.restored_at(), expected, findings);
    const auto story = history.stories().find(entry.key);
    if (story == history.stories().end()) {
      findings.Add("the journal knows nothing of a notice", *notice);
    } else {
      CompareWithStory(*notice, *record, story->second, findings);
    }
    records.emplace(entry.key, *record);
  }
  if (records.size() != history.stories().size()) findings.Add("the journal knows more notices than the store");

  std::set<std::string> indexes;
  for (const std::string& prefix :
       {store::WaitingPrefix(), store::DuePrefix(), store::ParkedPrefix(), store::ForgetPrefix()}) {
    for (const store::KeyValue& entry : ScanAll(store, prefix, findings)) indexes.insert(entry.key);
  }
  if (indexes != expected.indexes) findings.Add("state and index differ");
  std::map<std::string, std::string> contents;
  for (const store::KeyValue& entry : ScanAll(store, "c", findings)) {
    contents.emplace(entry.key, inbox::DecodeContent(entry.value).value_or("unreadable"));
  }
  if (contents != expected.contents) findings.Add("state and content differ");

  CheckForgotten(store, history, findings);
  for (const auto& [key, notice] : notices) {
    if (history.forgotten().contains(key)) continue;
    const auto record = records.find(key);
    CheckPromised(notice, record == records.end() ? nullptr : &record->second, findings);
  }
}

}  // namespace envej::simulation
