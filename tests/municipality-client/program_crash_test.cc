#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>

#include "municipality-client/notice_folder.h"
#include "municipality-client/pull_command.h"
#include "tests/municipality-client/support/inbox_server.h"
#include "tests/municipality-client/support/notices.h"
#include "tests/municipality-client/support/processes.h"
#include "tests/municipality-client/support/program_fixture.h"

namespace envej::municipality_client {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using State = InboxServer::State;

constexpr int kCrashed = 42;
constexpr int kNotices = 3;

// The whole client, ended after each of its steps in turn and started again, while the municipality's own system may
// consume files in between.
class CrashTest : public ProgramTest {
 protected:
  int Pull(const InboxServer& server, int step) {
    return Run({ProgramPath("tests/envej-municipality-crashing"), server.address(), folder_, std::to_string(step),
                "cat > /dev/null", world_.inbox_certificate_file(), world_.inbox_key_file(),
                world_.authorities_file()});
  }

  void Consume(std::map<std::string, int>& consumed) {
    for (const std::string& name : NamesIn(folder_, "notice-")) {
      ++consumed[name];
      std::filesystem::remove(folder_ + "/" + name);
    }
  }
};

TEST_F(CrashTest, AtAnyStepNeitherLosesNorDoublesANotice) {
  for (const bool consumed_between : {false, true}) {
    int step = 1;
    for (int code = kCrashed; code == kCrashed; ++step) {
      SCOPED_TRACE(step);
      folder_ = files_ / (std::to_string(consumed_between) + "-" + std::to_string(step));
      InboxServer server;
      for (int i = 1; i <= kNotices; ++i) server.Add(ProperNotice(i));
      std::map<std::string, int> consumed;
      code = Pull(server, step);
      ASSERT_TRUE(code == kCrashed || code == kExitDone) << ReadFile(error_);
      if (consumed_between) Consume(consumed);
      server.ExpireLeases();
      EXPECT_EQ(Pull(server, 0), kExitDone);
      EXPECT_EQ(server.CountOf(State::kAcknowledged), kNotices);
      Consume(consumed);
      EXPECT_EQ(consumed.size(), kNotices);
      for (const auto& [name, times] : consumed) EXPECT_EQ(times, 1) << name;
      EXPECT_THAT(NamesIn(folder_, ".incoming"), IsEmpty());
    }
    EXPECT_GT(step, 20);
  }
}

// First one notice is delivered; then it is revised, and another withdrawn.
TEST_F(CrashTest, AtAnyStepARevisionAndAWithdrawalAreCarriedOut) {
  int step = 1;
  for (int code = kCrashed; code == kCrashed; ++step) {
    SCOPED_TRACE(step);
    folder_ = files_ / std::to_string(step);
    InboxServer server;
    for (int i = 1; i <= 2; ++i) server.Add(ProperNotice(i));
    ASSERT_EQ(Pull(server, 0), kExitDone);
    server.Add(RevisedNotice(1, 2), v1::ITEM_KIND_REVISION, 1);
    server.AddWithdrawal(WithdrawalOf(2, 2));
    code = Pull(server, step);
    ASSERT_TRUE(code == kCrashed || code == kExitDone) << ReadFile(error_);
    const size_t left = NamesIn(folder_, "notice-").size() + NamesIn(folder_, "withdrawn-").size();
    EXPECT_GE(left, 2) << "one of each notice at least";
    const bool told = server.StateOf(NoticeIdOf(2)) == State::kAcknowledged;
    EXPECT_TRUE(!told || left == 2) << "nothing is acknowledged that is not carried out";
    server.ExpireLeases();
    EXPECT_EQ(Pull(server, 0), kExitDone);
    EXPECT_EQ(server.CountOf(State::kAcknowledged), 4);
    const ItemName revised{.region_code = kRegion, .notice_id = NoticeIdOf(1), .revision = 2};
    const ItemName withdrawn{.region_code = kRegion, .notice_id = NoticeIdOf(2), .revision = 2};
    EXPECT_THAT(NamesIn(folder_, "notice-"), ElementsAre(FileNameOf(revised)));
    EXPECT_THAT(NamesIn(folder_, "withdrawn-"), ElementsAre(FileNameOf(withdrawn, EntryKind::kWithdrawal)));
    EXPECT_THAT(NamesIn(folder_, ".incoming"), IsEmpty());
  }
  // Opening, two files, their names, the ledger twice, two renamings, two erasures, the folder, the command, the
  // answer.
  EXPECT_EQ(step, 15);
}

}  // namespace
}  // namespace envej::municipality_client
