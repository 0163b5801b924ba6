#ifndef ENVEJ_TESTS_SUPPORT_SEALING_WORLD_H_
#define ENVEJ_TESTS_SUPPORT_SEALING_WORLD_H_

#include <optional>
#include <string>

#include "certs/certificate.h"
#include "certs/sealing.h"
#include "certs/tls_files.h"
#include "envej/v1/notice.pb.h"
#include "tests/certs/test_files.h"

namespace envej::support {

// One who signs with this certificate and its key.
certs::Sealer SealerOf(const certs::IssuedCertificate& issued);

// One region, one municipality and one authority over both, with all that sealing between them needs: real keys and
// certificates, in memory and as files.
class SealingWorld {
 public:
  SealingWorld(const std::string& region_code, const std::string& municipality_code);

  // As the region's own program would send it, without commitments.
  v1::Notice Seal(const v1::Notice& plain) const;
  // The same by another signer, with what the broker says of who that was.
  v1::Notice Seal(const v1::Notice& plain, const certs::Sealer& signer, v1::SealedBy sealed_by) const;
  // A withdrawal that says who withdraws, by the region's own program or by another signer.
  v1::Withdrawal Seal(const v1::Withdrawal& plain) const;
  v1::Withdrawal Seal(const v1::Withdrawal& plain, const certs::Sealer& signer, v1::SealedBy sealed_by) const;
  // What the municipality finds in it; nothing if it does not open or is not of this notice.
  std::optional<v1::Notice> Open(const v1::Notice& sealed) const;
  // Whether what is sealed of the withdrawal opens and is of this withdrawal.
  bool Opens(const v1::Withdrawal& sealed) const;

  const certs::TestAuthority& authority() const { return authority_; }
  const certs::Certificate& signer() const { return sealer_.certificate(); }
  const certs::Certificate& inbox() const { return inbox_; }
  const std::string& region_code() const { return region_code_; }

  const certs::TlsFiles& region_files() const { return region_files_; }
  std::string inbox_certificate_file() const { return files_.Path("inbox.pem"); }
  std::string inbox_key_file() const { return files_.Path("inbox.key"); }
  std::string authorities_file() const { return region_files_.authorities; }
  std::string secret_file() const { return files_.Path("secret"); }

 private:
  v1::SealedContent SealPayload(const std::string& payload, const certs::Sealer& signer, v1::SealedBy sealed_by) const;

  const std::string region_code_;
  certs::TestDirectory files_;
  certs::TestAuthority authority_;
  const certs::TlsFiles region_files_;
  const certs::Sealer sealer_;
  const certs::Certificate inbox_;
  const certs::Opener opener_;
};

}  // namespace envej::support

#endif  // ENVEJ_TESTS_SUPPORT_SEALING_WORLD_H_
