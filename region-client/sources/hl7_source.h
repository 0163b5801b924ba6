#ifndef ENVEJ_REGION_CLIENT_SOURCES_HL7_SOURCE_H_
#define ENVEJ_REGION_CLIENT_SOURCES_HL7_SOURCE_H_

#include <functional>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "region-client/agent/desk.h"
#include "region-client/hl7/message.h"
#include "region-client/hl7/patient_event.h"
#include "region-client/hl7/problem.h"

namespace envej::region {

// Takes HL7 messages to the desk, and says how each is to be answered.
//
// Thread safety: any number of threads.
class Hl7Source {
 public:
  struct Parts {
    std::string name;  // of the listener or folder; two of them may have the same message ids
    hl7::Site site;
    hl7::CharacterSet unsaid = hl7::CharacterSet::kAscii;  // what MSH-18 means where it says nothing
    Desk& desk;
    std::function<absl::Time()> now;
    // One line for each message that is refused: where and why, by no value of it. From any thread.
    std::function<void(const std::string& line)> log;
  };

  // All that is given must outlive it.
  explicit Hl7Source(Parts parts) : parts_(std::move(parts)) {}

  // Nothing: what it says is durable, or was taken before, or follows nothing from. Otherwise why it was refused.
  // kApplicationInternalError: it can be sent again as it is. `sender` is who sent it, for the log.
  std::optional<hl7::Problem> Take(absl::string_view sender, absl::string_view message) const;

  // The acknowledgement of that, to be sent back; empty where its sender asks for none (hl7/acknowledgement.h).
  std::string Answer(absl::string_view sender, absl::string_view message) const;

 private:
  std::optional<hl7::Problem> TakeEvent(const hl7::Message& message, const ward::Event& event) const;

  const Parts parts_;
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_SOURCES_HL7_SOURCE_H_
