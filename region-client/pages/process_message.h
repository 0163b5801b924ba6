#ifndef ENVEJ_REGION_CLIENT_PAGES_PROCESS_MESSAGE_H_
#define ENVEJ_REGION_CLIENT_PAGES_PROCESS_MESSAGE_H_

#include <cstddef>
#include <functional>
#include <string>

#include "region-client/pages/sign_in.h"

namespace envej::region {

inline constexpr size_t kPostedMessageBytes = size_t{1} << 20;

// What a system is answered.
struct MessageAnswer {
  int status = 500;  // of HTTP
  std::string content_type;
  std::string body;
};

// Takes a message that a system posted: whose it is, its content type as it was said, and at most kPostedMessageBytes.
// What is answered as taken is durable before. Called by several threads at once; it must come back in a time of its
// own, and throws nothing.
using ProcessMessage =
    std::function<MessageAnswer(const Peer& peer, const std::string& content_type, const std::string& body)>;

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_PAGES_PROCESS_MESSAGE_H_
