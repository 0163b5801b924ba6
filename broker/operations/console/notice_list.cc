#include "broker/operations/console/notice_list.h"

#include "broker/operations/console/broker_calls.h"
#include "proto/contract/limits.h"

namespace envej::console {
namespace {

// A page may be empty, as the broker looks through so many notices for each.
constexpr int kPages = 1'000'000;

}  // namespace

std::optional<ExitCode> ListAll(v1::ListOperationsNoticesRequest request, const CommandContext& context,
                                const std::function<bool(const v1::OperationsNotice&)>& take, uint64_t* left_out) {
  request.set_page_size(contract::kPageMost);
  for (int page = 0; page < kPages; ++page) {
    v1::ListOperationsNoticesResponse answer;
    const grpc::Status status = Ask(context, &Stub::ListNotices, request, answer);
    if (!status.ok()) return ReportFailure(status, context);
    for (const v1::OperationsNotice& notice : answer.notices()) {
      if (!take(notice)) return std::nullopt;
    }
    if (left_out != nullptr) *left_out = answer.left_out();
    if (answer.next_page_token().empty()) return std::nullopt;
    if (answer.next_page_token() == request.page_token()) break;
    request.set_page_token(answer.next_page_token());
  }
  context.streams.err << "the broker's list does not end: ask for less of it\n";
  return ExitCode::kUnreachable;
}

}  // namespace envej::console
