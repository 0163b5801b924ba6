#ifndef ENVEJ_CERTS_HTTPS_BODY_H_
#define ENVEJ_CERTS_HTTPS_BODY_H_

#include <httplib.h>

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "certs/https/tls_connection.h"

namespace envej::https {

// Whether a request brings something behind its head. Also where it says twice how much, which not everybody would read
// alike.
bool HasBody(const httplib::Request& request);

// What a request brings: at most `most` bytes, within the time for it (https_limits.h). Either one Content-Length says
// how much that is, or it comes in chunks (chunks.h), with Transfer-Encoding "chunked" in HTTP/1.1. INVALID_ARGUMENT
// where that is said in neither way, or in both; DATA_LOSS where chunks are none; RESOURCE_EXHAUSTED where it is more;
// DEADLINE_EXCEEDED where it did not come. After an error the connection is to be closed (CloseAfter): what follows is
// no request.
absl::StatusOr<std::string> ReadBody(const httplib::Request& request, TlsConnection& connection, size_t most);

// Closes the connection once the answer is sent, and says so in it.
void CloseAfter(httplib::Response& response, TlsConnection& connection);

}  // namespace envej::https

#endif  // ENVEJ_CERTS_HTTPS_BODY_H_
