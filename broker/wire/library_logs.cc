#include "broker/wire/library_logs.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>

#include <atomic>
#include <string>

namespace envej::wire {
namespace {

std::atomic<const Log*> destination = nullptr;

void Write(const char* library, const std::string& message) {
  const Log* const log = destination;
  if (log != nullptr) log->Warning("library_error", {{"library", library}, {"error", message}});
}

void OnGrpc(gpr_log_func_args* said) { Write("grpc", said->message); }

void OnProtobuf(google::protobuf::LogLevel level, const char*, int, const std::string& message) {
  if (level >= google::protobuf::LOGLEVEL_ERROR) Write("protobuf", message);
}

}  // namespace

void SendLibraryLogsTo(const Log& log) {
  destination = &log;
  gpr_set_log_function(OnGrpc);
  google::protobuf::SetLogHandler(OnProtobuf);
}

}  // namespace envej::wire
