#include "region-client/progress_bar.h"

#include <algorithm>
#include <string>

namespace envej::region {
namespace {

constexpr size_t kBarCharacters = 40;
constexpr char kEraseLine[] = "\r\x1B[K";

}  // namespace

bool IsShown(ProgressMode mode, bool terminal) {
  return mode == ProgressMode::kAlways || (mode == ProgressMode::kAuto && terminal);
}

void ProgressBar::Advance(size_t count) {
  if (!shown_) return;
  done_ = std::min(total_, done_ + count);
  const size_t filled = kBarCharacters * done_ / total_;
  out_ << kEraseLine << '[' << std::string(filled, '#') << std::string(kBarCharacters - filled, ' ') << "] " << done_
       << '/' << total_ << std::flush;
}

void ProgressBar::Clear() {
  if (shown_) out_ << kEraseLine << std::flush;
}

}  // namespace envej::region
