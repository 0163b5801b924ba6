#include "proto/contract/notice_id.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace envej::contract {
namespace {

constexpr size_t kTextLength = 36;

bool IsHyphenPlace(size_t index) { return index == 8 || index == 13 || index == 18 || index == 23; }

bool IsLowerHex(char character) {
  return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'f');
}

}  // namespace

std::optional<NoticeId> NoticeId::Parse(absl::string_view text) {
  if (text.size() != kTextLength) return std::nullopt;
  std::string digits;
  for (size_t index = 0; index < text.size(); ++index) {
    if (IsHyphenPlace(index)) {
      if (text[index] != '-') return std::nullopt;
    } else if (IsLowerHex(text[index])) {
      digits.push_back(text[index]);
    } else {
      return std::nullopt;
    }
  }
  return FromBytes(absl::HexStringToBytes(digits));
}

std::optional<NoticeId> NoticeId::FromBytes(absl::string_view bytes) {
  NoticeId id;
  if (bytes.size() != id.bytes_.size()) return std::nullopt;
  std::copy(bytes.begin(), bytes.end(), id.bytes_.begin());
  const bool version_4 = (id.bytes_[6] & 0xf0) == 0x40;
  const bool variant = (id.bytes_[8] & 0xc0) == 0x80;
  if (!version_4 || !variant) return std::nullopt;
  return id;
}

std::string NoticeId::ToString() const {
  const std::string digits = absl::BytesToHexString(ToBytes());
  const absl::string_view view = digits;
  return absl::StrCat(view.substr(0, 8), "-", view.substr(8, 4), "-", view.substr(12, 4), "-", view.substr(16, 4), "-",
                      view.substr(20));
}

std::string NoticeId::ToBytes() const { return std::string(bytes_.begin(), bytes_.end()); }

}  // namespace envej::contract
