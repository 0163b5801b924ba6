#ifndef ENVEJ_REGION_CLIENT_SOURCES_FHIR_DECODER_H_
#define ENVEJ_REGION_CLIENT_SOURCES_FHIR_DECODER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "region-client/agent/desk.h"
#include "region-client/fhir/message.h"
#include "region-client/folder/file_item.h"

namespace envej::region {

// By which a message is known again, of what came in at `source`: two of them may have the same ids.
MessageName NameOfFhir(const std::string& source, const fhir::MessageIds& ids);

// Reads a file that is one FHIR message, as of `now`. Nothing follows from what is of no concern.
absl::StatusOr<std::vector<FileItem>> DecodeFhirFile(absl::string_view bytes, fhir::Form form,
                                                     const std::string& source, const absl::TimeZone& copenhagen,
                                                     absl::Time now);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_SOURCES_FHIR_DECODER_H_
