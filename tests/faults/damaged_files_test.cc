// Files of the store that are torn, cut, flipped, deleted or older than they were, when the broker starts.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/certs/test_files.h"
#include "tests/faults/fault_table.h"
#include "tests/faults/faulty_broker.h"
#include "tests/support/exit_codes.h"

namespace envej::faults {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// What is done to a data directory.
using Damage = std::function<void(const fs::path& data)>;

struct Case {
  std::string fault;
  Damage damage;
  // What the refusal says; empty if the broker serves, and everything is there.
  std::string says;
};

// The newest file of the engine with this name or ending.
fs::path FileOf(const fs::path& data, const std::string& part) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(data / "rocksdb")) {
    if (absl::StrContains(entry.path().filename().string(), part)) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  EXPECT_FALSE(found.empty()) << "no " << part;
  return found.empty() ? data / "none" : found.back();
}

void Flip(const fs::path& file, double where) {
  std::string bytes = certs::ReadFile(file);
  ASSERT_FALSE(bytes.empty());
  const auto place = static_cast<size_t>(static_cast<double>(bytes.size() - 1) * where);
  bytes[place] = static_cast<char>(bytes[place] ^ 0x20);
  FILE* const out = std::fopen(file.c_str(), "wb");
  ASSERT_EQ(std::fwrite(bytes.data(), 1, bytes.size(), out), bytes.size());
  std::fclose(out);
}

Damage Deleted(const std::string& part) {
  return [part](const fs::path& data) { fs::remove(FileOf(data, part)); };
}
Damage Cut(const std::string& part, double to) {
  return [part, to](const fs::path& data) {
    const fs::path file = FileOf(data, part);
    fs::resize_file(file, static_cast<uintmax_t>(static_cast<double>(fs::file_size(file)) * to));
  };
}
Damage CutBy(const std::string& part, uintmax_t bytes) {
  return [part, bytes](const fs::path& data) {
    const fs::path file = FileOf(data, part);
    fs::resize_file(file, fs::file_size(file) - bytes);
  };
}
Damage Flipped(const std::string& part, double where) {
  return [part, where](const fs::path& data) { Flip(FileOf(data, part), where); };
}

std::map<std::string, std::string> Contents(const fs::path& folder) {
  std::map<std::string, std::string> contents;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    // The lock's file and the engine's own log are no part of the store.
    const std::string name = entry.path().filename();
    if (entry.is_regular_file() && name != "LOCK" && !absl::StartsWith(name, "LOG")) {
      contents[entry.path()] = certs::ReadFile(entry.path());
    }
  }
  return contents;
}

class DamagedFilesTest : public testing::Test {
 protected:
  static constexpr double kHalf = 0.5;

  fs::path Data() { return store_.broker().data(); }
  fs::path Copy(const std::string& name) { return store_.broker().folder().Path(name); }
  void Keep(const std::string& name) { fs::copy(Data(), Copy(name), fs::copy_options::recursive); }
  void PutBack(const std::string& name) {
    fs::remove_all(Data());
    fs::copy(Copy(name), Data(), fs::copy_options::recursive);
  }
  // An older copy of one file in the place of the newest.
  Damage Older(const std::string& part) {
    return [this, part](const fs::path& data) {
      const bool is_mark = part == "high-water-mark";
      const fs::path from = is_mark ? Copy("older") / part : FileOf(Copy("older"), part);
      const fs::path to = is_mark ? data / part : FileOf(data, part);
      fs::copy_file(from, to, fs::copy_options::overwrite_existing);
    };
  }

  // A store with tables, a log and a mark, of which there is an older copy.
  void MakeStore() {
    ASSERT_TRUE(store_.broker().Start());
    ASSERT_TRUE(store_.Submit(20) && store_.Acknowledge(6));
    ASSERT_EQ(store_.broker().Stop().code, support::kDone);
    Keep("older");
    ASSERT_TRUE(store_.broker().Start());  // what the log held is in a table now
    ASSERT_TRUE(store_.Submit(20) && store_.Acknowledge(6) && store_.Withdraw(4));
    ASSERT_EQ(store_.broker().Stop().code, support::kDone);
    Keep("whole");
  }

  void Try(const Case& one) {
    SCOPED_TRACE(one.fault);
    PutBack("whole");
    one.damage(Data());
    const std::map<std::string, std::string> damaged = Contents(Data());
    if (one.says.empty()) {
      ASSERT_TRUE(store_.broker().Start());
      store_.ExpectNothingLost();
      const support::Ended ended = store_.broker().Stop();
      EXPECT_EQ(ended.code, support::kDone) << ended.err;
      AddRow(one.fault, "start", "it serves; everything that was answered is there");
      return;
    }
    const support::Ended ended = store_.broker().StartRefused();
    AddRow(one.fault, "start", Describe(ended));
    EXPECT_EQ(ended.code, support::kStoreRefused);
    EXPECT_THAT(ended.err, HasSubstr(one.says));
    EXPECT_THAT(ended.err, HasSubstr("recover: ")) << "it does not say what to do";
    EXPECT_TRUE(Contents(Data()) == damaged) << "it was touched";
  }

