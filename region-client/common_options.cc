#include "region-client/common_options.h"

#include "certs/option_checks.h"
#include "proto/contract/limits.h"
#include "region-client/option_words.h"

namespace envej::region {

const char kExitCodes[] =
    "Exit codes, in the words of all commands; each one's --help has its own:\n"
    "  0  everything was done\n"
    "  1  something was refused, or what was asked for does not exist\n"
    "  2  wrong usage, or a file, certificate or output that cannot be used\n"
    "  3  the broker, or the agent, could not be reached: run the same again; nothing is doubled\n"
    "  4  receipts prove: some receipts have no proof yet\n";

void AddOutputOption(CLI::App& command, Arguments& arguments, const std::string& what) {
  command.add_option("--output", arguments.output, what)->type_name("text|json")->check(certs::OneOf(OutputForms()));
}

void AddDeadlineOption(CLI::App& command, Arguments& arguments, const std::string& deadline) {
  command.add_option("--deadline", arguments.deadline, deadline)
      ->type_name("DURATION")
      ->check(CLI::Validator(certs::CheckDeadline, ""));
}

void AddPatienceOptions(CLI::App& command, Arguments& arguments, const std::string& deadline) {
  command.add_option("--progress", arguments.progress, "whether to draw a progress bar on standard error")
      ->type_name("auto|always|never")
      ->check(certs::OneOf(ProgressModes()));
  AddDeadlineOption(command, arguments, deadline);
}

void AddReceiptsOption(CLI::App& command, std::string& receipts) {
  command
      .add_option("--receipts", receipts,
                  "append the receipts to this file, each once and durably (standard output without it)")
      ->type_name("FILE");
}

void AddMunicipalityOption(CLI::App& command, std::string& code, const std::string& what) {
  command.add_option("--municipality", code, what)
      ->type_name("CODE")
      ->required()
      ->check(CLI::Validator(certs::CheckMunicipalityCode, ""));
}

void AddIdsOption(CLI::App& command, std::vector<std::string>& ids) {
  command.add_option("ids", ids, "the notices, at most 500; - for standard input, one a line")
      ->type_name("ID")
      ->required();
}

CLI::Option* AddNoticesOfOption(CLI::App& command, Connected& connected) {
  return command
      .add_option("--notices-of", connected.notices_of,
                  "a region that this one has succeeded, by the broker's register: the notices are that one's")
      ->type_name("CODE")
      ->check(CLI::Validator(certs::CheckRegionCode, ""));
}

void AddSecretOptions(CLI::App& command, SealingFiles& sealing, bool required) {
  command
      .add_option("--secret", sealing.secret,
                  "the region's own secret, by which its notices are recognised when they are repeated; made by "
                  "`envej-certs secret`")
      ->type_name("FILE")
      ->envname("ENVEJ_SECRET")
      ->required(required);
  command
      .add_option("--former-secret", sealing.former_secrets,
                  "a secret that it replaced less than seven months ago; may be given again")
      ->type_name("FILE")
      ->expected(1, static_cast<int>(contract::kFormerCommitments))
      ->allow_extra_args(false);
}

void AddSealingOptions(CLI::App& command, SealingFiles& sealing) {
  command
      .add_option("--region", sealing.region_code,
                  "the region's code, where the certificate bears no URI name that says it, as those of OCES do: the "
                  "one under which the broker's register has the certificate")
      ->type_name("CODE")
      ->envname("ENVEJ_REGION")
      ->check(CLI::Validator(certs::CheckRegionCode, ""));
  command
      .add_option("--revocation-lists", sealing.revocation_lists,
                  "file or folder with the authorities' revocation lists: nothing is sealed to an inbox certificate "
                  "that is revoked, or of which no current list says anything")
      ->type_name("PATH")
      ->envname("ENVEJ_REVOCATION_LISTS");
}

}  // namespace envej::region
