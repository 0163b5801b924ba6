#ifndef ENVEJ_TESTS_CRASH_CRASH_LEDGER_H_
#define ENVEJ_TESTS_CRASH_CRASH_LEDGER_H_

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace envej::crash {

// What was done and seen on both sides of a broker that is killed again and again, kept outside it. Moments are
// counted, not timed: each thing that is noted is one moment later than the one before.
//
// Thread-safe.
class CrashLedger {
 public:
  struct Counts {
    size_t accepted = 0;          // notices of which a receipt is held
    size_t revised = 0;           // of those, with the receipt of a revision
    size_t withdrawn = 0;         // with the receipt of a withdrawal
    size_t lost = 0;              // accepted, and neither withdrawn nor the newest of it in its municipality's folder
    size_t doubled = 0;           // handed out after its acknowledgement was answered, or put into the folder twice
    size_t wrong_inbox = 0;       // handed out to another municipality than the one it was sent to
    size_t altered = 0;           // with another content than was sent, or never sent
    size_t after_withdrawal = 0;  // handed out as a notice by a pull that began after the withdrawal's receipt was held
    size_t not_erased = 0;        // in its municipality's folder, then withdrawn, and the municipality was not told
    size_t withdrawn_between = 0;  // after it was in the folder, and before it was acknowledged; told or not
  };

  // The region's side. Of a notice one thing is under way at a time; each is noted before it is first tried.
  void Sending(const std::string& id, const std::string& municipality_code, uint32_t revision, const std::string& name);
  void Accepted(const std::string& id, uint32_t revision);
  void Withdrawing(const std::string& id, const std::string& municipality_code);
  void Withdrawn(const std::string& id);

  // The municipality's side. `began`: Now() before the pull was begun.
  void HandedOut(const std::string& id, const std::string& inbox, uint32_t revision, bool withdrawal, uint64_t began);
  // In the folder as a file, and taken out of it by whoever works there. `name` is the citizen's; empty of a
  // withdrawal.
  void Taken(const std::string& id, const std::string& inbox, uint32_t revision, const std::string& name);
  void Acknowledged(const std::string& id, uint32_t revision);

  uint64_t Now() const;
  // How many accepted notices are under way: neither withdrawn, nor taken out of a folder in their newest revision.
  size_t UnderWay() const;
  Counts Count() const;
  // Of the first few things that were counted as wrong: what and of which notice.
  std::vector<std::string> Complaints() const;

  // What the broker must say of each accepted notice in the end: whether it is withdrawn.
  std::map<std::string, bool> AcceptedFor(const std::string& municipality_code) const;

 private:
  struct Notice {
    std::string municipality_code;
    std::map<uint32_t, std::string> names;  // of each revision that was tried
    uint32_t accepted_revision = 0;         // the newest with a receipt
    bool withdrawing = false;
    uint64_t withdrawn_at = 0;                  // since when a receipt is held; 0: none is
    bool handed_out = false;                    // as a notice
    std::map<uint32_t, uint64_t> acknowledged;  // when the answer was seen
    std::map<uint32_t, int> taken;              // as notices
    int withdrawals_taken = 0;
  };

  // Whether it was, as a notice, in the hands of its municipality.
  static bool WasThere(const Notice& notice);
  bool IsUnderWay(const Notice& notice) const;
  void Complain(size_t& count, absl::string_view what, const std::string& id);

  mutable std::mutex mutex_;
  uint64_t moment_ = 0;
  std::map<std::string, Notice> notices_;
  Counts counts_;
  std::vector<std::string> complaints_;
};

}  // namespace envej::crash

#endif  // ENVEJ_TESTS_CRASH_CRASH_LEDGER_H_
