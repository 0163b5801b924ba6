#ifndef ENVEJ_REGION_CLIENT_AGENT_PHONE_NUMBER_H_
#define ENVEJ_REGION_CLIENT_AGENT_PHONE_NUMBER_H_

#include <optional>
#include <string>

namespace envej::region {

// A phone number that can be called, in E.164 form: as it is written in Denmark, or anywhere with a country's code.
// Nothing if it is none. Thread-safe.
std::optional<std::string> ToE164(const std::string& written);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_PHONE_NUMBER_H_
