#ifndef ENVEJ_BROKER_WIRE_GATE_H_
#define ENVEJ_BROKER_WIRE_GATE_H_

#include <grpcpp/server_context.h>

#include <atomic>

#include "absl/status/statusor.h"
#include "broker/admission/admission.h"
#include "broker/log.h"
#include "certs/certificate.h"
#include "certs/identity.h"
#include "certs/peer_certificates.h"

namespace envej::wire {

// Who calls, and the certificate that proves it.
struct Caller {
  certs::Identity identity;
  certs::Certificate certificate;
};

// The first step of every call: who is calling, whether that kind of caller may, and whether there is still time.
// None of our code looks at the request before. gRPC has by then decoded those of the calls that do not submit, and has
// itself refused what is no message, whoever sent it. Thread-safe.
class Gate {
 public:
  Gate(const admission::Admission& admission, const Clock& clock, const Log& log)
      : admission_(admission), clock_(clock), log_(log) {}

  // The caller; or a refusal: CALLER_UNKNOWN, PARTICIPANT_SUSPENDED, CALLER_KIND_NOT_ALLOWED, BROKER_STOPPING,
  // DEADLINE_PASSED.
  absl::StatusOr<Caller> Enter(const grpc::ServerContextBase& context, admission::Method method) const;

  // From now on every call is refused with BROKER_STOPPING.
  void Close() { closed_ = true; }

 private:
  absl::Status Unknown(const absl::Status& why) const;

  const admission::Admission& admission_;
  const Clock& clock_;
  const Log& log_;
  mutable certs::PeerCertificates certificates_;  // a cache
  std::atomic<bool> closed_ = false;
};

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_GATE_H_
