#include <iostream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "certs/certificate_authority.h"
#include "certs/commands/authority_directory.h"
#include "certs/commands/commands.h"
#include "certs/new_file.h"

namespace envej::certs {
namespace {

struct InitOptions {
  std::string directory;
  std::string name = "envej private authority";
  int days = 3650;
};

absl::Status Init(const InitOptions& options) {
  const absl::Time now = absl::Now();
  const absl::StatusOr<CertificateAuthority> authority = CertificateAuthority::Create(
      options.name, now - absl::Minutes(kBackdatedMinutes), now + absl::Hours(24) * options.days);
  if (!authority.ok()) return authority.status();
  const absl::StatusOr<IssuedCertificate> pem = authority->ToPem();
  if (!pem.ok()) return pem.status();
  if (absl::Status written =
          WriteDirectory(options.directory, {{kAuthorityKeyFile, pem->key_pem, kKeyFileMode},
                                             {kAuthorityCertificateFile, pem->certificate_pem, kCertificateFileMode}});
      !written.ok()) {
    return written;
  }
  std::cout << "authority in " << options.directory << ": keep " << kAuthorityKeyFile << " to yourself, give out "
            << kAuthorityCertificateFile << "\n";
  return absl::OkStatus();
}

}  // namespace

void AddInitCommand(CLI::App& app, Command& chosen) {
  const auto options = std::make_shared<InitOptions>();
  CLI::App* command = app.add_subcommand("init", "make a private certificate authority");
  command->add_option("--authority", options->directory, "directory to make; must not be there yet")
      ->type_name("DIR")
      ->required();
  command->add_option("--name", options->name, "the authority's name")->type_name("TEXT")->capture_default_str();
  command->add_option("--days", options->days, "how long it is valid")
      ->type_name("N")
      ->check(CLI::Range(1, kLongestDays))
      ->capture_default_str();
  command->callback([options, &chosen] { chosen = [options] { return Init(*options); }; });
}

}  // namespace envej::certs
