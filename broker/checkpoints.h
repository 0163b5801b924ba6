#ifndef ENVEJ_BROKER_CHECKPOINTS_H_
#define ENVEJ_BROKER_CHECKPOINTS_H_

#include <memory>

#include "broker/clock.h"
#include "broker/journal/checkpoint_task.h"
#include "broker/journal/mirror.h"
#include "broker/journal/refused_calls.h"
#include "broker/log.h"
#include "broker/operations/metrics.h"
#include "broker/options/broker_options.h"
#include "broker/store/ordered_store.h"
#include "broker/trust/trust.h"

namespace envej {

// The mirror that the options name; null if none.
std::shared_ptr<journal::Mirror> MirrorOf(const options::BrokerOptions& broker, store::OrderedStore& store);

// Starts signing the journal with the broker's key of the moment, and mirroring it, to `mirror` unless that is null;
// what callers were refused is journalled before each checkpoint. All that is given must outlive the task.
std::unique_ptr<journal::CheckpointTask> StartCheckpoints(const options::BrokerOptions& broker,
                                                          const trust::CurrentTrust& trust, store::OrderedStore& store,
                                                          const std::shared_ptr<journal::Mirror>& mirror,
                                                          journal::RefusedCalls& refused_calls,
                                                          operations::Metrics& metrics, const Clock& clock,
                                                          const Log& log);

}  // namespace envej

#endif  // ENVEJ_BROKER_CHECKPOINTS_H_
