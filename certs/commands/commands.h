#ifndef ENVEJ_CERTS_COMMANDS_COMMANDS_H_
#define ENVEJ_CERTS_COMMANDS_COMMANDS_H_

#include <CLI/CLI.hpp>
#include <functional>

#include "absl/status/status.h"

namespace envej::certs {

// What the chosen command does once the whole command line is read.
using Command = std::function<absl::Status()>;

// Each adds one command to `app`; choosing it on the command line sets `chosen`, which must outlive `app`.
void AddInitCommand(CLI::App& app, Command& chosen);
void AddIssueCommand(CLI::App& app, Command& chosen);
void AddShowCommand(CLI::App& app, Command& chosen);
void AddSecretCommand(CLI::App& app, Command& chosen);

// The files of an authority, within its directory.
inline constexpr char kAuthorityKeyFile[] = "authority.key";
inline constexpr char kAuthorityCertificateFile[] = "authority.pem";

// Certificates begin a little in the past, so that a machine whose clock is behind accepts them at once.
inline constexpr int kBackdatedMinutes = 5;
inline constexpr int kLongestDays = 7300;

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_COMMANDS_COMMANDS_H_
