#ifndef ENVEJ_TESTS_BROKER_TRUST_TRUST_FILES_H_
#define ENVEJ_TESTS_BROKER_TRUST_TRUST_FILES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "broker/options/broker_options.h"
#include "broker/trust/trust_reader.h"
#include "certs/revocation.h"
#include "tests/certs/test_files.h"

namespace envej::trust {

// The files of one good trust: region 1081, municipality 0101, an authority, the broker's certificate, a directory with
// one revocation list.
class GoodFiles {
 public:
  explicit GoodFiles(bool with_revocation = true);

  absl::StatusOr<TrustFiles> Read(absl::Time now) const;

  // The text of a register in which the region may be suspended.
  std::string RegisterText(bool region_suspended) const;
  void WriteRegister(const std::string& text) const;
  // A new certificate and key for the broker.
  void WriteOwn() const;
  void WriteList(const std::vector<certs::RevokedCertificate>& revoked) const;
  // An inbox certificate of the municipality, from an authority, or whatever the text is.
  void WriteInbox(const certs::TestAuthority& authority) const;
  void Write(const std::string& name, const std::string& contents) const { folder_.Write(name, contents); }
  void Remove(const std::string& name) const;
  std::string Path(const std::string& name) const { return folder_.Path(name); }

  const certs::TestAuthority& authority() const { return authority_; }

 private:
  certs::TestDirectory folder_;
  certs::TestAuthority authority_;
  options::BrokerOptions options_;
};

}  // namespace envej::trust

#endif  // ENVEJ_TESTS_BROKER_TRUST_TRUST_FILES_H_
