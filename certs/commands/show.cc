#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "certs/certificate_summary.h"
#include "certs/commands/commands.h"
#include "certs/key_file.h"
#include "certs/pem.h"

namespace envej::certs {
namespace {

struct ShowOptions {
  std::string file;
  std::string output = "text";
};

std::string FormatUtc(absl::Time time) { return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone()); }

void PrintJson(const CertificateSummary& summary) {
  const nlohmann::ordered_json json = {
      {"subject", summary.subject},
      {"uris", summary.uris},
      {"participant", summary.participant},
      {"usage", summary.usage},
      {"serial", summary.serial},
      {"not_before", FormatUtc(summary.not_before)},
      {"not_after", FormatUtc(summary.not_after)},
      {"days_left", summary.days_left},
      {"issuer", summary.issuer},
      {"sha256_fingerprint", summary.sha256_fingerprint},
  };
  std::cout << json.dump(2, ' ', true, nlohmann::json::error_handler_t::replace) << "\n";
}

void PrintText(const CertificateSummary& summary) {
  std::cout << "subject      " << summary.subject << "\n"
            << "URI name     " << (summary.uris.empty() ? "none" : absl::StrJoin(summary.uris, " ")) << "\n"
            << "participant  " << summary.participant << "\n"
            << "usage        " << summary.usage << "\n"
            << "serial       " << summary.serial << "\n"
            << "valid from   " << FormatUtc(summary.not_before) << "\n"
            << "valid until  " << FormatUtc(summary.not_after) << "\n"
            << "days left    " << summary.days_left << "\n"
            << "issuer       " << summary.issuer << "\n"
            << "SHA-256      " << summary.sha256_fingerprint << "\n";
}

absl::Status Show(const ShowOptions& options) {
  const absl::StatusOr<std::string> pem = ReadCertificateFile(options.file);
  if (!pem.ok()) return pem.status();
  const absl::StatusOr<std::vector<CertificatePointer>> certificates = ParseCertificates(*pem);
  if (!certificates.ok()) {
    return absl::Status(certificates.status().code(), absl::StrCat(options.file, " ", certificates.status().message(),
                                                                   ": name a PEM file with a certificate"));
  }
  const absl::StatusOr<CertificateSummary> summary = Summarise(*certificates->front(), absl::Now());
  if (!summary.ok()) return summary.status();
  if (options.output == "json") {
    PrintJson(*summary);
  } else {
    PrintText(*summary);
  }
  return absl::OkStatus();
}

}  // namespace

void AddShowCommand(CLI::App& app, Command& chosen) {
  const auto options = std::make_shared<ShowOptions>();
  CLI::App* command = app.add_subcommand("show", "say what a certificate file's first certificate states");
  command->add_option("file", options->file, "PEM file")->type_name("FILE")->required();
  command->add_option("--output", options->output, "text or json")
      ->type_name("FORM")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->callback([options, &chosen] { chosen = [options] { return Show(*options); }; });
}

}  // namespace envej::certs
