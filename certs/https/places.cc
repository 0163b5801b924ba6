#include "certs/https/places.h"

namespace envej::https {

std::unique_ptr<Places::Place> Places::Take(const std::string& who) {
  const std::lock_guard<std::mutex> lock(mutex_);
  size_t& held = held_[who];
  if (held >= each_) return nullptr;
  ++held;
  return std::make_unique<Place>(*this, who);
}

void Places::Leave(const std::string& who) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto held = held_.find(who);
  if (--held->second == 0) held_.erase(held);
}

}  // namespace envej::https
