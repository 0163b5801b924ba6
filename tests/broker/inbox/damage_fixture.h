#ifndef ENVEJ_TESTS_BROKER_INBOX_DAMAGE_FIXTURE_H_
#define ENVEJ_TESTS_BROKER_INBOX_DAMAGE_FIXTURE_H_

#include <string>
#include <utility>
#include <vector>

#include "tests/broker/inbox/inboxes_fixture.h"

namespace envej::inbox {

// Inboxes whose store gets damaged, and what they tell of it.
class DamageFixture : public InboxesFixture {
 protected:
  DamageFixture() { Open({}); }

  void Open(Inboxes::Options options) {
    options.late = [this](const LateItem& late) { late_.push_back(late); };
    options.report = [this](const UnreadableItem& item) { told_.push_back(item); };
    inboxes_.emplace(store_, clock_, scheduler_, options);
    inboxes_->Start();
  }

  static std::vector<store::NoticeKey> NoticesOf(const std::vector<PulledItem>& items) {
    std::vector<store::NoticeKey> notices;
    for (const PulledItem& item : items) notices.push_back(item.item.notice);
    return notices;
  }

  std::vector<UnreadableItem> told_;
  std::vector<LateItem> late_;
};

}  // namespace envej::inbox

#endif  // ENVEJ_TESTS_BROKER_INBOX_DAMAGE_FIXTURE_H_
