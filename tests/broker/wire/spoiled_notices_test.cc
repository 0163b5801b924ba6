#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "proto/contract/notice_rules.h"
#include "tests/broker/wire/world.h"
#include "tests/support/expect_refusal.h"
#include "tests/support/notice_messages.h"
#include "tests/support/refusals.h"

namespace envej::wire {
namespace {

using contract::Reason;
using support::CallContext;
using support::ExpectRefused;
using support::kCode;

class SpoiledNoticesTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(world().is_serving()); }

  static World& world() {
    static auto* const world = new World;
    return *world;
  }
  static void TearDownTestSuite() {
    EXPECT_EQ(world().broker().Stop().code, 0);
    const std::string log = world().broker().Log();
    for (const char* const marked : {support::kMarkedName, support::kMarkedPhone, support::kMarkedStreet}) {
      EXPECT_THAT(log, testing::Not(testing::HasSubstr(marked)));
    }
  }
};

// What is spoiled, as it is sent now, and the fields that are wrong.
struct Spoiled {
  v1::Notice message;
  std::vector<std::string> fields;
};

Spoiled Spoil(const support::Spoiling& spoiling) {
  contract::Notice notice = support::GoodNotice();
  notice.envelope->notice_id = support::NewNoticeId();
  spoiling.spoil(notice);
  Spoiled spoiled{.message = support::MessageAt(notice, absl::Now()), .fields = {}};
  const contract::Moment judged{.time = support::kJudgedAt, .day = support::kJudgedOn};
  const std::optional<contract::Rejection> rejection = contract::CheckNotice(notice, judged).ForNew();
  if (!rejection.has_value()) return spoiled;
  for (const contract::Violation& violation : rejection->violations) spoiled.fields.push_back(violation.field);
  return spoiled;
}

// Whether a receiver can read it: not with text that is not UTF-8.
bool IsReadable(const v1::Notice& notice) {
  v1::Notice parsed;
  return parsed.ParseFromString(notice.SerializeAsString());
}

// Alone, and between two good neighbours, which it does not spoil.
TEST_F(SpoiledNoticesTest, EachSpoiledNoticeIsRefusedForExactlyItsReasonAloneAndInABatch) {
  for (const support::Spoiling& spoiling : support::Spoilings()) {
    SCOPED_TRACE(absl::StrCat(contract::Describe(spoiling.reason).name, ": ", spoiling.how));
    const Spoiled spoiled = Spoil(spoiling);
    if (!IsReadable(spoiled.message)) continue;
    EXPECT_FALSE(spoiled.fields.empty() && spoiling.reason != Reason::kEnvelopeMissing);
    ExpectRefused(world().Submit(spoiled.message), spoiling.reason, spoiled.fields);

    v1::SubmitNoticesRequest batch;
    *batch.add_notices() = support::NewNotice(kCode);
    *batch.add_notices() = spoiled.message;
    *batch.add_notices() = support::NewNotice(kCode);
    v1::SubmitNoticesResponse answer;
    const grpc::Status status = world().intake().SubmitNotices(CallContext().get(), batch, &answer);
    ASSERT_TRUE(status.ok()) << status.error_message();
    ASSERT_EQ(answer.results_size(), 3);
    ExpectRefused(answer.results(1).rejected(), spoiling.reason, spoiled.fields);
    for (const int neighbour : {0, 2}) {
      EXPECT_TRUE(answer.results(neighbour).has_accepted());
      EXPECT_EQ(answer.results(neighbour).notice_id(), batch.notices(neighbour).envelope().notice_id());
    }
  }
}

// Strings of proto3 are UTF-8, so that text which is not makes the whole message unreadable: nothing in it is looked
// at, and so there is no reason of ours.
TEST_F(SpoiledNoticesTest, TextThatIsNotUtf8IsNoMessageAndNothingOfItIsKept) {
  v1::SubmitNoticesRequest batch;
  *batch.add_notices() = support::NewNotice(kCode);
  *batch.add_notices() = support::NewNotice(kCode);
  batch.mutable_notices(1)->mutable_citizen()->set_name("Zebrafjord \xff");
  v1::SubmitNoticesResponse answer;
  const grpc::Status status = world().intake().SubmitNotices(CallContext().get(), batch, &answer);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(status.error_message(), "");
  v1::GetNoticeResponse found;
  const std::string& neighbour = batch.notices(0).envelope().notice_id();
  ExpectRefused(world().Get(kCode, neighbour, found), Reason::kNoticeNotFound);
}

}  // namespace
}  // namespace envej::wire
