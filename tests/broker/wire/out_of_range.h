#ifndef ENVEJ_TESTS_BROKER_WIRE_OUT_OF_RANGE_H_
#define ENVEJ_TESTS_BROKER_WIRE_OUT_OF_RANGE_H_

#include <string>

#include "proto/contract/rejection.h"
#include "tests/broker/wire/world.h"

namespace envej::wire {

// Proper requests but for what a test changes.
v1::PullNoticesRequest PullFrom(const std::string& municipality_code);
v1::ListNoticesRequest ListTo(const std::string& municipality_code, int page_size = 0);

// Each field of a request that has a range, and each batch, is refused on both sides of it, for that field.
void RequestsOutOfRange(World& world);
void BatchesTooLarge(World& world);
// Each of the inbox's batches with so many items is refused for its field.
void ExpectBatchesRefused(World& world, int count, contract::Reason reason);

}  // namespace envej::wire

#endif  // ENVEJ_TESTS_BROKER_WIRE_OUT_OF_RANGE_H_
