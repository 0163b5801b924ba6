#ifndef ENVEJ_TESTS_PRIVACY_RAW_CALL_H_
#define ENVEJ_TESTS_PRIVACY_RAW_CALL_H_

#include <string>
#include <utility>
#include <vector>

#include "certs/certificate_authority.h"

namespace envej::privacy {

// One call without a message on a connection of its own, with just these HTTP/2 header fields, in their order: for what
// no gRPC client sends. Names and values are shorter than 127 bytes. What the server answered, in bytes, until it
// was done with the call or with the connection.
std::string RawCall(const std::string& address, const certs::IssuedCertificate& caller,
                    const std::vector<std::pair<std::string, std::string>>& headers);

}  // namespace envej::privacy

#endif  // ENVEJ_TESTS_PRIVACY_RAW_CALL_H_
