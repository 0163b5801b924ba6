#include "broker/answers/notice_page_token.h"

#include <utility>

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

std::string Encode(const v1::ListOperationsNoticesRequest& filters, const std::string& key) {
  return absl::WebSafeBase64Escape(absl::StrCat(Fingerprint(filters), key));
}

// The key in a token of this list; empty if it is none.
std::string Decode(const v1::ListOperationsNoticesRequest& filters, absl::string_view token) {
  std::string bytes;
  if (token.size() > contract::kPageTokenCharacters || !absl::WebSafeBase64Unescape(token, &bytes)) return "";
  if (bytes.compare(0, kFingerprintBytes, Fingerprint(filters)) != 0) return "";
  return bytes.substr(kFingerprintBytes);
}

}  // namespace

std::string EncodeNoticePageToken(const v1::ListOperationsNoticesRequest& filters, const store::NoticeKey& after) {
  return Encode(filters, store::RecordKey(after));
}

std::optional<store::NoticeKey> DecodeNoticePageToken(const v1::ListOperationsNoticesRequest& filters,
                                                      absl::string_view token) {
  absl::StatusOr<store::NoticeKey> after = store::ParseRecordKey(Decode(filters, token));
  if (!after.ok()) return std::nullopt;
  return *std::move(after);
}

// What is late is in the order in which what waits is.
std::string EncodeLatePageToken(const v1::ListOperationsNoticesRequest& filters, const operations::LateNotice& after) {
  return Encode(filters, store::WaitingKey(after.entered_at, {.notice = after.notice}));
}

std::optional<operations::LateNotice> DecodeLatePageToken(const v1::ListOperationsNoticesRequest& filters,
                                                          absl::string_view token) {
  absl::StatusOr<store::WaitingEntry> after = store::ParseWaitingKey(Decode(filters, token));
  if (!after.ok()) return std::nullopt;
  return operations::LateNotice{.entered_at = after->entered_at, .notice = std::move(after->item.notice)};
}

}  // namespace envej::answers
