#ifndef ENVEJ_CERTS_HTTPS_PLACES_H_
#define ENVEJ_CERTS_HTTPS_PLACES_H_

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace envej::https {

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
  std::unique_ptr<Place> Take(const std::string& who);

 private:
  void Leave(const std::string& who);

  const size_t each_;
  std::mutex mutex_;
  std::map<std::string, size_t> held_;  // by those who hold any; guarded by it
};

}  // namespace envej::https

#endif  // ENVEJ_CERTS_HTTPS_PLACES_H_
