#include "municipality-client/item_files.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace envej::municipality_client {
namespace {

constexpr absl::string_view kNoticePrefix = "notice-";
constexpr absl::string_view kWithdrawnPrefix = "withdrawn-";
constexpr absl::string_view kSuffix = ".json";
constexpr absl::string_view kTemporaryPrefix = ".incoming_";
constexpr size_t kCodeDigits = 4;

}  // namespace

std::string FileNameOf(const ItemName& item, EntryKind kind) {
  return absl::StrCat(kind == EntryKind::kWithdrawal ? kWithdrawnPrefix : kNoticePrefix, item.region_code, "-",
                      item.notice_id, "-", item.revision, kSuffix);
}

std::optional<NamedFile> ParseFileName(absl::string_view name) {
  NamedFile file;
  absl::string_view rest = name;
  if (absl::ConsumePrefix(&rest, kWithdrawnPrefix)) {
    file.kind = EntryKind::kWithdrawal;
  } else if (!absl::ConsumePrefix(&rest, kNoticePrefix)) {
    return std::nullopt;
  }
  const size_t last = rest.rfind('-');
  if (!absl::ConsumeSuffix(&rest, kSuffix) || last == absl::string_view::npos || last <= kCodeDigits) {
    return std::nullopt;
  }
  file.item.region_code = std::string(rest.substr(0, kCodeDigits));
  file.item.notice_id = std::string(rest.substr(kCodeDigits + 1, last - kCodeDigits - 1));
  if (last >= rest.size() || !absl::SimpleAtoi(rest.substr(last + 1), &file.item.revision)) return std::nullopt;
  if (FileNameOf(file.item, file.kind) != std::string(name)) return std::nullopt;
  return file;
}

// The parts are parted by '_', which none of them holds.
std::string TemporaryNameOf(const ItemName& item) {
  return absl::StrCat(kTemporaryPrefix, item.region_code, "_", item.notice_id, "_", item.revision);
}

bool IsTemporaryName(absl::string_view name) { return absl::StartsWith(name, kTemporaryPrefix); }

std::optional<TemporaryParts> ParseTemporaryName(absl::string_view name) {
  if (!IsTemporaryName(name)) return std::nullopt;
  const std::vector<std::string> parts = absl::StrSplit(name.substr(kTemporaryPrefix.size()), '_');
  if (parts.size() != 3 && parts.size() != 4) return std::nullopt;
  TemporaryParts result{.item = {.region_code = parts[0], .notice_id = parts[1]},
                        .salt = parts.size() == 4 ? parts[3] : ""};
  if (!absl::SimpleAtoi(parts[2], &result.item.revision)) return std::nullopt;
  return result;
}

}  // namespace envej::municipality_client
