#ifndef ENVEJ_CERTS_COMMANDS_COMMANDS_H_
#define ENVEJ_CERTS_COMMANDS_COMMANDS_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace envej::certs {

// What the chosen command does once the whole command line is read.
using Command = std::function<absl::Status()>;

// Each adds one command to `app`; choosing it on the command line sets `chosen`, which must outlive `app`.
void AddInitCommand(CLI::App& app, Command& chosen);
void AddIssueCommand(CLI::App& app, Command& chosen);
void AddRenewCommand(CLI::App& app, Command& chosen);
void AddRevokeCommand(CLI::App& app, Command& chosen);
void AddShowCommand(CLI::App& app, Command& chosen);
void AddSecretCommand(CLI::App& app, Command& chosen);

// Certificates begin a little in the past, so that a machine whose clock is behind accepts them at once.
inline constexpr int kBackdatedMinutes = 5;
inline constexpr int kLongestDays = 7300;
inline constexpr int kLongestListDays = 400;

// As RFC 3339 has it, in whole seconds.
inline std::string FormatUtc(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_COMMANDS_COMMANDS_H_
