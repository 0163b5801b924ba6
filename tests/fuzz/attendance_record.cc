// Who was last seen, as the store keeps it. A frame's checksum would keep nearly everything from the decoder, so that
// what is tried is also framed.

#include "broker/operations/attendance_record.h"
#include "broker/store/record_codec.h"
#include "tests/fuzz/fuzz_target.h"

namespace envej::fuzz {
namespace {

constexpr uint8_t kVersion = 1;

void TryValue(const std::string& value) {
  const auto attendance = operations::DecodeAttendance(value);
  if (!attendance.ok()) return;
  ENVEJ_FUZZ_CHECK(operations::EncodeAttendance(*attendance) == value);
  ENVEJ_FUZZ_CHECK(attendance->size() <= operations::kParticipantsMost);
  for (const auto& [uri, attendant] : *attendance) {
    ENVEJ_FUZZ_CHECK(attendant.certificates.size() <= operations::kCertificatesMost);
  }
}

}  // namespace

void Try(absl::string_view bytes) {
  TryValue(std::string(bytes));
  TryValue(store::Frame(kVersion, bytes));
}

std::vector<std::string> Seeds() {
  const absl::Time now = absl::FromUnixMicros(1'800'000'000'123'456);
  const operations::KeptCertificate certificate{
      .fingerprint = std::string(32, 'f'), .origin = "ward", .expires_at = now, .last_seen_at = now};
  const std::string value = operations::EncodeAttendance(
      {{"urn:envej:municipality:0101", {.last_seen_at = now, .last_pull_at = now, .certificates = {}}},
       {"urn:envej:region:1081", {.last_seen_at = now, .last_pull_at = {}, .certificates = {certificate}}}});
  return {value, store::Unframe(value, kVersion)->payload};
}

}  // namespace envej::fuzz
