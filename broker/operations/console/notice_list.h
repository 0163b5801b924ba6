#ifndef ENVEJ_BROKER_OPERATIONS_CONSOLE_NOTICE_LIST_H_
#define ENVEJ_BROKER_OPERATIONS_CONSOLE_NOTICE_LIST_H_

#include <cstdint>
#include <functional>
#include <optional>

#include "broker/operations/console/command_context.h"
#include "envej/v1/operations_service.pb.h"

namespace envej::console {

// Gives every notice that `request` asks for to `take`, page by page, until that is false. Answers how the command ends
// where the list could not be had to its end, which is then told; nothing otherwise. At its end `left_out`, if given,
// is how many late ones the broker does not list.
std::optional<ExitCode> ListAll(v1::ListOperationsNoticesRequest request, const CommandContext& context,
                                const std::function<bool(const v1::OperationsNotice&)>& take,
                                uint64_t* left_out = nullptr);

}  // namespace envej::console

#endif  // ENVEJ_BROKER_OPERATIONS_CONSOLE_NOTICE_LIST_H_
