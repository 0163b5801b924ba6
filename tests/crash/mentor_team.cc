#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/certs/test_files.h"
#include "tests/crash/clients.h"
#include "tests/support/exit_codes.h"
#include "tests/support/sanitizer.h"

namespace envej::crash {
namespace {

using Json = nlohmann::json;

// Under a sanitizer a client opens some ten notices a second.
constexpr char kLease[] = "5s";
constexpr char kLeaseUnderSanitizer[] = "20s";

// A pull under load goes on for a while.
constexpr std::chrono::milliseconds kKillWithin(700);

// The first text under this key, at any depth.
std::string TextOf(const Json& value, const std::string& key) {
  if (value.is_object() && value.contains(key) && value[key].is_string()) return value[key];
  if (!value.is_structured()) return "";
  for (const Json& part : value) {
    const std::string text = TextOf(part, key);
    if (!text.empty()) return text;
  }
  return "";
}

}  // namespace

MentorTeam::MentorTeam(CrashLedger& ledger, Connection connection, unsigned seed, const std::atomic<bool>& killing)
    : ledger_(ledger), connection_(std::move(connection)), program_(seed, killing, kKillWithin) {}

void MentorTeam::Round(bool all) {
  std::vector<std::string> arguments = {support::ProgramPath("envej-municipality"),
                                        "pull",
                                        "--municipality",
                                        connection_.inbox,
                                        "--into",
                                        connection_.folder,
                                        "--output",
                                        "json",
                                        "--lease",
                                        support::kUnderSanitizer ? kLeaseUnderSanitizer : kLease,
                                        "--batch",
                                        absl::StrCat(program_.UpTo(120)),
                                        "--deadline",
                                        "60s"};
  arguments.insert(arguments.end(), connection_.arguments.begin(), connection_.arguments.end());
  const uint64_t began = ledger_.Now();
  const support::Ended ended = program_.Once(arguments);
  // 1: a lease had run out or was void when its notice was acknowledged.
  EXPECT_TRUE(ended.code == support::kDone || ended.code == support::kClientRefused ||
              ended.code == support::kClientNotReached || ended.code == 128 + SIGKILL)
      << ended.code << ": " << ended.err;
  Note(ended.out, began);
  TakeOut(all);
}

// What other programs did meanwhile has no order with these events, but they have one among themselves.
void MentorTeam::Note(const std::string& events, uint64_t began) {
  std::set<std::pair<std::string, uint32_t>> acknowledged;
  for (const absl::string_view line : absl::StrSplit(events, '\n')) {
    const Json event = Json::parse(line.begin(), line.end(), nullptr, /*allow_exceptions=*/false);
    if (!event.is_object()) continue;  // the last, cut by a kill
    const std::string what = event.value("event", "");
    const std::string id = event.value("id", "");
    const uint32_t revision = event.value("revision", 0u);
    if (what == "written" || what == "already_had") {
      const uint64_t since = acknowledged.contains({id, revision}) ? ledger_.Now() : began;
      ledger_.HandedOut(id, connection_.inbox, revision, event.value("kind", "") == "withdrawal", since);
    } else if (what == "acknowledged") {
      ledger_.Acknowledged(id, revision);
      acknowledged.emplace(id, revision);
    } else if (what == "returned") {
      ADD_FAILURE() << "returned: " << line;
    }
  }
}

void MentorTeam::TakeOut(bool all) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (std::filesystem::directory_iterator entry(connection_.folder, error), end; !error && entry != end;
       entry.increment(error)) {
    files.push_back(entry->path());
  }
  for (const std::filesystem::path& path : files) {
    const std::string name = path.filename();
    const bool is_withdrawal = absl::StartsWith(name, "withdrawn-");
    if (!is_withdrawal && !absl::StartsWith(name, "notice-")) continue;
    if (!all && program_.OneIn(4)) continue;
    // KIND-REGION-ID-REVISION.json, with a UUID as the id.
    const std::vector<std::string> parts = absl::StrSplit(path.stem().string(), '-');
    uint32_t revision = 0;
    if (parts.size() != 8 || !absl::SimpleAtoi(parts.back(), &revision)) {
      ADD_FAILURE() << "what is " << name;
      continue;
    }
    const std::string id = absl::StrCat(parts[2], "-", parts[3], "-", parts[4], "-", parts[5], "-", parts[6]);
    const Json content = Json::parse(certs::ReadFile(path), nullptr, /*allow_exceptions=*/false);
    const std::string citizen = is_withdrawal ? "" : TextOf(content, "name");
    EXPECT_TRUE(is_withdrawal || !citizen.empty()) << name << " names nobody";
    ledger_.Taken(id, connection_.inbox, revision, citizen);
    std::filesystem::remove(path, error);
  }
}

}  // namespace envej::crash
