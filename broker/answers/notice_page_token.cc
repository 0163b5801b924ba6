#include "broker/answers/notice_page_token.h"

#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "proto/contract/byte_codec.h"
#include "proto/contract/limits.h"
#include "proto/contract/merkle_tree.h"

namespace envej::answers {
namespace {

constexpr size_t kFingerprintBytes = 8;

std::string Fingerprint(const v1::ListOperationsNoticesRequest& filters) {
  contract::ByteWriter writer;
  writer.Bytes(filters.municipality_code());
  writer.Bytes(filters.region_code());
  writer.Uint8(filters.late_only() ? 1 : 0);
  writer.Uint64(static_cast<uint64_t>(filters.age_at_least().seconds()));
  writer.Uint32(static_cast<uint32_t>(filters.age_at_least().nanos()));
  for (const int state : filters.states()) writer.Uint8(static_cast<uint8_t>(state));
  return contract::Sha256(writer.bytes()).substr(0, kFingerprintBytes);
}

}  // namespace

std::string EncodeNoticePageToken(const v1::ListOperationsNoticesRequest& filters, const store::NoticeKey& after) {
  return absl::WebSafeBase64Escape(absl::StrCat(Fingerprint(filters), store::RecordKey(after)));
}

std::optional<store::NoticeKey> DecodeNoticePageToken(const v1::ListOperationsNoticesRequest& filters,
                                                      absl::string_view token) {
  std::string bytes;
  if (token.size() > contract::kPageTokenCharacters || !absl::WebSafeBase64Unescape(token, &bytes)) return std::nullopt;
  if (bytes.compare(0, kFingerprintBytes, Fingerprint(filters)) != 0) return std::nullopt;
  absl::StatusOr<store::NoticeKey> after = store::ParseRecordKey(absl::string_view(bytes).substr(kFingerprintBytes));
  if (!after.ok()) return std::nullopt;
  return *std::move(after);
}

}  // namespace envej::answers
