#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "certs/certificate_authority.h"
#include "certs/commands/authority_directory.h"
#include "certs/commands/commands.h"
#include "certs/new_file.h"
#include "certs/pem.h"

namespace envej::certs {
namespace {

constexpr size_t kSerialDigits = 40;

struct RevokeOptions {
  std::string authority;
  std::string certificate;
  std::string serial;
  bool list_only = false;
  std::string reason;
  std::string invalid_since;
  std::string out;
  int days = 30;
};

absl::StatusOr<std::string> SerialFor(const RevokeOptions& options, const CertificateAuthority& authority) {
  if (!options.certificate.empty()) {
    const absl::StatusOr<Certificate> certificate = LoadIssued(options.certificate, authority, options.authority);
    if (!certificate.ok()) return certificate.status();
    return SerialText(*X509_get0_serialNumber(&certificate->x509()));
  }
  const std::string serial = absl::AsciiStrToLower(options.serial);
  const bool hexadecimal = std::all_of(
      serial.begin(), serial.end(), [](char digit) { return absl::ascii_isxdigit(static_cast<unsigned char>(digit)); });
  if (!hexadecimal || serial.empty() || serial.size() % 2 != 0 || serial.size() > kSerialDigits) {
    return absl::InvalidArgumentError(
        "the serial number is not as envej-certs show gives it: 2 to 40 hexadecimal digits");
  }
  return serial;
}

absl::StatusOr<RevokedCertificate> EntryFor(const RevokeOptions& options, const CertificateAuthority& authority,
                                            absl::Time now) {
  RevokedCertificate entry;
  const absl::StatusOr<std::string> serial = SerialFor(options, authority);
  if (!serial.ok()) return serial.status();
  entry.serial = *serial;
  entry.reason = ReasonNamed(options.reason).value_or(RevocationReason::kUnspecified);
  entry.revoked_at = now;
  if (options.invalid_since.empty()) return entry;
  absl::Time since;
  std::string ignored;
  if (!absl::ParseTime("%Y-%m-%dT%H:%M:%SZ", options.invalid_since, absl::UTCTimeZone(), &since, &ignored)) {
    return absl::InvalidArgumentError("--invalid-since is no time such as 2026-01-31T23:59:00Z");
  }
  if (since > now) return absl::InvalidArgumentError("--invalid-since is in the future");
  if (!InvalidityDateCounts(entry.reason)) {
    return absl::InvalidArgumentError("--invalid-since has a meaning only with --reason keyCompromise or unspecified");
  }
  entry.invalid_since = since;
  return entry;
}

// Adds the entry, or lets one that is there count from earlier: from when signatures are void must never become later.
absl::Status AddTo(std::vector<RevokedCertificate>& revoked, RevokedCertificate entry) {
  const auto existing = std::find_if(revoked.begin(), revoked.end(),
                                     [&](const RevokedCertificate& other) { return other.serial == entry.serial; });
  if (entry.reason == RevocationReason::kRemoveFromCrl) {
    if (existing == revoked.end() || existing->reason != RevocationReason::kCertificateHold) {
      return absl::FailedPreconditionError("the certificate is not on hold: only a hold can be removed");
    }
    revoked.erase(existing);
    return absl::OkStatus();
  }
  if (existing == revoked.end()) {
    revoked.push_back(std::move(entry));
    return absl::OkStatus();
  }
  entry.revoked_at = existing->revoked_at;
  const bool was_held = existing->reason == RevocationReason::kCertificateHold;
  if (!was_held && CountsFrom(entry) >= CountsFrom(*existing)) {
    return absl::FailedPreconditionError(absl::StrCat("the certificate is revoked already (",
                                                      ReasonName(existing->reason), ", counts from ",
                                                      FormatUtc(CountsFrom(*existing)), ")"));
  }
  *existing = std::move(entry);
  return absl::OkStatus();
}

absl::Status Revoke(const RevokeOptions& options) {
  const absl::Time now = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()));
  const absl::StatusOr<DirectoryLock> lock = DirectoryLock::Take(options.authority);
  if (!lock.ok()) return lock.status();
  const absl::StatusOr<CertificateAuthority> authority = LoadAuthority(options.authority);
  if (!authority.ok()) return authority.status();
  absl::StatusOr<RevocationRecord> record = LoadRevocationRecord(options.authority, *authority);
  if (!record.ok()) return record.status();
  if (now < record->this_update) {
    return absl::FailedPreconditionError("the last list is from later than now: correct this machine's clock");
  }
  if (!options.list_only) {
    absl::StatusOr<RevokedCertificate> entry = EntryFor(options, *authority, now);
    if (!entry.ok()) return entry.status();
    if (absl::Status added = AddTo(record->revoked, *std::move(entry)); !added.ok()) return added;
  }

