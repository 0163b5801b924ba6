#include "broker/configuration.h"

#include <utility>

#include "certs/file_hash.h"
#include "certs/key_file.h"
#include "proto/contract/day.h"

namespace envej {

absl::StatusOr<Configuration> ReadConfiguration(const std::string& path, absl::Time now) {
  Configuration configuration;
  absl::StatusOr<options::BrokerOptions> options = options::ReadBrokerOptions(path);
  if (!options.ok()) return options.status();
  configuration.hash = certs::HashOfFiles({path});
  configuration.options = *std::move(options);

  std::vector<options::CommitmentSecretFile> secret_files = configuration.options.commitment.former;
  secret_files.insert(secret_files.begin(), configuration.options.commitment.in_use);
  for (const options::CommitmentSecretFile& file : secret_files) {
    absl::StatusOr<std::string> secret = certs::ReadSecretFile(file.secret_file);
    if (!secret.ok()) return secret.status();
    configuration.secrets.push_back({.key_id = file.key_id, .bytes = *std::move(secret)});
  }

  absl::StatusOr<absl::TimeZone> copenhagen = contract::CopenhagenTimeZone();
  if (!copenhagen.ok()) return copenhagen.status();
  configuration.copenhagen = *copenhagen;

  absl::StatusOr<trust::TrustFiles> trust = trust::ReadTrust(configuration.options, *copenhagen, now);
  if (!trust.ok()) return trust.status();
  configuration.trust = *std::move(trust);
  return configuration;
}

}  // namespace envej
