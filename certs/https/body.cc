#include "certs/https/body.h"

#include <openssl/crypto.h>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "certs/https/chunks.h"

namespace envej::https {
namespace {

constexpr char kLength[] = "Content-Length";
constexpr char kEncoding[] = "Transfer-Encoding";

// Digits alone, which SimpleAtoi is more generous about.
bool ReadLength(const std::string& text, size_t& length) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos && absl::SimpleAtoi(text, &length);
}

bool IsInChunks(const httplib::Request& request) {
  return request.version == "HTTP/1.1" && request.get_header_value_count(kEncoding) == 1 &&
         absl::EqualsIgnoreCase(request.get_header_value(kEncoding), "chunked") && !request.has_header(kLength);
}

absl::Status ReadInto(std::string& body, const httplib::Request& request, TlsConnection& connection, size_t most) {
  if (IsInChunks(request)) {
    connection.BeginBody(most + ChunkFramingMost(most));
    return ReadChunks(connection, most, body);
  }
  size_t length = 0;
  if (request.has_header(kEncoding) || request.get_header_value_count(kLength) != 1 ||
      !ReadLength(request.get_header_value(kLength), length)) {
    return absl::InvalidArgumentError("the request does not say how long its content is");
  }
  if (length > most) return absl::ResourceExhaustedError("the request's content is too long");
  connection.BeginBody(length);
  body.resize(length);
  for (size_t at = 0; at < length;) {
    const ssize_t got = connection.read(body.data() + at, length - at);
    if (got <= 0) return absl::DeadlineExceededError("the request's content did not come");
    at += static_cast<size_t>(got);
  }
  return absl::OkStatus();
}

}  // namespace

bool HasBody(const httplib::Request& request) {
  const size_t lengths = request.get_header_value_count(kLength);
  return request.has_header(kEncoding) || lengths > 1 || (lengths == 1 && request.get_header_value(kLength) != "0");
}

absl::StatusOr<std::string> ReadBody(const httplib::Request& request, TlsConnection& connection, size_t most) {
  std::string body;
  absl::Status status = ReadInto(body, request, connection, most);
  if (status.ok()) return body;
  OPENSSL_cleanse(body.data(), body.size());
  return status;
}

void CloseAfter(httplib::Response& response, TlsConnection& connection) {
  connection.is_to_close = true;
  response.set_header("Connection", "close");
}

}  // namespace envej::https
