// envej-broker: the one place where everything is wired together.

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "broker/checkpoints.h"
#include "broker/clock.h"
#include "broker/commands/arguments.h"
#include "broker/commands/exit_codes.h"
#include "broker/configuration.h"
#include "broker/inbox/inboxes.h"
#include "broker/inbox/secret_register.h"
#include "broker/inbox/signer_certificates.h"
#include "broker/journal/checkpoint_task.h"
#include "broker/journal/refused_calls.h"
#include "broker/late_notices.h"
#include "broker/log.h"
#include "broker/log_limit.h"
#include "broker/operations/metrics.h"
#include "broker/operations/metrics_endpoint.h"
#include "broker/options/broker_options.h"
#include "broker/recovery_mode.h"
#include "broker/reloading.h"
#include "broker/store/rocksdb_store.h"
#include "broker/timer_scheduler.h"
#include "broker/trust/reload.h"
#include "broker/trust/revocation_watch.h"
#include "broker/upgrading.h"
#include "broker/upkeep.h"
#include "broker/wire/address_share.h"
#include "broker/wire/content_keeper.h"
#include "broker/wire/fair_share.h"
#include "broker/wire/gate.h"
#include "broker/wire/health_service.h"
#include "broker/wire/inbox_service.h"
#include "broker/wire/intake_service.h"
#include "broker/wire/library_logs.h"
#include "broker/wire/refusals.h"
#include "broker/wire/server.h"
#include "broker/wire/stored_content.h"
#include "certs/command_line.h"
#include "certs/private_memory.h"
#include "certs/replaceable_credentials.h"
#include "certs/tls_suites.h"
#include "proto/contract/rejection.h"

namespace envej {
namespace {

using commands::Refuse;

enum ExitCode {
  kStopped = 0,
  kUsage = 2,
  kConfigurationRefused = 3,
  kStoreRefused = 4,
  kCannotListen = 5,
  kStoreFailed = 6,
  kCannotAccept = 7,
};

constexpr char kExitCodes[] =
    "Exit status: 0 stopped or configuration good; 2 usage, or standard output cannot be written;\n"
    "3 configuration, register, certificate or secret refused; 4 the store refused to start;\n"
    "5 the address cannot be listened on; 6 the store failed while serving; 7 connections could not be\n"
    "accepted any more. After 6 and 7 the broker may be started again.\n"
    "journal verify: 0 whole; 1 something is wrong; 2 usage; 4 something cannot be read.\n"
    "backup, restore, recovery: 0 done; 1 what is there cannot be used, and nothing was made; 2 usage;\n"
    "3 configuration refused; 4 something cannot be read or written.";

// How long calls that are already on their way are still refused by name, before the server ends the connections: a
// call that meets a server which is shutting down is only cancelled.
constexpr absl::Duration kLinger = absl::Milliseconds(500);

// Of the files that may be open, those that connections leave alone: the store's, of which its engine keeps 512 open,
// and gRPC's own.
constexpr int kOpenFilesKept = 640;
constexpr int kOpenFilesLeast = 1024;
constexpr int kOpenFilesMost = 1 << 20;

// Signals that ask the broker to stop, or to read again what it trusts, are waited for by the main thread alone: no
// other thread takes them.
sigset_t BlockSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return signals;
}

// Raises the bound of open files as far as this process may, and tells it.
int RaiseOpenFiles() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return 0;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return 0;
  return static_cast<int>(std::min<rlim_t>(files.rlim_cur, kOpenFilesMost));
}

// What the store needs to go on is in store/rocksdb_room.h.
static_assert(uint64_t{options::kReserveMibLeast} << 20 >= store::kReserveLeast);

