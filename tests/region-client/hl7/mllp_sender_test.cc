// Debian's mllp_send (python3-hl7), as an integration engine would send.

#include <cstdio>

#include "absl/strings/str_replace.h"
#include "proto/contract/day.h"
#include "region-client/hl7/acknowledgement.h"
#include "region-client/hl7/patient_event.h"
#include "tests/region-client/hl7/example_messages.h"
#include "tests/region-client/hl7/mllp_fixture.h"

namespace envej::hl7 {
namespace {

using testing::HasSubstr;

constexpr char kPatient[] = "PID|1||0012990001^^^CPR||Pr\u00F8vesen^Opdigtet";

// All that a command writes, on both streams.
std::string OutputOf(const std::string& command) {
  FILE* const pipe = popen(("timeout 60 " + command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return "";
  std::string output;
  char bytes[4096];
  for (size_t got = 0; (got = fread(bytes, 1, sizeof bytes, pipe)) > 0;) output.append(bytes, got);
  EXPECT_EQ(pclose(pipe), 0) << output;
  return output;
}

// What the whole of it makes of a message.
std::string Processed(const std::string& message) {
  const absl::TimeZone zone = contract::CopenhagenTimeZone().value();
  Site site;
  site.zone = zone;
  std::optional<Problem> problem;
  const std::variant<Message, Problem> read = Message::Read(message);
  if (read.index() == 1) {
    problem = std::get<Problem>(read);
  } else if (const auto event = ReadPatientEvent(std::get<Message>(read), site, absl::InfiniteFuture());
             event.index() == 2) {
    problem = std::get<Problem>(event);
  }
  return Acknowledge(message, problem, {.control_id = "1", .now = absl::Now(), .zone = zone});
}

TEST(MllpSenderTest, ARealSenderIsAnswered) {
  const auto listener = MllpListener::Start(
      "127.0.0.1:0", nullptr,
      {.answer = [](const Peer&, const std::string& message) { return Processed(message); }, .closed = {}});
  ASSERT_TRUE(listener.ok()) << listener.status();
  const certs::TestDirectory directory;
  const std::string visit = SegmentOf("PV1", {{2, "I"}, {3, "P4"}, {45, "20270115133000"}});
  const std::string broken = SegmentOf("PV1", {{2, "I"}, {45, "yesterday"}});
  const std::string other = absl::StrReplaceAll(HeaderOf("A04"), {{"M1", "M3"}});
  const std::string file = directory.Write(
      "messages", EncodeFrame(Joined({kHeader, kPatient, visit})) +
                      EncodeFrame(Joined({absl::StrReplaceAll(kHeader, {{"M1", "M2"}}), kPatient, broken})) +
                      EncodeFrame(Joined({other, kPatient})));
  const std::string output =
      OutputOf(absl::StrCat("mllp_send --port ", (*listener)->port(), " --file ", file, " 127.0.0.1"));
  EXPECT_THAT(output, HasSubstr("MSA|AA|M1\r"));
  EXPECT_THAT(output,
              HasSubstr("MSA|AE|M2\rERR||PV1^1^45|102^Data type error^HL70357|E|||PV1-45 is not a time stamp\r"));
  EXPECT_THAT(output, HasSubstr("MSA|AA|M3\r"));

  const std::string loose =
      directory.Write("loose", absl::StrJoin({std::string(kHeader), std::string(kPatient), visit}, "\r\n"));
  EXPECT_THAT(OutputOf(absl::StrCat("mllp_send --loose --port ", (*listener)->port(), " --file ", loose, " 127.0.0.1")),
              HasSubstr("MSA|AA|M1\r"));
}

}  // namespace
}  // namespace envej::hl7
