#ifndef ENVEJ_BROKER_WIRE_REFUSALS_H_
#define ENVEJ_BROKER_WIRE_REFUSALS_H_

#include <grpcpp/support/status.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "broker/log.h"
#include "broker/wire/caller.h"
#include "certs/certificate.h"
#include "envej/v1/rejection.pb.h"

namespace envej::wire {

// Whom something was refused, and why.
struct Refused {
  std::string caller;   // its URI; empty if it is not known who it is
  std::string actor;    // fingerprint of its certificate; empty if that names nobody, so that strangers are one
  uint32_t reason = 0;  // number of envej.v1.RejectionReason
};

// The one way by which callers are told that something failed; every refusal of a call, or of one item of a batch, is
// counted here. What is told: a refusal with its reason; of any other error only that it is ours or that the call may
// be repeated. The error's own text goes to the log and never to a caller. Thread-safe.
class Refusals {
 public:
  // Called for each; must be thread-safe and must not block.
  using Count = std::function<void(const Refused& refused)>;

  // `logs_calls`: each call, and the refusal of each, is a line in the log.
  Refusals(Count count, const Log& log, bool logs_calls = false)
      : count_(std::move(count)), log_(log), logs_calls_(logs_calls) {}

  bool logs_calls() const { return logs_calls_; }

  // Count what refuses a caller on its way in, and give it back: of one whose identity is known; and of one of which at
  // most the certificate is. Not to be called for what the functions below are given.
  absl::Status Counted(const Caller& caller, absl::Status status) const;
  absl::Status CountedOfUnknown(absl::Status status, const certs::Certificate* certificate) const;
  // What such a caller is told.
  grpc::Status OfEntry(const absl::Status& status) const;

  // The end of a whole call. OK is OK.
  grpc::Status OfCall(const Caller& caller, const absl::Status& status) const;
  // Of one item of a batch. An error of ours, which is no refusal, has none: the whole call then fails.
  std::optional<v1::Rejection> OfItem(const Caller& caller, const absl::Status& status) const;

 private:
  absl::Status CountedQuietly(const Caller& caller, absl::Status status) const;

  const Count count_;
  const Log& log_;
  const bool logs_calls_;
};

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_REFUSALS_H_
