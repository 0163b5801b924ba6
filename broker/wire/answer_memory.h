#ifndef ENVEJ_BROKER_WIRE_ANSWER_MEMORY_H_
#define ENVEJ_BROKER_WIRE_ANSWER_MEMORY_H_

#include <algorithm>
#include <cstddef>

#include "broker/wire/turns.h"
#include "envej/v1/operations_service.pb.h"
#include "proto/contract/limits.h"

namespace envej::wire {

// What the work on a call of operations keeps in memory at most, so that the bounds of turns.h are those of what is
// really kept. It follows from what is asked, before anything is read.

// Of one notice: its record with a full trail, and all that is told of it, also as bytes to send.
inline constexpr size_t kToldNoticeBytes = size_t{16} << 10;
// Of one look through records as the store has them (inbox/notice_lists.h).
inline constexpr size_t kLookBytes = size_t{2} << 20;
// Of all inboxes or participants, of which each has a bounded number of certificates; or of the broker.
inline constexpr size_t kOverviewBytes = size_t{1} << 20;
// The notices that may have one id: each of 98 municipalities may have one of each of 5 regions.
inline constexpr size_t kNoticesOfAnId = 490;

template <typename Request>
size_t MemoryOf(const Request&) {
  return kOverviewBytes;
}
inline size_t MemoryOf(const v1::ListOperationsNoticesRequest& request) {
  const int asked = request.page_size() == 0 ? contract::kPageDefault : request.page_size();
  return kLookBytes + static_cast<size_t>(std::clamp(asked, 1, contract::kPageMost)) * kToldNoticeBytes;
}
inline size_t MemoryOf(const v1::TraceNoticeRequest& request) {
  const bool is_one = !request.municipality_code().empty() && !request.region_code().empty();
  return (is_one ? size_t{1} : kNoticesOfAnId) * kToldNoticeBytes;
}

// The longest answer leaves an operator room for something else beside it.
static_assert(kLookBytes + contract::kPageMost * kToldNoticeBytes < Turns::Bounds().each_bytes);
static_assert(kNoticesOfAnId * kToldNoticeBytes < Turns::Bounds().each_bytes);

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_ANSWER_MEMORY_H_
