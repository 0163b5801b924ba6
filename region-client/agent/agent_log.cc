#include "region-client/agent/agent_log.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"

namespace envej::region {

void AgentLog::Say(const std::string& text) {
  const nlohmann::json value = text;
  Write("message", value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)).IgnoreError();
}

absl::Status AgentLog::Tell(const std::string& telling) { return Write("telling", telling); }

void AgentLog::SayOfPage(const std::string& done) { Write("page", done).IgnoreError(); }

void AgentLog::WhileSilent(const std::function<void()>& write) {
  const std::lock_guard<std::mutex> lock(mutex_);
  write();
}

absl::Status AgentLog::Write(const std::string& name, const std::string& json) {
  const std::string at = absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", now_(), absl::UTCTimeZone());
  const std::lock_guard<std::mutex> lock(mutex_);
  out_.clear();  // of what failed before: each line is tried
  out_ << absl::StrCat("{\"at\":\"", at, "\",\"", name, "\":", json, "}\n") << std::flush;
  return out_.good() ? absl::OkStatus() : absl::UnavailableError("the agent's log cannot be written");
}

}  // namespace envej::region
