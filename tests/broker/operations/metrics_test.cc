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
  EXPECT_LE(std::count(text.begin(), text.end(), '\n'), static_cast<ptrdiff_t>(Metrics::kRefusalSeriesMost + 200));
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

TEST(MetricsTest, WhatIsNotKnownIsNotThere) {
  Metrics metrics;
  for (const char* name :
       {"envej_start_timestamp_seconds", "envej_broker_certificate_expires_timestamp_seconds", "envej_mirror_batch",
        "envej_checkpoint_timestamp_seconds", "envej_build_info", "envej_configuration_info"}) {
    EXPECT_THAT(metrics.Text(), Not(HasSubstr(name)));
  }
  EXPECT_EQ(metrics.condition().started_at, std::nullopt);
  EXPECT_EQ(metrics.condition().mirrored_batch, std::nullopt);
}

TEST(MetricsTest, WhatIsToldOfTheBrokerIsItsCondition) {
  Metrics metrics;
  const absl::Time at = absl::FromUnixSeconds(1'800'000'000);
  metrics.SetStart("broker-1", "1.2.3", at);
  metrics.SetConfiguration("c0", "r0");
  metrics.SetConfiguration("c1", "r1");
  metrics.SetCertificateExpires(at + absl::Seconds(1));
  metrics.SetCheckpoint(at + absl::Seconds(2));
  metrics.SetJournal([] { return 7u; }, [] { return 5u; });
  metrics.SetStorage(100, true);
  metrics.SetReserve(200);
  metrics.SetRecovering(true);
  metrics.CountReload(false);
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("envej_build_info{version=\"1.2.3\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("envej_configuration_info{configuration=\"c1\",register=\"r1\"} 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("c0")));
  EXPECT_THAT(text, HasSubstr("envej_start_timestamp_seconds 1800000000\n"));
  EXPECT_THAT(text, HasSubstr("envej_broker_certificate_expires_timestamp_seconds 1800000001\n"));
  EXPECT_THAT(text, HasSubstr("envej_checkpoint_timestamp_seconds 1800000002\n"));
  EXPECT_THAT(text, HasSubstr("envej_journal_newest_batch 7\n"));
  EXPECT_THAT(text, HasSubstr("envej_mirror_batch 5\n"));
  const Condition condition = metrics.condition();
  EXPECT_EQ(condition.broker, "broker-1");
  EXPECT_EQ(condition.configuration_hash, "c1");
  EXPECT_EQ(condition.newest_batch, 7u);
  EXPECT_EQ(condition.mirrored_batch, 5u);
  EXPECT_EQ(condition.free_bytes, 100u);
  EXPECT_EQ(condition.reserve_bytes, 200u);
  EXPECT_TRUE(condition.nearly_full);
  EXPECT_TRUE(condition.recovering);
  EXPECT_TRUE(condition.reload_refused);
  EXPECT_EQ(condition.cannot_write, "");
}

TEST(MetricsTest, ACommitThatIsUnderWayForTooLongMeansThatNothingCanBeWritten) {
  Metrics metrics;
  absl::Duration age = absl::ZeroDuration();
  metrics.SetOldestCommit([&age] { return age; });
  EXPECT_THAT(metrics.Text(), HasSubstr("envej_store_oldest_commit_seconds 0\n"));
  age = kStoreHangsAfter - absl::Milliseconds(500);
  EXPECT_THAT(metrics.Text(), HasSubstr("envej_store_oldest_commit_seconds 9.5\n"));
  EXPECT_EQ(metrics.condition().cannot_write, "");
  age = kStoreHangsAfter;
  EXPECT_EQ(metrics.condition().cannot_write, "the store hangs: a commit has been under way for 10 s");
  metrics.SetCannotWrite("the broker is stopping");
  EXPECT_EQ(metrics.condition().cannot_write, "the broker is stopping");
  metrics.SetCannotWrite("");
  age = absl::ZeroDuration();
  EXPECT_EQ(metrics.condition().cannot_write, "");
}

TEST(MetricsTest, TimesAndSizesAreHistograms) {
  Metrics metrics;
  metrics.ObserveFetched(absl::Seconds(7));
  metrics.ObserveAcknowledged(absl::Minutes(2));
  metrics.ObserveBatch(64, 100'000);
  metrics.ObserveSync(absl::Milliseconds(3));
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("envej_accepted_to_fetched_seconds_bucket{le=\"5\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("envej_accepted_to_fetched_seconds_bucket{le=\"10\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("envej_accepted_to_acknowledged_seconds_sum 120\n"));
  EXPECT_THAT(text, HasSubstr("envej_commit_batch_transitions_bucket{le=\"64\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("envej_commit_batch_bytes_count 1\n"));
  EXPECT_THAT(text, HasSubstr("envej_store_sync_seconds_bucket{le=\"0.005\"} 1\n"));
}

}  // namespace
}  // namespace envej::operations
