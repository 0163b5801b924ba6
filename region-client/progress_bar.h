#ifndef ENVEJ_REGION_CLIENT_PROGRESS_BAR_H_
#define ENVEJ_REGION_CLIENT_PROGRESS_BAR_H_

#include <cstddef>
#include <ostream>

namespace envej::region {

enum class ProgressMode { kAuto, kAlways, kNever };  // kAuto: only on a terminal

// Whether a bar is drawn; `terminal` says whether it would go to one.
bool IsShown(ProgressMode mode, bool terminal);

// A bar on one line that is drawn over itself. Does nothing unless `shown`. Not thread-safe. `out` must outlive it.
class ProgressBar {
 public:
  ProgressBar(std::ostream& out, bool shown, size_t total) : out_(out), shown_(shown && total > 0), total_(total) {}

  void Advance(size_t count);  // draws
  void Clear();                // takes the bar away, so that a line can be written in its place

 private:
  std::ostream& out_;
  const bool shown_;
  const size_t total_;
  size_t done_ = 0;
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_PROGRESS_BAR_H_
