#ifndef ENVEJ_BROKER_INBOX_SECRET_REGISTER_H_
#define ENVEJ_BROKER_INBOX_SECRET_REGISTER_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "broker/store/ordered_store.h"
#include "proto/contract/content_commitment.h"

namespace envej::inbox {

// How long a secret must be given after another one took its place: as long as the ids of notices are remembered, which
// is seven calendar months at most.
inline constexpr absl::Duration kSecretNeeded = absl::Hours(24 * 31 * 7);

// Holds the commitment secrets, the one in use first, against those under which the store remembers its notices, and
// writes down what is new: of each its key id, a check value from which it cannot be found, and since when it is not in
// use any more. Without the right secret a repeated notice would look like another one and be refused.
//
// FAILED_PRECONDITION, in one text that says what to do, if a secret is not the one that had its key id before, or one
// that is still needed is missing; nothing is changed then. Any other error is the store's. Waits for the store: call
// it before serving, on no thread of the store.
absl::Status CheckSecrets(store::OrderedStore& store, absl::Span<const contract::CommitmentSecret> secrets,
                          absl::Time now);

}  // namespace envej::inbox

#endif  // ENVEJ_BROKER_INBOX_SECRET_REGISTER_H_
