#include "municipality-client/pull_command.h"

#include <CLI/CLI.hpp>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/option_checks.h"
#include "municipality-client/delivery.h"
#include "municipality-client/region_names.h"
#include "proto/contract/day.h"
#include "proto/contract/limits.h"

namespace envej::municipality_client {
namespace {

constexpr absl::Duration kWatchWait = absl::Seconds(30);
static_assert(kWatchWait <= contract::kPullWaitMost);
constexpr absl::Duration kDeadlineMost = absl::Hours(24);
constexpr int kInboxesMost = 8;

CLI::Validator RegionName() {
  return CLI::Validator([](std::string& text) { return std::string(ReadRegionNames({text}).status().message()); }, "");
}

absl::Duration DurationOf(const std::string& text) {
  absl::Duration duration;
  return absl::ParseDuration(text, &duration) ? duration : absl::ZeroDuration();
}

int ExitCodeOf(const absl::Status& status) {
  return status.code() == absl::StatusCode::kUnavailable ? kExitNotReached : kExitRefused;
}

int Unusable(Output& output, const absl::Status& status) {
  output.Warning(absl::string_view(status.message()));
  return kExitUnusable;
}

}  // namespace

void AddPullOptions(CLI::App& application, PullOptions& options) {
  application.add_option("--into", options.folder, "folder to receive into; made with mode 0700 if it is not there")
      ->required()
      ->type_name("DIR");
  application.add_option("--municipality", options.municipality_code, "whose inbox: its four-digit code")
      ->required()
      ->check(CLI::Validator(certs::CheckMunicipalityCode, "CODE"));
  application
      .add_option("--inbox-certificate", options.opening.inbox_certificates,
                  "the certificate to which the inbox's notices are sealed; given again for each while keys roll over")
      ->required()
      ->type_name("FILE")
      ->envname("ENVEJ_INBOX_CERTIFICATE")
      ->expected(1, kInboxesMost)
      ->allow_extra_args(false);
  application
      .add_option("--inbox-key", options.opening.inbox_keys,
                  "its private key, which opens them; given again for each, in the same order")
      ->required()
      ->type_name("FILE")
      ->envname("ENVEJ_INBOX_KEY")
      ->expected(1, kInboxesMost)
      ->allow_extra_args(false);
  application
      .add_option("--revocation-lists", options.opening.revocation_lists,
                  "file or folder with the authorities' revocation lists, against which signers are held; read again "
                  "when they change")
      ->type_name("PATH")
      ->envname("ENVEJ_REVOCATION_LISTS");
  application
      .add_option("--region-named", options.regions_named,
                  "a region whose certificate bears no URI name, as those of OCES: CODE:serialNumber=VALUE or "
                  "CODE:organizationIdentifier=VALUE, an attribute of the certificate's subject; what it signs is "
                  "returned (NOT_AUTHENTIC) without this. Given again for each")
      ->type_name("CODE:ATTRIBUTE=VALUE")
      ->check(RegionName())
      ->expected(1, static_cast<int>(kRegionNamesMost))
      ->allow_extra_args(false);
  application
      .add_option(
          "--region-succeeds", options.successors,
          "a region that has succeeded another one from a day on, such as 1086:1084:2027-01-01, and so may sign "
          "revisions and withdrawals of that one's notices; they are returned (NOT_AUTHENTIC) without this. "
          "Given again for each")
      ->type_name("REGION:PREDECESSOR:DAY")
      ->expected(1, static_cast<int>(kSuccessionsMost))
      ->allow_extra_args(false);
  application.add_option("--batch", options.batch, "how many notices to pull at a time")
      ->check(CLI::Range(1, contract::kBatchNotices))
      ->capture_default_str();
  application
      .add_option("--lease", options.lease, "how long the broker keeps pulled notices for us; extended while we work")
      ->check(certs::DurationBetween(contract::kLeaseLeast, contract::kLeaseMost))
      ->capture_default_str();
  application
      .add_option(
          "--before-acknowledge", options.command,
          "run with /bin/sh -c once for each batch, its files' paths one a line on standard input, after the "
          "files are safe and before they are acknowledged (notice-... to take over, in place of any older revision; "
          "withdrawn-... to erase what was taken of that notice); if it fails, or takes longer than ten minutes, "
          "nothing is acknowledged and the notices come again. It may be given the same file more than once")
      ->type_name("COMMAND");
  application.add_option("--output", options.output, "what standard output tells: text, or json with one event a line")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  if (options.forever) return;
  application.add_option("--deadline", options.deadline, "how long to go on trying while the broker does not answer")
      ->check(certs::DurationBetween(absl::Milliseconds(1), kDeadlineMost))
      ->capture_default_str();
}

int RunPull(const PullOptions& options, std::shared_ptr<grpc::Channel> channel, std::stop_token stop, std::FILE* events,
            std::FILE* messages, StepCallback on_step) {
  Output output(options.output == "json" ? Output::Format::kJson : Output::Format::kText, events, messages);
  absl::StatusOr<certs::SubjectTable> regions = ReadRegionNames(options.regions_named);
  if (!regions.ok()) {
    return Unusable(
        output, absl::Status(regions.status().code(), absl::StrCat("--region-named: ", regions.status().message())));
  }
  const absl::StatusOr<absl::TimeZone> copenhagen = contract::CopenhagenTimeZone();
  if (!copenhagen.ok()) return Unusable(output, copenhagen.status());
  absl::StatusOr<Successions> successions = Successions::Read(options.successors, *copenhagen);
  if (!successions.ok()) {
    return Unusable(output, absl::Status(successions.status().code(),
                                         absl::StrCat("--region-succeeds: ", successions.status().message())));
  }
  absl::StatusOr<NoticeFolder> folder = NoticeFolder::Open(options.folder, options.municipality_code, on_step);
  if (!folder.ok()) return Unusable(output, folder.status());
  if (const int damaged = folder->damaged_ledger_lines(); damaged > 0) {
    output.Warning(absl::StrCat("the ledger in ", options.folder, " has ", damaged, " damaged ",
                                damaged == 1 ? "line" : "lines",
                                "; a notice named there may be written a second time"));
  }

  OpeningFiles opening = options.opening;
  opening.regions = *std::move(regions);
  opening.successions = *std::move(successions);
  absl::StatusOr<ContentOpener> opener = ContentOpener::Create(opening);
  if (!opener.ok()) return Unusable(output, opener.status());
  InboxClient client(std::move(channel),
                     {.municipality_code = options.municipality_code,
                      .patience = options.forever ? absl::InfiniteDuration() : DurationOf(options.deadline),
                      .on_retry = [&output](const Retry& retry) { output.Retrying(retry); }});
  Delivery delivery({.municipality_code = options.municipality_code,
                     .batch = options.batch,
                     .lease = DurationOf(options.lease),
                     .wait = options.forever ? kWatchWait : absl::ZeroDuration(),
                     .forever = options.forever,
                     .command = options.command},
                    client, *opener, *folder, output, *copenhagen, std::move(on_step));
  const absl::Status status = delivery.Run(std::move(stop));
  output.End(delivery.summary());
  if (!status.ok()) {
    output.Warning(absl::string_view(status.message()));
    return folder->failed() || output.failed() ? kExitUnusable : ExitCodeOf(status);
  }
  if (output.failed()) return Unusable(output, absl::DataLossError("standard output cannot be written"));
  const bool all_well = delivery.summary().returned == 0 && delivery.summary().refused == 0;
  return options.forever || all_well ? kExitDone : kExitRefused;
}

}  // namespace envej::municipality_client
