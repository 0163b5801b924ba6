#include "region-client/hl7/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "absl/strings/str_replace.h"
#include "tests/region-client/hl7/example_messages.h"

namespace envej::hl7 {
namespace {

using testing::HasSubstr;
using testing::Not;

Place Pid(int field, int component = 0, int subcomponent = 0, int repetition = 1) {
  return {
      .segment = "PID", .field = field, .repetition = repetition, .component = component, .subcomponent = subcomponent};
}

TEST(MessageTest, FieldsRepetitionsComponentsAndSubcomponentsAreTold) {
  const Message message = Read(Joined({kHeader, "PID|1||A^^^NORD&1.2&ISO~B^^^SYD|| x ^y&z"}));
  EXPECT_EQ(message.Repetitions("PID", 3), 2);
  EXPECT_EQ(message.Text(Pid(3)), "A");
  EXPECT_EQ(message.Text(Pid(3, 4)), "NORD");
  EXPECT_EQ(message.Text(Pid(3, 4, 2)), "1.2");
  EXPECT_EQ(message.Text(Pid(3, 4, 0, 2)), "SYD");
  EXPECT_EQ(message.Text(Pid(3, 1, 0, 3)), "");
  EXPECT_EQ(message.Text(Pid(5)), "x");
  EXPECT_EQ(message.Text(Pid(5, 2, 2)), "z");
  EXPECT_EQ(message.Text(Pid(99)), "");
  EXPECT_EQ(message.Repetitions("PID", 4), 0);
  EXPECT_EQ(message.Text({.segment = "PV1", .field = 3}), "");
  EXPECT_EQ(message.ControlId(), "M1");
}

TEST(MessageTest, DelimitersAreThoseThatAreDeclared) {
  const Message message = Read("MSH!$%/*!PAS!NORD!!!20270115!!ADT$A03!M1!P!2.4\rPID!1!!A$$$NORD*2%B!!|^~\\&/F//T/\r");
  EXPECT_EQ(message.Text(Pid(3, 4, 2)), "2");
  EXPECT_EQ(message.Text(Pid(3, 1, 0, 2)), "B");
  EXPECT_EQ(message.Text(Pid(5)), "|^~\\&!*");
}

TEST(MessageTest, EscapesAreResolvedOrDropped) {
  const std::pair<const char*, const char*> cases[] = {{"\\F\\\\S\\\\T\\\\R\\\\E\\", "|^&~\\"},
                                                       {"a\\.br\\b", "a b"},
                                                       {"a\\H\\b\\N\\c", "abc"},
                                                       {"\\X41\\\\XC3A6C3B8\\", "A\u00E6\u00F8"},
                                                       {"a\\XFF\\b", "ab"},
                                                       {"a\\X4\\b\\Xxy\\c", "abc"},
                                                       {"a\\X0D0A\\b", "a  b"},
                                                       {"a\\b", "a\\b"},
                                                       {"a\\", "a\\"},
                                                       {"\\\\a", "a"},
                                                       {"a\\P\\b", "ab"},
                                                       {"a\\C2842\\b", "ab"}};
  for (const auto& [written, text] : cases) {
    EXPECT_EQ(Read(Joined({kHeader, absl::StrCat("PID|1||||", written)})).Text(Pid(5)), text) << written;
  }
}

TEST(MessageTest, TheTruncationCharacterIsKnownWhereItIsDeclared) {
  const std::string header = absl::StrReplaceAll(kHeader, {{"\\&|", "\\&#|"}, {"|2.5|", "|2.8|"}});
  EXPECT_EQ(Read(Joined({header, "PID|1||||a\\P\\b#"})).Text(Pid(5)), "a#b#");
}

TEST(MessageTest, NothingIsToldApartFromExplicitlyNothing) {
  const Message message = Read(Joined({kHeader, "PID|1||\"\"|||\"\"^a"}));
  EXPECT_TRUE(message.IsExplicitlyNothing(Pid(3)));
  EXPECT_EQ(message.Text(Pid(3)), "");
  EXPECT_EQ(message.Repetitions("PID", 3), 0);
  EXPECT_FALSE(message.IsExplicitlyNothing(Pid(4)));
  EXPECT_TRUE(message.IsExplicitlyNothing(Pid(6, 1)));
  EXPECT_EQ(message.Text(Pid(6, 2)), "a");
}

TEST(MessageTest, SegmentsEndAsTheFirstDoes) {
  const std::vector<std::string> segments = {kHeader, "PID|1||A", "PV1|1|I"};
  for (const char* const end : {"\r", "\n", "\r\n"}) {
    for (const char* const last : {"", end}) {
      const Message message = Read(absl::StrJoin(segments, end) + last);
      EXPECT_EQ(message.Text(Pid(3)), "A");
      EXPECT_EQ(message.Text({.segment = "PV1", .field = 2}), "I");
    }
  }
  const Message message = Read(Joined({kHeader, "PID|1||A||Opdigtet\nBorger|", "NTE|1\nPID|1||B"}));
  EXPECT_EQ(message.Text(Pid(5)), "Opdigtet Borger");
  EXPECT_EQ(message.Count("PID"), 1);
}

TEST(MessageTest, SegmentsThatAreNotReadMayHoldAnything) {
  const Message message = Read(Joined({kHeader, "ZXY|\xFF|^^^", "OBX|\xE6", "PID|1||A", "", "DG1", "ZZZ|"}));
  EXPECT_EQ(message.Text(Pid(3)), "A");
  EXPECT_EQ(message.Count("ZXY"), 0);
}

TEST(MessageTest, CharacterSetsAreThoseOfTheHeader) {
  const std::string base = absl::StrReplaceAll(kHeader, {{"UTF-8", ""}});
  EXPECT_EQ(Read(Joined({base + "UNICODE UTF-8", "PID|1||||S\u00F8"})).Text(Pid(5)), "S\u00F8");
  EXPECT_EQ(Read(Joined({base + "8859/1", "PID|1||||S\xF8\\XE6\\"})).Text(Pid(5)), "S\u00F8\u00E6");
  EXPECT_EQ(Read(Joined({base + "8859/1~UNICODE UTF-8", "PID|1||||S\xF8"})).Text(Pid(5)), "S\u00F8");
  EXPECT_EQ(Read(Joined({base, "PID|1||||So"})).Text(Pid(5)), "So");
  EXPECT_EQ(Read("\xEF\xBB\xBF" + Joined({kHeader})).ControlId(), "M1");

  const Problem not_ascii = ProblemOf(Joined({base, "PID|1||||S\xF8"}));
  EXPECT_EQ(not_ascii.place, Place{.segment = "PID"});
  EXPECT_EQ(not_ascii.code, ErrorCode::kDataTypeError);
  EXPECT_EQ(ProblemOf(Joined({kHeader, "PID|1||||S\xF8"})), not_ascii);
  const auto unsaid = Message::Read(Joined({base, "PID|1||||S\xF8"}), CharacterSet::kLatin1);
  EXPECT_EQ(std::get<Message>(unsaid).Text(Pid(5)), "S\u00F8");

  const Problem unknown = ProblemOf(Joined({base + "8859/15"}));
  EXPECT_EQ(unknown.place, (Place{.segment = "MSH", .field = 18}));
  EXPECT_EQ(unknown.code, ErrorCode::kTableValueNotFound);
}

TEST(MessageTest, VersionsFrom22To28AreRead) {
  for (const char* const version : {"2.2", "2.3", "2.3.1", "2.4", "2.5.1", "2.6", "2.7.1", "2.8", "2.5^DNK"}) {
    Read(Joined({HeaderOf("A03", version)}));
  }
  for (const char* const version : {"2.1", "2.9", "2", "2.", "3.0", "2.10", "2.55", "2.5.", "x"}) {
    const Problem problem = ProblemOf(Joined({HeaderOf("A03", version)}));
    EXPECT_EQ(problem.code, ErrorCode::kUnsupportedVersionId) << version;
    EXPECT_EQ(problem.place, (Place{.segment = "MSH", .field = 12})) << version;
  }
}

TEST(MessageTest, TheHeaderSaysWhatItMust) {
  for (const int missing : {9, 10, 12}) {
    std::vector<std::pair<int, std::string>> fields = {{9, "ADT^A03"}, {10, "M1"}, {12, "2.5"}};
    std::erase_if(fields, [missing](const auto& field) { return field.first == missing; });
    for (auto& [number, text] : fields) --number;  // MSH-1 is the delimiter itself
    const Problem problem =
        ProblemOf(Joined({absl::StrReplaceAll(SegmentOf("MSH", fields), {{"MSH||", "MSH|^~\\&|"}})}));
    EXPECT_EQ(problem.place, (Place{.segment = "MSH", .field = missing}));
    EXPECT_EQ(problem.code, ErrorCode::kRequiredFieldMissing);
  }
  const Place control_id{.segment = "MSH", .field = 10};
  const auto with_id = [](const std::string& id) {
    return Joined({absl::StrReplaceAll(kHeader, {{"|M1|", absl::StrCat("|", id, "|")}})});
  };
  EXPECT_EQ(Read(with_id(std::string(199, 'x'))).ControlId(), std::string(199, 'x'));
  EXPECT_EQ(ProblemOf(with_id(std::string(200, 'x'))).place, control_id);
  EXPECT_EQ(ProblemOf(with_id("\u00E6")).place, control_id);
}

TEST(MessageTest, WhatIsNoMessageIsRefused) {
  for (const std::string& bytes :
       {std::string(), std::string("hello"), std::string("PID|1||A\r"), std::string("MSH"), std::string("MSH|a|b")}) {
    const Problem problem = ProblemOf(bytes);
    EXPECT_EQ(problem.place, Place{.segment = "MSH"}) << bytes;
    EXPECT_EQ(problem.code, ErrorCode::kSegmentSequenceError) << bytes;
  }
  EXPECT_THAT(ProblemOf(Joined({kHeader, "PID|1", "secret"})).what, HasSubstr("line 3"));
  EXPECT_THAT(ProblemOf(Joined({kHeader, "PID|1", "secret"})).what, Not(HasSubstr("secret")));
  EXPECT_EQ(ProblemOf(Joined({kHeader, "PIDx1"})).code, ErrorCode::kSegmentSequenceError);
  EXPECT_EQ(ProblemOf(Joined({kHeader, kHeader})).place, (Place{.segment = "MSH", .occurrence = 2}));
  EXPECT_EQ(ProblemOf(Joined({kHeader}) + '\0').code, ErrorCode::kDataTypeError);
}

TEST(MessageTest, BoundsAreHeld) {
  const auto padded = [](size_t size) {
    const std::string begin = Joined({kHeader}) + "NTE|";
    return begin + std::string(size - begin.size(), 'x');
  };
  Read(padded(kMessageBytesMost));
  EXPECT_EQ(ProblemOf(padded(kMessageBytesMost + 1)).code, ErrorCode::kValueTooLong);

  const auto repeated = [](const std::string& text, int count) {
    std::string all;
    for (int i = 0; i < count; ++i) all += text;
    return all;
  };
  Read(Joined({kHeader}) + repeated("NTE\r", kSegmentsMost - 1));
  EXPECT_THAT(ProblemOf(Joined({kHeader}) + repeated("NTE\r", kSegmentsMost)).what, HasSubstr("2000 segments"));
  Read(Joined({kHeader, "PID" + repeated("|", kFieldsMost)}));
  EXPECT_EQ(ProblemOf(Joined({kHeader, "PID" + repeated("|", kFieldsMost + 1)})).place, Place{.segment = "PID"});
  EXPECT_EQ(ProblemOf(Joined({kHeader + repeated("|", kFieldsMost)})).place, Place{.segment = "MSH"});
  Read(Joined({kHeader, "PID|1||" + repeated("~", kRepetitionsMost - 1)}));
  EXPECT_EQ(ProblemOf(Joined({kHeader, "PID|1||" + repeated("~", kRepetitionsMost)})).place, Pid(3));
}

// Quadratic work on the largest of each kind would take minutes.
TEST(MessageTest, TheLargestHostileMessagesTakeNoTime) {
  const auto begin = std::chrono::steady_clock::now();
  for (const char* const unit : {"^", "&", "\\", "\\X41\\", "\\F\\", "\"\"", " ", "\u0301\u0316", "|"}) {
    std::string text = Joined({kHeader}) + "PID|1||||";
    while (text.size() + 6 < kMessageBytesMost) text += unit;
    const std::variant<Message, Problem> read = Message::Read(text);
    if (const Message* const message = std::get_if<Message>(&read); message != nullptr) message->Text(Pid(5, 2));
    if (const Message* const message = std::get_if<Message>(&read); message != nullptr) message->Text(Pid(5));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

}  // namespace
}  // namespace envej::hl7
