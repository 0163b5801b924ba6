#ifndef ENVEJ_BROKER_UPGRADING_H_
#define ENVEJ_BROKER_UPGRADING_H_

#include "absl/status/status.h"
#include "broker/log.h"
#include "broker/store/ordered_store.h"

namespace envej {

// inbox::UpgradeStore, with its progress in the log. Before anything serves; a signal to stop waits for it.
absl::Status Upgrade(store::OrderedStore& store, const Log& log);

}  // namespace envej

#endif  // ENVEJ_BROKER_UPGRADING_H_
