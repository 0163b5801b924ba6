#ifndef ENVEJ_TESTS_SIMULATION_COVERAGE_H_
#define ENVEJ_TESTS_SIMULATION_COVERAGE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace envej::simulation {

// What can become of a notice: the table of ARCHITECTURE.md, "The state of a notice", change by change.
enum class Row {
  kSubmit,
  kReviseUnderWay,
  kReviseDelivered,
  kReviseReturned,
  kWithdrawUnseen,
  kWithdrawUnderWay,
  kWithdrawGiven,
  kWithdrawDelivered,
  kWithdrawEnded,
  kTakeLease,
  kExtend,
  kAcknowledge,
  kAcknowledgeWithdrawal,
  kReturn,
  kOutcomeNoted,
  kOutcomeEnds,
  kRedrive,
  kReturnProposed,
  kReturnByOperations,
  kSubmitMissing,  // again, after the store lost it
  kReviseMissing,
  kWithdrawMissing,
  kLeaseOver,
  kLeaseOverHeld,
  kHeldOver,
  kParked,
  kOverdue,
  kUndelivered,
  kDestroyed,
  kForgotten,
  kPruned,  // the journal
};
inline constexpr size_t kRows = 31;

// What can go wrong while it does.
enum class Fault {
  kNone,
  kCrashBeforeCommit,  // what waits for the store is dropped
  kCrashBeforeSync,    // written, and forgotten
  kTorn,               // written; of what was not synced the crash keeps some and cuts the rest
  kCrashAfterSync,     // it happened, and nobody hears of it
  kForgotten,          // answered without a sync, and forgotten
  kAnswerLost,         // carried out; the caller does not hear it, and calls again
  kRace,               // its condition failed: something was quicker
  kRefused,            // the store has no room for it
  kReadFails,          // the medium, while its conditions are read
  kWriteFails,         // the medium; the process lives on for a while and says so
  kSyncFails,          // the same, and it may be kept
  kClockBack,          // the clock is behind what it showed before
  kClockAhead,         // the clock was put forward
  kClockStopped,       // tasks run and no time passes
};
inline constexpr size_t kFaults = 15;

absl::string_view NameOf(Row row);
absl::string_view NameOf(Fault fault);

// Why a transition cannot meet a fault; empty if it can.
absl::string_view WhyNever(Row row, Fault fault);

// How often which transition met which fault, and what else happened.
class Coverage {
 public:
  void Count(Row row, Fault fault) { ++cells_[static_cast<size_t>(row)][static_cast<size_t>(fault)]; }
  void Count(absl::string_view happening, uint64_t times = 1) { happenings_[std::string(happening)] += times; }
  void Add(const Coverage& other);

  uint64_t Of(Row row, Fault fault) const { return cells_[static_cast<size_t>(row)][static_cast<size_t>(fault)]; }
  uint64_t Of(absl::string_view happening) const;
  uint64_t FaultsMet() const;

  // The cells that were never met and could have been, in words.
  std::vector<std::string> Missing() const;
  // Cells that were met although WhyNever says that they cannot be.
  std::vector<std::string> Impossible() const;
  // The table, with a legend, and the happenings.
  std::string ToString() const;

 private:
  std::array<std::array<uint64_t, kFaults>, kRows> cells_{};
  std::map<std::string, uint64_t> happenings_;
};

}  // namespace envej::simulation

#endif  // ENVEJ_TESTS_SIMULATION_COVERAGE_H_
