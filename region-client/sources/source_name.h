#ifndef ENVEJ_REGION_CLIENT_SOURCES_SOURCE_NAME_H_
#define ENVEJ_REGION_CLIENT_SOURCES_SOURCE_NAME_H_

#include "absl/strings/string_view.h"
#include "certs/options/yaml_reader.h"

namespace envej::region {

inline bool IsSourceName(absl::string_view text) {
  return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == text.npos;
}

// What a listener or a folder is called: in the log, and where its message ids are known. A folder that is called as a
// listener is knows again what came there, and the other way round.
inline constexpr options::TextRule kSourceName = {
    .most_characters = 32, .accepts = IsSourceName, .form = "small letters, digits and hyphens"};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_SOURCES_SOURCE_NAME_H_
