#ifndef ENVEJ_BROKER_SERVING_H_
#define ENVEJ_BROKER_SERVING_H_

#include <grpcpp/security/server_credentials.h>

#include <memory>

#include "broker/clock.h"
#include "broker/inbox/inboxes.h"
#include "broker/late_notices.h"
#include "broker/log.h"
#include "broker/operations/durations.h"
#include "broker/operations/metrics.h"
#include "broker/options/broker_options.h"
#include "broker/store/rocksdb_store.h"
#include "broker/trust/trust.h"
#include "broker/watching.h"
#include "broker/wire/server.h"

namespace envej {

// How the program ends.
enum ExitCode {
  kStopped = 0,
  kUsage = 2,
  kConfigurationRefused = 3,
  kStoreRefused = 4,
  kCannotListen = 5,
  kStoreFailed = 6,
  kCannotAccept = 7,
};

// How the parts of a broker that serves are set up, as the configuration has it, and what they tell the log. What
// cannot be served on ends the process. All that is given must outlive what is made with it.
store::RocksDbStoreOptions StoreOptions(const options::BrokerOptions& options, operations::Durations& durations,
                                        operations::Metrics& metrics, const Clock& clock, const Log& log);

inbox::Inboxes::Options InboxOptions(const options::BrokerOptions& options, const trust::CurrentTrust& trust,
                                     LateNotices& late, Watching& watching, const Clock& clock, const Log& log);

// `open_files`: how many may be open.
wire::ServerOptions Listening(const options::BrokerOptions& options,
                              std::shared_ptr<grpc::ServerCredentials> credentials, int open_files, const Clock& clock,
                              const Log& log);

}  // namespace envej

#endif  // ENVEJ_BROKER_SERVING_H_