  FaultyBroker store_;
};

TEST_F(DamagedFilesTest, StoreIsRefusedWithWhatIsMissingOrServesEverything) {
  MakeStore();
  if (HasFailure()) return;
  const std::string mark = "high-water-mark";
  const std::vector<Case> cases = {
      {"log deleted", Deleted(".log"), "write-ahead log"},
      {"log emptied", Cut(".log", 0), "write-ahead log"},
      {"log cut in half", Cut(".log", kHalf), "write-ahead log"},
      {"log's last 3 bytes torn off: a checkpoint", CutBy(".log", 3), ""},
      {"log's last 3,000 bytes torn off", CutBy(".log", 3000), "write-ahead log"},
      {"log flipped in the middle", Flipped(".log", kHalf), "write-ahead log"},
      {"log flipped at its beginning", Flipped(".log", 0), "write-ahead log"},
      {"log of an older copy", Older(".log"), "write-ahead log"},
      {"table deleted", Deleted(".sst"), "damaged or incomplete"},
      {"table cut in half", Cut(".sst", kHalf), "damaged or incomplete"},
      {"table emptied", Cut(".sst", 0), "damaged or incomplete"},
      {"table flipped at its end", Flipped(".sst", 1), "damaged or incomplete"},
      {"manifest deleted", Deleted("MANIFEST"), "damaged or incomplete"},
      {"manifest cut in half", Cut("MANIFEST", kHalf), "is missing"},
      {"manifest flipped", Flipped("MANIFEST", kHalf), "damaged or incomplete"},
      {"CURRENT deleted", Deleted("CURRENT"), "damaged or incomplete"},
      {"CURRENT emptied", Cut("CURRENT", 0), "damaged or incomplete"},
      {"CURRENT flipped", Flipped("CURRENT", kHalf), "damaged or incomplete"},
      {"IDENTITY deleted", Deleted("IDENTITY"), ""},
      {"OPTIONS deleted", Deleted("OPTIONS"), ""},
      {"high-water mark deleted", [&](const fs::path& data) { fs::remove(data / mark); }, "high-water mark"},
      {"high-water mark emptied", [&](const fs::path& data) { fs::resize_file(data / mark, 0); }, "high-water mark"},
      {"high-water mark's newest slot flipped",
       [&](const fs::path& data) {
         // Whichever it is: with one slot the mark is one step behind.
         Flip(data / mark, 0.0);
       },
       ""},
      {"high-water mark flipped in both slots",
       [&](const fs::path& data) {
         Flip(data / mark, 0.0);
         Flip(data / mark, (4096.0 + 20) / 8191);
       },
       "high-water mark"},
      {"high-water mark of an older copy", Older(mark), ""},
      {"whole store older than its mark",
       [&](const fs::path& data) {
         fs::remove_all(data / "rocksdb");
         fs::copy(Copy("older") / "rocksdb", data / "rocksdb", fs::copy_options::recursive);
       },
       "older copy"},
      {"all files of the store deleted, the mark left", [&](const fs::path& data) { fs::remove_all(data / "rocksdb"); },
       "is missing"},
  };
  for (const Case& one : cases) Try(one);
  PutBack("whole");  // what was taken away comes back
  ASSERT_TRUE(store_.broker().Start());
  store_.ExpectNothingLost();
  EXPECT_EQ(store_.broker().Stop().code, support::kDone);
}

// Damage inside a table is met when it is read. Whenever that is, nothing is answered that is not so, and what was
// answered is there once the file is.
TEST_F(DamagedFilesTest, DamageInsideATableIsNeverAnsweredAsIfNothingWereThere) {
  MakeStore();
  if (HasFailure()) return;
  for (const double where : {0.05, 0.2, 0.35, 0.5, 0.65, 0.8}) {
    const std::string fault = absl::StrCat("table flipped at ", static_cast<int>(where * 100), " %");
    SCOPED_TRACE(fault);
    PutBack("whole");
    Flip(FileOf(Data(), ".sst"), where);
    store_.broker().Begin();
    if (store_.broker().WaitForLog("\"serving\"")) {
      ASSERT_TRUE(store_.broker().Resume());
      const std::string answers = store_.DescribeAnswers();
      const support::Ended ended = store_.broker().Stop();
      AddRow(fault, "reading", absl::StrCat(answers, "; then ", Describe(ended)));
      EXPECT_TRUE(!LogLine(ended.err, "notice_unreadable").empty() || !LogLine(ended.err, "call_failed").empty() ||
                  ended.code == kStoreFailed || answers == kEverythingRight)
          << "nobody is told: " << ended.err;
    } else {
      const support::Ended ended = store_.broker().Wait();
      AddRow(fault, "start", Describe(ended));
      EXPECT_EQ(ended.code, support::kStoreRefused);
      EXPECT_THAT(ended.err, HasSubstr("recover: "));
    }
  }
  PutBack("whole");
  ASSERT_TRUE(store_.broker().Start());
  store_.ExpectNothingLost();
}

}  // namespace
}  // namespace envej::faults
