#ifndef ENVEJ_BROKER_OPERATIONS_WEB_PLACES_H_
#define ENVEJ_BROKER_OPERATIONS_WEB_PLACES_H_

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "broker/mutex.h"

namespace envej::operations {

// What each may hold of something at once. Thread-safe.
class Places {
 public:
  // One place, for as long as it lives.
  class Place {
   public:
    Place(Places& places, std::string who) : places_(places), who_(std::move(who)) {}
    ~Place() { places_.Leave(who_); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    Places& places_;
    const std::string who_;
  };

  explicit Places(size_t each) : each_(each) {}

  // Null if they hold as many as each may. It must outlive the place.
  std::unique_ptr<Place> Take(const std::string& who) ENVEJ_EXCLUDES(mutex_);

 private:
  void Leave(const std::string& who) ENVEJ_EXCLUDES(mutex_);

  const size_t each_;
  Mutex mutex_;
  std::map<std::string, size_t> held_ ENVEJ_GUARDED_BY(mutex_);  // by those who hold any
};

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_WEB_PLACES_H_
