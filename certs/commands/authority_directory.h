#ifndef ENVEJ_CERTS_COMMANDS_AUTHORITY_DIRECTORY_H_
#define ENVEJ_CERTS_COMMANDS_AUTHORITY_DIRECTORY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "certs/certificate.h"
#include "certs/certificate_authority.h"
#include "certs/revocation.h"

namespace envej::certs {

// The files of an authority, within its directory.
inline constexpr char kAuthorityKeyFile[] = "authority.key";
inline constexpr char kAuthorityCertificateFile[] = "authority.pem";
// The last revocation list that was made: the authority's own record of what it revoked.
inline constexpr char kAuthorityListFile[] = "revoked.pem";

absl::StatusOr<CertificateAuthority> LoadAuthority(const std::string& directory);

// The first certificate in the file, which must be one that the authority signed.
absl::StatusOr<Certificate> LoadIssued(const std::string& path, const CertificateAuthority& authority,
                                       const std::string& directory);

// What the authority has revoked, and the number of its last list: 0 and none before the first.
struct RevocationRecord {
  uint64_t number = 0;
  absl::Time this_update = absl::InfinitePast();
  std::vector<RevokedCertificate> revoked;
};

// Refuses a record that the authority did not sign.
absl::StatusOr<RevocationRecord> LoadRevocationRecord(const std::string& directory,
                                                      const CertificateAuthority& authority);

// Keeps other runs of this program from changing the directory's record while it lives.
class DirectoryLock {
 public:
  // FAILED_PRECONDITION if another run has it.
  static absl::StatusOr<DirectoryLock> Take(const std::string& directory);
  DirectoryLock(DirectoryLock&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  DirectoryLock& operator=(DirectoryLock&&) = delete;
  ~DirectoryLock();

 private:
  explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_COMMANDS_AUTHORITY_DIRECTORY_H_
