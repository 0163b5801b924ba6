#include "broker/operations/attendance.h"

#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"

namespace envej::operations {
namespace {

// The moment, which is not to come: from now on it is no later than now.
absl::Time Past(absl::Time& moment, absl::Time now) { return moment = std::min(moment, now); }

}  // namespace

std::string MunicipalityUri(absl::string_view code) {
  return certs::ToUri({.kind = certs::ParticipantKind::kMunicipality, .code = std::string(code), .origin = ""});
}

void Attendance::See(const certs::Identity& identity, const certs::Certificate& certificate, absl::Time now) {
  const MutexLock lock(mutex_);
  const auto known = seen_.find(certificate.fingerprint());
  if (known == seen_.end()) return Remember(identity, certificate, now);
  Seen& seen = known->second;
  if (seen.identity == identity) {
    seen.last_seen_at = now;
    *seen.participant_seen_at = now;
    return;
  }
  // The register says by now that it is somebody else's.
  std::erase(participants_[seen.participant].fingerprints, certificate.fingerprint());
  seen_.erase(known);
  Remember(identity, certificate, now);
}

void Attendance::Remember(const certs::Identity& identity, const certs::Certificate& certificate, absl::Time now) {
  std::string uri = certs::ParticipantUri(identity);
  if (participants_.size() >= kParticipantsMost && !participants_.contains(uri)) ForgetOneParticipant();
  Participant& participant = participants_[uri];
  participant.last_seen_at = now;
  if (participant.fingerprints.size() >= kCertificatesMost) ForgetOne(participant);
  Add(certificate.fingerprint(), {.identity = identity,
                                  .participant = std::move(uri),
                                  .expires_at = certificate.not_after(),
                                  .last_seen_at = now});
}

void Attendance::Add(const std::string& fingerprint, Seen seen) {
  Participant& participant = participants_[seen.participant];
  seen.participant_seen_at = &participant.last_seen_at;
  if (seen_.emplace(fingerprint, std::move(seen)).second) participant.fingerprints.push_back(fingerprint);
}

KeptAttendance Attendance::ToKeep() {
  KeptAttendance kept;
  const MutexLock lock(mutex_);
  for (const auto& [uri, participant] : participants_) {
    KeptAttendant attendant{
        .last_seen_at = participant.last_seen_at, .last_pull_at = participant.last_pull_at, .certificates = {}};
    for (const std::string& fingerprint : participant.fingerprints) {
      const Seen& seen = seen_.at(fingerprint);
      attendant.certificates.push_back({.fingerprint = fingerprint,
                                        .origin = seen.identity.origin,
                                        .expires_at = seen.expires_at,
                                        .last_seen_at = seen.last_seen_at});
    }
    kept.emplace_hint(kept.end(), uri, std::move(attendant));
  }
  return kept;
}

void Attendance::Restore(const KeptAttendance& kept, absl::Time now) {
  const MutexLock lock(mutex_);
  for (const auto& [uri, attendant] : kept) {
    const absl::StatusOr<certs::Identity> identity = certs::ParseIdentityUri(uri);
    if (!identity.ok()) continue;
    Participant& participant = participants_[uri];
    participant.last_seen_at = attendant.last_seen_at;
    participant.last_pull_at = attendant.last_pull_at;
    for (const KeptCertificate& certificate : attendant.certificates) {
      if (now - certificate.expires_at >= kExpiredToldFor) continue;
      Add(certificate.fingerprint,
          {.identity = {.kind = identity->kind, .code = identity->code, .origin = certificate.origin},
           .participant = uri,
           .expires_at = certificate.expires_at,
           .last_seen_at = certificate.last_seen_at});
    }
  }
}

void Attendance::ForgetOneParticipant() {
  const auto longest_ago = std::min_element(
      participants_.begin(), participants_.end(),
      [](const auto& left, const auto& right) { return left.second.last_seen_at < right.second.last_seen_at; });
  for (const std::string& fingerprint : longest_ago->second.fingerprints) seen_.erase(fingerprint);
  participants_.erase(longest_ago);
}

void Attendance::ForgetOne(Participant& participant) {
  std::vector<std::string>& fingerprints = participant.fingerprints;
  const auto worth = [&](const std::string& fingerprint) ENVEJ_REQUIRES(mutex_) {
    const Seen& seen = seen_.at(fingerprint);
    return std::make_pair(!Followed(seen, participant), seen.last_seen_at);
  };
  const auto least = std::min_element(fingerprints.begin(), fingerprints.end(),
                                      [&](const std::string& left, const std::string& right)
                                          ENVEJ_REQUIRES(mutex_) { return worth(left) < worth(right); });
  seen_.erase(*least);
  fingerprints.erase(least);
}

bool Attendance::Followed(const Seen& seen, const Participant& participant) const {
  return std::any_of(participant.fingerprints.begin(), participant.fingerprints.end(),
                     [&](const std::string& fingerprint) ENVEJ_REQUIRES(mutex_) {
                       const Seen& other = seen_.at(fingerprint);
                       return other.identity == seen.identity && other.expires_at > seen.expires_at &&
                              other.last_seen_at >= seen.last_seen_at;
                     });
}

void Attendance::SeePull(const std::string& participant, absl::Time now) {
  const MutexLock lock(mutex_);
  const auto found = participants_.find(participant);
  if (found != participants_.end()) found->second.last_pull_at = now;
}

std::optional<absl::Time> Attendance::LastSeen(const std::string& participant, absl::Time now) {
  const MutexLock lock(mutex_);
  const auto found = participants_.find(participant);
  if (found == participants_.end()) return std::nullopt;
  return Past(found->second.last_seen_at, now);
}

std::optional<absl::Time> Attendance::LastPull(const std::string& participant, absl::Time now) {
  const MutexLock lock(mutex_);
  const auto found = participants_.find(participant);
  if (found == participants_.end() || !found->second.last_pull_at.has_value()) return std::nullopt;
  return Past(*found->second.last_pull_at, now);
}

std::map<std::string, Attendant> Attendance::All(absl::Time now) {
  std::map<std::string, Attendant> all;
  const MutexLock lock(mutex_);
  for (auto& [uri, participant] : participants_) {
    Attendant attendant{.last_seen_at = Past(participant.last_seen_at, now), .certificates = {}};
    for (const std::string& fingerprint : participant.fingerprints) {
      Seen& seen = seen_.at(fingerprint);
      attendant.certificates.push_back({.fingerprint = certs::ShortFingerprint(fingerprint),
                                        .origin = seen.identity.origin,
                                        .expires_at = seen.expires_at,
                                        .last_seen_at = Past(seen.last_seen_at, now),
                                        .followed = Followed(seen, participant)});
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
