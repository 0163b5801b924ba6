#include <gmock/gmock.h>
#include <google/protobuf/unknown_field_set.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "proto/contract/limits.h"
#include "tests/broker/wire/world.h"
#include "tests/support/expect_refusal.h"
#include "tests/support/notice_messages.h"

namespace envej::wire {
namespace {

using namespace std::string_literals;
using contract::Reason;
using google::protobuf::UnknownFieldSet;
using support::BytesAnswer;
using support::ExpectRefused;
using support::kOtherCode;
using support::NewNotice;

constexpr char kSubmitNotice[] = "/envej.v1.IntakeService/SubmitNotice";
constexpr char kSubmitNotices[] = "/envej.v1.IntakeService/SubmitNotices";

// What a request holds: its one field, as often as there are notices.
std::string RequestOf(const std::vector<std::string>& notices) {
  UnknownFieldSet fields;
  for (const std::string& notice : notices) fields.AddLengthDelimited(1, notice);
  std::string bytes;
  EXPECT_TRUE(fields.SerializeToString(&bytes));
  return bytes;
}

std::string Groups(size_t depth) { return std::string(depth, '\x7b') + std::string(depth, '\x7c'); }

class MalformedNoticesTest : public WorldTest {
 protected:
  static void TearDownTestSuite() {
    const std::string log = StopWorld();
    EXPECT_THAT(log, testing::HasSubstr(R"("reason":"MESSAGE_MALFORMED")"));
    for (const char* const marked : {"Zebrafjord", support::kMarkedPhone, support::kMarkedStreet}) {
      EXPECT_THAT(log, testing::Not(testing::HasSubstr(marked)));
    }
  }

  static BytesAnswer Call(const std::string& method, const std::string& request,
                          absl::string_view caller = support::kRegion) {
    static auto* const channels = new std::map<std::string, std::shared_ptr<grpc::Channel>>;
    std::shared_ptr<grpc::Channel>& channel = (*channels)[std::string(caller)];
    if (channel == nullptr) channel = world().broker().ChannelFor(caller);
    return support::CallWithBytes(channel, method, request);
  }
  static v1::SubmitNoticesResponse SubmitBatch(const std::string& request) {
    const BytesAnswer answer = Call(kSubmitNotices, request);
    EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
    v1::SubmitNoticesResponse response;
    EXPECT_TRUE(response.ParseFromString(answer.bytes));
    return response;
  }

