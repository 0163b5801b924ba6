// A message of a ward's system, and how it came: in frames.

#include <optional>
#include <string>
#include <variant>

#include "absl/strings/strip.h"
#include "region-client/hl7/acknowledgement.h"
#include "region-client/hl7/delimiters.h"
#include "region-client/hl7/message.h"
#include "region-client/hl7/mllp_framing.h"
#include "region-client/hl7/patient_event.h"
#include "tests/fuzz/fuzz_target.h"

namespace envej::fuzz {
namespace {

constexpr size_t kFrameBytesMost = 4096;
constexpr absl::Time kNow = absl::FromUnixSeconds(1'800'100'000);

constexpr char kDischarge[] =
    "MSH|^~\\&|PAS|NORD|ENVEJ|REGION|20270115140500||ADT^A03^ADT_A03|M1|P|2.5|||||DNK|UTF-8\r"
    "EVN|A03|20270115140400||||20270115134500\r"
    "PID|1||0012990001^^^CPR~P77^^^NORD&1.2.3&ISO||Pr\u00F8vesen^Opdigtet||19800229|F|||All\u00E9 1^^Ingenby^^9999||"
    "+4500000001^PRN^PH~^NET^Internet^a@example.org||||||||||||||||N\r"
    "PV1|1|I|P4^201^1|||||||PSY|||||||||S123|||||||||||||||||01|||||||||20270115133000\rZXY|1\r";
constexpr char kMerge[] =
    "MSH!$%/*!PAS!NORD!ENVEJ!REGION!202701151405+0100!!ADT$A40!M/F/2!P!2.3!!!!!!8859/1\n"
    "PID!1!!NEW$$$NORD!!Pr/XF8/vesen$Opdigtet\nMRG!OLD$$$NORD%\"\"\n";
constexpr char kEnhanced[] = "MSH|^~\\&|PAS|NORD|||20270115||ADT^A03|M4|P|2.5|||ER|SU||UTF-8\rPID|1||A^^^B\r";
constexpr char kPlan[] =
    "MSH|^~\\&#|PAS|NORD|||20270115||ADT^A16|M3|P|2.8\r\nEVN||20270115|20270120\r\nPID|1||A^^^B\r\nPV1|1|I\r\n"
    "PV2|||||||||20270121\r\n";

void TryEvent(const hl7::Message& message, std::optional<hl7::Problem>& problem) {
  const auto outcome = hl7::ReadPatientEvent(message, {.zone = absl::FixedTimeZone(3600)}, kNow);
  if (const auto* const found = std::get_if<hl7::Problem>(&outcome); found != nullptr) problem = *found;
  if (const auto* const event = std::get_if<ward::Event>(&outcome); event != nullptr) {
    ENVEJ_FUZZ_CHECK(!event->patient.empty());
    ENVEJ_FUZZ_CHECK((event->kind == ward::EventKind::kMerged) == !event->merged.empty());
    ENVEJ_FUZZ_CHECK(event->kind != ward::EventKind::kDischarged || event->discharge_day.has_value());
    ENVEJ_FUZZ_CHECK(!event->recorded_at.has_value() || *event->recorded_at <= kNow + ward::kRecordedAheadMost);
    ENVEJ_FUZZ_CHECK(hl7::ToUtf8(event->contact.name, hl7::CharacterSet::kUtf8).has_value());
  }
}

void TryFrames(absl::string_view bytes) {
  hl7::FrameDecoder decoder(kFrameBytesMost);
  while (!bytes.empty()) {
    const size_t before = bytes.size();
    const auto message = decoder.Decode(bytes);
    if (!message.ok()) return;
    ENVEJ_FUZZ_CHECK(bytes.size() < before);
    if (message->has_value()) ENVEJ_FUZZ_CHECK((*message)->size() <= kFrameBytesMost);
  }
}

}  // namespace

void Try(absl::string_view bytes) {
  TryFrames(bytes);
  std::optional<hl7::Problem> problem;
  const auto read = hl7::Message::Read(bytes);
  if (const auto* const message = std::get_if<hl7::Message>(&read); message != nullptr) {
    ENVEJ_FUZZ_CHECK(!message->ControlId().empty());
    TryEvent(*message, problem);
  } else {
    problem = std::get<hl7::Problem>(read);
  }
  ENVEJ_FUZZ_CHECK(!problem.has_value() || !problem->what.empty());
  const std::string answer =
      hl7::Acknowledge(bytes, problem, {.control_id = "1", .now = absl::UnixEpoch(), .zone = absl::UTCTimeZone()});
  if (answer.empty()) {  // none is due, which only a header can say
    ENVEJ_FUZZ_CHECK(hl7::ReadDelimiters(absl::StripPrefix(bytes, "\xEF\xBB\xBF")).has_value());
    return;
  }
  ENVEJ_FUZZ_CHECK(answer.substr(0, 3) == "MSH" && answer.find("\rMSA") != std::string::npos);
  // One frame, whatever was given back in it.
  hl7::FrameDecoder decoder(1 << 20);
  const std::string frame = hl7::EncodeFrame(answer);
  absl::string_view rest = frame;
  const auto decoded = decoder.Decode(rest);
  ENVEJ_FUZZ_CHECK(decoded.ok() && *decoded == answer && rest.empty());
}

std::vector<std::string> Seeds() {
  return {kDischarge, kMerge, kPlan, kEnhanced, hl7::EncodeFrame(kDischarge) + hl7::EncodeFrame(kPlan)};
}

}  // namespace envej::fuzz
