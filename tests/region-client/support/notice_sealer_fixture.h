#ifndef ENVEJ_TESTS_REGION_CLIENT_SUPPORT_NOTICE_SEALER_FIXTURE_H_
#define ENVEJ_TESTS_REGION_CLIENT_SUPPORT_NOTICE_SEALER_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/time/clock.h"
#include "region-client/notice_sealer.h"
#include "tests/region-client/support/notice_lines.h"
#include "tests/support/sealing_world.h"

namespace envej::region {

inline constexpr char kRegion[] = "1081";
inline constexpr char kMunicipality[] = "0101";

// A region's sealer, its files, and what a directory may tell it.
class NoticeSealerTest : public testing::Test {
 protected:
  SealingFiles Files() const {
    return {.tls = world_.region_files(), .secret = world_.secret_file(), .former_secrets = {}};
  }

  // One that knows what a directory says.
  NoticeSealer MakeSealer(const SealingFiles& files, const v1::ListMunicipalitiesResponse& directory) const {
    absl::StatusOr<NoticeSealer> sealer = NoticeSealer::Create(files, now_);
    EXPECT_TRUE(sealer.ok()) << sealer.status();
    sealer->Learn(directory, now_);
    return *std::move(sealer);
  }
  // One that knows what an honest directory says.
  NoticeSealer MakeSealer(const SealingFiles& files) const {
    return MakeSealer(files, Directory({world_.inbox().der()}));
  }
  NoticeSealer MakeSealer() const { return MakeSealer(Files()); }

  static v1::ListMunicipalitiesResponse Directory(const std::vector<std::string>& inbox_certificates,
                                                  bool participating = true) {
    v1::ListMunicipalitiesResponse response;
    v1::Municipality& municipality = *response.add_municipalities();
    municipality.set_municipality_code(kMunicipality);
    municipality.set_participating(participating);
    for (const std::string& der : inbox_certificates) municipality.add_inbox_certificates(der);
    return response;
  }

  v1::Notice Sealed(const NoticeSealer& sealer, const v1::Notice& plain) const {
    const std::variant<v1::Notice, Refusal> sealed = sealer.Seal(plain);
    const Refusal* const refusal = std::get_if<Refusal>(&sealed);
    EXPECT_EQ(refusal, nullptr) << refusal->reason << ": " << refusal->text;
    return refusal == nullptr ? std::get<v1::Notice>(sealed) : v1::Notice();
  }
  v1::Notice Sealed(const NoticeSealer& sealer) const { return Sealed(sealer, plain_); }

  Refusal Refused(const NoticeSealer& sealer) const {
    const std::variant<v1::Notice, Refusal> sealed = sealer.Seal(plain_);
    EXPECT_TRUE(std::holds_alternative<Refusal>(sealed));
    return std::holds_alternative<Refusal>(sealed) ? std::get<Refusal>(sealed) : Refusal();
  }

  certs::Certificate Issue(const certs::TestAuthority& authority, const std::string& uri,
                           certs::LeafUsage usage = certs::LeafUsage::kInbox) const {
    certs::LeafRequest request = certs::ClientRequest(uri);
    request.usage = usage;
    return authority.IssueCertificate(request);
  }

  std::string WriteSecret(const std::string& name, char digit) const {
    return files_.Write(name, std::string(2 * 32, digit) + "\n");
  }

  // Why no sealer is made of these files: one line that repeats nothing of what they hold.
  std::string Unusable(const SealingFiles& files) const {
    const absl::StatusOr<NoticeSealer> sealer = NoticeSealer::Create(files, now_);
    EXPECT_FALSE(sealer.ok());
    const std::string why(sealer.status().message());
    for (const char* const held : {"\n", "BEGIN", "marmalade"}) {
      EXPECT_THAT(why, testing::Not(testing::HasSubstr(held)));
    }
    return why;
  }

  const absl::Time now_ = absl::Now();
  const v1::Notice plain_ = NoticeNumber(1, now_);
  const certs::TestDirectory files_;
  const support::SealingWorld world_{kRegion, kMunicipality};
  const certs::TestAuthority& authority_ = world_.authority();
  const certs::TestAuthority other_authority_{"another authority"};
};

}  // namespace envej::region

#endif  // ENVEJ_TESTS_REGION_CLIENT_SUPPORT_NOTICE_SEALER_FIXTURE_H_
