#ifndef ENVEJ_REGION_CLIENT_PAGES_MUNICIPALITIES_H_
#define ENVEJ_REGION_CLIENT_PAGES_MUNICIPALITIES_H_

#include <memory>
#include <mutex>
#include <utility>

#include "envej/v1/intake_service.pb.h"

namespace envej::region {

// Whether discharge notices are passed on to it.
inline bool TakesPart(const v1::Municipality& municipality) {
  return municipality.participating() && municipality.agreement_in_force();
}

// nullptr where there is none of the code.
inline const v1::Municipality* FindMunicipality(const v1::ListMunicipalitiesResponse& all, const std::string& code) {
  for (const v1::Municipality& municipality : all.municipalities()) {
    if (municipality.municipality_code() == code) return &municipality;
  }
  return nullptr;
}

// What the broker says of the municipalities, as far as it is known here.
//
// Thread safety: any number of threads.
class Municipalities {
 public:
  virtual ~Municipalities() = default;

  // As the broker last told it, to this agent or to one before it with the same store; null before it ever did. Asks
  // nobody and does not block.
  virtual std::shared_ptr<const v1::ListMunicipalitiesResponse> current() const = 0;
};

// Keeps what somebody else asked the broker.
class KeptMunicipalities final : public Municipalities {
 public:
  void Keep(v1::ListMunicipalitiesResponse told) {
    auto kept = std::make_shared<const v1::ListMunicipalitiesResponse>(std::move(told));
    const std::lock_guard<std::mutex> lock(mutex_);
    kept_ = std::move(kept);
  }
  std::shared_ptr<const v1::ListMunicipalitiesResponse> current() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return kept_;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const v1::ListMunicipalitiesResponse> kept_;  // guarded by it
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_PAGES_MUNICIPALITIES_H_
