#include "certs/file_hash.h"

#include <openssl/sha.h>

#include <fstream>
#include <sstream>

#include "absl/strings/escaping.h"

namespace envej::certs {
namespace {

std::string Sha256(const std::string& bytes) {
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

}  // namespace

std::string HashOfFiles(const std::vector<std::string>& paths) {
  std::string hashes;
  for (const std::string& path : paths) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    hashes += Sha256(bytes.str());
  }
  return absl::BytesToHexString(Sha256(hashes));
}

}  // namespace envej::certs
