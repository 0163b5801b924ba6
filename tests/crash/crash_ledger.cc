#include "tests/crash/crash_ledger.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace envej::crash {
namespace {

constexpr size_t kComplaints = 20;

}  // namespace

void CrashLedger::Sending(const std::string& id, const std::string& municipality_code, uint32_t revision,
                          const std::string& name) {
  const std::lock_guard lock(mutex_);
  Notice& notice = notices_[id];
  notice.municipality_code = municipality_code;
  notice.names[revision] = name;
}

void CrashLedger::Accepted(const std::string& id, uint32_t revision) {
  const std::lock_guard lock(mutex_);
  ++moment_;
  Notice& notice = notices_[id];
  if (!notice.names.contains(revision)) Complain(counts_.altered, "a receipt of what was never sent", id);
  if (revision > notice.accepted_revision) notice.accepted_revision = revision;
}

void CrashLedger::Withdrawing(const std::string& id, const std::string& municipality_code) {
  const std::lock_guard lock(mutex_);
  Notice& notice = notices_[id];
  notice.municipality_code = municipality_code;
  notice.withdrawing = true;
}

void CrashLedger::Withdrawn(const std::string& id) {
  const std::lock_guard lock(mutex_);
  ++moment_;
  Notice& notice = notices_[id];
  if (notice.withdrawn_at == 0) notice.withdrawn_at = moment_;
}

void CrashLedger::HandedOut(const std::string& id, const std::string& inbox, uint32_t revision, bool withdrawal,
                            uint64_t began) {
  const std::lock_guard lock(mutex_);
  ++moment_;
  const auto found = notices_.find(id);
  if (found == notices_.end()) return Complain(counts_.altered, "never sent", id);
  Notice& notice = found->second;
  if (notice.municipality_code != inbox) Complain(counts_.wrong_inbox, "in another inbox", id);
  notice.handed_out = notice.handed_out || !withdrawal;
  const auto acknowledged = notice.acknowledged.find(revision);
  if (acknowledged != notice.acknowledged.end() && acknowledged->second <= began) {
    Complain(counts_.doubled, "handed out after its acknowledgement", id);
  }
  if (withdrawal) {
    if (!notice.withdrawing) Complain(counts_.altered, "withdrawn by nobody", id);
  } else if (notice.withdrawn_at != 0 && notice.withdrawn_at <= began) {
    Complain(counts_.after_withdrawal, "handed out after it was withdrawn", id);
  }
}

void CrashLedger::Taken(const std::string& id, const std::string& inbox, uint32_t revision, const std::string& name) {
  const std::lock_guard lock(mutex_);
  ++moment_;
  const auto found = notices_.find(id);
  if (found == notices_.end()) return Complain(counts_.altered, "never sent", id);
  Notice& notice = found->second;
  if (notice.municipality_code != inbox) Complain(counts_.wrong_inbox, "in another folder", id);
  if (name.empty()) {
    if (++notice.withdrawals_taken > 1) Complain(counts_.doubled, "its withdrawal is in the folder twice", id);
    return;
  }
  const auto sent = notice.names.find(revision);
  if (sent == notice.names.end() || sent->second != name) Complain(counts_.altered, "of another content", id);
  if (++notice.taken[revision] > 1) Complain(counts_.doubled, "in the folder twice", id);
}

void CrashLedger::Acknowledged(const std::string& id, uint32_t revision) {
  const std::lock_guard lock(mutex_);
  ++moment_;
  notices_[id].acknowledged.emplace(revision, moment_);
}

uint64_t CrashLedger::Now() const {
  const std::lock_guard lock(mutex_);
  return moment_;
}

bool CrashLedger::WasThere(const Notice& notice) {
  return notice.handed_out || !notice.taken.empty() || !notice.acknowledged.empty();
}

bool CrashLedger::IsUnderWay(const Notice& notice) const {
  if (notice.accepted_revision == 0) return false;
  if (notice.withdrawn_at != 0) return WasThere(notice) && notice.withdrawals_taken == 0;
  return !notice.taken.contains(notice.accepted_revision);
}

size_t CrashLedger::UnderWay() const {
  const std::lock_guard lock(mutex_);
  size_t count = 0;
  for (const auto& [id, notice] : notices_) count += IsUnderWay(notice) ? 1 : 0;
  return count;
}

CrashLedger::Counts CrashLedger::Count() const {
  const std::lock_guard lock(mutex_);
  Counts counts = counts_;
  for (const auto& [id, notice] : notices_) {
    if (notice.accepted_revision == 0) continue;
    ++counts.accepted;
    if (notice.accepted_revision > 1) ++counts.revised;
    if (notice.withdrawn_at != 0) ++counts.withdrawn;
    const bool was_acknowledged = std::any_of(notice.acknowledged.begin(), notice.acknowledged.end(),
                                              [&](const auto& each) { return notice.names.contains(each.first); });
    if (notice.withdrawn_at != 0 && WasThere(notice) && !was_acknowledged) ++counts.withdrawn_between;
    if (!IsUnderWay(notice)) continue;
    ++(notice.withdrawn_at == 0 ? counts.lost : counts.not_erased);
  }
  return counts;
}

std::vector<std::string> CrashLedger::Complaints() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> complaints = complaints_;
  for (const auto& [id, notice] : notices_) {
    if (complaints.size() >= kComplaints) break;
    if (!IsUnderWay(notice)) continue;
    complaints.push_back(notice.withdrawn_at != 0
                             ? absl::StrCat(id, ": the municipality was not told that it is withdrawn")
                             : absl::StrCat(id, ": revision ", notice.accepted_revision, " is lost"));
  }
  return complaints;
}

std::map<std::string, bool> CrashLedger::AcceptedFor(const std::string& municipality_code) const {
  const std::lock_guard lock(mutex_);
  std::map<std::string, bool> accepted;
  for (const auto& [id, notice] : notices_) {
    if (notice.municipality_code == municipality_code && notice.accepted_revision > 0) {
      accepted[id] = notice.withdrawn_at != 0;
    }
  }
  return accepted;
}

void CrashLedger::Complain(size_t& count, absl::string_view what, const std::string& id) {
  ++count;
  if (complaints_.size() < kComplaints) complaints_.push_back(absl::StrCat(id, ": ", what));
}

}  // namespace envej::crash
