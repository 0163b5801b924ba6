#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "certs/certificate_authority.h"
#include "certs/commands/authority_directory.h"
#include "certs/commands/commands.h"
#include "certs/identity.h"
#include "certs/new_file.h"

namespace envej::certs {
namespace {

constexpr size_t kDnsNameCharacters = 253;

struct IssueOptions {
  std::string authority;
  std::string uri;
  std::string out;
  std::vector<std::string> dns_names;
  std::vector<std::string> ip_addresses;
  int days = 365;
  bool inbox = false;
  bool force = false;
};

bool IsDnsName(absl::string_view text) {
  absl::ConsumePrefix(&text, "*.");
  return !text.empty() && text.size() <= kDnsNameCharacters && text.front() != '.' && text.back() != '.' &&
         std::all_of(text.begin(), text.end(), [](char character) {
           return absl::ascii_isalnum(static_cast<unsigned char>(character)) || character == '.' || character == '-';
         });
}

absl::Status CheckInboxOwner(const std::string& uri) {
  const absl::StatusOr<Identity> identity = ParseIdentityUri(uri);
  if (identity.ok() && identity->kind == ParticipantKind::kMunicipality) return absl::OkStatus();
  return absl::InvalidArgumentError("only a municipality has an inbox: give --inbox with urn:envej:municipality:CODE");
}

absl::StatusOr<LeafUsage> UsageFor(const IssueOptions& options) {
  const bool has_host_names = !options.dns_names.empty() || !options.ip_addresses.empty();
  if (options.inbox) {
    if (absl::Status owner = CheckInboxOwner(options.uri); !owner.ok()) return owner;
  }
  if (ParseBrokerUri(options.uri).ok()) {
    if (!has_host_names) {
      return absl::InvalidArgumentError("a broker's certificate needs at least one --dns or --ip that clients dial");
    }
    if (!std::all_of(options.dns_names.begin(), options.dns_names.end(), IsDnsName)) {
      return absl::InvalidArgumentError("a --dns is no host name: give a name such as broker.example.dk");
    }
    return LeafUsage::kServer;
  }
  if (!ParseIdentityUri(options.uri).ok()) {
    return absl::InvalidArgumentError(
        "the URI is none that envej knows: give urn:envej:region:CODE, urn:envej:region:CODE:ORIGIN, "
        "urn:envej:municipality:CODE, urn:envej:operations:NAME or urn:envej:broker:NAME (CODE: four digits; NAME and "
        "ORIGIN: 1 to 32 of a-z, 0-9 and hyphen)");
  }
  if (has_host_names) {
    return absl::InvalidArgumentError("a participant's certificate bears no --dns or --ip: only a broker's does");
  }
  return options.inbox ? LeafUsage::kInbox : LeafUsage::kClient;
}

absl::Status Issue(const IssueOptions& options) {
  const absl::StatusOr<LeafUsage> usage = UsageFor(options);
  if (!usage.ok()) return usage.status();
  const absl::StatusOr<CertificateAuthority> authority = LoadAuthority(options.authority);
  if (!authority.ok()) return authority.status();
  const absl::Time now = absl::Now();
  if (authority->not_after() <= now) {
    return absl::FailedPreconditionError(absl::StrCat("the authority in ", options.authority,
                                                      " is no longer valid: make another with envej-certs init"));
  }

  LeafRequest request;
  request.common_name = absl::StrCat(absl::StripPrefix(options.uri, "urn:envej:"), options.inbox ? " inbox" : "");
  request.uris = {options.uri};
  request.dns_names = options.dns_names;
  request.ip_addresses = options.ip_addresses;
  request.not_before = now - absl::Minutes(kBackdatedMinutes);
  request.not_after = std::min(now + absl::Hours(24) * options.days, authority->not_after());
  request.usage = *usage;
  const absl::StatusOr<IssuedCertificate> issued = authority->Issue(request);
  if (!issued.ok()) return issued.status();

  const std::string key_path = absl::StrCat(options.out, ".key");
  const std::string certificate_path = absl::StrCat(options.out, ".pem");
  absl::Status written = WriteFiles(
      {{key_path, issued->key_pem, kKeyFileMode}, {certificate_path, issued->certificate_pem, kCertificateFileMode}},
      options.force ? WhenThere::kReplace : WhenThere::kRefuse);
  if (absl::IsAlreadyExists(written)) {
    return absl::AlreadyExistsError(absl::StrCat(written.message(), ": give --force to replace key and certificate"));
  }
  if (!written.ok()) return written;
  std::cout << options.uri << (options.inbox ? " (inbox) in " : " in ") << key_path << " and " << certificate_path
            << ", valid until " << absl::FormatTime("%Y-%m-%d", request.not_after, absl::UTCTimeZone()) << "\n";
  return absl::OkStatus();
}

}  // namespace

void AddIssueCommand(CLI::App& app, Command& chosen) {
  const auto options = std::make_shared<IssueOptions>();
  CLI::App* command = app.add_subcommand("issue", "make a key and a certificate for one participant or broker");
  command->add_option("--authority", options->authority, "directory that envej-certs init made")
      ->type_name("DIR")
      ->required();
  command
      ->add_option("--uri", options->uri,
                   "who it is: urn:envej:region:CODE[:ORIGIN], urn:envej:municipality:CODE, urn:envej:operations:NAME "
                   "or urn:envej:broker:NAME")
      ->type_name("URI")
      ->required();
  command->add_option("--out", options->out, "writes PREFIX.key (mode 0600) and PREFIX.pem")
      ->type_name("PREFIX")
      ->required();
  command->add_option("--dns", options->dns_names, "a broker's host name; may be repeated")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command->add_option("--ip", options->ip_addresses, "a broker's IP address; may be repeated")
      ->type_name("ADDRESS")
      ->allow_extra_args(false);
  command->add_flag("--inbox", options->inbox,
                    "for a municipality's inbox: notices are sealed to it, and it is of no use for connections");
  command->add_option("--days", options->days, "how long it is valid; never longer than its authority")
      ->type_name("N")
      ->check(CLI::Range(1, kLongestDays))
      ->capture_default_str();
  command->add_flag("--force", options->force, "replace files that are there");
  command->callback([options, &chosen] { chosen = [options] { return Issue(*options); }; });
}

}  // namespace envej::certs
