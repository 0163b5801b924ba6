#ifndef ENVEJ_TESTS_REGION_CLIENT_FOLDER_FOLDER_WORLD_H_
#define ENVEJ_TESTS_REGION_CLIENT_FOLDER_FOLDER_WORLD_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "region-client/agent/agent_store.h"
#include "region-client/agent/at_rest.h"
#include "region-client/agent/case_locks.h"
#include "region-client/agent/desk.h"
#include "region-client/folder/folder_source.h"
#include "tests/certs/test_files.h"
#include "tests/region-client/agent/agent_world.h"

namespace envej::region {

inline const absl::Time kFolderNow = absl::FromCivil(absl::CivilSecond(2027, 1, 15, 12), absl::UTCTimeZone());

// A language as simple as can be: a line is "PATIENT" or "PATIENT ID", who is discharged; "bad" is refused, and nothing
// follows from "other". A file that begins with "broken" cannot be read.
inline absl::StatusOr<std::vector<FileItem>> DecodeWords(absl::string_view bytes, size_t items_most) {
  if (absl::StartsWith(bytes, "broken")) return absl::InvalidArgumentError("byte 1 is none of ours");
  std::vector<FileItem> items;
  for (const absl::string_view line : absl::StrSplit(bytes, '\n', absl::SkipEmpty())) {
    if (items.size() == items_most) return TooManyItems(items_most);
    FileItem& item = items.emplace_back();
    item.place = items.size();
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    if (line == "bad") {
      item.said = FileProblem{.reason = "WORD_BAD", .text = "the line is bad"};
    } else if (line == "other") {
      item.said = NothingFollows{.reason = "NOT_OF_CONCERN"};
    } else {
      item.said = std::vector<ward::Event>{Discharge(words[0], kFolderNow)};
      if (words.size() > 1) item.name = {.source = "words", .id = words[1]};
    }
  }
  return items;
}

// A real agent's store and desk, and a folder that it looks at.
class FolderWorld {
 public:
  FolderWorld() { options_.folder = files_.Path("in"); }

  // Opens all of it, as a process that starts does.
  void Start() {
    source_.reset();
    desk_.reset();
    store_.reset();
    const AgentStoreOptions options = agent_.Options();
    absl::StatusOr<std::unique_ptr<AgentStore>> store = AgentStore::Open(options);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    at_rest_.emplace(AtRest::Read(options.secret, {}).value());
    desk_ = std::make_unique<Desk>(
        desk_options_, *store_, locks_, [this] { return now_; }, absl::UTCTimeZone(), [] {});
    absl::StatusOr<FolderSource> source =
        FolderSource::Open(options_, {{".words", DecodeWords}}, *desk_, *at_rest_, [this] { return now_; });
    ASSERT_TRUE(source.ok()) << source.status();
    source_.emplace(*std::move(source));
  }

  std::string Path(absl::string_view name) const { return absl::StrCat(options_.folder, "/", name); }
  void Put(absl::string_view name, absl::string_view text) const { files_.Write(absl::StrCat("in/", name), text); }
  // Looks until what lies there is unchanged for long enough, and is taken.
  absl::Status Look(const std::stop_token& stop = {}) {
    absl::Status status = source_->Look(stop);
    now_ += options_.unchanged_for;
    status.Update(source_->Look(stop));
    return status;
  }
  // Whether a citizen's discharge reached the desk.
  bool Knows(absl::string_view patient) const { return desk_->Find({"", std::string(patient)})->has_value(); }
  // The names in a folder, but for the shelves, in order.
  std::vector<std::string> Names(absl::string_view shelf = "") const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(Path(shelf))) {
      if (!entry.is_directory()) names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  std::string Text(absl::string_view name) const { return certs::ReadFile(Path(name)); }

  FolderOptions options_;
  DeskOptions desk_options_{.site = TestSite()};
  absl::Time now_ = absl::Now();  // files have the machine's own time
  certs::TestDirectory files_;
  AgentFolder agent_;
  CaseLocks locks_;
  std::unique_ptr<AgentStore> store_;
  std::optional<AtRest> at_rest_;
  std::unique_ptr<Desk> desk_;
  std::optional<FolderSource> source_;
};

}  // namespace envej::region

#endif  // ENVEJ_TESTS_REGION_CLIENT_FOLDER_FOLDER_WORLD_H_
