#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>

#include "certs/call_tracing.h"
#include "certs/client_connection.h"
#include "certs/command_line.h"
#include "certs/openssl_lifetime.h"
#include "certs/private_memory.h"
#include "municipality-client/pull_command.h"
#include "municipality-client/stop_signals.h"

namespace envej::municipality_client {
namespace {

constexpr char kFooter[] =
    "Each notice becomes one file, DIR/notice-REGION-ID-REVISION.json, and is acknowledged only once it is safe on "
    "the disk.\nA file may be moved or deleted at any time: DIR/.ledger remembers it, so that it is not written "
    "again.\n"
    "DIR is for one municipality from its first notice on; a scheme of several gives each a DIR of its own.\n"
    "A revision replaces its notice's older files. A withdrawal erases them and becomes "
    "DIR/withdrawn-REGION-ID-REVISION.json,\nwithout the citizen, by which whoever took the notice erases it too; "
    "delete that file when it is done.\n"
    "Another notice under a known region, id and revision is returned (RULES_BROKEN), never acknowledged.\n"
    "When nothing comes, nothing waits; what an earlier run did not acknowledge comes again when its leases run "
    "out.\n\n"
    "Exit codes:\n"
    "  0  done\n"
    "  1  something was refused, returned or failed\n"
    "  2  usage, or a file, certificate, folder or output that cannot be used\n"
    "  3  the broker was not reached within the deadline";

int Run(PullOptions& options, const certs::ConnectionOptions& connection, const StopSignals& signals) {
  options.opening.authorities = connection.files.authorities;
  absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = certs::Connect(connection);
  if (!channel.ok()) {
    const absl::string_view why = channel.status().message();
    std::fprintf(stderr, "envej-municipality: %.*s\n", static_cast<int>(why.size()), why.data());
    return kExitUnusable;
  }
  const int code = RunPull(options, *std::move(channel), signals.token(), stdout, stderr);
  if (code != kExitDone) std::fputs(certs::TraceToAskAbout().c_str(), stderr);
  return code;
}

int Main(int argc, char** argv) {
  certs::HoldStandardStreams();
  certs::KeepMemoryPrivate();
  certs::KeepOpenSslToTheEnd();
  const StopSignals signals;
  signal(SIGPIPE, SIG_IGN);
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);  // its own lines would stand between the program's

  CLI::App application("Receives the discharge notices of one municipality.", "envej-municipality");
  application.set_version_flag("--version", "envej-municipality " ENVEJ_VERSION);
  application.require_subcommand(1);
  certs::NameUnknownWords(application);
  application.footer(kFooter);

  PullOptions pull_options;
  certs::ConnectionOptions pull_connection;
  CLI::App& pull = *application.add_subcommand("pull", "Empty the inbox into a folder and end");
  AddPullOptions(pull, pull_options);
  certs::AddConnectionOptions(pull, pull_connection);
  pull.footer(kFooter);

  PullOptions watch_options;
  watch_options.forever = true;
  certs::ConnectionOptions watch_connection;
  CLI::App& watch = *application.add_subcommand("watch", "Receive into a folder until SIGINT or SIGTERM");
  AddPullOptions(watch, watch_options);
  certs::AddConnectionOptions(watch, watch_connection);
  watch.footer(kFooter);

  try {
    application.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return application.exit(error) == 0 ? kExitDone : kExitUnusable;
  }
  return pull.parsed() ? Run(pull_options, pull_connection, signals) : Run(watch_options, watch_connection, signals);
}

}  // namespace
}  // namespace envej::municipality_client

int main(int argc, char** argv) {
  try {
    return envej::municipality_client::Main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "envej-municipality: %s\n", error.what());
    return envej::municipality_client::kExitRefused;
  }
}
