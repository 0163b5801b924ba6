#ifndef ENVEJ_BROKER_OPERATIONS_ATTENDANCE_RECORD_H_
#define ENVEJ_BROKER_OPERATIONS_ATTENDANCE_RECORD_H_

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace envej::operations {

// What of the attendance (attendance.h) outlives a restart. Times are whole microseconds.

struct KeptCertificate {
  std::string fingerprint;  // SHA-256 of its DER, 32 bytes
  std::string origin;       // which of a region's systems it names; empty if none
  absl::Time expires_at;
  absl::Time last_seen_at;

  bool operator==(const KeptCertificate&) const = default;
};

struct KeptAttendant {
  absl::Time last_seen_at;
  std::optional<absl::Time> last_pull_at;
  std::vector<KeptCertificate> certificates;  // at most kCertificatesMost

  bool operator==(const KeptAttendant&) const = default;
};

// By URI name, without an origin; at most kParticipantsMost. No two have a certificate in common.
using KeptAttendance = std::map<std::string, KeptAttendant>;

inline constexpr size_t kCertificatesMost = 16;
inline constexpr size_t kParticipantsMost = 4096;

// Framed (store/record_codec.h): some 100 bytes a certificate, so 6 MiB at the very most.
std::string EncodeAttendance(const KeptAttendance& attendance);
// DATA_LOSS or FAILED_PRECONDITION as UnframeOf there; DATA_LOSS also for what is beyond the bounds above, or names
// what no participant and no certificate of one is called.
absl::StatusOr<KeptAttendance> DecodeAttendance(absl::string_view value);

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_ATTENDANCE_RECORD_H_
