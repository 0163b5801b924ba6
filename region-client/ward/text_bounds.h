#ifndef ENVEJ_REGION_CLIENT_WARD_TEXT_BOUNDS_H_
#define ENVEJ_REGION_CLIENT_WARD_TEXT_BOUNDS_H_

#include <cstddef>

namespace envej::ward {

// Characters of what a message says; a decoder refuses what is longer, at its place.
inline constexpr size_t kAuthorityCharacters = 200;  // PatientId::authority
inline constexpr size_t kNameCharacters = 200;       // Contact::name

}  // namespace envej::ward

#endif  // ENVEJ_REGION_CLIENT_WARD_TEXT_BOUNDS_H_
