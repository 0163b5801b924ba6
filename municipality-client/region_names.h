#ifndef ENVEJ_MUNICIPALITY_CLIENT_REGION_NAMES_H_
#define ENVEJ_MUNICIPALITY_CLIENT_REGION_NAMES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "certs/identity.h"

namespace envej::municipality_client {

inline constexpr size_t kRegionNamesMost = 64;

// Which regions are known by an attribute of their certificates' subject, as those of Danish OCES system certificates
// are. Each text is one of
//   CODE:serialNumber=VALUE   CODE:organizationIdentifier=VALUE
// with a region's four digits and a value under the broker's register's rules: 1 to 256 characters of UTF-8 in normal
// form C, not blank, no control characters. A region may have several. The municipality says so itself: the broker, who
// knows its register, is not asked who a signer is.
//
// INVALID_ARGUMENT, without repeating a value, for any other text, for the same subject twice, and for more than
// kRegionNamesMost.
absl::StatusOr<certs::SubjectTable> ReadRegionNames(const std::vector<std::string>& texts);

}  // namespace envej::municipality_client

#endif  // ENVEJ_MUNICIPALITY_CLIENT_REGION_NAMES_H_
