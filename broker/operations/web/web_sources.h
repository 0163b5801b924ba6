#ifndef ENVEJ_BROKER_OPERATIONS_WEB_WEB_SOURCES_H_
#define ENVEJ_BROKER_OPERATIONS_WEB_WEB_SOURCES_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "broker/operations/answers.h"
#include "certs/certificate.h"

namespace envej::operations {

// What the pages are made from. All are called from many threads at once, and `answers` and whatever the functions
// refer to must outlive the server.
struct WebSources {
  Answers& answers;
  // Whether the owner of this certificate is of operations and may look, now: the operator's URI name, or an error.
  // Asked for each request, and again and again while a feed is open. The handshake only checked the chain.
  std::function<absl::StatusOr<std::string>(const certs::Certificate&)> judge;
  std::function<std::string()> metrics_text;  // in Prometheus' text format
  std::function<absl::Status()> healthy;      // the process does its work
  std::function<absl::Status()> ready;        // the store can write
};

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_WEB_WEB_SOURCES_H_
