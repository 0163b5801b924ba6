#ifndef ENVEJ_REGION_CLIENT_HL7_MESSAGE_H_
#define ENVEJ_REGION_CLIENT_HL7_MESSAGE_H_

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "region-client/hl7/character_set.h"
#include "region-client/hl7/delimiters.h"
#include "region-client/hl7/problem.h"

namespace envej::hl7 {

inline constexpr size_t kMessageBytesMost = 256 << 10;
inline constexpr int kSegmentsMost = 2000;  // of any name
inline constexpr int kFieldsMost = 256;     // of one segment that is read
inline constexpr int kRepetitionsMost = 64;
inline constexpr size_t kControlIdBytesMost = 199;  // MSH-10

// One message of HL7 2.2 to 2.8, in the encoding with delimiters ("ER7"). Only the segments that say who, where and
// when are read: MSH, EVN, PID, PD1, PV1, PV2, MRG. Of all others, the site's own and clinical ones among them, nothing
// is kept but that they were there, and what they are written in does not matter.
//
// Never changes, safe from any thread.
class Message {
 public:
  // The message, or the first reason for which it is refused:
  //   it is longer than kMessageBytesMost, has more than one of the numbers above, or a NUL;
  //   it does not begin with MSH and delimiters; a line is no segment;
  //   MSH-9, MSH-10 or MSH-12 is missing, the version is none of 2.2 to 2.8, MSH-10 is too long or not printable ASCII;
  //   MSH-18 (its first repetition, which is what a message begins in) names another character set than ASCII, 8859/1
  //   and UTF-8; a segment that is read is not written in it. `unsaid` is what MSH-18 means where it says nothing.
  // Segments end as the first does: with CR, or LF, or CR and LF. A mark of UTF-8's byte order before all is passed
  // over. Takes time in proportion to the bytes.
  static std::variant<Message, Problem> Read(absl::string_view bytes, CharacterSet unsaid = CharacterSet::kAscii);

  // How many segments of that name there are, of those that are read. The functions below speak of the first.
  int Count(absl::string_view segment) const;

  // How often the field stands there: 0 if it is empty, absent, or explicitly nothing.
  int Repetitions(absl::string_view segment, int field) const;

  // The text of a component or subcomponent, the first where Place does not say which: UTF-8 without escapes, white
  // space around it, or ASCII control characters. Empty if it is empty, absent, or explicitly nothing.
  // Of escapes those for delimiters and of bytes (\X..\) count, and line breaks as a space; others, as for
  // highlighting, are dropped, and so are bytes that the character set does not have. An escape character with no
  // second one after it stands for itself.
  std::string Text(const Place& place) const;

  // Whether it says `""`: that what was known is to be forgotten.
  bool IsExplicitlyNothing(const Place& place) const;

  // MSH-10, by which a repeated message is known; with MSH-3 and MSH-4, who sent it.
  std::string ControlId() const { return Text({.segment = "MSH", .field = 10}); }

 private:
  struct Segment {
    std::string name;
    std::vector<std::string> fields;  // as written, in UTF-8; at n what HL7 numbers n, at 0 the name
    int count = 1;
  };

  Message() = default;

  const Segment* Find(absl::string_view name) const;
  std::variant<std::monostate, Problem> ReadSegments(absl::string_view bytes);
  std::variant<std::monostate, Problem> Keep(absl::string_view line);
  std::variant<std::monostate, Problem> CheckHeader() const;
  absl::string_view Field(absl::string_view segment, int field) const;
  absl::string_view Written(const Place& place) const;
  std::string Unescaped(absl::string_view written) const;
  std::string Meaning(absl::string_view escape) const;

  Delimiters delimiters_;
  CharacterSet character_set_ = CharacterSet::kAscii;
  std::vector<Segment> segments_;
};

}  // namespace envej::hl7

#endif  // ENVEJ_REGION_CLIENT_HL7_MESSAGE_H_
