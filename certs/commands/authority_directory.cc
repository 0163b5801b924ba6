#include "certs/commands/authority_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "certs/key_file.h"
#include "certs/revocation_list.h"
#include "certs/wiped_bytes.h"

namespace envej::certs {
namespace {

absl::StatusOr<Certificate> FirstCertificate(const std::string& path) {
  const absl::StatusOr<std::string> pem = ReadCertificateFile(path);
  if (!pem.ok()) return pem.status();
  const absl::StatusOr<std::vector<Certificate>> certificates = Certificate::FromPem(*pem);
  if (!certificates.ok()) {
    return absl::Status(certificates.status().code(), absl::StrCat(path, " ", certificates.status().message(),
                                                                   ": name a PEM file with a certificate"));
  }
  return certificates->front();
}

}  // namespace

absl::StatusOr<CertificateAuthority> LoadAuthority(const std::string& directory) {
  const std::string key_path = absl::StrCat(directory, "/", kAuthorityKeyFile);
  const std::string certificate_path = absl::StrCat(directory, "/", kAuthorityCertificateFile);
  absl::StatusOr<std::string> key = ReadKeyFile(key_path);
  if (!key.ok()) return key.status();
  const WipedAtEnd wiped(*key);
  const absl::StatusOr<std::string> certificate = ReadCertificateFile(certificate_path);
  if (!certificate.ok()) return certificate.status();
  absl::StatusOr<CertificateAuthority> authority = CertificateAuthority::FromPem(*certificate, *key);
  if (!authority.ok()) {
    return absl::Status(authority.status().code(), absl::StrCat("no authority can be read from ", key_path, " and ",
                                                                certificate_path, ": ", authority.status().message()));
  }
  return authority;
}

absl::StatusOr<Certificate> LoadIssued(const std::string& path, const CertificateAuthority& authority,
                                       const std::string& directory) {
  absl::StatusOr<Certificate> certificate = FirstCertificate(path);
  if (!certificate.ok()) return certificate;
  if (!authority.HasIssued(*certificate)) {
    return absl::FailedPreconditionError(
        absl::StrCat("the authority in ", directory, " did not issue the certificate in ", path));
  }
  return certificate;
}

absl::StatusOr<RevocationRecord> LoadRevocationRecord(const std::string& directory,
                                                      const CertificateAuthority& authority) {
  const std::string path = absl::StrCat(directory, "/", kAuthorityListFile);
  RevocationRecord record;
  const absl::StatusOr<std::string> contents = ReadRevocationListFile(path);
  if (absl::IsNotFound(contents.status())) return record;
  if (!contents.ok()) return contents.status();
  const absl::StatusOr<IssuedCertificate> own = authority.ToPem();
  if (!own.ok()) return own.status();
  const absl::StatusOr<std::vector<Certificate>> certificate = Certificate::FromPem(own->certificate_pem);
  if (!certificate.ok()) return certificate.status();
  const absl::StatusOr<std::vector<RevocationList>> lists = RevocationList::Parse(*contents);
  // A record that is not whole must not become a list on which something is missing.
  if (!lists.ok() || lists->size() != 1 || !lists->front().IsSignedBy(certificate->front()) ||
      !absl::SimpleHexAtoi(lists->front().number(), &record.number)) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is not the list that this authority made last: put the last good one there"));
  }
  record.this_update = lists->front().this_update();
  record.revoked = lists->front().revoked();
  return record;
}

absl::StatusOr<DirectoryLock> DirectoryLock::Take(const std::string& directory) {
  const int descriptor = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot open the directory ", directory));
  DirectoryLock lock(descriptor);
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("another run of envej-certs is changing ", directory, ": try again when it is done"));
  }
  return lock;
}

DirectoryLock::~DirectoryLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace envej::certs
