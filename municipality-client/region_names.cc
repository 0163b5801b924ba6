#include "municipality-client/region_names.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "proto/contract/text_rules.h"

namespace envej::municipality_client {
namespace {

using certs::SubjectAttribute;

constexpr size_t kValueCharacters = 256;

std::optional<SubjectAttribute> ConsumeAttribute(absl::string_view& text) {
  if (absl::ConsumePrefix(&text, "serialNumber=")) return SubjectAttribute::kSerialNumber;
  if (absl::ConsumePrefix(&text, "organizationIdentifier=")) return SubjectAttribute::kOrganizationIdentifier;
  return std::nullopt;
}

bool IsValue(absl::string_view text) {
  return !contract::IsBlank(text) && contract::IsNfc(text) && !contract::HasControlCharacter(text) &&
         contract::CountCharacters(text).value_or(0) <= kValueCharacters;
}

absl::StatusOr<certs::SubjectTable::value_type> ReadRegionName(absl::string_view text) {
  const size_t colon = text.find(':');
  const absl::string_view code = text.substr(0, colon);
  if (!contract::IsCode(code) || colon == absl::string_view::npos) {
    return absl::InvalidArgumentError("begins with a region's four digits and a colon, such as 1081:");
  }
  text.remove_prefix(colon + 1);
  const std::optional<SubjectAttribute> attribute = ConsumeAttribute(text);
  if (!attribute.has_value()) {
    return absl::InvalidArgumentError("after the code comes serialNumber= or organizationIdentifier=");
  }
  if (!IsValue(text)) {
    return absl::InvalidArgumentError(absl::StrCat("the attribute's value is 1 to ", kValueCharacters,
                                                   " characters in normal form C, without control characters"));
  }
  return certs::SubjectTable::value_type(
      {.attribute = *attribute, .value = std::string(text)},
      {.kind = certs::ParticipantKind::kRegion, .code = std::string(code), .origin = ""});
}

}  // namespace

absl::StatusOr<certs::SubjectTable> ReadRegionNames(const std::vector<std::string>& texts) {
  if (texts.size() > kRegionNamesMost) {
    return absl::InvalidArgumentError(absl::StrCat("may be given ", kRegionNamesMost, " times at most"));
  }
  certs::SubjectTable regions;
  for (size_t place = 0; place < texts.size(); ++place) {
    absl::StatusOr<certs::SubjectTable::value_type> read = ReadRegionName(texts[place]);
    if (!read.ok()) return read.status();
    const std::string code = read->second.code;
    const auto [found, added] = regions.insert(*std::move(read));
    if (!added) {
      return absl::InvalidArgumentError(absl::StrCat("number ", place + 1, ", of region ", code,
                                                     ", names a subject that was given before, of region ",
                                                     found->second.code));
    }
  }
  return regions;
}

}  // namespace envej::municipality_client
