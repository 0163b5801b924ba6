#ifndef ENVEJ_BROKER_CONFIGURATION_H_
#define ENVEJ_BROKER_CONFIGURATION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "broker/options/broker_options.h"
#include "broker/trust/trust_reader.h"
#include "proto/contract/content_commitment.h"

namespace envej {

// Everything that files say, read and checked. The trust may be replaced later (trust/reload.h); the rest stays.
struct Configuration {
  std::string hash;  // certs::HashOfFiles of the file
  options::BrokerOptions options;
  std::vector<contract::CommitmentSecret> secrets;  // the one in use first
  absl::TimeZone copenhagen;
  trust::TrustFiles trust;
};

// Reads the configuration file and all that it names. An error is one line, or one a mistake, that names file and
// reason.
absl::StatusOr<Configuration> ReadConfiguration(const std::string& path, absl::Time now);

}  // namespace envej

#endif  // ENVEJ_BROKER_CONFIGURATION_H_
