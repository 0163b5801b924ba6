#ifndef ENVEJ_BROKER_WIRE_LENIENT_READER_H_
#define ENVEJ_BROKER_WIRE_LENIENT_READER_H_

#include <google/protobuf/message.h>

#include "absl/strings/string_view.h"

namespace envej::wire {

// Merges the bytes into a message as Protobuf would, but takes text that is not UTF-8 as it stands, so that the rules
// can refuse it by its field: Protobuf gives up the whole message. False if it is no message even so; what was read
// until then stays. Messages of types that hold themselves, and maps, are not for this.
bool ReadLeniently(absl::string_view bytes, google::protobuf::Message& message);

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_LENIENT_READER_H_