  const absl::Time next_update = now + absl::Hours(24) * options.days;
  const absl::StatusOr<std::string> list = authority->MakeRevocationList(
      {.number = record->number + 1, .this_update = now, .next_update = next_update, .revoked = record->revoked});
  if (!list.ok()) return list.status();
  // The record first: a list that others have must never know more than it.
  std::string path = absl::StrCat(options.authority, "/", kAuthorityListFile);
  absl::Status written = WriteFiles({{path, *list, kCertificateFileMode}}, WhenThere::kReplace);
  if (written.ok() && !options.out.empty()) {
    path = options.out;
    written = WriteFiles({{path, *list, kCertificateFileMode}}, WhenThere::kReplace);
  }
  if (!written.ok()) return written;
  std::cout << "revocation list " << record->number + 1 << " with " << record->revoked.size() << " certificates in "
            << path << ": give it out before " << FormatUtc(next_update) << ", when it expires\n";
  return absl::OkStatus();
}

}  // namespace

void AddRevokeCommand(CLI::App& app, Command& chosen) {
  const auto options = std::make_shared<RevokeOptions>();
  CLI::App* command = app.add_subcommand("revoke", "revoke a certificate, and make the authority's revocation list");
  command->add_option("--authority", options->authority, "directory that envej-certs init made")
      ->type_name("DIR")
      ->required();
  CLI::Option_group* which = command->add_option_group("which", "what to revoke; exactly one of these");
  CLI::Option* certificate =
      which->add_option("--certificate", options->certificate, "PEM file of the certificate")->type_name("FILE");
  CLI::Option* serial =
      which->add_option("--serial", options->serial, "its serial number, as envej-certs show gives it")
          ->type_name("HEX");
  CLI::Option* list_only = which->add_flag(
      "--list-only", options->list_only, "nothing more: make the list again before it expires, or an empty first one");
  which->require_option(1);
  CLI::Option* reason =
      command
          ->add_option("--reason", options->reason,
                       "why, as RFC 5280 names it; removeFromCRL ends a certificateHold, which ends nothing else")
          ->type_name("REASON")
          ->check(CLI::IsMember({"unspecified", "keyCompromise", "affiliationChanged", "superseded",
                                 "cessationOfOperation", "certificateHold", "privilegeWithdrawn", "removeFromCRL"}))
          ->excludes(list_only);
  certificate->needs(reason);
  serial->needs(reason);
  command
      ->add_option("--invalid-since", options->invalid_since,
                   "UTC, since when the key may have been somebody else's: what it signed from then on is void; "
                   "otherwise, from now on")
      ->type_name("TIME")
      ->excludes(list_only);
  command->add_option("--days", options->days, "until the list expires, and with it the trust in every certificate")
      ->type_name("N")
      ->check(CLI::Range(1, kLongestListDays))
      ->capture_default_str();
  command->add_option("--out", options->out, "also writes the list here, and replaces the one before")
      ->type_name("FILE");
  command->callback([options, &chosen] { chosen = [options] { return Revoke(*options); }; });
}

}  // namespace envej::certs
