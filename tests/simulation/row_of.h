#ifndef ENVEJ_TESTS_SIMULATION_ROW_OF_H_
#define ENVEJ_TESTS_SIMULATION_ROW_OF_H_

#include <vector>

#include "broker/store/ordered_store.h"
#include "tests/simulation/coverage.h"

namespace envej::simulation {

// Which changes of a notice a transition of the store makes, read from what it would write. None: it is of no notice.
std::vector<Row> RowsOf(const store::Transition& transition);

}  // namespace envej::simulation

#endif  // ENVEJ_TESTS_SIMULATION_ROW_OF_H_