store::RocksDbStoreOptions StoreOptions(const options::BrokerOptions& options, const Log& log) {
  store::RocksDbStoreOptions store;
  store.directory = options.data_directory;
  store.broker = options.broker_name;
  store.queue_transitions = static_cast<size_t>(options.limits.commit_queue);
  store.batch_transitions = static_cast<size_t>(options.limits.batch_transitions);
  store.write_buffer_bytes = store::WriteBufferFor(options.storage.reserve_bytes);
  store.fail_stop = [&log](absl::Status status) {
    log.Error("store_failed", {{"error", status.ToString()},
                               {"next", "nothing was written after this; mend the disk, then start the broker again"}});
    std::_Exit(kStoreFailed);
  };
  store.log_end_dropped = [&log](uint64_t batch, const std::string& why) {
    log.Error(
        "log_end_dropped",
        {{"batch", static_cast<int64_t>(batch)},
         {"error", why},
         {"next",
          "the log could not be read after this batch, as after a loss of power; leases may be lost, and what was "
          "answered in the last moment before it: a region that has a receipt of a later batch submits again"}});
  };
  return store;
}

inbox::Inboxes::Options InboxOptions(const options::BrokerOptions& options, const trust::CurrentTrust& trust,
                                     LateNotices& late, const Clock& clock, const Log& log) {
  inbox::Inboxes::Options inboxes;
  inboxes.pulls = {.all = static_cast<size_t>(options.limits.waiting_pulls),
                   .each_inbox = static_cast<size_t>(options.limits.waiting_pulls_per_inbox)};
  inboxes.check = wire::IsItem;
  inboxes.thresholds = [&trust, &clock](const store::NoticeKey& notice) {
    return trust.Get()->ThresholdsOf(notice.region_code, notice.municipality_code, clock.Now());
  };
  inboxes.late = [&late](const inbox::LateItem& item) { late.Tell(item); };
  inboxes.report = [&log](const inbox::UnreadableItem& item) { wire::LogUnreadable(item, log); };
  inboxes.clock_behind = [&log](absl::Duration behind) {
    log.Error("clock_behind", {{"seconds", absl::ToInt64Seconds(behind)},
                               {"next",
                                "the store has stamps of a later time: set the clock right; leases may last twice "
                                "as long until it has caught up"}});
  };
  return inboxes;
}

wire::ServerOptions Listening(const options::BrokerOptions& options,
                              std::shared_ptr<grpc::ServerCredentials> credentials, int open_files, const Clock& clock,
                              const Log& log) {
  wire::ServerOptions server;
  server.listen = options.listen;
  server.credentials = std::move(credentials);
  server.concurrent_streams = options.limits.concurrent_streams;
  server.reflection = options.reflection;
  server.descriptors_most = open_files - kOpenFilesKept;
  server.admit_connection = [share = std::make_shared<wire::AddressShare>(server.descriptors_most, clock)](
                                int connection) { return share->Admit(connection); };
  server.connection_refused = [&log, limit = std::make_shared<LogLimit>(clock)](absl::string_view why) {
    const std::optional<int64_t> left_out = limit->Admit();
    if (left_out.has_value()) log.Warning("connection_refused", {{"error", std::string(why)}, {"left_out", *left_out}});
  };
  server.give_up = [&log](const absl::Status& why) {
    log.Error("cannot_accept", {{"error", why.ToString()}});
    std::_Exit(kCannotAccept);  // as after a failed store: all that was answered is on the disk
  };
  return server;
}

