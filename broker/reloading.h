#ifndef ENVEJ_BROKER_RELOADING_H_
#define ENVEJ_BROKER_RELOADING_H_

#include "broker/clock.h"
#include "broker/configuration.h"
#include "broker/log.h"
#include "broker/operations/metrics.h"
#include "broker/pages.h"
#include "broker/trust/reload.h"
#include "broker/trust/revocation_watch.h"
#include "broker/trust/trust_reader.h"
#include "broker/wire/gate.h"
#include "broker/wire/server.h"

namespace envej {

// Says in the log which inbox certificates are not used because they are revoked.
void TellRevokedInboxes(const trust::TrustFiles& files, const Log& log);

// Ends the open calls that may no longer be made, counts them and says so.
void EndForbiddenCalls(const wire::Gate& gate, wire::Server& server, operations::Metrics& metrics, const Log& log);

// How the trust is read again, what is told of it, and what follows: the pages, where there are any, are served with
// it, and calls that may no longer be made are ended. All must outlive what is made with it.
trust::Reload::Options Reloading(const Configuration& configuration, trust::RevocationWatch& revocations,
                                 const wire::Gate& gate, wire::Server& server, Pages* pages,
                                 operations::Metrics& metrics, const Clock& clock, const Log& log);

}  // namespace envej

#endif  // ENVEJ_BROKER_RELOADING_H_
