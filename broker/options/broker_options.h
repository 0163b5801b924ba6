#ifndef ENVEJ_BROKER_OPTIONS_BROKER_OPTIONS_H_
#define ENVEJ_BROKER_OPTIONS_BROKER_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace envej::options {

// The files of the broker's own TLS identity and of the authorities whose clients it serves. PEM.
struct TlsOptions {
  std::string certificate_chain;
  std::string private_key;
  std::string client_authorities;
  std::string revocation_lists;                         // a file or a directory; empty: revocation is not asked
  absl::Duration revocation_warning = absl::Hours(12);  // before lists expire; 1 hour to 30 days
};

// A secret for the content commitments of plain submissions.
struct CommitmentSecretFile {
  std::string key_id;  // [a-z0-9-]{1,32}
  std::string secret_file;
};

// The broker's own: the one in use, and those that it replaced. No two have the same key id.
struct CommitmentOptions {
  CommitmentSecretFile in_use;
  std::vector<CommitmentSecretFile> former;
};

// Bounds of the running broker. The ranges stand in broker_options.cc; values read from a file lie within them.
struct LimitOptions {
  int concurrent_streams = 100;  // of one connection
  int commit_queue = 16384;      // transitions that wait for the committer
  int batch_transitions = 512;   // transitions in one synced batch
  int waiting_pulls = 1000;      // calls that wait for a first notice, at all inboxes; see inbox/pull_queue.h
  int waiting_pulls_per_inbox = 100;
  int participant_notices_per_second = 1'000;  // for each participant; see admission/rate_limit.h
  int participant_burst = 2'000;
};

// Where the broker's metrics are served.
struct MetricsOptions {
  std::string listen;  // HOST:PORT of the loopback network; empty: nowhere
};

// Where the pages for operations are served by HTTPS, with the certificate and the authorities of `tls`.
struct OperationsOptions {
  std::string listen;  // HOST:PORT, [IPV6]:PORT; empty: nowhere
};

// The journal, and its checkpoints.
struct JournalOptions {
  absl::Duration checkpoint_every = absl::Seconds(60);  // 1 second to 1 hour
  std::string mirror;                                   // a directory; empty: none
  absl::Duration keep = absl::Hours(24 * 31 * 13);      // how long its records stay in the store; 8 months or more
};

// The disk that the store is on.
inline constexpr int kReserveMibLeast = 128;
struct StorageOptions {
  uint64_t reserve_bytes = uint64_t{2} << 30;  // with less than this free, nothing new is taken; 128 MiB to 1 TiB
};

// What the log has beside what somebody must see to.
struct LogOptions {
  bool calls = false;  // a line for each call that is let in, and for each that is refused
};

// What the broker is started with: read once, range-checked, then only handed on as const. Paths are relative to the
// folder that the broker was started in, or absolute.
struct BrokerOptions {
  std::string broker_name;  // [a-z0-9-]{1,32}
  std::string listen;       // HOST:PORT, [IPV6]:PORT; port 0 lets the system choose one
  std::string data_directory;
  std::string participants;  // the register's file
  TlsOptions tls;
  CommitmentOptions commitment;
  JournalOptions journal;
  StorageOptions storage;
  MetricsOptions metrics;
  OperationsOptions operations;
  LogOptions log;
  bool reflection = false;
  LimitOptions limits;
  absl::Duration drain = absl::Seconds(10);  // calls under way get this long when the broker stops
};

// Reads and checks the configuration file. The files that it names are not opened. A relative path in it is taken from
// the configuration file's folder. Errors: as in yaml_reader.h.
absl::StatusOr<BrokerOptions> ReadBrokerOptions(absl::string_view path);

}  // namespace envej::options

#endif  // ENVEJ_BROKER_OPTIONS_BROKER_OPTIONS_H_