int Serve(const std::string& config_path) {
  const sigset_t signals = BlockSignals();
  certs::LeaveOneSuiteOfTls12();
  umask(077);  // what the store makes is the broker's own user's alone
  static const SystemClock clock;
  static const Log log(clock);
  wire::SendLibraryLogsTo(log, clock);
  const absl::StatusOr<Configuration> read = ReadConfiguration(config_path, clock.Now());
  if (!read.ok()) return Refuse(kConfigurationRefused, read.status());
  const Configuration& configuration = *read;
  const options::BrokerOptions& options = configuration.options;
  const int open_files = RaiseOpenFiles();
  if (open_files < kOpenFilesLeast) {
    return Refuse(kConfigurationRefused,
                  absl::FailedPreconditionError(absl::StrCat("only ", open_files, " files may be open (ulimit -n); ",
                                                             kOpenFilesLeast, " are the least, more are better")));
  }

  absl::StatusOr<std::unique_ptr<store::RocksDbStore>> store = store::RocksDbStore::Open(StoreOptions(options, log));
  if (!store.ok()) return Refuse(kStoreRefused, store.status());
  if (absl::Status upgraded = Upgrade(**store, log); !upgraded.ok()) return Refuse(kStoreRefused, upgraded);
  const absl::Status known =
      inbox::CheckSecrets(**store, configuration.secrets, std::max(clock.Now(), (*store)->LastPersistedTime()));
  if (!known.ok()) return Refuse(absl::IsFailedPrecondition(known) ? kConfigurationRefused : kStoreRefused, known);

  operations::Metrics metrics;
  std::unique_ptr<operations::MetricsEndpoint> metrics_endpoint;
  if (!options.metrics.listen.empty()) {
    absl::StatusOr<std::unique_ptr<operations::MetricsEndpoint>> endpoint =
        operations::MetricsEndpoint::Start(options.metrics.listen, metrics, clock);
    if (!endpoint.ok()) return Refuse(kCannotListen, endpoint.status());
    metrics_endpoint = *std::move(endpoint);
    log.Info("metrics_served", {{"port", int64_t{metrics_endpoint->port()}}});
  }
  TellRevokedInboxes(configuration.trust, log);
  trust::CurrentTrust trust(configuration.trust.trust);
  const absl::StatusOr<std::unique_ptr<certs::ReplaceableCredentials>> credentials =
      certs::ReplaceableCredentials::Create(configuration.trust.tls);
  if (!credentials.ok()) return Refuse(kConfigurationRefused, credentials.status());
  journal::RefusedCalls refused_calls([] { return clock.Now(); });
  const std::shared_ptr<journal::Mirror> mirror = MirrorOf(options, **store);
  const std::unique_ptr<journal::CheckpointTask> checkpoints =
      StartCheckpoints(options, trust, **store, mirror, refused_calls, clock, log);
  Upkeep upkeep({.options = options,
                 .store = **store,
                 .files = {.erase_destroyed = [&](std::atomic<bool>& stop) { return (*store)->EraseDestroyed(stop); },
                           .verify = [&](const auto& rest) { return (*store)->VerifyFiles(rest); }},
                 .mirror = mirror,
                 .metrics = metrics,
                 .clock = clock,
                 .log = log});
  TimerScheduler scheduler;
  LateNotices late(log, metrics, clock);
  inbox::Inboxes inboxes(**store, clock, scheduler, InboxOptions(options, trust, late, clock, log));
  const wire::Refusals refusals(
      [&refused_calls, &metrics](const wire::Refused& refused) {
        refused_calls.Count({.caller = refused.caller, .actor = refused.actor, .reason = refused.reason});
        metrics.CountRefused(refused.caller, contract::Describe(static_cast<contract::Reason>(refused.reason)).name);
      },
      log, options.log.calls);
  wire::FairShare share(
      {.per_second = options.limits.participant_notices_per_second, .burst = options.limits.participant_burst},
      scheduler, refusals, clock, log);
  wire::Gate gate(trust, share, refusals, clock, log);
  inbox::SignerCertificates signers(**store);
  const wire::ContentKeeper keeper(signers);
  wire::NoticeWatches watches(inboxes, scheduler, trust, gate, refusals, clock);
  wire::IntakeService intake({.gate = gate,
                              .keeper = keeper,
                              .secrets = configuration.secrets,
                              .inboxes = inboxes,
                              .watches = watches,
                              .refusals = refusals,
                              .clock = clock,
                              .log = log,
                              .broker_name = options.broker_name,
                              .copenhagen = configuration.copenhagen,
                              .storage_nearly_full = [&upkeep] { return upkeep.storage_nearly_full(); }});
  wire::InboxService outlet(gate, inboxes, signers, refusals, log);
  wire::HealthService health(gate, refusals);
  RecoveryMode recovery({.store = **store,
                         .scheduler = scheduler,
                         .clock = clock,
                         .log = log,
                         .metrics = metrics,
                         .data_directory = options.data_directory,
                         .hold_pulls = [&gate](bool hold) { gate.HoldPulls(hold); }});
  if (const absl::Status begun = recovery.Start(); !begun.ok()) return Refuse(kStoreRefused, begun);
  inboxes.Start();
  watches.Start();
  absl::StatusOr<std::unique_ptr<wire::Server>> server = wire::Server::Start(
      Listening(options, (*credentials)->credentials(), open_files, clock, log), {&intake, &outlet, &health});
  int code = kStopped;
  if (server.ok()) {
    log.Info("serving", {{"broker", options.broker_name},
                         {"version", ENVEJ_VERSION},
                         {"listen", options.listen},
                         {"port", int64_t{(*server)->port()}},
                         {"start_epoch", static_cast<int64_t>((*store)->StartEpoch())}});
    trust::RevocationWatch revocations(options.tls.revocation_warning, clock, log);
    std::optional<trust::Reload> reload;
    reload.emplace(configuration.trust, trust, **credentials,
                   Reloading(configuration, revocations, gate, **server, metrics, clock, log));
    int signal_number = 0;
    while (sigwait(&signals, &signal_number) == 0 && signal_number == SIGHUP) reload->Now();
    reload.reset();
    log.Info("stopping", {{"signal", int64_t{signal_number}}});
    metrics_endpoint.reset();
    const absl::Time deadline = clock.Now() + options.drain;
    gate.Close();
    health.SayNotServing();
    watches.End();
    inboxes.Drain();
    const timespec linger = absl::ToTimespec(std::min(options.drain, kLinger));
    sigtimedwait(&signals, nullptr, &linger);  // a second signal ends it
    (*server)->Drain(clock, deadline);
  } else {
    code = Refuse(kCannotListen, server.status());
  }
  // Nothing calls in any more: end what calls the inboxes, then the inboxes (by their scope), then the store.
  scheduler.Stop();
  upkeep.Stop();
  const bool mirror_ended = checkpoints->Stop();
  if (!mirror_ended) {
    log.Error("journal_mirror_left_behind",
              {{"next", "the mirror hangs; what it lacks is copied after the next start"}});
  }
  const absl::Status stopped = (*store)->Stop();
  if (stopped.ok()) {
    log.Info("stopped");
  } else {
    log.Error("store_failed", {{"error", stopped.ToString()}});
    code = kStoreFailed;
  }
  if (!mirror_ended) std::_Exit(code);  // the thread that hangs may still read the store, so nothing is taken down
  return code;
}

