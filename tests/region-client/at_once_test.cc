#include "region-client/at_once.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <vector>

namespace envej::region {
namespace {

void ExpectAllDone() {
  std::vector<std::atomic<int>> done(5);
  ForEachAtOnce(done.size(), 3, [&](size_t index) { ++done[index]; });
  for (const std::atomic<int>& each : done) EXPECT_EQ(each, 1);
}

TEST(AtOnceTest, EachIsActedOnOnce) { ExpectAllDone(); }

TEST(AtOnceTest, WhereTheSystemGivesNoThreadTheCallersDoesIt) {
  pthread_attr_t before;
  ASSERT_EQ(pthread_getattr_default_np(&before), 0);
  pthread_attr_t none;
  ASSERT_EQ(pthread_attr_init(&none), 0);
  // More than there is to be addressed: no thread gets such a stack.
  ASSERT_EQ(pthread_attr_setstacksize(&none, size_t{1} << 47), 0);
  ASSERT_EQ(pthread_setattr_default_np(&none), 0);
  ExpectAllDone();
  EXPECT_EQ(pthread_setattr_default_np(&before), 0);
  pthread_attr_destroy(&none);
  pthread_attr_destroy(&before);
}

}  // namespace
}  // namespace envej::region
