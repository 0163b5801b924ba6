// What a process leaves that is killed at any step, and what the next one makes of it. Each is a process of its own:
// this one opens no store, so that nothing of it is in those that it begins.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <string>

#include "region-client/folder/sealed_file.h"
#include "tests/region-client/folder/folder_world.h"

namespace envej::region {
namespace {

constexpr char kFile[] = "4711 m1\n4712\n4713 m3\n";
constexpr int kStepsMost = 20;

// How a process ended that did this: true of it, false, or killed.
enum class End { kTrue, kFalse, kKilled };

End InAProcess(const std::function<bool()>& act) {
  const pid_t process = fork();
  if (process == 0) _exit(act() ? 0 : 1);
  int how = 0;
  if (process < 0 || waitpid(process, &how, 0) != process) return End::kFalse;
  if (WIFSIGNALED(how)) return WTERMSIG(how) == SIGKILL ? End::kKilled : End::kFalse;
  return WEXITSTATUS(how) == 0 ? End::kTrue : End::kFalse;
}

bool Says(bool holds, const char* what) {
  if (!holds) fprintf(stderr, "does not hold: %s\n", what);
  return holds;
}

// Takes what lies there, and is killed at a step.
bool TakeUntil(FolderWorld& world, int step) {
  world.options_.on_step = [left = step](FolderStep) mutable {
    if (--left == 0) raise(SIGKILL);
  };
  world.Start();
  return world.Look().ok();
}

// A later start ends what was begun: all of it is taken, once, and nothing of it lies about.
bool GoesOn(FolderWorld& world, bool sealed) {
  world.options_.on_step = nullptr;
  world.now_ += absl::Hours(1);
  world.Start();
  bool holds = Says(world.Look().ok(), "it looks");
  for (const char* const patient : {"4711", "4712", "4713"}) holds &= Says(world.Knows(patient), patient);
  holds &= Says(world.store_->cases() == 3, "each is taken once");
  holds &= Says(world.store_->ReadCounts("", 10)->at(0).count == 3, "and with effect once");
  holds &= Says(world.Names().empty(), "nothing is left in the folder");
  holds &= Says(world.Names("rejected").empty(), "nothing is rejected");
  bool has_outcome = false;
  bool has_content = false;
  for (const std::string& name : world.Names("processed")) {
    const std::string text = world.Text(absl::StrCat("processed/", name));
    absl::string_view under = name;
    has_outcome |= absl::EndsWith(name, ".outcome.json");
    has_content |= absl::ConsumeSuffix(&under, kSealedEnding) &&
                   OpenSealedFile(*world.at_rest_, under, text).value_or("") == kFile;
    holds &= Says(!absl::StrContains(name, "day"), "no name of a file is there");
    holds &= Says(!absl::StartsWith(name, "."), "nothing is half done");
    holds &= Says(!absl::StrContains(text, "4711"), "nobody's number is there");
  }
  return holds & Says(has_outcome, "there is an outcome") &
         Says(has_content == sealed, "it is sealed if that is chosen");
}

class FolderKillsTest : public testing::TestWithParam<AfterTaking> {};

TEST_P(FolderKillsTest, KilledAtAnyStepNothingIsLostAndNothingTakenTwice) {
  int kills = 0;
  for (int step = 1; step <= kStepsMost; ++step) {
    SCOPED_TRACE(step);
    FolderWorld world;
    world.options_.after_taking = GetParam();
    ASSERT_EQ(InAProcess([&] {
                world.Start();
                world.Put("day.words", kFile);
                return true;
              }),
              End::kTrue);
    const End taken = InAProcess([&] { return TakeUntil(world, step); });
    ASSERT_NE(taken, End::kFalse);
    EXPECT_EQ(InAProcess([&] { return GoesOn(world, GetParam() == AfterTaking::kSeal); }), End::kTrue);
    if (taken == End::kTrue) break;
    ++kills;
  }
  // Three items, the outcome, the move, the overwriting, the removal; and the seal.
  EXPECT_EQ(kills, GetParam() == AfterTaking::kSeal ? 8 : 7);
}

INSTANTIATE_TEST_SUITE_P(Either, FolderKillsTest, testing::Values(AfterTaking::kWipe, AfterTaking::kSeal));

TEST(FolderKillsOfRejectedTest, KilledAtAnyStepABadFileIsRejectedWithItsReason) {
  for (int step = 1; step <= 5; ++step) {
    SCOPED_TRACE(step);
    FolderWorld world;
    ASSERT_EQ(InAProcess([&] {
                world.Start();
                world.Put("day.words", "4711 m1\nbad\n4712\n");
                return true;
              }),
              End::kTrue);
    ASSERT_EQ(InAProcess([&] { return TakeUntil(world, step); }), End::kKilled);
    EXPECT_EQ(InAProcess([&] {
                world.options_.on_step = nullptr;
                world.Start();
                bool holds = Says(world.Look().ok(), "it looks");
                holds &= Says(world.store_->cases() == 2, "the rest is taken, once");
                holds &= Says(world.Names().empty(), "nothing is left in the folder");
                const std::vector<std::string> names = world.Names("rejected");
                const bool has_reason = std::any_of(names.begin(), names.end(), [](const std::string& name) {
                  return absl::EndsWith(name, ".reason.json");
                });
                bool has_file = false;
                for (const std::string& name : names) {
                  has_file |= world.Text(absl::StrCat("rejected/", name)) == "4711 m1\nbad\n4712\n";
                }
                return holds & Says(has_reason, "there is a reason") & Says(has_file, "the file is there");
              }),
              End::kTrue);
  }
}

}  // namespace
}  // namespace envej::region
