#ifndef ENVEJ_BROKER_OPERATIONS_CONSOLE_NOTICE_LIST_H_
#define ENVEJ_BROKER_OPERATIONS_CONSOLE_NOTICE_LIST_H_

#include <functional>
#include <optional>

#include "broker/operations/console/command_context.h"
#include "envej/v1/operations_service.pb.h"

namespace envej::console {

// Gives every notice that `request` asks for to `take`, page by page, until that is false. Answers how the command ends
// where the list could not be had to its end, which is then told; nothing otherwise.
std::optional<ExitCode> ListAll(v1::ListOperationsNoticesRequest request, const CommandContext& context,
                                const std::function<bool(const v1::OperationsNotice&)>& take);

}  // namespace envej::console

#endif  // ENVEJ_BROKER_OPERATIONS_CONSOLE_NOTICE_LIST_H_
