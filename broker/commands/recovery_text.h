#ifndef ENVEJ_BROKER_COMMANDS_RECOVERY_TEXT_H_
#define ENVEJ_BROKER_COMMANDS_RECOVERY_TEXT_H_

#include <string>

#include "broker/journal/recovery_mark.h"

namespace envej::commands {

// What a restored store is and lacks: for people, some lines; for machines, one object on one line.
std::string ToText(const journal::RecoveryMark& mark);
std::string ToJson(const journal::RecoveryMark& mark);

}  // namespace envej::commands

#endif  // ENVEJ_BROKER_COMMANDS_RECOVERY_TEXT_H_
