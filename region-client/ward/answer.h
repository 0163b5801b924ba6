#ifndef ENVEJ_REGION_CLIENT_WARD_ANSWER_H_
#define ENVEJ_REGION_CLIENT_WARD_ANSWER_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "envej/ward/v1/case.pb.h"

namespace envej::ward {

// What a citizen's answer is beside what was answered before. Pure.

// Who hands an answer over: staff, who ask the citizen now, or a system with a list of what was once answered.
enum class AnswerFrom : uint8_t { kStaff, kSystem };

// The citizen wants to be contacted, and the region may pass on what is needed for it.
bool IsYes(const v1::RegisteredConsent& answer);

// A consent is registered and was not withdrawn.
bool HasStandingConsent(const v1::Case& known);

// Whether a yes may take the place of what is known. What was given before the day on which the citizen withdrew is not
// given again by being told again; of that day itself only staff can say which was first. What was withdrawn because of
// the municipality alone, staff may register again, and so may a system that now names another one.
bool MayBeRegistered(const v1::RegisteredConsent& yes, const v1::Case& known, AnswerFrom from,
                     const absl::TimeZone& copenhagen);

// Takes that the citizen lives in this municipality, which takes no part: a standing consent that names another is
// withdrawn. The citizen did not withdraw it.
void TakeLivesElsewhere(const std::string& municipality_code, absl::Time at, v1::Case& known);

}  // namespace envej::ward

#endif  // ENVEJ_REGION_CLIENT_WARD_ANSWER_H_
