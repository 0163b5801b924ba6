// envej-broker: the one place where everything is wired together.

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "broker/answers/broker_answers.h"
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
#include "broker/operations/durations.h"
#include "broker/operations/last_run.h"
#include "broker/operations/metrics.h"
#include "broker/operations/metrics_endpoint.h"
#include "broker/pages.h"
#include "broker/recovery_mode.h"
#include "broker/reloading.h"
#include "broker/serving.h"
#include "broker/store/record_codec.h"
#include "broker/store/rocksdb_store.h"
#include "broker/suspensions.h"
#include "broker/timer_scheduler.h"
#include "broker/trust/reload.h"
#include "broker/trust/revocation_watch.h"
#include "broker/upgrading.h"
#include "broker/upkeep.h"
#include "broker/watching.h"
#include "broker/wire/content_keeper.h"
#include "broker/wire/event_watches.h"
#include "broker/wire/fair_share.h"
#include "broker/wire/gate.h"
#include "broker/wire/health_service.h"
#include "broker/wire/inbox_service.h"
#include "broker/wire/intake_service.h"
#include "broker/wire/library_logs.h"
#include "broker/wire/operations_service.h"
#include "broker/wire/refusals.h"
#include "broker/wire/server.h"
#include "certs/command_line.h"
#include "certs/openssl_lifetime.h"
#include "certs/private_memory.h"
#include "certs/replaceable_credentials.h"
#include "certs/tls_suites.h"
#include "proto/contract/rejection.h"

