#include "broker/wire/library_logs.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>

#include <atomic>
#include <optional>
#include <string>

#include "broker/log_limit.h"

namespace envej::wire {
namespace {

struct Destination {
  const Log& log;
  LogLimit limit;
};
std::atomic<Destination*> destination = nullptr;

void Write(const char* library, const std::string& message) {
  Destination* const to = destination;
  if (to == nullptr) return;
  const std::optional<int64_t> left_out = to->limit.Admit();
  if (!left_out.has_value()) return;
  to->log.Warning("library_error", {{"library", library}, {"error", message}, {"left_out", *left_out}});
}

void OnGrpc(gpr_log_func_args* said) { Write("grpc", said->message); }

void OnProtobuf(google::protobuf::LogLevel level, const char*, int, const std::string& message) {
  if (level >= google::protobuf::LOGLEVEL_ERROR) Write("protobuf", message);
}

}  // namespace

void SendLibraryLogsTo(const Log& log, const Clock& clock) {
  static Destination only{.log = log, .limit = LogLimit(clock)};
  destination = &only;
  gpr_set_log_function(OnGrpc);
  google::protobuf::SetLogHandler(OnProtobuf);
}

}  // namespace envej::wire
