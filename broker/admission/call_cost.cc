#include "broker/admission/call_cost.h"

namespace envej::admission {
namespace {

// By the processor time that it takes, beside that of a notice: a list looks at thousands of records, whatever it
// answers with; for the proof of one, a whole stored checkpoint is read.
constexpr int kListCost = 50;
constexpr int kGetNoticeCost = 2;

}  // namespace

int CostOf(Method method) {
  switch (method) {
    case Method::kListNotices:
    case Method::kWatchNotices:
    case Method::kListOperationsNotices:
    case Method::kTraceNotice:
    case Method::kWatchEvents:
      return kListCost;
    case Method::kGetNotice:
      return kGetNoticeCost;
    default:
      return 1;
  }
}

}  // namespace envej::admission
