#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
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

class SpoiledNoticesTest : public WorldTest {
 protected:
  static void TearDownTestSuite() {
    const std::string log = StopWorld();
    for (const char* const marked : {"Zebrafjord", support::kMarkedPhone, support::kMarkedStreet}) {
      EXPECT_THAT(log, testing::Not(testing::HasSubstr(marked)));
    }
  }
};

// What is spoiled, as it is sent now, and the fields that are wrong.
struct SpoiledNotice {
  v1::Notice message;
  std::vector<std::string> fields;
};

SpoiledNotice Spoil(const support::Spoiling& spoiling) {
  contract::Notice notice = support::GoodNotice();
  notice.envelope->notice_id = support::NewNoticeId();
  spoiling.spoil(notice);
  SpoiledNotice spoiled{.message = support::MessageAt(notice, absl::Now()), .fields = {}};
  const contract::Moment judged{.time = support::kJudgedAt, .day = support::kJudgedOn};
  const std::optional<contract::Rejection> rejection = contract::CheckNotice(notice, judged).ForNew();
  if (!rejection.has_value()) return spoiled;
  for (const contract::Violation& violation : rejection->violations) spoiled.fields.push_back(violation.field);
  return spoiled;
}

// Alone, and between two good neighbours, which it does not spoil.
TEST_F(SpoiledNoticesTest, EachSpoiledNoticeIsRefusedForExactlyItsReasonAloneAndInABatch) {
  for (const support::Spoiling& spoiling : support::Spoilings()) {
    SCOPED_TRACE(absl::StrCat(contract::Describe(spoiling.reason).name, ": ", spoiling.how));
    const SpoiledNotice spoiled = Spoil(spoiling);
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

// The path of each text in a message of this type, the message's own path before it.
std::vector<std::string> TextsOf(const google::protobuf::Descriptor& type, const std::string& prefix = "") {
  std::vector<std::string> paths;
  for (int index = 0; index < type.field_count(); ++index) {
    const google::protobuf::FieldDescriptor& field = *type.field(index);
    const std::string path = prefix + field.name();
    if (field.type() == google::protobuf::FieldDescriptor::TYPE_STRING) paths.push_back(path);
    if (field.type() != google::protobuf::FieldDescriptor::TYPE_MESSAGE) continue;
    const std::vector<std::string> inside = TextsOf(*field.message_type(), path + ".");
    paths.insert(paths.end(), inside.begin(), inside.end());
  }
  return paths;
}

void SetText(google::protobuf::Message& message, absl::string_view path, const std::string& text) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(path, absl::MaxSplits('.', 1));
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const auto& field = *message.GetDescriptor()->FindFieldByName(std::string(parts.first));
  if (!parts.second.empty() && field.is_repeated()) {
    SetText(*reflection.AddMessage(&message, &field), parts.second, text);
  } else if (!parts.second.empty()) {
    SetText(*reflection.MutableMessage(&message, &field), parts.second, text);
  } else if (field.is_repeated()) {
    reflection.AddString(&message, &field, text);
  } else {
    reflection.SetString(&message, &field, text);
  }
}

// A municipality could not even read the notices that stand beside one with such a text.
TEST_F(SpoiledNoticesTest, AnyTextThatIsNotUtf8IsRefusedByItsFieldAndSpoilsNoNeighbour) {
  const std::vector<std::string> texts = TextsOf(*v1::Notice::descriptor());
  EXPECT_THAT(texts, testing::IsSupersetOf({"envelope.consent.disclosure.given_on", "citizen.postal_address.city"}));
  v1::SubmitNoticesRequest batch;
  for (const std::string& text : texts) {
    *batch.add_notices() = support::NewNotice(kCode);
    v1::Notice& spoiled = *batch.add_notices();
    spoiled = support::NewNotice(kCode);
    SetText(spoiled, text, "Zebrafjord \xff");
    EXPECT_FALSE(v1::Notice().ParseFromString(spoiled.SerializeAsString())) << text;
  }
  v1::SubmitNoticesResponse answer;
  const grpc::Status status = world().intake().SubmitNotices(CallContext().get(), batch, &answer);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(answer.results_size(), batch.notices_size());
  for (int index = 0; index < static_cast<int>(texts.size()); ++index) {
    SCOPED_TRACE(texts[static_cast<size_t>(index)]);
    EXPECT_TRUE(answer.results(2 * index).has_accepted());
    const v1::Rejection& rejection = answer.results(2 * index + 1).rejected();
    ASSERT_GE(rejection.field_violations_size(), 1);
    EXPECT_THAT(texts[static_cast<size_t>(index)], testing::StartsWith(rejection.field_violations(0).field()));
    EXPECT_NE(rejection.reason(), v1::REJECTION_REASON_MESSAGE_MALFORMED);
  }
}

}  // namespace
}  // namespace envej::wire
