#include "broker/commands/recovery_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace envej::commands {
namespace {

using journal::RecoveryMark;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// Of a store whose backup ended at batch 50.
RecoveryMark Mark() {
  RecoveryMark mark;
  mark.former = {{.store_incarnation = std::string(16, 'i'), .last_batch = 50}};
  mark.backup_batch = mark.reached_batch = 50;
  return mark;
}

TEST(RecoveryTextTest, SaysWhatToDoWherePullsWaitForOperations) {
  EXPECT_THAT(ToText(Mark()), AllOf(HasSubstr("none was read"), HasSubstr("To do: "), HasSubstr("recovery accept")));
  RecoveryMark early = Mark();
  early.mirror_read = true;
  early.known_end = 40;
  EXPECT_THAT(ToText(early), AllOf(HasSubstr("The mirror ends at batch 40, before the backup"), HasSubstr("To do: ")));
  early.known_end = 50;
  EXPECT_THAT(ToText(early), Not(HasSubstr("before the backup")));
}

TEST(RecoveryTextTest, SaysNoneOfItWhereThereIsNothingToDo) {
  RecoveryMark waiting = Mark();
  waiting.wait = absl::Minutes(10);
  EXPECT_THAT(ToText(waiting), Not(HasSubstr("To do")));
  for (const RecoveryMark::End end :
       {RecoveryMark::End::kNothingLost, RecoveryMark::End::kAfterWaiting, RecoveryMark::End::kAccepted}) {
    RecoveryMark ended = Mark();
    ended.end = end;
    EXPECT_THAT(ToText(ended), Not(HasSubstr("To do")));
  }
}

}  // namespace
}  // namespace envej::commands
