#include "broker/operations/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace envej::operations {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(MetricsTest, RefusalsAreCountedByCallerAndReason) {
  Metrics metrics;
  metrics.CountRefused("urn:envej:region:1081", "BATCH_EMPTY");
  metrics.CountRefused("urn:envej:region:1081", "BATCH_EMPTY");
  metrics.CountRefused("", "CALLER_UNKNOWN");
  EXPECT_THAT(metrics.Text(),
              HasSubstr("envej_refused_total{caller=\"urn:envej:region:1081\",reason=\"BATCH_EMPTY\"} 2"));
  EXPECT_THAT(metrics.Text(), HasSubstr("envej_refused_total{caller=\"unknown\",reason=\"CALLER_UNKNOWN\"} 1"));
}

TEST(MetricsTest, BeyondItsBoundCallersAreCountedTogetherAndNoneIsLost) {
  Metrics metrics;
  const size_t callers = Metrics::kRefusalSeriesMost + 100;
  for (size_t caller = 0; caller < callers; ++caller)
    metrics.CountRefused(absl::StrCat("caller-", caller), "BATCH_EMPTY");
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("envej_refused_total{caller=\"others\",reason=\"BATCH_EMPTY\"} 100"));
  EXPECT_LE(std::count(text.begin(), text.end(), '\n'), static_cast<ptrdiff_t>(Metrics::kRefusalSeriesMost + 100));
}

TEST(MetricsTest, ABrokenReloadShowsUntilOneIsTaken) {
  Metrics metrics;
  metrics.CountReload(false);
  EXPECT_THAT(metrics.Text(), HasSubstr("envej_trust_broken 1"));
  EXPECT_THAT(metrics.Text(), HasSubstr("envej_trust_reloads_total{result=\"broken\"} 1"));
  metrics.CountReload(true);
  EXPECT_THAT(metrics.Text(), HasSubstr("envej_trust_broken 0"));
  EXPECT_THAT(metrics.Text(), HasSubstr("envej_trust_reloads_total{result=\"taken\"} 1"));
}

TEST(MetricsTest, StorageAndDamageShowAsTheyAreNow) {
  Metrics metrics;
  metrics.SetStorage(uint64_t{3} << 20, true);
  metrics.SetStoreDamaged(true);
  EXPECT_THAT(metrics.Text(), HasSubstr("envej_storage_free_bytes 3145728"));
  EXPECT_THAT(metrics.Text(), HasSubstr("envej_storage_nearly_full 1"));
  EXPECT_THAT(metrics.Text(), HasSubstr("envej_store_damaged 1"));
  metrics.SetStorage(uint64_t{9} << 20, false);
  metrics.SetStoreDamaged(false);
  EXPECT_THAT(metrics.Text(), HasSubstr("envej_storage_nearly_full 0"));
  EXPECT_THAT(metrics.Text(), HasSubstr("envej_store_damaged 0"));
}

TEST(MetricsTest, ListsExpireOnlyWhereThereAreSome) {
  const std::string name = "envej_revocation_lists_expire_timestamp_seconds";
  Metrics metrics;
  EXPECT_THAT(metrics.Text(), Not(HasSubstr(name + " ")));
  metrics.SetRevocationListsExpire(absl::FromUnixSeconds(1800000000));
  EXPECT_THAT(metrics.Text(), HasSubstr(name + " 1800000000"));
  metrics.SetRevocationListsExpire(absl::InfiniteFuture());
  EXPECT_THAT(metrics.Text(), Not(HasSubstr(name + " 1")));
}

}  // namespace
}  // namespace envej::operations
