#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "certs/certificate_summary.h"
#include "certs/commands/commands.h"
#include "certs/key_file.h"
#include "certs/pem.h"
#include "certs/revocation_list.h"

namespace envej::certs {
namespace {

struct ShowOptions {
  std::string file;
  std::string output = "text";
};

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

std::string NumberText(const std::string& number) {
  uint64_t value = 0;
  if (number.empty()) return "none";
  return absl::SimpleHexAtoi(number, &value) ? absl::StrCat(value) : absl::StrCat("0x", number);
}

void PrintListJson(const RevocationList& list) {
  nlohmann::ordered_json revoked = nlohmann::ordered_json::array();
  for (const RevokedCertificate& entry : list.revoked()) {
    nlohmann::ordered_json& row = revoked.emplace_back(nlohmann::ordered_json{
        {"serial", entry.serial},
        {"reason", std::string(ReasonName(entry.reason))},
        {"revoked_at", FormatUtc(entry.revoked_at)},
    });
    if (entry.invalid_since.has_value()) row["invalid_since"] = FormatUtc(*entry.invalid_since);
  }
  const nlohmann::ordered_json json = {
      {"issuer", NameText(&list.issuer())},
      {"number", NumberText(list.number())},
      {"this_update", FormatUtc(list.this_update())},
      {"next_update", FormatUtc(list.next_update())},
      {"revoked", std::move(revoked)},
  };
  std::cout << json.dump(2, ' ', true, nlohmann::json::error_handler_t::replace) << "\n";
}

void PrintListText(const RevocationList& list) {
  std::cout << "list of      " << NameText(&list.issuer()) << "\n"
            << "number       " << NumberText(list.number()) << "\n"
            << "this update  " << FormatUtc(list.this_update()) << "\n"
            << "next update  " << FormatUtc(list.next_update()) << "\n"
            << "revoked      " << list.revoked().size() << "\n";
  for (const RevokedCertificate& entry : list.revoked()) {
    std::cout << "  " << entry.serial << "  " << FormatUtc(entry.revoked_at) << "  " << ReasonName(entry.reason);
    if (entry.invalid_since.has_value()) std::cout << ", invalid since " << FormatUtc(*entry.invalid_since);
    std::cout << "\n";
  }
}

absl::Status ShowList(const ShowOptions& options, const std::string& contents) {
  const absl::StatusOr<std::vector<RevocationList>> lists = RevocationList::Parse(contents);
  if (!lists.ok()) {
    return absl::Status(lists.status().code(), absl::StrCat(options.file, " ", lists.status().message()));
  }
  if (options.output == "json") {
    PrintListJson(lists->front());
  } else {
    PrintListText(lists->front());
  }
  return absl::OkStatus();
}

absl::Status Show(const ShowOptions& options) {
  const absl::StatusOr<std::string> contents = ReadRevocationListFile(options.file);
  if (!contents.ok()) return contents.status();
  if (absl::StrContains(*contents, "-----BEGIN X509 CRL-----")) return ShowList(options, *contents);
  const absl::StatusOr<std::vector<CertificatePointer>> certificates = ParseCertificates(*contents);
  if (!certificates.ok()) {
    return absl::Status(certificates.status().code(),
                        absl::StrCat(options.file, " ", certificates.status().message(),
                                     ": name a PEM file with a certificate or a revocation list"));
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
  CLI::App* command = app.add_subcommand("show", "say what a file's first certificate or revocation list states");
  command->add_option("file", options->file, "PEM file")->type_name("FILE")->required();
  command->add_option("--output", options->output, "text or json")
      ->type_name("FORM")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->callback([options, &chosen] { chosen = [options] { return Show(*options); }; });
}

}  // namespace envej::certs
