#ifndef ENVEJ_REGION_CLIENT_SENDING_OPTIONS_H_
#define ENVEJ_REGION_CLIENT_SENDING_OPTIONS_H_

#include <CLI/CLI.hpp>

#include "region-client/program_options.h"

namespace envej::region {

// Adds a command that sends something of notices.
CLI::App* AddSubmit(CLI::App& app, Arguments& arguments);
CLI::App* AddRevise(CLI::App& app, Arguments& arguments);
CLI::App* AddWithdraw(CLI::App& app, Arguments& arguments);
CLI::App* AddResend(CLI::App& app, Arguments& arguments);

// The files of what was sent before, for a command that sends it again.
CLI::Option* AddKeptReceiptsOption(CLI::App& command, ResendOptions& options, const std::string& what);
CLI::Option* AddSentNoticesOption(CLI::App& command, ResendOptions& options, const std::string& what);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_SENDING_OPTIONS_H_
