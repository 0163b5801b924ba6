#ifndef ENVEJ_BROKER_WIRE_CALLER_H_
#define ENVEJ_BROKER_WIRE_CALLER_H_

#include <memory>

#include "broker/trust/trust.h"
#include "broker/wire/call_trace.h"
#include "certs/certificate.h"
#include "certs/identity.h"

namespace envej::wire {

// Who calls, the certificate that proves it, the trust by which the whole call is carried out, and the trace by which
// the caller finds it again.
struct Caller {
  certs::Identity identity;
  certs::Certificate certificate;
  std::shared_ptr<const trust::Trust> trust;
  CallTrace trace = {};
};

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_CALLER_H_
