#ifndef ENVEJ_REGION_CLIENT_COMMON_OPTIONS_H_
#define ENVEJ_REGION_CLIENT_COMMON_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "region-client/program_options.h"

namespace envej::region {

// The options that several commands have, each with its checks. What they write to must outlive the command.
void AddOutputOption(CLI::App& command, Arguments& arguments, const std::string& what);
void AddDeadlineOption(CLI::App& command, Arguments& arguments, const std::string& deadline);
// A deadline, and how its passing is shown.
void AddPatienceOptions(CLI::App& command, Arguments& arguments, const std::string& deadline);
void AddReceiptsOption(CLI::App& command, std::string& receipts);
void AddMunicipalityOption(CLI::App& command, std::string& code, const std::string& what);
void AddIdsOption(CLI::App& command, std::vector<std::string>& ids);
CLI::Option* AddNoticesOfOption(CLI::App& command, Connected& connected);
void AddSecretOptions(CLI::App& command, SealingFiles& sealing, bool required = true);
void AddSealingOptions(CLI::App& command, SealingFiles& sealing);

// What the exit codes of the program mean, whichever its command (exit_codes.h).
extern const char kExitCodes[];

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_COMMON_OPTIONS_H_
