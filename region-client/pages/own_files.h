#ifndef ENVEJ_REGION_CLIENT_PAGES_OWN_FILES_H_
#define ENVEJ_REGION_CLIENT_PAGES_OWN_FILES_H_

#include <vector>

#include "certs/https/own_files.h"

namespace envej::region {

// The files of the folder pages/.
const std::vector<https::OwnFile>& OwnFiles();

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_PAGES_OWN_FILES_H_
