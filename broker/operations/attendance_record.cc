#include "broker/operations/attendance_record.h"

#include <cstdint>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "broker/store/record_codec.h"
#include "certs/identity.h"
#include "proto/contract/byte_codec.h"

namespace envej::operations {
namespace {

constexpr uint8_t kVersion = 1;
constexpr size_t kFingerprintBytes = 32;

bool MayHaveOrigin(const certs::Identity& participant, absl::string_view origin) {
  if (origin.empty()) return true;
  return participant.kind == certs::ParticipantKind::kRegion && certs::IsIdentityName(origin);
}

// Reads one participant behind the others; false if it is none that was written.
bool ReadAttendant(contract::ByteReader& reader, KeptAttendance& attendance,
                   absl::flat_hash_set<std::string>& fingerprints) {
  std::string uri = reader.Bytes();
  const absl::StatusOr<certs::Identity> participant = certs::ParseIdentityUri(uri);
  if (!participant.ok() || !participant->origin.empty()) return false;
  if (!attendance.empty() && uri <= attendance.rbegin()->first) return false;
  KeptAttendant attendant;
  attendant.last_seen_at = reader.Time();
  const uint8_t has_pulled = reader.Uint8();
  if (has_pulled > 1) return false;
  if (has_pulled == 1) attendant.last_pull_at = reader.Time();
  const uint8_t count = reader.Uint8();
  if (count > kCertificatesMost) return false;
  for (uint8_t number = 0; number < count; ++number) {
    KeptCertificate certificate;
    certificate.fingerprint = reader.Raw(kFingerprintBytes);
    certificate.origin = reader.Bytes();
    certificate.expires_at = reader.Time();
    certificate.last_seen_at = reader.Time();
    if (!reader.ok() || !MayHaveOrigin(*participant, certificate.origin)) return false;
    if (!fingerprints.insert(certificate.fingerprint).second) return false;
    attendant.certificates.push_back(std::move(certificate));
  }
  attendance.emplace_hint(attendance.end(), std::move(uri), std::move(attendant));
  return reader.ok();
}

}  // namespace

std::string EncodeAttendance(const KeptAttendance& attendance) {
  contract::ByteWriter payload;
  payload.Uint32(static_cast<uint32_t>(attendance.size()));
  for (const auto& [uri, attendant] : attendance) {
    payload.Bytes(uri);
    payload.Time(attendant.last_seen_at);
    payload.Uint8(attendant.last_pull_at.has_value() ? 1 : 0);
    if (attendant.last_pull_at.has_value()) payload.Time(*attendant.last_pull_at);
    payload.Uint8(static_cast<uint8_t>(attendant.certificates.size()));
    for (const KeptCertificate& certificate : attendant.certificates) {
      payload.Raw(certificate.fingerprint);
      payload.Bytes(certificate.origin);
      payload.Time(certificate.expires_at);
      payload.Time(certificate.last_seen_at);
    }
  }
  return store::Frame(kVersion, payload.bytes());
}

absl::StatusOr<KeptAttendance> DecodeAttendance(absl::string_view value) {
  const absl::StatusOr<std::string> payload = store::UnframeOf(value, kVersion);
  if (!payload.ok()) return payload.status();
  contract::ByteReader reader(*payload);
  KeptAttendance attendance;
  absl::flat_hash_set<std::string> fingerprints;
  const uint32_t count = reader.Uint32();
  bool whole = count <= kParticipantsMost;
  for (uint32_t number = 0; whole && number < count; ++number) {
    whole = ReadAttendant(reader, attendance, fingerprints);
  }
  if (!whole || !reader.AtEnd()) return absl::DataLossError("what is stored of who called is malformed");
  return attendance;
}

}  // namespace envej::operations
