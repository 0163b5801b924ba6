#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "municipality-client/content_opener.h"
#include "proto/contract/message_codec.h"
#include "tests/municipality-client/support/notices.h"
#include "tests/support/sealing_world.h"

namespace envej::municipality_client {
namespace {

using certs::Sealer;
using support::SealerOf;

constexpr char kRegionOfAnother[] = "1081";

class WithdrawalOpenerTest : public testing::Test {
 protected:
  v1::InboxItem ItemOf(const v1::Withdrawal& sealed) const {
    v1::InboxItem item;
    item.set_kind(v1::ITEM_KIND_WITHDRAWAL);
    v1::LeaseName& name = *item.mutable_lease()->mutable_name();
    name.set_region_code(kRegion);
    name.set_notice_id(sealed.notice_id());
    name.set_revision(sealed.revision());
    *item.mutable_accepted_at() = contract::ToMessage(now_);
    *item.mutable_withdrawal() = sealed;
    return item;
  }
  // Unspecified if it holds.
  v1::ReturnReason Judged(const v1::Withdrawal& sealed) const {
    const auto reason = opener_->OpenWithdrawal(ItemOf(sealed), signers_, now_);
    EXPECT_TRUE(reason.ok()) << reason.status();
    return reason.ok() && reason->has_value() ? **reason : v1::RETURN_REASON_UNSPECIFIED;
  }

  static Sealer Issue(const support::SealingWorld& world, const std::string& region_code) {
    return SealerOf(world.authority().Issue(certs::ClientRequest(absl::StrCat("urn:envej:region:", region_code))));
  }

  const absl::Time now_ = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()));
  const support::SealingWorld world_{kRegion, kMunicipality};
  const support::SealingWorld strangers_{kRegion, kMunicipality};
  const Sealer broker_ = SealerOf(world_.authority().Issue(certs::ServerRequest()));
  const Sealer other_region_ = Issue(world_, kRegionOfAnother);
  const Sealer stranger_ = Issue(strangers_, kRegion);
  const Signers signers_ = ReadSigners({world_.signer().der(), broker_.certificate().der(),
                                        other_region_.certificate().der(), stranger_.certificate().der()});
  const v1::Withdrawal plain_ = WithdrawalOf(1, 2);
  const v1::Withdrawal sealed_ = world_.Seal(plain_);
  const absl::StatusOr<ContentOpener> opener_ =
      ContentOpener::Create({.inbox_certificates = {world_.inbox_certificate_file()},
                             .inbox_keys = {world_.inbox_key_file()},
                             .authorities = world_.authorities_file(),
                             .revocation_lists = ""});
};

TEST_F(WithdrawalOpenerTest, HoldsWhenTheRegionOrTheBrokerSignedIt) {
  EXPECT_EQ(Judged(sealed_), v1::RETURN_REASON_UNSPECIFIED);
  EXPECT_EQ(Judged(world_.Seal(plain_, broker_, v1::SEALED_BY_BROKER)), v1::RETURN_REASON_UNSPECIFIED);
}

TEST_F(WithdrawalOpenerTest, IsNotAuthenticByAnybodyElseOrUnderAnothersName) {
  for (const auto& [signer, sealed_by] :
       {std::pair(&broker_, v1::SEALED_BY_REGION), std::pair(&other_region_, v1::SEALED_BY_REGION),
        std::pair(&stranger_, v1::SEALED_BY_REGION), std::pair(&other_region_, v1::SEALED_BY_BROKER)}) {
    EXPECT_EQ(Judged(world_.Seal(plain_, *signer, sealed_by)), v1::RETURN_REASON_NOT_AUTHENTIC);
  }
}

TEST_F(WithdrawalOpenerTest, IsNotAuthenticWhenAnythingDiffersFromWhatWasSigned) {
  const std::vector<std::function<void(v1::Withdrawal&)>> changes = {
      [](v1::Withdrawal& withdrawal) { withdrawal.set_notice_id(NoticeIdOf(2)); },
      [](v1::Withdrawal& withdrawal) { withdrawal.set_revision(3); },
      [](v1::Withdrawal& withdrawal) { withdrawal.set_municipality_code("0147"); },
      [](v1::Withdrawal& withdrawal) { withdrawal.set_reason(v1::WITHDRAWAL_REASON_DECEASED); },
      [this](v1::Withdrawal& withdrawal) { *withdrawal.mutable_sealed() = world_.Seal(RevisedNotice(1, 2)).sealed(); }};
  for (size_t i = 0; i < changes.size(); ++i) {
    v1::Withdrawal changed = sealed_;
    changes[i](changed);
    EXPECT_EQ(Judged(changed), v1::RETURN_REASON_NOT_AUTHENTIC) << i;
  }
  v1::InboxItem of_another_region = ItemOf(sealed_);
  of_another_region.mutable_lease()->mutable_name()->set_region_code(kRegionOfAnother);
  EXPECT_EQ(*opener_->OpenWithdrawal(of_another_region, signers_, now_), v1::RETURN_REASON_NOT_AUTHENTIC);
}

TEST_F(WithdrawalOpenerTest, CannotBeOpenedWhenItIsNotSealedToThisInbox) {
  EXPECT_EQ(Judged(plain_), v1::RETURN_REASON_CANNOT_BE_OPENED);
  const support::SealingWorld elsewhere(kRegion, "0147");
  EXPECT_EQ(Judged(elsewhere.Seal(plain_)), v1::RETURN_REASON_CANNOT_BE_OPENED);
}

}  // namespace
}  // namespace envej::municipality_client
