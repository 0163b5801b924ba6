#ifndef ENVEJ_BROKER_CONFIGURATION_H_
#define ENVEJ_BROKER_CONFIGURATION_H_

#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "broker/admission/participants.h"
#include "broker/options/broker_options.h"
#include "certs/sealing.h"
#include "certs/signature.h"
#include "proto/contract/content_commitment.h"

namespace envej {

// Everything that files say, read and checked once.
struct Configuration {
  options::BrokerOptions options;
  std::unique_ptr<admission::Participants> participants;
  std::vector<contract::CommitmentSecret> secrets;  // the one in use first
  std::shared_ptr<grpc::ServerCredentials> credentials;
  std::unique_ptr<certs::Sealer> sealer;        // in the broker's own name
  std::shared_ptr<const certs::Signer> signer;  // with the TLS certificate and key
  absl::TimeZone copenhagen;
};

// Reads the configuration file and all that it names. An error is one line, or one a mistake, that names file and
// reason.
absl::StatusOr<Configuration> ReadConfiguration(const std::string& path);

}  // namespace envej

#endif  // ENVEJ_BROKER_CONFIGURATION_H_
