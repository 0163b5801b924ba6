#ifndef ENVEJ_REGION_CLIENT_SOURCES_HL7_LISTENER_H_
#define ENVEJ_REGION_CLIENT_SOURCES_HL7_LISTENER_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "certs/options/yaml_reader.h"
#include "certs/server_context.h"
#include "certs/tls_files.h"
#include "region-client/agent/desk.h"
#include "region-client/hl7/mllp_listener.h"
#include "region-client/sources/failed_handshakes.h"
#include "region-client/sources/hl7_form.h"
#include "region-client/sources/hl7_source.h"

namespace envej::region {

// Where HL7 messages are listened for, and how their sender writes them.
struct Hl7ListenerOptions {
  std::string name;                    // under which its message ids are known
  std::string listen;                  // HOST:PORT; without TLS a loopback address
  std::optional<certs::TlsFiles> tls;  // nothing: plain
  Hl7Form form;
};

// What the configuration says of one listener, an item of `hl7`; what is wrong is reported to the reader.
Hl7ListenerOptions ReadHl7Listener(options::YamlMapping& mapping);

// Listens for HL7 messages over MLLP and takes them to the desk, for as long as it lives.
class Hl7Listener {
 public:
  struct Parts {
    Desk& desk;
    absl::TimeZone copenhagen;
    std::function<absl::Time()> now;
    std::function<void(const std::string& line)> log;  // from any thread
  };

  // Errors are one line that names the listener and says what to do: of its files, or of its address. What `parts`
  // refers to must outlive it.
  static absl::StatusOr<std::unique_ptr<Hl7Listener>> Start(const Hl7ListenerOptions& options, const Parts& parts);
  // Ends every connection; answers that are being made are still sent.
  ~Hl7Listener() = default;

  // Reads certificate, key and authorities again, for the connections from now on. An error changes nothing. OK where
  // it is plain.
  absl::Status Reload();

  int port() const { return listener_->port(); }

 private:
  Hl7Listener(const Hl7ListenerOptions& options, const Parts& parts);

  const std::optional<certs::TlsFiles> files_;
  const std::function<absl::Time()> now_;
  const Hl7Source source_;
  FailedHandshakes failed_handshakes_;
  std::unique_ptr<certs::ServerContext> context_;  // null: plain
  std::unique_ptr<hl7::MllpListener> listener_;    // stops before what it answers with goes
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_SOURCES_HL7_LISTENER_H_
