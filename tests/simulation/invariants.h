#ifndef ENVEJ_TESTS_SIMULATION_INVARIANTS_H_
#define ENVEJ_TESTS_SIMULATION_INVARIANTS_H_

#include "broker/store/ordered_store.h"
#include "tests/simulation/history.h"
#include "tests/simulation/known.h"

namespace envej::simulation {

// Holds the whole store against itself, the journal and what clients were promised: state = index = content = journal;
// nothing that was accepted is lost, and nothing stands where nobody looks for it in time.
void CheckStore(store::OrderedStore& store, const History& history, const KnownNotices& notices, Findings& findings);

}  // namespace envej::simulation

#endif  // ENVEJ_TESTS_SIMULATION_INVARIANTS_H_
