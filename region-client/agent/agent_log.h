#ifndef ENVEJ_REGION_CLIENT_AGENT_AGENT_LOG_H_
#define ENVEJ_REGION_CLIENT_AGENT_AGENT_LOG_H_

#include <functional>
#include <mutex>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace envej::region {

// The agent's log: one JSON line each, with its time. Nothing in it names a citizen.
//
// Thread safety: any number of threads.
class AgentLog {
 public:
  // Both must outlive it.
  AgentLog(std::ostream& out, std::function<absl::Time()> now) : out_(out), now_(std::move(now)) {}

  // Something that operators read. That it cannot be logged is said nowhere.
  void Say(const std::string& text);
  // What the ward is told: `telling` is a JSON object. UNAVAILABLE if the log did not take it.
  absl::Status Tell(const std::string& telling);
  // What was done on the page for staff: a JSON object.
  void SayOfPage(const std::string& done);
  // Does what writes to the same stream by itself, while no line is written.
  void WhileSilent(const std::function<void()>& write);

 private:
  absl::Status Write(const std::string& name, const std::string& json);

  std::ostream& out_;
  const std::function<absl::Time()> now_;
  std::mutex mutex_;
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_AGENT_LOG_H_
