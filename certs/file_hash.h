#ifndef ENVEJ_CERTS_FILE_HASH_H_
#define ENVEJ_CERTS_FILE_HASH_H_

#include <string>
#include <vector>

namespace envej::certs {

// One hash for the content of all these files in their order, whatever they are called: 64 hexadecimal digits. It is
// the SHA-256 of their SHA-256 hashes, one behind the other. A file that cannot be read counts as an empty one.
std::string HashOfFiles(const std::vector<std::string>& paths);

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_FILE_HASH_H_