  // Alone, and between two good neighbours, which it does not spoil.
  static void ExpectRefusedAlone(const std::string& notice, Reason reason,
                                 const std::vector<std::string>& fields = {}) {
    ExpectRefused(Call(kSubmitNotice, RequestOf({notice})).status, reason, fields);
    const v1::Notice neighbours[] = {NewNotice(kOtherCode), NewNotice(kOtherCode)};
    const v1::SubmitNoticesResponse answer =
        SubmitBatch(RequestOf({neighbours[0].SerializeAsString(), notice, neighbours[1].SerializeAsString()}));
    ASSERT_EQ(answer.results_size(), 3);
    ExpectRefused(answer.results(1).rejected(), reason, fields);
    for (const int neighbour : {0, 1}) {
      const v1::SubmitNoticeResult& result = answer.results(2 * neighbour);
      EXPECT_TRUE(result.has_accepted());
      EXPECT_EQ(result.notice_id(), neighbours[neighbour].envelope().notice_id());
      v1::GetNoticeResponse found;
      EXPECT_TRUE(world().Get(kOtherCode, result.notice_id(), found).ok());
    }
  }
};

TEST_F(MalformedNoticesTest, ANoticeThatIsNoMessageIsRefusedAloneAndInABatch) {
  const std::string good = NewNotice(kOtherCode).SerializeAsString();
  v1::Notice not_utf8;
  not_utf8.mutable_citizen()->set_name("Zebrafjord \xff");
  const struct {
    const char* how;
    std::string bytes;
  } cases[] = {
      {"without its last byte", good.substr(0, good.size() - 1)},
      {"without its last half", good.substr(0, good.size() / 2)},
      {"bytes", absl::StrCat("\xff\xff", support::kMarkedName)},
      {"a text behind it", absl::StrCat(good, support::kMarkedName)},
      {"a zero behind it", good + "\0"s},
      {"a citizen longer than the notice", "\x12\x7f" + good},
      {"a length that does not end", good + "\x12\xff\xff"},
      {"a group that does not end", good + "\x7b"},
      {"the end of no group", good + "\x7c"},
      {"a kind of field that is none", good + "\x7e"},
      {"groups in groups, deeper than Protobuf goes", good + Groups(200)},
      {"as many groups as there is room for", std::string(200'000, '\x7b')},
      {"text that is not UTF-8, and good text in its place", not_utf8.SerializeAsString() + good},
  };
  for (const auto& [how, bytes] : cases) {
    SCOPED_TRACE(how);
    ExpectRefusedAlone(bytes, Reason::kMessageMalformed);
  }
  EXPECT_EQ(SubmitBatch(RequestOf({good.substr(0, good.size() - 1)})).results(0).notice_id(), "");
}

// To Protobuf that is a field it does not know.
TEST_F(MalformedNoticesTest, AFieldOfAnotherKindIsMissing) {
  const auto put_number = [](google::protobuf::Message& part, const char* name) {
    const google::protobuf::FieldDescriptor* const field = part.GetDescriptor()->FindFieldByName(name);
    part.GetReflection()->ClearField(&part, field);
    part.GetReflection()->MutableUnknownFields(&part)->AddVarint(field->number(), 7);
  };
  v1::Notice notice = NewNotice(kOtherCode);
  put_number(notice, "envelope");
  ExpectRefusedAlone(notice.SerializeAsString(), Reason::kEnvelopeMissing, {"envelope"});
  notice = NewNotice(kOtherCode);
  put_number(*notice.mutable_envelope(), "notice_id");
  ExpectRefusedAlone(notice.SerializeAsString(), Reason::kNoticeIdNotRandomUuid, {"envelope.notice_id"});
  notice = NewNotice(kOtherCode);
  put_number(*notice.mutable_citizen(), "name");
  ExpectRefusedAlone(notice.SerializeAsString(), Reason::kUnknownField, {"citizen", "citizen.name"});
}

TEST_F(MalformedNoticesTest, ARequestThatIsNoMessageIsRefusedAndNothingOfItIsKept) {
  const v1::Notice notice = NewNotice(kOtherCode);
  const std::string request = RequestOf({notice.SerializeAsString()});
  const std::string cases[] = {request.substr(0, request.size() - 1),
                               request + "\x0a\x7f" + support::kMarkedPhone,
                               request + "\xff\xff\xff",
                               request + "\x7c",
                               request + "\x02\x01",
                               request + Groups(200),
                               std::string(200'000, '\x7b'),
                               absl::StrCat("\xff\xff", support::kMarkedName)};
  for (const std::string& bytes : cases) {
    SCOPED_TRACE(testing::PrintToString(bytes.substr(bytes.size() - 4)));
    ExpectRefused(Call(kSubmitNotice, bytes).status, Reason::kMessageMalformed);
    ExpectRefused(Call(kSubmitNotices, bytes).status, Reason::kMessageMalformed);
  }
  v1::GetNoticeResponse found;
  ExpectRefused(world().Get(kOtherCode, notice.envelope().notice_id(), found), Reason::kNoticeNotFound);
}

TEST_F(MalformedNoticesTest, ARequestWithoutANoticeIsRefused) {
  for (const std::string& bytes : {""s, "\x08\x01"s, "\x1a\x01x"s}) {
    ExpectRefused(Call(kSubmitNotice, bytes).status, Reason::kEnvelopeMissing, {"envelope"});
    ExpectRefused(Call(kSubmitNotices, bytes).status, Reason::kBatchEmpty, {"notices"});
  }
  ExpectRefusedAlone("", Reason::kEnvelopeMissing, {"envelope"});
}

TEST_F(MalformedNoticesTest, FieldsOfALaterContractAreIgnoredAndANoticeInPartsIsMerged) {
  const v1::Notice notice = NewNotice(kOtherCode);
  const std::string later = "\x08\x01\x92\x3f\x01\xff" + Groups(50);
  const std::string request = later + RequestOf({notice.SerializeAsString()}) + later;
  EXPECT_TRUE(Call(kSubmitNotice, request).status.ok());
  const v1::SubmitNoticesResponse answer = SubmitBatch(request);
  ASSERT_EQ(answer.results_size(), 1);
  EXPECT_TRUE(answer.results(0).accepted().repeated_submission());

  v1::Notice envelope = NewNotice(kOtherCode);
  v1::Notice citizen;
  citizen.mutable_citizen()->Swap(envelope.mutable_citizen());
  envelope.clear_content();
  EXPECT_TRUE(Call(kSubmitNotice, RequestOf({envelope.SerializeAsString(), citizen.SerializeAsString()})).status.ok());
}

TEST_F(MalformedNoticesTest, BoundsHoldWhateverTheNoticesAre) {
  const auto empty = [](size_t count) { return RequestOf(std::vector<std::string>(count)); };
  EXPECT_EQ(SubmitBatch(empty(contract::kBatchNotices)).results_size(), contract::kBatchNotices);
  ExpectRefused(Call(kSubmitNotices, empty(contract::kBatchNotices + 1)).status, Reason::kBatchTooLarge, {"notices"});
  ExpectRefused(Call(kSubmitNotices, empty(contract::kBatchBytes / 2)).status, Reason::kBatchTooLarge, {"notices"});
  ExpectRefused(Call(kSubmitNotices, std::string(contract::kBatchBytes + 1, '\xff')).status, Reason::kBatchTooLarge,
                {"notices"});
  ExpectRefused(Call(kSubmitNotice, std::string(contract::kCallBytes + 1, '\xff')).status, Reason::kBatchTooLarge,
                {"notice"});
}

TEST_F(MalformedNoticesTest, WhoMayNotSubmitLearnsNothingOfItsBytes) {
  for (const char* const method : {kSubmitNotice, kSubmitNotices}) {
    for (const std::string& bytes : {""s, "\xff\xff"s, std::string(contract::kBatchBytes + 1, '\xff')}) {
      ExpectRefused(Call(method, bytes, support::kMunicipality).status, Reason::kCallerKindNotAllowed);
      ExpectRefused(Call(method, bytes, support::kOperations).status, Reason::kCallerKindNotAllowed);
      ExpectRefused(Call(method, bytes, "urn:envej:region:1099").status, Reason::kCallerUnknown);
    }
  }
}

std::string Spoiled(std::string bytes, std::mt19937& random) {
  for (size_t changes = 1 + random() % 3; changes > 0; --changes) {
    bytes[random() % bytes.size()] = static_cast<char>(random());
  }
  if (random() % 8 == 0) bytes.resize(random() % bytes.size());
  return bytes;
}

// Every notice that was accepted is handed out, in messages that can be read.
TEST_F(MalformedNoticesTest, WhateverTheBytesEachIsAnsweredForAndWhatWasAcceptedIsDelivered) {
  std::mt19937 random(20261122);
  std::set<std::string> accepted;
  int malformed = 0;
  for (int round = 0; round < 60; ++round) {
    std::vector<std::string> notices;
    for (int index = 0; index < 20; ++index) {
      const std::string bytes = NewNotice(kOtherCode).SerializeAsString();
      notices.push_back(index % 4 == 0 ? bytes : Spoiled(bytes, random));
    }
    const v1::SubmitNoticesResponse answer = SubmitBatch(RequestOf(notices));
    ASSERT_EQ(answer.results_size(), 20);
    for (int index = 0; index < 20; ++index) {
      const v1::SubmitNoticeResult& result = answer.results(index);
      EXPECT_TRUE(index % 4 != 0 || result.has_accepted());
      if (result.has_accepted()) {
        EXPECT_TRUE(v1::Notice().ParseFromString(notices[static_cast<size_t>(index)]));
        if (result.accepted().receipt().municipality_code() == kOtherCode) accepted.insert(result.notice_id());
      } else {
        EXPECT_NE(result.rejected().reason(), v1::REJECTION_REASON_UNSPECIFIED);
        malformed += result.rejected().reason() == v1::REJECTION_REASON_MESSAGE_MALFORMED;
      }
    }
  }
  EXPECT_GE(accepted.size(), 300u);
  EXPECT_GT(malformed, 50);

  v1::PullNoticesRequest request;
  request.set_municipality_code(kOtherCode);
  request.set_max_notices(500);
  request.mutable_lease_duration()->set_seconds(600);
  for (int pulls = 0; pulls < 20; ++pulls) {
    v1::PullNoticesResponse answer;
    const grpc::Status status = world().Pull(request, answer);
    ASSERT_TRUE(status.ok()) << status.error_message();
    if (answer.items().empty()) break;
    for (const v1::InboxItem& item : answer.items()) accepted.erase(item.lease().name().notice_id());
  }
  EXPECT_THAT(accepted, testing::IsEmpty());
}

}  // namespace
}  // namespace envej::wire
