#ifndef ENVEJ_REGION_CLIENT_SOURCES_FHIR_SOURCE_H_
#define ENVEJ_REGION_CLIENT_SOURCES_FHIR_SOURCE_H_

#include <functional>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "region-client/agent/desk.h"
#include "region-client/fhir/message.h"
#include "region-client/fhir/problem.h"
#include "region-client/pages/process_message.h"

namespace envej::region {

// Takes FHIR messages that systems post to the desk, and says how each is to be answered.
//
// Thread safety: any number of threads.
class FhirSource {
 public:
  struct Parts {
    Desk& desk;
    absl::TimeZone copenhagen;
    std::function<absl::Time()> now;
    // One line for each message that is refused: where and why, by no value of it. From any thread.
    std::function<void(const std::string& line)> log;
  };

  // All that is given must outlive it.
  explicit FhirSource(Parts parts) : parts_(std::move(parts)) {}

  // MedCom's Acknowledgement in the form that came, once what the message says is durable: 200 with ok, 422 with
  // fatal-error, 503 with transient-error, after which it may be sent again as it is. An acknowledgement of somebody
  // else is taken with 204 and not answered; a content type that is not FHIR's is 415.
  MessageAnswer Process(const Peer& peer, const std::string& content_type, const std::string& body) const;

 private:
  std::optional<fhir::Problem> Take(const Peer& peer, const fhir::Message& message) const;
  // That it was refused: in the log, and in the counts.
  void Note(const Peer& peer, const fhir::Problem& problem) const;

  const Parts parts_;
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_SOURCES_FHIR_SOURCE_H_
