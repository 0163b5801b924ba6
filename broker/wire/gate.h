#ifndef ENVEJ_BROKER_WIRE_GATE_H_
#define ENVEJ_BROKER_WIRE_GATE_H_

#include <grpcpp/server_context.h>

#include <atomic>

#include "absl/status/statusor.h"
#include "broker/admission/admission.h"
#include "broker/log.h"
#include "broker/wire/fair_share.h"
#include "certs/certificate.h"
#include "certs/identity.h"
#include "certs/peer_certificates.h"

namespace envej::wire {

// Who calls, and the certificate that proves it.
struct Caller {
  certs::Identity identity;
  certs::Certificate certificate;
};

// The first step of every call: who is calling, whether that kind of caller may, whether there is still time, and
// whether it calls no faster than agreed.
// None of our code looks at the request before. gRPC has by then decoded those of the calls that do not submit, and has
// itself refused what is no message, whoever sent it. Thread-safe.
class Gate {
 public:
  Gate(const admission::Admission& admission, FairShare& share, const Clock& clock, const Log& log)
      : admission_(admission), share_(share), clock_(clock), log_(log) {}

  // The caller; or a refusal: CALLER_UNKNOWN, PARTICIPANT_SUSPENDED, CALLER_KIND_NOT_ALLOWED, BROKER_STOPPING,
  // DEADLINE_PASSED, RATE_EXCEEDED.
  absl::StatusOr<Caller> Enter(const grpc::ServerContextBase& context, admission::Method method) const;

  // How the work of those who entered is done, and how refusals are answered.
  FairShare& share() const { return share_; }

  // From now on every call is refused with BROKER_STOPPING.
  void Close() {
    closed_ = true;
    share_.Release();
  }

 private:
  absl::Status Unknown(const absl::Status& why) const;

  const admission::Admission& admission_;
  FairShare& share_;
  const Clock& clock_;
  const Log& log_;
  mutable certs::PeerCertificates certificates_;  // a cache
  std::atomic<bool> closed_ = false;
};

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_GATE_H_
