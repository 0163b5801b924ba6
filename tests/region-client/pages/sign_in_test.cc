#include "region-client/pages/sign_in.h"

#include <gtest/gtest.h>

#include "tests/certs/test_files.h"

namespace envej::region {
namespace {

constexpr char kOne[] = "urn:envej:operations:one";
constexpr char kTwo[] = "urn:envej:operations:two";

PeerKind KindOf(absl::string_view uri, const SignInOptions& options) {
  static const certs::TestAuthority authority;
  return PeerOf(authority.IssueCertificate(certs::ClientRequest(uri)), options).kind;
}

TEST(SignInTest, OnlyWhoIsNamedIsStaff) {
  const SignInOptions options{.staff = {kOne}, .systems = {}, .proxy = std::nullopt};
  EXPECT_EQ(KindOf(kOne, options), PeerKind::kStaff);
  EXPECT_EQ(KindOf(kTwo, options), PeerKind::kNobody);
  const SignInOptions nobody_named{.staff = {}, .systems = {kTwo}, .proxy = std::nullopt};
  EXPECT_EQ(KindOf(kOne, nobody_named), PeerKind::kNobody);
  EXPECT_EQ(KindOf(kTwo, nobody_named), PeerKind::kSystem);
}

TEST(SignInTest, WhoIsNamedTwiceIsNobody) {
  const SignInOptions::Proxy proxy{.certificate = kOne, .header = "X-Staff", .origin = "https://ward.example"};
  EXPECT_EQ(KindOf(kOne, {.staff = {}, .systems = {}, .proxy = proxy}), PeerKind::kProxy);
  EXPECT_EQ(KindOf(kOne, {.staff = {kOne}, .systems = {}, .proxy = proxy}), PeerKind::kNobody);
  EXPECT_EQ(KindOf(kOne, {.staff = {}, .systems = {kOne}, .proxy = proxy}), PeerKind::kNobody);
}

TEST(SignInTest, AStaffNameIsOneLineOfText) {
  EXPECT_TRUE(IsStaffName("Sygeplejerske Åse, P1"));
  for (const std::string& text :
       {std::string(), std::string(" "), std::string("a\nb"), std::string(201, 'a'), std::string("\xFF")}) {
    EXPECT_FALSE(IsStaffName(text));
  }
}

}  // namespace
}  // namespace envej::region
