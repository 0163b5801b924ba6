#ifndef ENVEJ_REGION_CLIENT_FOLDER_LINE_DECODER_H_
#define ENVEJ_REGION_CLIENT_FOLDER_LINE_DECODER_H_

#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "region-client/folder/file_item.h"

namespace envej::region {

// Reads lines of JSON, each for itself; blank ones and a byte order mark are passed over. A line with a "patient" is a
// consent (envej.ward.v1.ConsentLine); any other is a new notice (envej.v1.Notice), as `envej-region submit` reads it
// (notice_file.h). Of a notice without consent nothing follows: the leaflet is to be handed out. A line that says
// nothing at all, `{}`, is LINE_EMPTY. What a line says is judged by the rules of the contract, as of `now` and of the
// day in Copenhagen then. More than `items_most` lines are TooManyItems.
absl::StatusOr<std::vector<FileItem>> DecodeLines(absl::string_view bytes, size_t items_most, absl::Time now,
                                                  const absl::TimeZone& copenhagen);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_FOLDER_LINE_DECODER_H_
