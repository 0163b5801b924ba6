#ifndef ENVEJ_CERTS_FILE_STAMP_H_
#define ENVEJ_CERTS_FILE_STAMP_H_

#include <string>
#include <vector>

namespace envej::certs {

// A text that changes whenever one of the files, or a file in one of the directories, is written, replaced, added or
// removed, or its owner or mode is changed. Reads none of them; one that is missing has a stamp too.
std::string StampOf(const std::vector<std::string>& paths);

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_FILE_STAMP_H_
