#ifndef ENVEJ_BROKER_OPERATIONS_CONSOLE_PARTICIPANTS_COMMAND_H_
#define ENVEJ_BROKER_OPERATIONS_CONSOLE_PARTICIPANTS_COMMAND_H_

#include <string>

#include "absl/time/time.h"
#include "broker/operations/console/command_context.h"

namespace envej::console {

// A certificate that expires within this is said to expire soon.
inline constexpr absl::Duration kSoon = absl::Hours(30 * 24);

// Lists who takes part: standing, certificates, when last seen, whom to phone.
ExitCode ListParticipants(const CommandContext& context);

// Refuses every call of a participant (a URI name) until it is resumed; takes that back.
ExitCode SuspendParticipant(const std::string& participant, const CommandContext& context);
ExitCode ResumeParticipant(const std::string& participant, const CommandContext& context);

}  // namespace envej::console

#endif  // ENVEJ_BROKER_OPERATIONS_CONSOLE_PARTICIPANTS_COMMAND_H_
