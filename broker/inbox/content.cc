#include "broker/inbox/content.h"

#include <algorithm>
#include <vector>

#include "broker/store/record_codec.h"
#include "proto/contract/rejection.h"

namespace envej::inbox {
namespace {

constexpr uint8_t kContentVersion = 2;

}  // namespace

std::string EncodeContent(absl::string_view content) { return store::Frame(kContentVersion, content); }

absl::StatusOr<std::string> DecodeContent(absl::string_view value) { return store::UnframeOf(value, kContentVersion); }

bool IsUnreadable(const absl::Status& status) {
  if (contract::RejectionOf(status).reason != contract::Reason::kNone) return false;
  return absl::IsDataLoss(status) || absl::IsFailedPrecondition(status);
}

absl::Status WhyUnreadable(const Result& result) {
  if (IsUnreadable(result.status)) return result.status;
  if (result.status.ok() && result.record == Record()) return absl::DataLossError("its record is missing");
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> ContentReader::Read(absl::string_view waiting_key,
                                                               const store::WaitingEntry& entry) {
  const absl::StatusOr<std::optional<std::string>> value = store_.Get(store::ContentKey(entry.entered_at, entry.item));
  if (!value.ok()) return value.status();
  if (!value->has_value()) {
    const absl::StatusOr<std::optional<Record>> record = operations_.Read(entry.item.notice);
    if (!record.ok()) return record.status();
    if (!record->has_value()) return absl::DataLossError("its content and its record are missing");
    const std::vector<std::string> keys = IndexKeys(entry.item.notice, **record);
    if (std::find(keys.begin(), keys.end(), waiting_key) == keys.end()) return std::nullopt;
    return absl::DataLossError("its content is missing");
  }
  absl::StatusOr<std::string> content = DecodeContent(**value);
  if (!content.ok()) return content.status();
  if (check_ && !check_(*content)) return absl::DataLossError("its content is no notice");
  return *std::move(content);
}

}  // namespace envej::inbox