namespace envej {
namespace {

using commands::Refuse;

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

// How many files may be open: the fewest with which connections can be served, and the most that are of use.
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

// With what to do where something of the store is lost, unless the error says that.
int RefuseStore(const absl::Status& status) {
  if (!absl::IsDataLoss(status) || absl::StrContains(status.message(), store::kRecoveryAdvice)) {
    return Refuse(kStoreRefused, status);
  }
  return Refuse(kStoreRefused, absl::DataLossError(absl::StrCat(status.message(), store::kRecoveryAdvice)));
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

  operations::Metrics metrics;
  operations::Durations durations(clock);
  absl::StatusOr<std::unique_ptr<store::RocksDbStore>> store =
      store::RocksDbStore::Open(StoreOptions(options, durations, metrics, clock, log));
  if (!store.ok()) return RefuseStore(store.status());
  const absl::Time ran_until = operations::RanUntil(**store, clock.Now());
  if (absl::Status upgraded = Upgrade(**store, log); !upgraded.ok()) return RefuseStore(upgraded);
  const absl::Status known =
      inbox::CheckSecrets(**store, configuration.secrets, std::max(clock.Now(), (*store)->LastPersistedTime()));
  if (!known.ok()) return Refuse(absl::IsFailedPrecondition(known) ? kConfigurationRefused : kStoreRefused, known);

  metrics.SetCannotWrite("the broker is starting");
  std::unique_ptr<operations::MetricsEndpoint> metrics_endpoint;
  if (!options.metrics.listen.empty()) {
    absl::StatusOr<std::unique_ptr<operations::MetricsEndpoint>> endpoint =
        operations::MetricsEndpoint::Start(options.metrics.listen, metrics, clock);
    if (!endpoint.ok()) return Refuse(kCannotListen, endpoint.status());
    metrics_endpoint = *std::move(endpoint);
    log.Info("metrics_served", {{"port", int64_t{metrics_endpoint->port()}}});
  }
  Suspensions suspensions(**store);
  if (const absl::Status loaded = suspensions.Load(); !loaded.ok()) return RefuseStore(loaded);
  const auto suspended = [&suspensions](const certs::Identity& caller) { return suspensions.Suspended(caller); };
  TellRevokedInboxes(configuration.trust, log);
  TellTrust(configuration.trust, configuration.hash, metrics);
  trust::CurrentTrust trust(configuration.trust.trust);
  const absl::StatusOr<std::unique_ptr<certs::ReplaceableCredentials>> credentials =
      certs::ReplaceableCredentials::Create(configuration.trust.tls);
  if (!credentials.ok()) return Refuse(kConfigurationRefused, credentials.status());
  journal::RefusedCalls refused_calls([] { return clock.Now(); });
  const std::shared_ptr<journal::Mirror> mirror = MirrorOf(options, **store);
  TellStart(
      options.broker_name, options.storage.reserve_bytes, **store,
      [&rocksdb = **store] { return rocksdb.OldestCommitAge(); }, mirror, metrics, clock);
  const std::unique_ptr<journal::CheckpointTask> checkpoints =
      StartCheckpoints(options, trust, **store, mirror, refused_calls, metrics, clock, log);
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
  Watching watching({.store = **store,
                     .scheduler = scheduler,
                     .trust = trust,
                     .durations = durations,
                     .metrics = metrics,
                     .clock = clock,
                     .log = log,
                     .copenhagen = configuration.copenhagen,
                     .ran_until = ran_until,
                     .suspended = suspended});
  inbox::Inboxes inboxes(**store, clock, scheduler, InboxOptions(options, trust, late, watching, clock, log));
  const wire::Refusals refusals(
      [&refused_calls, &metrics](const wire::Refused& refused) {
        refused_calls.Count({.caller = refused.caller, .actor = refused.actor, .reason = refused.reason});
        metrics.CountRefused(refused.caller, contract::Describe(static_cast<contract::Reason>(refused.reason)).name);
      },
      log, options.log.calls);
  wire::FairShare share(
      {.per_second = options.limits.participant_notices_per_second, .burst = options.limits.participant_burst},
      scheduler, refusals, clock, log);
  wire::Gate gate(trust, share, refusals, clock, log, suspended);
  gate.TellSeen([&watching](const wire::Caller& caller, absl::Time now) {
    watching.See(caller.identity, caller.certificate, now);
  });
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
  outlet.TellPulled([&watching](const wire::Caller& caller) { watching.SeePull(caller.identity, clock.Now()); });
  BrokerAnswers answers({.inboxes = inboxes,
                         .board = watching.board(),
                         .attendance = watching.attendance(),
                         .durations = durations,
                         .metrics = metrics,
                         .suspensions = suspensions,
                         .trust = trust,
                         .clock = clock});
  wire::EventWatches events(inboxes, answers, scheduler, gate, refusals, clock);
  std::atomic<wire::Server*> running = nullptr;
  const auto end_calls = [&] {
    if (wire::Server* const answering = running) EndForbiddenCalls(gate, *answering, metrics, log);
  };
  wire::OperationsService operations_service({.gate = gate,
                                              .answers = answers,
                                              .inboxes = inboxes,
                                              .suspensions = suspensions,
                                              .watches = events,
                                              .refusals = refusals,
                                              .suspended = [&] { scheduler.After(absl::ZeroDuration(), end_calls); }});
  wire::HealthService health(gate, refusals);
  RecoveryMode recovery({.store = **store,
                         .scheduler = scheduler,
                         .clock = clock,
                         .log = log,
                         .metrics = metrics,
                         .data_directory = options.data_directory,
                         .hold_pulls = [&gate](bool hold) { gate.HoldPulls(hold); }});
  if (const absl::Status begun = recovery.Start(); !begun.ok()) return RefuseStore(begun);
  if (const absl::Status counted = watching.Begin(); !counted.ok()) return RefuseStore(counted);
  inboxes.Start();
  watching.Start(inboxes);
  watches.Start();
  events.Start();
  absl::StatusOr<std::unique_ptr<wire::Server>> server =
      wire::Server::Start(Listening(options, (*credentials)->credentials(), open_files, clock, log),
                          {&intake, &outlet, &operations_service, &health});
  std::unique_ptr<Pages> pages;
  if (!options.operations.listen.empty()) {
    absl::StatusOr<std::unique_ptr<Pages>> started =
        Pages::Start(options.operations.listen, configuration.trust.tls,
                     {.answers = answers, .metrics = metrics, .gate = gate, .clock = clock});
    if (started.ok()) {
      pages = *std::move(started);
      log.Info("pages_served", {{"port", int64_t{pages->port()}}});
    } else if (server.ok()) {
      server = started.status();
    }
  }
  int code = kStopped;
  if (server.ok()) {
    running = server->get();
    watching.Serve();
    metrics.SetCannotWrite("");
    log.Info("serving", {{"broker", options.broker_name},
                         {"version", ENVEJ_VERSION},
                         {"listen", options.listen},
                         {"port", int64_t{(*server)->port()}},
                         {"start_epoch", static_cast<int64_t>((*store)->StartEpoch())}});
    trust::RevocationWatch revocations(options.tls.revocation_warning, clock, log);
    std::optional<trust::Reload> reload;
    reload.emplace(configuration.trust, trust, **credentials,
                   Reloading(configuration, revocations, gate, **server, pages.get(), metrics, clock, log));
    int signal_number = 0;
    while (sigwait(&signals, &signal_number) == 0 && signal_number == SIGHUP) reload->Now();
    reload.reset();
    log.Info("stopping", {{"signal", int64_t{signal_number}}});
    metrics.SetCannotWrite("the broker is stopping");
    const absl::Time deadline = clock.Now() + options.drain;
    gate.Close();
    health.SayNotServing();
    watches.End();
    events.End();
    inboxes.Drain();
    const timespec linger = absl::ToTimespec(std::min(options.drain, kLinger));
    sigtimedwait(&signals, nullptr, &linger);  // a second signal ends it
    (*server)->Drain(clock, deadline);
    watching.NoteEnd();
  } else {
    code = Refuse(kCannotListen, server.status());
  }
  pages.reset();
  // Nothing calls in any more: end what calls the inboxes, then the inboxes (by their scope), then the store.
  metrics_endpoint.reset();
  watching.Stop();
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
  certs::KeepOpenSslToTheEnd();
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
