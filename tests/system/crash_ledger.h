#ifndef ENVEJ_TESTS_SYSTEM_CRASH_LEDGER_H_
#define ENVEJ_TESTS_SYSTEM_CRASH_LEDGER_H_

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "absl/time/time.h"

namespace envej::system {

// What the clients of a broker that is killed again and again were told, kept outside it. Moments are counted, not
// timed: each thing that is noted is one moment later than the one before.
//
// Thread-safe.
class CrashLedger {
 public:
  struct Counts {
    size_t accepted = 0;        // submissions answered OK
    size_t lost = 0;            // of those, never acknowledged with the answer OK
    size_t doubled = 0;         // delivered by a pull that began after the acknowledgement had been answered OK
    size_t wrong_inbox = 0;     // delivered to another municipality than the one they were sent to
    size_t altered = 0;         // delivered with another content, or never submitted
    size_t lease_refusals = 0;  // acknowledgements refused, since the lease was lost or had run out
  };

  void Submitting(const std::string& id, const std::string& municipality_code, const std::string& name);
  void Accepted(const std::string& id);
  void Delivered(const std::string& id, const std::string& inbox, const std::string& name, uint64_t pull_began);
  void Acknowledged(const std::string& id);
  void LeaseRefused();

  uint64_t Now() const;
  // Waits until so many further moments were noted; false when time is up.
  bool WaitForMoments(uint64_t count, absl::Duration at_most);
  // Whether every accepted notice is acknowledged.
  bool IsDrained() const;
  Counts Count() const;
  size_t AcceptedFor(const std::string& municipality_code) const;

 private:
  struct Notice {
    std::string municipality_code;
    std::string name;
    bool accepted = false;
    uint64_t acknowledged_at = 0;  // 0 until then
  };

  mutable std::mutex mutex_;
  std::condition_variable noted_;
  uint64_t moment_ = 0;
  std::map<std::string, Notice> notices_;
  Counts counts_;
};

}  // namespace envej::system

#endif  // ENVEJ_TESTS_SYSTEM_CRASH_LEDGER_H_
