#ifndef ENVEJ_BROKER_COMMANDS_VERIFIED_PART_H_
#define ENVEJ_BROKER_COMMANDS_VERIFIED_PART_H_

#include <string>
#include <vector>

#include "broker/journal/verification.h"

namespace envej::commands {

// A journal that was verified, and where it lies.
struct VerifiedPart {
  std::string name;  // "store" or "mirror"
  std::string place;
  journal::Verification result;
};

// For people: one line for each thing that is wrong (`store: batch 17, event 3: …`), and one for each part.
std::string ToText(const std::vector<VerifiedPart>& parts);
// For machines: one object on one line. `whole` is whether all was read and nothing was found.
std::string ToJson(const std::vector<VerifiedPart>& parts);

}  // namespace envej::commands

#endif  // ENVEJ_BROKER_COMMANDS_VERIFIED_PART_H_