int CheckConfig(const std::string& config_path) {
  const absl::StatusOr<Configuration> configuration = ReadConfiguration(config_path, SystemClock().Now());
  if (!configuration.ok()) return Refuse(kConfigurationRefused, configuration.status());
  std::cout << "configuration is good: " << config_path << std::endl;
  if (std::cout.good()) return kStopped;
  return Refuse(kUsage, absl::DataLossError("standard output cannot be written"));
}

int Main(int argument_count, char** arguments) {
  certs::HoldStandardStreams();
  certs::KeepMemoryPrivate();
  CLI::App program("The secure broker: carries consented discharge notices from wards to municipalities' inboxes.",
                   "envej-broker");
  program.set_version_flag("--version", absl::StrCat("envej-broker ", ENVEJ_VERSION));
  program.require_subcommand(1);
  certs::NameUnknownWords(program);
  program.footer(kExitCodes);
  std::string config_path;
  CLI::App* serve = program.add_subcommand("serve", "Serve regions and municipalities until SIGTERM.");
  CLI::App* check = program.add_subcommand("check-config", "Read and check all configuration, and do nothing else.");
  for (CLI::App* command : {serve, check}) {
    command->add_option("--config", config_path, "The configuration file (YAML)")->required()->type_name("FILE");
  }
  commands::StoreCommands commands;
  commands::AddStoreCommands(program, commands);
  try {
    program.parse(argument_count, arguments);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? kStopped : kUsage;
  }
  if (commands::IsParsed(commands)) return commands::Run(commands, SystemClock().Now());
  return serve->parsed() ? Serve(config_path) : CheckConfig(config_path);
}

}  // namespace
}  // namespace envej

int main(int argument_count, char** arguments) { return envej::Main(argument_count, arguments); }
