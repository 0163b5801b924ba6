#ifndef ENVEJ_REGION_CLIENT_WARD_STAYS_H_
#define ENVEJ_REGION_CLIENT_WARD_STAYS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "envej/ward/v1/case.pb.h"
#include "region-client/ward/site.h"

namespace envej::ward {

// The stays of a patient, as they follow from what was said of them. They are made anew of all that is known, in the
// order in which it was recorded, so that it does not matter in which order it came. All of it is pure.

// As long as the contract lets a notice be made after the discharge, and as a readmission makes the mentor's call moot.
// What is said later than that of a stay that is over, under whatever number, is said of another one.
inline constexpr int kDaysAfterDischarge = 31;

struct Stay {
  std::string number;  // the source's; may be empty
  v1::StayState state = v1::STAY_STATE_UNSPECIFIED;
  bool cancelled = false;  // the newest discharge or plan of it was
  std::optional<absl::Time> admitted_at;
  std::optional<absl::Time> first_at;  // the first that is known to have happened of it; no update, and no error
  std::optional<absl::Time> ended_at;  // of one that is over
  std::string discharge_date;          // planned or past; empty where it was not said
  uint32_t discharge_event = 0;        // which said so that it is over, or will be
  bool not_home = false;
  v1::StayClass stay_class = v1::STAY_CLASS_UNSPECIFIED;  // as last said, as are ward and service
  std::string ward;
  std::string service;
  bool counts = false;           // the patient was in regional psychiatry as an inpatient, wherever later
  std::vector<uint32_t> events;  // their numbers
};

// When a stay began, as far as is known; the infinite past of one of which nothing was said but updates.
absl::Time BeganAt(const Stay& stay);

// In the order in which they began.
//
// An event is of the stay of its number. Under a number that is new, it is of a stay without number that it goes with,
// else of another stay. Without a number it is of the last stay that began before, of those in psychiatry where it is
// from there, and never of those where it is from elsewhere, unless the patient was moved there. An admission or a move
// after a discharge begins another stay.
std::vector<Stay> StaysOf(const v1::Case& known, const Site& site);

// The stay that there is to be a notice of: of those that count and were not entered in error the one that began last;
// else the last of all; nullptr where there is none.
const Stay* CurrentStay(const std::vector<Stay>& stays);

// Whose event it is; nullptr where it is of none.
const Stay* OfEvent(uint32_t event, const std::vector<Stay>& stays);

// The stay that counts and had ended last when this one began; nullptr where there is none.
const Stay* EndedBefore(const Stay& stay, const std::vector<Stay>& stays);

// The next stay that counts and was not entered in error; nullptr where there is none.
const Stay* BegunAfter(const Stay& stay, const std::vector<Stay>& stays);

}  // namespace envej::ward

#endif  // ENVEJ_REGION_CLIENT_WARD_STAYS_H_
