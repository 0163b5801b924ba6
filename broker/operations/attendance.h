#ifndef ENVEJ_BROKER_OPERATIONS_ATTENDANCE_H_
#define ENVEJ_BROKER_OPERATIONS_ATTENDANCE_H_

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "broker/mutex.h"
#include "broker/operations/attendance_record.h"
#include "certs/certificate.h"
#include "certs/identity.h"

namespace envej::operations {

// A certificate with which a participant called.
struct SeenCertificate {
  std::string fingerprint;  // the first 8 hexadecimal digits of its SHA-256 fingerprint
  std::string origin;       // which of a region's systems it names; empty if none
  absl::Time expires_at;
  absl::Time last_seen_at;
  bool followed = false;  // another one of its origin expires later and was seen no earlier
};

// One participant, as far as is known.
struct Attendant {
  absl::Time last_seen_at;
  std::vector<SeenCertificate> certificates;  // at most kCertificatesMost, the one seen last first
};

// As certs::ParticipantUri, by which participants are named here.
std::string MunicipalityUri(absl::string_view code);

// Who has called, and when last; and who has pulled. Kept in memory, and over a restart in the store
// (attendance_keeper.h), bounded by kCertificatesMost a participant and kParticipantsMost participants, more than any
// register has. Of a participant with more certificates those that were followed are forgotten first, then those not
// seen for longest; of more participants, whoever was not seen for longest.
//
// Nothing is ever said to have been later than `now`, where somebody asks: what a clock that was ahead has stamped is
// from then on known as of that moment.
//
// Thread safety: any thread. See costs one short lock, and an allocation only for a certificate that is new.
class Attendance {
 public:
  static constexpr size_t kCertificatesMost = operations::kCertificatesMost;
  static constexpr size_t kParticipantsMost = operations::kParticipantsMost;
  // For how long a certificate that has expired is told after the next start.
  static constexpr absl::Duration kExpiredToldFor = absl::Hours(24 * 7);

  // What is to be known after a restart.
  KeptAttendance ToKeep();
  // Takes over what was known when the broker last ran, but certificates that expired kExpiredToldFor before `now` or
  // earlier. Call once, before anybody is seen.
  void Restore(const KeptAttendance& kept, absl::Time now);

  // A caller who is known and may call did so, with this certificate.
  void See(const certs::Identity& identity, const certs::Certificate& certificate, absl::Time now);

  // A pull of a participant that was seen before was let in: neither refused nor turned away.
  void SeePull(const std::string& participant, absl::Time now);

  // When a participant called last; nothing if it did not.
  std::optional<absl::Time> LastSeen(const std::string& participant, absl::Time now);
  // When a pull of a participant was last let in; nothing if none was.
  std::optional<absl::Time> LastPull(const std::string& participant, absl::Time now);
  // All that called, by URI name.
  std::map<std::string, Attendant> All(absl::Time now);

 private:
  struct Seen {
    certs::Identity identity;
    std::string participant;
    absl::Time expires_at;
    absl::Time last_seen_at;
    absl::Time* participant_seen_at = nullptr;  // of its participant, which stays where it is
  };
  struct Participant {
    absl::Time last_seen_at;
    std::optional<absl::Time> last_pull_at;
    std::vector<std::string> fingerprints;  // whole ones
  };

  void Remember(const certs::Identity& identity, const certs::Certificate& certificate, absl::Time now)
      ENVEJ_REQUIRES(mutex_);
  void ForgetOne(Participant& participant) ENVEJ_REQUIRES(mutex_);
  void ForgetOneParticipant() ENVEJ_REQUIRES(mutex_);
  // A certificate that is not among them.
  void Add(const std::string& fingerprint, Seen seen) ENVEJ_REQUIRES(mutex_);
  bool Followed(const Seen& seen, const Participant& participant) const ENVEJ_REQUIRES(mutex_);

  Mutex mutex_;
  absl::flat_hash_map<std::string, Seen> seen_ ENVEJ_GUARDED_BY(mutex_);      // by whole fingerprint
  std::map<std::string, Participant> participants_ ENVEJ_GUARDED_BY(mutex_);  // by URI name
};

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_ATTENDANCE_H_
