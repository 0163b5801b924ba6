#ifndef ENVEJ_PROTO_CONTRACT_WIPING_H_
#define ENVEJ_PROTO_CONTRACT_WIPING_H_

#include <google/protobuf/message.h>

#include <string>

#include "proto/contract/notice.h"

namespace envej::contract {

// Overwrite what they hold, which then is empty: of a text all that it has room for, of a message all text and bytes in
// it and its parts, unknown fields too, of a notice all text. Copies made before, also by growing, are not reached.
void Wipe(std::string& plain);
void Wipe(google::protobuf::Message& plain);
void Wipe(Notice& plain);

// As DiscardUnknownFields, and overwrites them.
void WipeUnknownFields(google::protobuf::Message& plain);

// Wipes when it goes. What it is made for must outlive it.
template <typename Plain>
class WipeAtEnd {
 public:
  explicit WipeAtEnd(Plain& plain) : plain_(plain) {}
  ~WipeAtEnd() { Wipe(plain_); }
  WipeAtEnd(const WipeAtEnd&) = delete;
  WipeAtEnd& operator=(const WipeAtEnd&) = delete;

 private:
  Plain& plain_;
};

}  // namespace envej::contract

#endif  // ENVEJ_PROTO_CONTRACT_WIPING_H_
