#include "tests/system/crash_ledger.h"

#include <algorithm>

namespace envej::system {

void CrashLedger::Submitting(const std::string& id, const std::string& municipality_code, const std::string& name) {
  const std::lock_guard lock(mutex_);
  notices_[id] = {.municipality_code = municipality_code, .name = name};
}

void CrashLedger::Accepted(const std::string& id) {
  const std::lock_guard lock(mutex_);
  notices_[id].accepted = true;
  ++moment_;
  noted_.notify_all();
}

void CrashLedger::Delivered(const std::string& id, const std::string& inbox, const std::string& name,
                            uint64_t pull_began) {
  const std::lock_guard lock(mutex_);
  ++moment_;
  noted_.notify_all();
  const auto found = notices_.find(id);
  if (found == notices_.end() || found->second.name != name) {
    ++counts_.altered;
    return;
  }
  const Notice& notice = found->second;
  if (notice.municipality_code != inbox) ++counts_.wrong_inbox;
  if (notice.acknowledged_at != 0 && notice.acknowledged_at <= pull_began) ++counts_.doubled;
}

void CrashLedger::Acknowledged(const std::string& id) {
  const std::lock_guard lock(mutex_);
  Notice& notice = notices_[id];
  ++moment_;
  if (notice.acknowledged_at == 0) notice.acknowledged_at = moment_;
  noted_.notify_all();
}

void CrashLedger::LeaseRefused() {
  const std::lock_guard lock(mutex_);
  ++counts_.lease_refusals;
}

uint64_t CrashLedger::Now() const {
  const std::lock_guard lock(mutex_);
  return moment_;
}

bool CrashLedger::WaitForMoments(uint64_t count, absl::Duration at_most) {
  std::unique_lock lock(mutex_);
  const uint64_t until = moment_ + count;
  return noted_.wait_for(lock, absl::ToChronoMilliseconds(at_most), [&] { return moment_ >= until; });
}

bool CrashLedger::IsDrained() const {
  const std::lock_guard lock(mutex_);
  return std::all_of(notices_.begin(), notices_.end(),
                     [](const auto& entry) { return !entry.second.accepted || entry.second.acknowledged_at != 0; });
}

CrashLedger::Counts CrashLedger::Count() const {
  const std::lock_guard lock(mutex_);
  Counts counts = counts_;
  for (const auto& [id, notice] : notices_) {
    if (!notice.accepted) continue;
    ++counts.accepted;
    if (notice.acknowledged_at == 0) ++counts.lost;
  }
  return counts;
}

size_t CrashLedger::AcceptedFor(const std::string& municipality_code) const {
  const std::lock_guard lock(mutex_);
  return static_cast<size_t>(std::count_if(notices_.begin(), notices_.end(), [&](const auto& entry) {
    return entry.second.accepted && entry.second.municipality_code == municipality_code;
  }));
}

}  // namespace envej::system
