#ifndef ENVEJ_BROKER_TRUST_TRUST_READER_H_
#define ENVEJ_BROKER_TRUST_TRUST_READER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "broker/options/broker_options.h"
#include "broker/trust/trust.h"
#include "certs/tls_files.h"

namespace envej::trust {

// What was read together.
struct TrustFiles {
  std::shared_ptr<const Trust> trust;
  certs::TlsMaterial tls;          // of the same files, for connections
  std::vector<std::string> paths;  // the files, and the directory of revocation lists, if it is one
  std::string stamp;               // certs::StampOf these, as they were read
  std::string register_hash;       // certs::HashOfFiles of the register and of the files that it names
  // Of municipalities with inbox certificates that are on a revocation list: nothing is sealed to those any more.
  std::vector<std::string> with_revoked_inbox_certificates = {};
};

// Reads every file that the trust rests on, and checks each by itself and against the others as of `now`: all or
// nothing. Where revocation is configured, no list at all is an error, and lists that have expired are not: they refuse
// only those of whom they should speak. An error is one line, or one a mistake, that names file and reason.
absl::StatusOr<TrustFiles> ReadTrust(const options::BrokerOptions& options, absl::TimeZone copenhagen, absl::Time now);

}  // namespace envej::trust

#endif  // ENVEJ_BROKER_TRUST_TRUST_READER_H_
