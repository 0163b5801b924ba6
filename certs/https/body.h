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

// What a request brings, which says by one Content-Length how much that is: at most `most` bytes, within the time for
// it (https_limits.h). INVALID_ARGUMENT where the length is not said, or not in that way; RESOURCE_EXHAUSTED where it
// is more; DEADLINE_EXCEEDED where it did not come. After an error the connection is to be closed (CloseAfter): what
// follows is no request.
absl::StatusOr<std::string> ReadBody(const httplib::Request& request, TlsConnection& connection, size_t most);

// Closes the connection once the answer is sent, and says so in it.
void CloseAfter(httplib::Response& response, TlsConnection& connection);

}  // namespace envej::https

#endif  // ENVEJ_CERTS_HTTPS_BODY_H_
