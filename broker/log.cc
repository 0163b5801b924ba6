#include "broker/log.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "absl/time/time.h"

namespace envej {

void Log::Write(absl::string_view level, absl::string_view event, Fields fields) const {
  nlohmann::ordered_json line;
  line["time"] = absl::FormatTime("%Y-%m-%d%ET%H:%M:%E3SZ", clock_.Now(), absl::UTCTimeZone());
  line["level"] = std::string(level);
  line["event"] = std::string(event);
  for (const auto& [name, value] : fields) {
    if (const auto* text = std::get_if<std::string>(&value); text != nullptr && text->empty()) continue;
    std::visit([&, key = std::string(name)](const auto& held) { line[key] = held; }, value);
  }
  const std::string text =
      line.dump(-1, ' ', /*ensure_ascii=*/false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  // One write a line keeps lines whole. A log that cannot be written must not stop a notice.
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace envej
