#ifndef ENVEJ_REGION_CLIENT_ASKING_OPTIONS_H_
#define ENVEJ_REGION_CLIENT_ASKING_OPTIONS_H_

#include <CLI/CLI.hpp>

#include "region-client/program_options.h"

namespace envej::region {

// Adds a command that asks what has become of notices, or what there is to be known beside them.
CLI::App* AddAcknowledgeOutcome(CLI::App& app, Arguments& arguments);
CLI::App* AddStatus(CLI::App& app, Arguments& arguments);
CLI::App* AddWatch(CLI::App& app, Arguments& arguments);
CLI::App* AddMunicipalities(CLI::App& app, Arguments& arguments);
CLI::App* AddProveReceipts(CLI::App& receipts, Arguments& arguments);
CLI::App* AddVerifyReceipts(CLI::App& receipts, Arguments& arguments);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_ASKING_OPTIONS_H_
