#ifndef ENVEJ_BROKER_LOG_H_
#define ENVEJ_BROKER_LOG_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/string_view.h"
#include "broker/clock.h"

namespace envej {

// The broker's log: one JSON object a line on standard error, with `time` (RFC 3339, UTC), `level`, `event` and
// further fields; an empty text is left out. No field may hold a direct identifier, and none a notice id but that of a
// stored notice that cannot be handed out (wire/stored_content.h) or is late (late_notices.h).
//
// Thread safety: any thread; lines are never mixed.
class Log {
 public:
  using Value = std::variant<std::string, int64_t>;
  using Fields = std::initializer_list<std::pair<absl::string_view, Value>>;

  explicit Log(const Clock& clock) : clock_(clock) {}

  void Info(absl::string_view event, Fields fields = {}) const { Write("info", event, fields); }
  void Warning(absl::string_view event, Fields fields = {}) const { Write("warning", event, fields); }
  void Error(absl::string_view event, Fields fields = {}) const { Write("error", event, fields); }

 private:
  void Write(absl::string_view level, absl::string_view event, Fields fields) const;

  const Clock& clock_;
};

}  // namespace envej

#endif  // ENVEJ_BROKER_LOG_H_
