#include "broker/operations/attendance.h"

#include <algorithm>
#include <utility>

namespace envej::operations {

std::string MunicipalityUri(absl::string_view code) {
  return certs::ToUri({.kind = certs::ParticipantKind::kMunicipality, .code = std::string(code), .origin = ""});
}

void Attendance::See(const certs::Identity& identity, const certs::Certificate& certificate, absl::Time now) {
  const MutexLock lock(mutex_);
  const auto known = seen_.find(certificate.fingerprint());
  if (known == seen_.end()) return Remember(identity, certificate, now);
  Seen& seen = known->second;
  if (seen.identity == identity) {
    seen.last_seen_at = std::max(seen.last_seen_at, now);
    *seen.participant_seen_at = std::max(*seen.participant_seen_at, now);
    return;
  }
  // The register says by now that it is somebody else's.
  std::erase(participants_[seen.participant].fingerprints, certificate.fingerprint());
  seen_.erase(known);
  Remember(identity, certificate, now);
}

void Attendance::Remember(const certs::Identity& identity, const certs::Certificate& certificate, absl::Time now) {
  std::string uri = certs::ParticipantUri(identity);
  if (participants_.size() >= kParticipantsMost && !participants_.contains(uri)) return;
  Participant& participant = participants_[uri];
  participant.last_seen_at = std::max(participant.last_seen_at, now);
  if (participant.fingerprints.size() >= kCertificatesMost) ForgetOldest(participant);
  participant.fingerprints.push_back(certificate.fingerprint());
  seen_.emplace(certificate.fingerprint(), Seen{.identity = identity,
                                                .participant = std::move(uri),
                                                .expires_at = certificate.not_after(),
                                                .last_seen_at = now,
                                                .participant_seen_at = &participant.last_seen_at});
}

void Attendance::ForgetOldest(Participant& participant) {
  std::vector<std::string>& fingerprints = participant.fingerprints;
  const auto oldest = std::min_element(
      fingerprints.begin(), fingerprints.end(),
      [this](const std::string& left, const std::string& right)
          ENVEJ_REQUIRES(mutex_) { return seen_.at(left).last_seen_at < seen_.at(right).last_seen_at; });
  seen_.erase(*oldest);
  fingerprints.erase(oldest);
}

std::optional<absl::Time> Attendance::LastSeen(const std::string& participant) const {
  const MutexLock lock(mutex_);
  const auto found = participants_.find(participant);
  if (found == participants_.end()) return std::nullopt;
  return found->second.last_seen_at;
}

std::map<std::string, Attendant> Attendance::All() const {
  std::map<std::string, Attendant> all;
  const MutexLock lock(mutex_);
  for (const auto& [uri, participant] : participants_) {
    Attendant attendant{.last_seen_at = participant.last_seen_at, .certificates = {}};
    for (const std::string& fingerprint : participant.fingerprints) {
      const Seen& seen = seen_.at(fingerprint);
      attendant.certificates.push_back({.fingerprint = certs::ShortFingerprint(fingerprint),
                                        .origin = seen.identity.origin,
                                        .expires_at = seen.expires_at,
                                        .last_seen_at = seen.last_seen_at});
    }
    std::stable_sort(attendant.certificates.begin(), attendant.certificates.end(),
                     [](const SeenCertificate& left, const SeenCertificate& right) {
                       return left.last_seen_at > right.last_seen_at;
                     });
    all.emplace(uri, std::move(attendant));
  }
  return all;
}

}  // namespace envej::operations
