#include "region-client/hl7/acknowledgement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "region-client/hl7/mllp_framing.h"
#include "tests/region-client/hl7/example_messages.h"

namespace envej::hl7 {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const char kReceived[] =
    "MSH|^~\\&|PAS|NORD|ENVEJ|REGION|20270115140500||ADT^A03^ADT_A03|M1|P|2.5|||||DNK|UTF-8\rPID|1\r";

OwnHeader Own() {
  return {.control_id = "7",
          .now = absl::FromCivil(absl::CivilSecond(2027, 1, 15, 13, 5, 1), absl::UTCTimeZone()),
          .zone = absl::FixedTimeZone(3600)};
}

Problem Missing() {
  return {
      {.segment = "PID", .field = 3, .repetition = 2, .component = 1}, ErrorCode::kRequiredFieldMissing, "is missing"};
}

std::string OfVersion(const std::string& version) {
  return absl::StrReplaceAll(kReceived, {{"|2.5|", absl::StrCat("|", version, "|")}});
}

TEST(AcknowledgementTest, WhatIsKeptIsAcceptedInItsOwnTerms) {
  EXPECT_EQ(Acknowledge(kReceived, std::nullopt, Own()),
            "MSH|^~\\&|ENVEJ|REGION|PAS|NORD|20270115140501+0100||ACK^A03^ACK|7|P|2.5||||||UTF-8\r"
            "MSA|AA|M1\r");
}

TEST(AcknowledgementTest, FromVersion25OnAnErrorSaysPlaceCodeAndWhy) {
  for (const char* const version : {"2.5", "2.5.1", "2.6", "2.7", "2.8"}) {
    const std::string answer = Acknowledge(OfVersion(version), Missing(), Own());
    EXPECT_THAT(answer, HasSubstr("\rMSA|AE|M1\r"
                                  "ERR||PID^1^3^2^1|101^Required field missing^HL70357|E|||PID-3[2].1 is missing\r"));
    EXPECT_THAT(answer, HasSubstr(absl::StrCat("|P|", version, "|")));
  }
}

TEST(AcknowledgementTest, BeforeVersion25AnErrorIsErr1) {
  for (const char* const version : {"2.2", "2.3", "2.3.1", "2.4"}) {
    EXPECT_THAT(Acknowledge(OfVersion(version), Missing(), Own()),
                HasSubstr("\rMSA|AE|M1|PID-3[2].1 is missing\rERR|PID^1^3^101&Required field missing&HL70357\r"));
  }
  EXPECT_THAT(Acknowledge(OfVersion("2.3"), std::nullopt, Own()), HasSubstr("|ACK^A03|7|"));
}

TEST(AcknowledgementTest, AllOfASegmentOrMessageIsSaidToBeWrongToo) {
  const Problem segment{{.segment = "PID"}, ErrorCode::kSegmentSequenceError, "is missing"};
  EXPECT_THAT(Acknowledge(kReceived, segment, Own()),
              HasSubstr("\rERR||PID^1|100^Segment sequence error^HL70357|E|||PID "));
  EXPECT_THAT(Acknowledge(OfVersion("2.4"), segment, Own()),
              HasSubstr("\rERR|PID^1^^100&Segment sequence error&HL70357\r"));
  const Problem message{{}, ErrorCode::kValueTooLong, "is longer than 5 bytes"};
  EXPECT_THAT(Acknowledge(kReceived, message, Own()),
              HasSubstr("\rERR|||104^Value too long^HL70357|E|||the message is "));
}

TEST(AcknowledgementTest, WhatIsNotTakenHereIsRejectedAndWhatIsWrongIsAnError) {
  const std::pair<ErrorCode, AcknowledgementCode> cases[] = {
      {ErrorCode::kSegmentSequenceError, AcknowledgementCode::kError},
      {ErrorCode::kRequiredFieldMissing, AcknowledgementCode::kError},
      {ErrorCode::kDataTypeError, AcknowledgementCode::kError},
      {ErrorCode::kTableValueNotFound, AcknowledgementCode::kError},
      {ErrorCode::kValueTooLong, AcknowledgementCode::kError},
      {ErrorCode::kUnsupportedMessageType, AcknowledgementCode::kReject},
      {ErrorCode::kUnsupportedEventCode, AcknowledgementCode::kReject},
      {ErrorCode::kUnsupportedProcessingId, AcknowledgementCode::kReject},
      {ErrorCode::kUnsupportedVersionId, AcknowledgementCode::kReject},
      {ErrorCode::kApplicationInternalError, AcknowledgementCode::kReject}};
  for (const auto& [code, expected] : cases) {
    const Problem problem{{}, code, "x"};
    EXPECT_EQ(CodeFor(problem), expected);
    const char* const letters = expected == AcknowledgementCode::kError ? "MSA|AE|M1\r" : "MSA|AR|M1\r";
    EXPECT_THAT(Acknowledge(kReceived, problem, Own()), HasSubstr(letters));
    EXPECT_THAT(Acknowledge(kReceived, problem, Own()), HasSubstr(absl::StrCat("|", static_cast<int>(code), "^")));
  }
  EXPECT_EQ(CodeFor(std::nullopt), AcknowledgementCode::kAccept);
}

// MSA-1 of the answer to what asks for acknowledgements in that way; empty if there is none.
std::string AnswerWhere(const std::string& accept, const std::string& application,
                        const std::optional<Problem>& problem) {
  const std::string received =
      absl::StrReplaceAll(kReceived, {{"|2.5|||||", absl::StrCat("|2.5|||", accept, "|", application, "|")}});
  const std::string answer = Acknowledge(received, problem, Own());
  const size_t at = answer.find("\rMSA|");
  return at == std::string::npos ? answer : answer.substr(at + 5, 2);
}

TEST(AcknowledgementTest, TheEnhancedModeHasTheOneAnswerThatIsAskedFor) {
  struct {
    const char* accept;
    const char* application;
    const char* good;
    const char* bad;
  } const cases[] = {
      {"", "", "AA", "AE"},     {"AL", "", "CA", "CE"},       {"AL", "NE", "CA", "CE"},    {"AL", "AL", "CA", "CE"},
      {"NE", "AL", "AA", "AE"}, {"", "AL", "AA", "AE"},       {"NE", "NE", "", ""},        {"", "NE", "", ""},
      {"NE", "", "", ""},       {"ER", "NE", "", "CE"},       {"SU", "NE", "CA", ""},      {"NE", "ER", "", "AE"},
      {"NE", "SU", "AA", ""},   {"ER", "AL", "AA", "CE"},     {"SU", "ER", "CA", "AE"},    {"ER", "SU", "AA", "CE"},
      {" NE ", "\"\"", "", ""}, {"\"\"", "\"\"", "AA", "AE"}, {"other", "NE", "CA", "CE"},
  };
  for (const auto& [accept, application, good, bad] : cases) {
    EXPECT_EQ(AnswerWhere(accept, application, std::nullopt), good) << accept << " " << application;
    EXPECT_EQ(AnswerWhere(accept, application, Missing()), bad) << accept << " " << application;
  }
}

TEST(AcknowledgementTest, AnAcceptAcknowledgementRejectsByTheHeaderAlone) {
  for (const ErrorCode code : {ErrorCode::kUnsupportedMessageType, ErrorCode::kUnsupportedEventCode,
                               ErrorCode::kUnsupportedProcessingId, ErrorCode::kUnsupportedVersionId}) {
    EXPECT_EQ(AnswerWhere("AL", "NE", Problem{{}, code, "x"}), "CR");
  }
  const Problem not_kept{{}, ErrorCode::kApplicationInternalError, "cannot be kept now"};
  EXPECT_EQ(AnswerWhere("AL", "NE", not_kept), "CE");
  EXPECT_EQ(AnswerWhere("NE", "AL", not_kept), "AR");
}

TEST(AcknowledgementTest, DelimitersAreThoseThatWereDeclared) {
  const std::string received = "MSH!$%/*!PAS!NORD$1!ENVEJ!REGION!20270115!!ADT$A08!M/F/1!T!2.3!!!!!!8859/1\n";
  EXPECT_EQ(Acknowledge(received, Missing(), Own()),
            "MSH!$%/*!ENVEJ!REGION!PAS!NORD$1!20270115140501+0100!!ACK$A08!7!T!2.3!!!!!!8859/1\r"
            "MSA!AE!M/F/1!PID-3[2].1 is missing\r"
            "ERR!PID$1$3$101*Required field missing*HL70357\r");
}

TEST(AcknowledgementTest, WhatHasNoHeaderIsRejectedAsWellAsCanBe) {
  for (const std::string& received :
       {std::string(), std::string("\xFF\xFE"), std::string("PID|1||secret\r"), std::string("MSH")}) {
    const std::string answer = Acknowledge(received, ProblemOf(received), Own());
    EXPECT_EQ(answer,
              "MSH|^~\\&|||||20270115140501+0100||ACK|7|P|2.5\rMSA|AR|\r"
              "ERR||MSH^1|100^Segment sequence error^HL70357|E|||MSH does not begin the message with its delimiters\r");
  }
  const std::string beginning = "MSH|^~\\&|A|B|C|D\r";
  EXPECT_THAT(Acknowledge(beginning, ProblemOf(beginning), Own()),
              StartsWith("MSH|^~\\&|C|D|A|B|20270115140501+0100||ACK|7|P|2.5\rMSA|AE|\r"));
}

TEST(AcknowledgementTest, NothingThatCameBreaksTheAnswer) {
  const std::string received = absl::StrReplaceAll(
      kReceived, {{"PAS", "P\x1C\x0B\tS"}, {"NORD", std::string(251, 'x')}, {"M1", std::string(250, '1')}});
  const std::string answer = Acknowledge(received, std::nullopt, Own());
  EXPECT_THAT(answer, StartsWith("MSH|^~\\&|ENVEJ|REGION|PS||"));
  EXPECT_THAT(answer, HasSubstr("MSA|AA|" + std::string(250, '1') + "\r"));
  FrameDecoder decoder(10'000);
  const std::string frame = EncodeFrame(answer);
  absl::string_view bytes = frame;
  EXPECT_EQ(*decoder.Decode(bytes), answer);
}

TEST(AcknowledgementTest, AnAnswerIsItselfAMessage) {
  const Message answer = Read(Acknowledge(kReceived, Missing(), Own()));
  EXPECT_EQ(answer.ControlId(), "7");
  EXPECT_EQ(answer.Text({.segment = "MSH", .field = 9}), "ACK");
  EXPECT_THAT(Acknowledge(kReceived, Missing(), Own()), Not(HasSubstr("\n")));
}

TEST(AcknowledgementTest, WhatStandsInThePlaceOfACodeIsNotSaidAgain) {
  const std::string received = "MSH|^~\\&|PAS|NORD|ENVEJ|REGION|20270115||ADT^Prøve|M1|Prøve|Prøve||||||Prøve\r";
  EXPECT_THAT(Acknowledge(received, std::nullopt, Own()), AllOf(HasSubstr("||ACK|7|P|2.5\r"), Not(HasSubstr("Prøve"))));
}

}  // namespace
}  // namespace envej::hl7
