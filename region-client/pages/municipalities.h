#ifndef ENVEJ_REGION_CLIENT_PAGES_MUNICIPALITIES_H_
#define ENVEJ_REGION_CLIENT_PAGES_MUNICIPALITIES_H_

#include <memory>

#include "envej/v1/intake_service.pb.h"

namespace envej::region {

// What the broker says of the municipalities, as far as it is known here.
//
// Thread safety: any number of threads.
class Municipalities {
 public:
  virtual ~Municipalities() = default;

  // As the broker last told it; null before it ever did. Asks nobody and does not block.
  virtual std::shared_ptr<const v1::ListMunicipalitiesResponse> current() const = 0;
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_PAGES_MUNICIPALITIES_H_
