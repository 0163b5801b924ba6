#ifndef ENVEJ_REGION_CLIENT_AGENT_AGENT_KEYS_H_
#define ENVEJ_REGION_CLIENT_AGENT_AGENT_KEYS_H_

// All names and numbers that live on the agent's disk. Integers in keys are big-endian, so that keys sort as numbers
// do. No key holds a direct identifier. What a secret is needed for stands under "sealed" and "name" (at_rest.h).
//
//   v                     version of what these keys are and mean
//   c case                sealed Case; a case's id is 16 random bytes
//   p name                case: whose patient number has this name
//   n notice-id           case: whose notice it is
//   e erase-at case       index: the case is to be erased then, unless something happens to it
//   o number              sealed Outgoing: what is to be sent, in the order in which it was made
//   a name                sealed AnsweredMessage: of the message of a source
//   f forget-at name      index: the answer is to be forgotten then
//   t number              sealed Telling: what the ward is to be told, in order
//   u way                 up to which number the ward was told by a way
//   k day reason          how often a reason was met on a day: a 64-bit number
//   w                     where the watch of the broker's changes goes on
//   m                     ListMunicipalitiesResponse: what the broker last said of the municipalities, for the page

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace envej::region {

inline constexpr uint32_t kAgentStoreVersion = 1;
inline constexpr size_t kCaseIdBytes = 16;
inline constexpr size_t kNameBytes = 32;

// The first byte of a key.
enum class KeyKind : char {
  kVersion = 'v',
  kCase = 'c',
  kPatient = 'p',
  kNotice = 'n',
  kEraseAt = 'e',
  kOutgoing = 'o',
  kAnswered = 'a',
  kForgetAt = 'f',
  kTelling = 't',
  kToldUpTo = 'u',
  kCount = 'k',
  kWatch = 'w',
  kMunicipalities = 'm',
};

std::string KeyOf(KeyKind kind, absl::string_view rest = "");
std::string NumberedKey(KeyKind kind, uint64_t number);
// Of kEraseAt and kForgetAt: in order of `at`.
std::string TimedKey(KeyKind kind, absl::Time at, absl::string_view rest);
// The first key behind all of a kind.
std::string EndOf(KeyKind kind);

uint64_t NumberOf(absl::string_view numbered_key);
// What stands behind the time.
std::string RestOfTimed(absl::string_view timed_key);

// A 64-bit number as a value, and back; 0 for what is none.
std::string EncodeCount(uint64_t count);
uint64_t DecodeCount(absl::string_view value);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_AGENT_KEYS_H_
