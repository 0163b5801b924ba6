#include "region-client/sources/fhir_decoder.h"

#include <variant>

#include "absl/strings/str_cat.h"
#include "region-client/fhir/problem.h"

namespace envej::region {

MessageName NameOfFhir(const std::string& source, const fhir::MessageIds& ids) {
  return {.source = absl::StrCat(source, "|fhir"), .id = absl::StrCat(ids.bundle_id, "|", ids.header_id)};
}

absl::StatusOr<std::vector<FileItem>> DecodeFhirFile(absl::string_view bytes, fhir::Form form,
                                                     const std::string& source, const absl::TimeZone& copenhagen,
                                                     absl::Time now) {
  const fhir::Message message = fhir::ReadMessage(bytes, form, copenhagen, now);
  FileItem item{
      .place = 1, .name = NameOfFhir(source, message.ids), .said = NothingFollows{.reason = "NOT_OF_CONCERN"}};
  if (const auto* const problem = std::get_if<fhir::Problem>(&message.says)) {
    item.said =
        FileProblem{.reason = "MESSAGE_INVALID",
                    .text = absl::StrCat(problem->where, problem->where.empty() ? "the message " : " ", problem->text)};
  } else if (const auto* const events = std::get_if<std::vector<ward::Event>>(&message.says)) {
    item.said = *events;
  }
  return std::vector<FileItem>{std::move(item)};
}

}  // namespace envej::region
