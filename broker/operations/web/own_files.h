#ifndef ENVEJ_BROKER_OPERATIONS_WEB_OWN_FILES_H_
#define ENVEJ_BROKER_OPERATIONS_WEB_OWN_FILES_H_

#include <vector>

#include "certs/https/own_files.h"

namespace envej::operations {

// The files of the folder pages/.
const std::vector<https::OwnFile>& OwnFiles();

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_WEB_OWN_FILES_H_
