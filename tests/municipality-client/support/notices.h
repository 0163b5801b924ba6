#ifndef ENVEJ_TESTS_MUNICIPALITY_CLIENT_SUPPORT_NOTICES_H_
#define ENVEJ_TESTS_MUNICIPALITY_CLIENT_SUPPORT_NOTICES_H_

#include <google/protobuf/message.h>

#include <cstdint>
#include <string>

#include "envej/v1/notice.pb.h"

namespace envej::municipality_client {

inline constexpr char kMunicipality[] = "0101";
inline constexpr char kRegion[] = "1084";
// Stand in every notice made here, and may stand nowhere but in its file.
inline constexpr char kMarkedName[] = "Zebrafjord Kvantesen";
inline constexpr char kMarkedNumber[] = "+4599887766";

// A random UUID's text, different for each number.
std::string NoticeIdOf(int number);

// A proper notice for kMunicipality.
v1::Notice ProperNotice(int number);

// The same notice as a later revision, with another number to call, which stands in it alone: RevisedNumber.
v1::Notice RevisedNotice(int number, uint32_t revision);
std::string RevisedNumber(uint32_t revision);

// Its withdrawal under this revision. Plain.
v1::Withdrawal WithdrawalOf(int number, uint32_t revision);

// What a ward's file holds of it: one line of JSON, without its newline.
std::string JsonOf(const google::protobuf::Message& message);

}  // namespace envej::municipality_client

#endif  // ENVEJ_TESTS_MUNICIPALITY_CLIENT_SUPPORT_NOTICES_H_
