#ifndef ENVEJ_BROKER_WIRE_LIBRARY_LOGS_H_
#define ENVEJ_BROKER_WIRE_LIBRARY_LOGS_H_

#include "broker/log.h"

namespace envej::wire {

// From now on what gRPC and protobuf complain of goes to `log`, so that every line of it stays JSON: handshakes that
// fail, bytes that are no message. gRPC repeats hosts and headers that a caller sent: of what is not known to be the
// library's own words, only its place in the library's source is logged. Anybody can cause such lines, so there are
// only as many a second as LogLimit says; `left_out` tells of the others. Call it once, before either is used; `log`
// and `clock` live as long as the process.
void SendLibraryLogsTo(const Log& log, const Clock& clock);

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_LIBRARY_LOGS_H_
