#ifndef ENVEJ_CERTS_HTTPS_OWN_FILES_H_
#define ENVEJ_CERTS_HTTPS_OWN_FILES_H_

#include "absl/strings/string_view.h"

namespace envej::https {

// A file that is part of the program (embed.cmake).
struct OwnFile {
  absl::string_view name;
  absl::string_view contents;
};

}  // namespace envej::https

#endif  // ENVEJ_CERTS_HTTPS_OWN_FILES_H_
