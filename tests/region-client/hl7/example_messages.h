#ifndef ENVEJ_TESTS_REGION_CLIENT_HL7_EXAMPLE_MESSAGES_H_
#define ENVEJ_TESTS_REGION_CLIENT_HL7_EXAMPLE_MESSAGES_H_

#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "region-client/hl7/message.h"

// Messages of people who do not exist: nobody is born on day 00.
namespace envej::hl7 {

inline constexpr char kHeader[] =
    "MSH|^~\\&|PAS|NORD|ENVEJ|REGION|20270115140500||ADT^A03^ADT_A03|M1|P|2.5|||||DNK|UTF-8";

inline std::string HeaderOf(const std::string& event, const std::string& version = "2.5") {
  return absl::StrCat("MSH|^~\\&|PAS|NORD|ENVEJ|REGION|20270115140500||ADT^", event, "|M1|P|", version,
                      "|||||DNK|UTF-8");
}

inline std::string Joined(const std::vector<std::string>& segments) { return absl::StrJoin(segments, "\r") + "\r"; }

// SEGMENT with texts at the fields whose numbers are said, in order.
inline std::string SegmentOf(const std::string& name, const std::vector<std::pair<int, std::string>>& fields) {
  std::string segment = name;
  int at = 0;
  for (const auto& [number, text] : fields) {
    for (; at < number; ++at) segment += '|';
    segment += text;
  }
  return segment;
}

inline Message Read(const std::string& bytes) {
  std::variant<Message, Problem> read = Message::Read(bytes);
  if (const Problem* const problem = std::get_if<Problem>(&read); problem != nullptr) {
    ADD_FAILURE() << ToText(problem->place) << " " << problem->what;
    read = Message::Read(Joined({kHeader}));
  }
  return std::get<Message>(std::move(read));
}

inline Problem ProblemOf(const std::string& bytes, CharacterSet unsaid = CharacterSet::kAscii) {
  const std::variant<Message, Problem> read = Message::Read(bytes, unsaid);
  if (read.index() == 1) return std::get<Problem>(read);
  ADD_FAILURE() << "there is no problem";
  return {};
}

}  // namespace envej::hl7

#endif  // ENVEJ_TESTS_REGION_CLIENT_HL7_EXAMPLE_MESSAGES_H_
