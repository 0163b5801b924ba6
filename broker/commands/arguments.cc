#include "broker/commands/arguments.h"

#include <CLI/CLI.hpp>
#include <initializer_list>
#include <string>

namespace envej::commands {
namespace {

void AddCommon(CLI::App& command, std::string& config, std::string& output) {
  command.add_option("--config", config, "The broker's configuration file (YAML)")->required()->type_name("FILE");
  command.add_option("--output", output, "text or json")->check(CLI::IsMember({"text", "json"}));
}

void AddBackup(CLI::App& program, StoreCommands& commands) {
  BackupOptions& options = commands.backup_options;
  CLI::App& backup = *program.add_subcommand(
      "backup",
      "Copy the store into a new folder, beside a running broker or a stopped one, and read the copy again.\n"
      "It holds sealed contents and the journal, and nothing that was destroyed; neither keys of certificates\n"
      "nor secrets nor configuration: keep those elsewhere.");
  AddCommon(backup, options.config, options.output);
  backup.add_option("--to", options.to, "The folder that holds the backups")->required()->type_name("DIR");
  backup
      .add_option("--keep", options.keep,
                  "Afterwards remove backups older than this, such as 7d or 36h, but never the newest")
      ->type_name("AGE")
      ->capture_default_str();
  commands.backup = &backup;
}

void AddRestore(CLI::App& program, StoreCommands& commands) {
  RestoreOptions& options = commands.restore_options;
  CLI::App& restore = *program.add_subcommand(
      "restore",
      "Make a store from a backup in the configuration's data directory, which must be empty: a new incarnation,\n"
      "in which what the mirror has of the lost store's journal is replayed. Pulls are refused until it is known\n"
      "what was delivered.");
  AddCommon(restore, options.config, options.output);
  restore.add_option("--from", options.from, "A backup: a folder backup-...")->required()->type_name("DIR");
  CLI::Option* mirror = restore.add_option("--mirror", options.mirror, "The mirror, in place of the configuration's");
  mirror->type_name("DIR");
  restore
      .add_flag("--no-mirror", options.no_mirror,
                "There is no mirror any more: what was acknowledged, returned and withdrawn since the backup is "
                "forgotten, so\npulls are refused until operations accept that (recovery accept)")
      ->excludes(mirror);
  restore
      .add_option("--lost-data", options.lost_data,
                  "What is left of the lost data directory: its high-water mark says where its journal ended")
      ->type_name("DIR");
  restore
      .add_option(
          "--authorities", options.authorities,
          "Those whose brokers' signatures of the mirror's checkpoints count (PEM); without it none is asked for")
      ->type_name("FILE");
  restore
      .add_option(
          "--wait", options.wait,
          "How long pulls are refused from when the broker serves, so that regions can withdraw and send again, "
          "where the mirror\nwas replayed and nobody knows what happened after its end")
      ->type_name("DURATION")
      ->capture_default_str();
  commands.restore = &restore;
}

void AddRecovery(CLI::App& program, StoreCommands& commands) {
  CLI::App& recovery = *program.add_subcommand("recovery", "See to what a restored store lacks.");
  recovery.require_subcommand(1);
  commands.status = recovery.add_subcommand("status", "Say what it lacks, and whether pulls are served.");
  commands.accept = recovery.add_subcommand(
      "accept", "Say it, and accept it: pulls are then served, also of what may have been delivered or withdrawn.");
  for (CLI::App* command : {commands.status, commands.accept}) {
    AddCommon(*command, commands.recovery_options.config, commands.recovery_options.output);
  }
}

void AddVerify(CLI::App& program, StoreCommands& commands) {
  VerifyJournalOptions& options = commands.verify_options;
  CLI::App* journal = program.add_subcommand("journal", "Look at the journal of everything that happened.");
  journal->require_subcommand(1);
  CLI::App* verify = journal->add_subcommand(
      "verify",
      "Find whatever was changed, removed or put in another order in a journal: in a store, also of a running\n"
      "broker or a copy; in a mirror; or in both, each against the other.");
  CLI::Option* config =
      verify->add_option("--config", options.config, "The broker's configuration: its store and mirror");
  CLI::Option* data = verify->add_option("--data", options.data, "A data directory, or a copy of one");
  config->type_name("FILE")->excludes(data);
  data->type_name("DIR");
  verify->add_option("--mirror", options.mirror, "A mirror; alone, it is verified by itself")->type_name("DIR");
  verify->add_option("--authorities", options.authorities, "Those whose brokers' signatures count (PEM)")
      ->required()
      ->type_name("FILE");
  verify
      ->add_option(
          "--revocation-lists", options.revocation_lists,
          "A file or folder with their revocation lists: what a certificate signed counts up to the date from\n"
          "which it is revoked, and not at all while no current list says anything of it. Without it those\n"
          "that the configuration names, if it does")
      ->type_name("PATH");
  verify->add_option("--output", options.output, "text or json")->check(CLI::IsMember({"text", "json"}));
  commands.verify = verify;
}

}  // namespace

void AddStoreCommands(CLI::App& program, StoreCommands& commands) {
  AddVerify(program, commands);
  AddBackup(program, commands);
  AddRestore(program, commands);
  AddRecovery(program, commands);
}

bool IsParsed(const StoreCommands& commands) {
  return commands.verify->parsed() || commands.backup->parsed() || commands.restore->parsed() ||
         commands.status->parsed() || commands.accept->parsed();
}

int Run(const StoreCommands& commands, absl::Time now) {
  if (commands.verify->parsed()) return VerifyJournal(commands.verify_options, now);
  if (commands.backup->parsed()) return MakeBackup(commands.backup_options, now);
  if (commands.restore->parsed()) return Restore(commands.restore_options, now);
  if (commands.accept->parsed()) return AcceptRecovery(commands.recovery_options);
  return ShowRecovery(commands.recovery_options);
}

}  // namespace envej::commands
