#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "certs/certificate_authority.h"
#include "certs/commands/authority_directory.h"
#include "certs/commands/commands.h"
#include "certs/new_file.h"
#include "certs/pem.h"

namespace envej::certs {
namespace {

struct RenewOptions {
  std::string authority;
  std::string certificate;
  std::string out;
  int days = 365;
  bool same_key = false;
  bool force = false;
};

absl::Status CheckNotRevoked(const RenewOptions& options, const CertificateAuthority& authority,
                             const Certificate& certificate) {
  const absl::StatusOr<RevocationRecord> record = LoadRevocationRecord(options.authority, authority);
  if (!record.ok()) return record.status();
  const std::string serial = SerialText(*X509_get0_serialNumber(&certificate.x509()));
  const bool revoked = std::any_of(record->revoked.begin(), record->revoked.end(),
                                   [&](const RevokedCertificate& entry) { return entry.serial == serial; });
  if (!revoked) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("the certificate in ", options.certificate, " is revoked: make another with envej-certs issue"));
}

absl::Status Renew(const RenewOptions& options) {
  const absl::StatusOr<CertificateAuthority> authority = LoadAuthority(options.authority);
  if (!authority.ok()) return authority.status();
  const absl::StatusOr<Certificate> former = LoadIssued(options.certificate, *authority, options.authority);
  if (!former.ok()) return former.status();
  if (absl::Status checked = CheckNotRevoked(options, *authority, *former); !checked.ok()) return checked;
  const absl::Time now = absl::Now();
  if (authority->not_after() <= now) {
    return absl::FailedPreconditionError(absl::StrCat("the authority in ", options.authority,
                                                      " is no longer valid: make another with envej-certs init"));
  }
  const absl::Time not_after = std::min(now + absl::Hours(24) * options.days, authority->not_after());
  const absl::StatusOr<IssuedCertificate> issued =
      authority->Renew(*former, now - absl::Minutes(kBackdatedMinutes), not_after,
                       options.same_key ? RenewedKey::kSame : RenewedKey::kNew);
  if (!issued.ok()) return issued.status();

  const std::string key_path = absl::StrCat(options.out, ".key");
  const std::string certificate_path = absl::StrCat(options.out, ".pem");
  std::vector<NewFile> files;
  if (!options.same_key) files.push_back({key_path, issued->key_pem, kKeyFileMode});
  files.push_back({certificate_path, issued->certificate_pem, kCertificateFileMode});
  absl::Status written = WriteFiles(files, options.force ? WhenThere::kReplace : WhenThere::kRefuse);
  if (absl::IsAlreadyExists(written)) {
    return absl::AlreadyExistsError(absl::StrCat(written.message(), ": give --force to replace ",
                                                 options.same_key ? "the certificate" : "key and certificate"));
  }
  if (!written.ok()) return written;
  std::cout << "renewed in " << (options.same_key ? "" : key_path + " and ") << certificate_path << ", valid until "
            << absl::FormatTime("%Y-%m-%d", not_after, absl::UTCTimeZone()) << "\n";
  return absl::OkStatus();
}

}  // namespace

void AddRenewCommand(CLI::App& app, Command& chosen) {
  const auto options = std::make_shared<RenewOptions>();
  CLI::App* command = app.add_subcommand("renew", "make a certificate with the names and usage of a former one");
  command->add_option("--authority", options->authority, "directory that envej-certs init made; it issued the former")
      ->type_name("DIR")
      ->required();
  command->add_option("--certificate", options->certificate, "PEM file of the former certificate")
      ->type_name("FILE")
      ->required();
  command->add_option("--out", options->out, "writes PREFIX.key (mode 0600) and PREFIX.pem")
      ->type_name("PREFIX")
      ->required();
  command->add_flag("--same-key", options->same_key, "for the former's key: writes PREFIX.pem only");
  command->add_option("--days", options->days, "how long it is valid; never longer than its authority")
      ->type_name("N")
      ->check(CLI::Range(1, kLongestDays))
      ->capture_default_str();
  command->add_flag("--force", options->force, "replace files that are there");
  command->callback([options, &chosen] { chosen = [options] { return Renew(*options); }; });
}

}  // namespace envej::certs
