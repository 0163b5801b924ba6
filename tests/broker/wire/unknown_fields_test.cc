#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/unknown_field_set.h>
#include <gtest/gtest.h>

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/broker/wire/world.h"
#include "tests/support/notice_messages.h"

namespace envej::wire {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using support::CallContext;
using support::kOtherCode;
using testing::HasSubstr;
using testing::Not;

constexpr int kUnknownNumber = 99;

// The path of each part of a message of this type, itself ("") first.
std::vector<std::string> PartsOf(const google::protobuf::Descriptor& type, const std::string& path = "") {
  std::vector<std::string> paths = {path};
  for (int index = 0; index < type.field_count(); ++index) {
    const FieldDescriptor& field = *type.field(index);
    if (field.type() != FieldDescriptor::TYPE_MESSAGE) continue;
    const std::vector<std::string> inside =
        PartsOf(*field.message_type(), absl::StrCat(path, path.empty() ? "" : ".", field.name()));
    paths.insert(paths.end(), inside.begin(), inside.end());
  }
  return paths;
}

Message& PartAt(Message& message, const std::string& path) {
  Message* part = &message;
  for (const absl::string_view name : absl::StrSplit(path, '.', absl::SkipEmpty())) {
    const FieldDescriptor* const field = part->GetDescriptor()->FindFieldByName(std::string(name));
    const google::protobuf::Reflection& reflection = *part->GetReflection();
    part = field->is_repeated() ? reflection.AddMessage(part, field) : reflection.MutableMessage(part, field);
  }
  return *part;
}

class UnknownFieldsTest : public testing::Test {
 protected:
  // The notice, as the municipality gets it; nothing if it was refused.
  static std::optional<v1::Notice> Deliver(World& world, const v1::Notice& notice) {
    if (!world.Submit(notice).ok()) return std::nullopt;
    v1::PullNoticesRequest request;
    request.set_municipality_code(kOtherCode);
    v1::PullNoticesResponse answer;
    EXPECT_TRUE(world.Pull(request, answer).ok());
    EXPECT_EQ(answer.items_size(), 1);
    if (answer.items_size() != 1) return std::nullopt;
    EXPECT_TRUE(world.Acknowledge(answer.items(0).lease().name()).has_acknowledged_at());
    return answer.items(0).notice();
  }
};

// Whatever part of a notice has a field that no rule looks at, the municipality does not get it.
TEST_F(UnknownFieldsTest, NoneReachesTheMunicipalityFromAnyPartOfANotice) {
  World world;
  ASSERT_TRUE(world.is_serving());
  const std::vector<std::string> parts = PartsOf(*v1::Notice::descriptor());
  EXPECT_THAT(parts, testing::IsSupersetOf({"", "envelope.created_at", "envelope.consent.contact", "sealed"}));
  std::vector<std::string> accepted;
  for (const std::string& part : parts) {
    SCOPED_TRACE(absl::StrCat("in \"", part, "\""));
    v1::Notice notice = support::NewNotice(kOtherCode);
    Message& spoiled = PartAt(notice, part);
    spoiled.GetReflection()->MutableUnknownFields(&spoiled)->AddLengthDelimited(kUnknownNumber, "Smuglerbugten");
    const std::optional<v1::Notice> delivered = Deliver(world, notice);
    if (!delivered.has_value()) continue;
    accepted.push_back(part);
    EXPECT_THAT(delivered->SerializeAsString(), Not(HasSubstr("Smuglerbugten")));
    v1::Notice known = *delivered;
    known.DiscardUnknownFields();
    EXPECT_EQ(known.SerializeAsString(), delivered->SerializeAsString());
    EXPECT_EQ(known.envelope().notice_id(), notice.envelope().notice_id());
  }
  EXPECT_THAT(accepted, testing::UnorderedElementsAre("", "envelope", "envelope.created_at"));
  EXPECT_EQ(world.broker().Stop().code, 0);
}

}  // namespace
}  // namespace envej::wire
