#include "proto/contract/rejection.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "envej/v1/rejection.pb.h"

namespace envej::contract {
namespace {

constexpr absl::string_view kPrefix = "REJECTION_REASON_";

const google::protobuf::EnumDescriptor& Enum() { return *v1::RejectionReason_descriptor(); }

TEST(RejectionTest, TableAndContractAgreeOneToOneInOrder) {
  const absl::Span<const ReasonEntry> reasons = AllReasons();
  ASSERT_EQ(static_cast<size_t>(Enum().value_count()), reasons.size() + 1);
  EXPECT_EQ(Enum().value(0)->name(), "REJECTION_REASON_UNSPECIFIED");
  for (int index = 1; index < Enum().value_count(); ++index) {
    const google::protobuf::EnumValueDescriptor& value = *Enum().value(index);
    const ReasonEntry& entry = reasons[static_cast<size_t>(index - 1)];
    EXPECT_EQ(static_cast<int>(entry.reason), value.number()) << value.name();
    EXPECT_EQ(absl::StrCat(kPrefix, entry.name), value.name());
  }
}

TEST(RejectionTest, DeclarationOrderIsPrecedence) {
  const absl::Span<const ReasonEntry> reasons = AllReasons();
  for (size_t left = 0; left < reasons.size(); ++left) {
    for (size_t right = 0; right < reasons.size(); ++right) {
      EXPECT_EQ(Precedes(reasons[left].reason, reasons[right].reason), left < right);
    }
    EXPECT_TRUE(Precedes(reasons[left].reason, Reason::kNone));
    EXPECT_FALSE(Precedes(Reason::kNone, reasons[left].reason));
  }
}

TEST(RejectionTest, EachTextIsShortLowerCaseAndOneReasonsOwn) {
  std::set<std::string> texts;
  for (const ReasonEntry& entry : AllReasons()) {
    const std::string text(entry.text);
    SCOPED_TRACE(std::string(entry.name));
    ASSERT_FALSE(text.empty());
    EXPECT_LT(text.size(), 120U);
    EXPECT_TRUE(absl::ascii_islower(static_cast<unsigned char>(text.front())));
    EXPECT_NE(text.back(), '.');
    EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; }));
    EXPECT_TRUE(texts.insert(text).second);
    EXPECT_NE(entry.code, absl::StatusCode::kOk);
    EXPECT_NE(entry.code, absl::StatusCode::kUnknown);
    EXPECT_NE(entry.code, absl::StatusCode::kInternal);
  }
}

// What rejection.proto tells its reader: the text as a sentence, with the canonical code in brackets.
TEST(RejectionTest, TheContractsCommentsSayTheTextsAndCodes) {
  const char* const root = std::getenv("ENVEJ_SOURCE_DIRECTORY");
  ASSERT_NE(root, nullptr);
  std::ifstream file(absl::StrCat(root, "/proto/envej/v1/rejection.proto"));
  ASSERT_TRUE(file.is_open());
  std::string comment;
  size_t checked = 0;
  for (std::string line; std::getline(file, line);) {
    absl::string_view rest = absl::StripAsciiWhitespace(line);
    if (absl::ConsumePrefix(&rest, "//")) {
      comment = absl::StrCat(comment, comment.empty() ? "" : " ", absl::StripAsciiWhitespace(rest));
      continue;
    }
    for (const ReasonEntry& entry : AllReasons()) {
      if (!absl::StartsWith(rest, absl::StrCat(kPrefix, entry.name, " ="))) continue;
      ++checked;
      std::string sentence = absl::StrCat(entry.text, " (", absl::StatusCodeToString(entry.code), ").");
      sentence[0] = absl::ascii_toupper(static_cast<unsigned char>(sentence[0]));
      EXPECT_EQ(comment, sentence);
    }
    comment.clear();
  }
  EXPECT_EQ(checked, AllReasons().size());
}

TEST(RejectionTest, AStatusCarriesEveryReasonThereAndBack) {
  for (const ReasonEntry& entry : AllReasons()) {
    const Rejection rejection{
        .reason = entry.reason,
        .violations = {{.field = "envelope.consent", .reason = entry.reason},
                       {.field = "", .reason = Reason::kUnknownField},
                       {.field = std::string("a\0b", 3), .reason = Reason::kNoticeAlreadyReturned}}};
    const absl::Status status = ToStatus(rejection);
    EXPECT_EQ(status.code(), entry.code);
    EXPECT_EQ(status.message(), entry.text);
    EXPECT_EQ(RejectionOf(status), rejection);
    const Rejection bare{.reason = entry.reason, .violations = {}};
    EXPECT_EQ(RejectionOf(ToStatus(bare)), bare);
  }
}

TEST(RejectionTest, AStatusCarriesADelayThereAndBack) {
  const Rejection rejection = RejectionOf(RefusalFor(Reason::kRateExceeded, absl::Microseconds(12'345'678)));
  EXPECT_EQ(rejection.reason, Reason::kRateExceeded);
  EXPECT_EQ(rejection.retry_after, absl::Microseconds(12'345'678));
  EXPECT_EQ(RejectionOf(Refusal(Reason::kBrokerBusy)).retry_after, std::nullopt);
}

TEST(RejectionTest, AnyOtherStatusCarriesNone) {
  EXPECT_EQ(RejectionOf(absl::OkStatus()), Rejection{});
  EXPECT_EQ(RejectionOf(absl::InvalidArgumentError("the batch holds nothing")), Rejection{});
  absl::Status foreign = absl::InternalError("");
  foreign.SetPayload("elsewhere/rejection", absl::Cord("x"));
  EXPECT_EQ(RejectionOf(foreign), Rejection{});
}

TEST(RejectionTest, ADamagedPayloadCarriesNoneAndNoUnknownReason) {
  const absl::Status good = ToStatus(
      {.reason = Reason::kNameMissing, .violations = {{.field = "citizen.name", .reason = Reason::kNameMissing}}});
  std::string name;
  std::string payload;
  good.ForEachPayload([&](absl::string_view type, const absl::Cord& bytes) {
    name = std::string(type);
    payload = std::string(bytes);
  });
  ASSERT_FALSE(payload.empty());
  for (size_t length = 0; length < payload.size(); ++length) {
    absl::Status cut = absl::InvalidArgumentError("");
    cut.SetPayload(name, absl::Cord(payload.substr(0, length)));
    EXPECT_EQ(RejectionOf(cut), Rejection{}) << length;
  }
  payload[0] = '\x7f';
  absl::Status unknown = absl::InvalidArgumentError("");
  unknown.SetPayload(name, absl::Cord(payload));
  EXPECT_EQ(RejectionOf(unknown).reason, Reason::kNone);
}

TEST(RejectionTest, AReasonOfANewerPeerCanBeDescribed) {
  EXPECT_EQ(Describe(Reason::kNone).reason, Reason::kNone);
  EXPECT_FALSE(Describe(Reason::kNone).text.empty());
  EXPECT_EQ(Describe(static_cast<Reason>(100000)).reason, Reason::kNone);
  EXPECT_EQ(RejectionOf(ToStatus({})), Rejection{});
  EXPECT_FALSE(ToStatus({}).ok());
}

}  // namespace
}  // namespace envej::contract
