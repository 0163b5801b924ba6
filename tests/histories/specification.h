#ifndef ENVEJ_TESTS_HISTORIES_SPECIFICATION_H_
#define ENVEJ_TESTS_HISTORIES_SPECIFICATION_H_

#include <map>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "tests/histories/history.h"

namespace envej::histories {

// What one notice is between two calls, if calls come one after another; told again here, apart from the broker.
struct Notice {
  enum class State { kUnseen, kWaiting, kLeased, kAcknowledged, kReturned, kWithdrawn };

  State state = State::kUnseen;
  uint32_t revision = 0;
  bool is_withdrawal = false;  // the item is one, or the notice is withdrawn
  int content = 0;             // of the newest revision
  int first_content = 0;       // of revision 1; 0: it never came
  // The receipt of what was accepted of each revision; empty where its answer was lost.
  std::map<uint32_t, std::string> receipts;

  bool was_leased = false;  // in any revision: somebody may have it, and is told when it is withdrawn
  std::string token;        // of the newest lease; kept when it is over
  absl::Time lease_may_end;
  absl::Time lease_ends;

  uint32_t delivered_revision = 0;
  std::string delivered_token;
  int return_reason = 0;

  // Equal texts for equal notices.
  std::string Key() const;
};

// How far the clocks of the two sides may seem apart.
inline constexpr absl::Duration kClockSlack = absl::Milliseconds(100);

// The notice after this call, if the call may be answered so where it finds the notice as it is; nothing if it may not.
// A call without an answer is carried out, if it can be.
std::optional<Notice> After(const Notice& notice, const Call& call);

}  // namespace envej::histories

#endif  // ENVEJ_TESTS_HISTORIES_SPECIFICATION_H_
