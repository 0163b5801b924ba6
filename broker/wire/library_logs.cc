#include "broker/wire/library_logs.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <optional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "broker/log_limit.h"

namespace envej::wire {
namespace {

struct Destination {
  const Log& log;
  LogLimit limit;
};
std::atomic<Destination*> destination = nullptr;

// The beginnings of those messages that hold nothing but the library's own words: OpenSSL's reason, an algorithm's
// name, a field's name in our schema. Others repeat what a caller sent, such as the host that it names or a header.
constexpr std::array<absl::string_view, 3> kOwnWords = {
    "Handshake failed with fatal error SSL_ERROR_SSL: error:", "Compression algorithm '", "String field 'envej.v1."};

bool IsOfOwnWords(absl::string_view message) {
  return std::any_of(kOwnWords.begin(), kOwnWords.end(),
                     [message](absl::string_view beginning) { return absl::StartsWith(message, beginning); });
}

// Where in the library's source it complained.
std::string PlaceOf(absl::string_view file, int line) {
  const size_t slash = file.rfind('/');
  return absl::StrCat(slash == absl::string_view::npos ? file : file.substr(slash + 1), ":", line);
}

void Write(const char* library, const std::string& place, absl::string_view message) {
  Destination* const to = destination;
  if (to == nullptr) return;
  const std::optional<int64_t> left_out = to->limit.Admit();
  if (!left_out.has_value()) return;
  to->log.Warning("library_error", {{"library", library},
                                    {"place", place},
                                    {"error", IsOfOwnWords(message) ? std::string(message) : "not repeated"},
                                    {"left_out", *left_out}});
}

void OnGrpc(gpr_log_func_args* said) { Write("grpc", PlaceOf(said->file, said->line), said->message); }

void OnProtobuf(google::protobuf::LogLevel level, const char* file, int line, const std::string& message) {
  if (level >= google::protobuf::LOGLEVEL_ERROR) Write("protobuf", PlaceOf(file, line), message);
}

}  // namespace

void SendLibraryLogsTo(const Log& log, const Clock& clock) {
  static Destination only{.log = log, .limit = LogLimit(clock)};
  destination = &only;
  gpr_set_log_function(OnGrpc);
  google::protobuf::SetLogHandler(OnProtobuf);
}

}  // namespace envej::wire
