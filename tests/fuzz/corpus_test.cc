// A target without libFuzzer: its seeds, the inputs that are kept of it, and small changes of both, always the same.

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "tests/certs/test_files.h"
#include "tests/fuzz/fuzz_target.h"

namespace envej::fuzz {
namespace {

constexpr int kChanges = 2000;
constexpr unsigned kRandomSeed = 1;

// The program is fuzz_TARGET_test.
absl::string_view Target() {
  absl::string_view name = program_invocation_short_name;
  absl::ConsumePrefix(&name, "fuzz_");
  absl::ConsumeSuffix(&name, "_test");
  return name;
}

std::vector<std::string> KeptInputs() {
  const char* const source = std::getenv("ENVEJ_SOURCE_DIRECTORY");
  const std::filesystem::path folder = absl::StrCat(source == nullptr ? "." : source, "/tests/fuzz/corpus/", Target());
  EXPECT_TRUE(std::filesystem::is_directory(folder)) << folder;
  std::vector<std::string> inputs;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    inputs.push_back(certs::ReadFile(entry->path()));
  }
  std::sort(inputs.begin(), inputs.end());
  return inputs;
}

std::string Changed(std::string input, const std::vector<std::string>& others, std::mt19937& random) {
  for (auto changes = 1 + random() % 3; changes > 0; --changes) {
    const size_t place = input.empty() ? 0 : random() % input.size();
    switch (random() % 6) {
      case 0:
        if (!input.empty()) input[place] = static_cast<char>(random());
        break;
      case 1:
        if (!input.empty()) input[place] = static_cast<char>(input[place] ^ (1 << (random() % 8)));
        break;
      case 2:
        input.resize(place);
        break;
      case 3:
        input.insert(place, 1 + random() % 4, static_cast<char>(random()));
        break;
      case 4:
        if (!input.empty()) input.erase(place, 1 + random() % 8);
        break;
      default: {
        const std::string& other = others[random() % others.size()];
        if (!other.empty()) input = input.substr(0, place) + other.substr(random() % other.size());
      }
    }
  }
  return input;
}

TEST(FuzzCorpusTest, EverythingKnownAndSmallChangesOfItHold) {
  std::vector<std::string> inputs = Seeds();
  ASSERT_FALSE(inputs.empty());
  for (std::string& kept : KeptInputs()) inputs.push_back(std::move(kept));
  Try("");
  for (const std::string& input : inputs) Try(input);
  std::mt19937 random(kRandomSeed);
  for (int change = 0; change < kChanges; ++change) Try(Changed(inputs[random() % inputs.size()], inputs, random));
  std::cout << inputs.size() << " inputs, " << kChanges << " changes of them" << std::endl;
}

}  // namespace
}  // namespace envej::fuzz
