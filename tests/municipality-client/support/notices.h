#ifndef ENVEJ_TESTS_MUNICIPALITY_CLIENT_SUPPORT_NOTICES_H_
#define ENVEJ_TESTS_MUNICIPALITY_CLIENT_SUPPORT_NOTICES_H_

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

// What a ward's file holds of it: one line of JSON, without its newline.
std::string JsonOf(const v1::Notice& notice);

}  // namespace envej::municipality_client

#endif  // ENVEJ_TESTS_MUNICIPALITY_CLIENT_SUPPORT_NOTICES_H_
