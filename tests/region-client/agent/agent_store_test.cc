#include "region-client/agent/agent_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "proto/contract/message_codec.h"
#include "tests/region-client/agent/agent_world.h"

namespace envej::region {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);
const std::string kCase(kCaseIdBytes, 'c');

ward::v1::Case KnownCase() {
  ward::v1::Case known;
  *known.add_patient_ids() = Patient("H4711");
  *known.mutable_touched_at() = contract::ToMessage(kNow);
  known.mutable_person()->mutable_contact()->set_name("Nanna Prøve");
  known.add_notices()->set_notice_id("9c2f4d0e-6f0f-4b57-9a53-0c1d2e3f4a5b");
  return known;
}

ward::v1::Outgoing OutgoingWith(uint32_t revision) {
  ward::v1::Outgoing outgoing;
  outgoing.mutable_revise()->mutable_envelope()->set_revision(revision);
  return outgoing;
}

ward::v1::AnsweredMessage Answered(absl::Time at) {
  ward::v1::AnsweredMessage answered;
  *answered.mutable_answered_at() = contract::ToMessage(at);
  return answered;
}

class AgentStoreTest : public testing::Test {
 protected:
  std::unique_ptr<AgentStore> Open(char secret = 'a', const std::string& former = "") {
    absl::StatusOr<std::unique_ptr<AgentStore>> store = AgentStore::Open(folder_.Options(secret, former));
    EXPECT_TRUE(store.ok()) << store.status();
    return store.ok() ? *std::move(store) : nullptr;
  }
  void PutCase(AgentStore& store) {
    AgentBatch batch = store.NewBatch();
    batch.PutCase(kCase, std::nullopt, KnownCase());
    batch.PutPatient(Patient("H4711"), kCase);
    ASSERT_TRUE(store.Write(std::move(batch)).ok());
  }
  // All that its files hold.
  std::string Bytes() {
    std::string all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.folder())) {
      if (entry.is_regular_file()) all += certs::ReadFile(entry.path());
    }
    return all;
  }

  AgentFolder folder_;
};

TEST_F(AgentStoreTest, WhatTheBrokerSaidOfTheMunicipalitiesIsThereAtTheNextStart) {
  std::unique_ptr<AgentStore> store = Open();
  EXPECT_FALSE(store->ReadMunicipalities()->has_value());
  v1::ListMunicipalitiesResponse municipalities;
  municipalities.add_municipalities()->set_name("København");
  AgentBatch batch = store->NewBatch();
  batch.PutMunicipalities(municipalities);
  ASSERT_TRUE(store->Write(std::move(batch)).ok());
  store.reset();
  store = Open();
  ASSERT_TRUE(store->ReadMunicipalities()->has_value());
  EXPECT_EQ(store->ReadMunicipalities()->value().municipalities(0).name(), "København");
}

TEST_F(AgentStoreTest, KeepsOverAStartWhatWasWritten) {
  {
    const auto store = Open();
    PutCase(*store);
    AgentBatch batch = store->NewBatch();
    batch.AddOutgoing(OutgoingWith(1));
    batch.AddOutgoing(OutgoingWith(2));
    batch.PutAnswered("adt", "m1", std::nullopt, Answered(kNow));
    batch.PutWatchToken("token");
    batch.Count(absl::CivilDay(2027, 1, 15), "no-consent");
    batch.Count(absl::CivilDay(2027, 1, 15), "no-consent");
    ASSERT_TRUE(store->Write(std::move(batch)).ok());
  }
  const auto store = Open();
  EXPECT_EQ(store->cases(), 1u);
  EXPECT_EQ(store->outgoing(), 2u);
  EXPECT_EQ(store->CaseOfPatient(Patient("H4711"))->value_or(""), kCase);
  EXPECT_EQ(store->CaseOfNotice("9c2f4d0e-6f0f-4b57-9a53-0c1d2e3f4a5b")->value_or(""), kCase);
  EXPECT_EQ(store->ReadCase(kCase)->value().person().contact().name(), "Nanna Prøve");
  const std::vector<StoredOutgoing> outbox = *store->ReadOutbox(0, 10);
  ASSERT_THAT(outbox, SizeIs(2));
  EXPECT_EQ(outbox[0].outgoing.revise().envelope().revision(), 1u);
  EXPECT_THAT(*store->ReadOutbox(outbox[1].number, 10), SizeIs(1));
  EXPECT_TRUE(store->ReadAnswered("adt", "m1")->has_value());
  EXPECT_FALSE(store->ReadAnswered("adt", "m2")->has_value());
  EXPECT_EQ(*store->ReadWatchToken(), "token");
  const std::vector<DayCount> counts = *store->ReadCounts("", 10);
  ASSERT_THAT(counts, SizeIs(1));
  EXPECT_EQ(counts[0].day, "2027-01-15");
  EXPECT_EQ(counts[0].reason, "no-consent");
  EXPECT_EQ(counts[0].count, 2u);
  AgentBatch more = store->NewBatch();
  more.AddOutgoing(OutgoingWith(3));
  ASSERT_TRUE(store->Write(std::move(more)).ok());
  EXPECT_EQ(store->ReadOutbox(0, 10)->back().outgoing.revise().envelope().revision(), 3u);
}

TEST_F(AgentStoreTest, ItsFilesNameNobody) {
  { PutCase(*Open()); }
  EXPECT_THAT(Bytes(), Not(HasSubstr("Nanna")));
  EXPECT_THAT(Bytes(), Not(HasSubstr("H4711")));
}

TEST_F(AgentStoreTest, IsOpenOnceAtATime) {
  const auto store = Open();
  EXPECT_EQ(AgentStore::Open(folder_.Options()).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(AgentStoreTest, FindsWhatWasNamedUnderAFormerSecret) {
  { PutCase(*Open('a')); }
  {
    const auto store = Open('b', "a");
    ASSERT_EQ(store->CaseOfPatient(Patient("H4711"))->value_or(""), kCase);
    AgentBatch batch = store->NewBatch();
    batch.PutCase(kCase, KnownCase(), KnownCase());
    batch.PutPatient(Patient("H4711"), kCase);
    ASSERT_TRUE(store->Write(std::move(batch)).ok());
  }
  // All of it is under the new one now.
  EXPECT_EQ(Open('b')->CaseOfPatient(Patient("H4711"))->value_or(""), kCase);
  EXPECT_EQ(AgentStore::Open(folder_.Options('c')).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(AgentStoreTest, DoesNotStartWithARecordThatIsDamaged) {
  { PutCase(*Open()); }
  // What the engine's own checksums cannot see: a record that was written otherwise.
  {
    const auto store = Open();
    AgentBatch batch = store->NewBatch();
    batch.PutCase(kCase, KnownCase(), KnownCase());
    ASSERT_TRUE(store->Write(std::move(batch)).ok());
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder_.folder() + "/store")) {
    if (entry.path().extension() != ".sst") continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(40);
    file.put('!');
  }
  EXPECT_FALSE(AgentStore::Open(folder_.Options()).ok());
}

TEST_F(AgentStoreTest, DoesNotTakeFilesWithoutABeginningForANewStore) {
  { PutCase(*Open()); }
  std::filesystem::remove(folder_.folder() + "/store/CURRENT");
  EXPECT_EQ(AgentStore::Open(folder_.Options()).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(AgentStoreTest, AFolderThatOthersMayEnterOrThatIsALinkIsRefused) {
  { PutCase(*Open()); }
  const std::string folder = folder_.folder();
  for (const std::string& each : {folder, folder + "/store"}) {
    std::filesystem::permissions(each, std::filesystem::perms(0750));
    const absl::Status opened = AgentStore::Open(folder_.Options()).status();
    EXPECT_TRUE(absl::IsFailedPrecondition(opened)) << opened;
    EXPECT_THAT(opened.message(), HasSubstr("chmod 700 " + each));
    std::filesystem::permissions(each, std::filesystem::perms(0700));
  }
  EXPECT_NE(Open(), nullptr);
  std::filesystem::rename(folder, folder + "-elsewhere");
  std::filesystem::create_directory_symlink(folder + "-elsewhere", folder);
  EXPECT_THAT(AgentStore::Open(folder_.Options()).status().message(), HasSubstr("name the folder itself"));
}

TEST_F(AgentStoreTest, ErasesWhatIsOver) {
  const auto store = Open();
  PutCase(*store);
  EXPECT_THAT(*store->CasesToErase(kNow + kWithoutConsentKept - absl::Seconds(1), 10), IsEmpty());
  EXPECT_THAT(*store->CasesToErase(kNow + kWithoutConsentKept + absl::Seconds(1), 10), testing::ElementsAre(kCase));
  AgentBatch batch = store->NewBatch();
  batch.PutAnswered("adt", "m1", std::nullopt, Answered(kNow));
  batch.EraseCase(kCase, KnownCase());
  ASSERT_TRUE(store->Write(std::move(batch)).ok());
  EXPECT_EQ(store->cases(), 0u);
  EXPECT_THAT(*store->CasesToErase(absl::InfiniteFuture(), 10), IsEmpty());
  EXPECT_FALSE(store->CaseOfNotice("9c2f4d0e-6f0f-4b57-9a53-0c1d2e3f4a5b")->has_value());
  EXPECT_EQ(*store->ForgetAnswers(kNow + kAnswersKept - absl::Seconds(1), 10), 0u);
  EXPECT_EQ(*store->ForgetAnswers(kNow + kAnswersKept + absl::Seconds(1), 10), 1u);
  EXPECT_FALSE(store->ReadAnswered("adt", "m1")->has_value());
}

TEST_F(AgentStoreTest, AMessageIsForgottenByWhenItsIdWasLastUsedUnderWhicheverSecret) {
  const absl::Time later = kNow + absl::Hours(24);
  {
    const auto store = Open();
    AgentBatch batch = store->NewBatch();
    batch.PutAnswered("adt", "m1", std::nullopt, Answered(kNow));
    ASSERT_TRUE(store->Write(std::move(batch)).ok());
  }
  const auto store = Open('b', "a");
  AgentBatch batch = store->NewBatch();
  batch.PutAnswered("adt", "m1", *store->ReadAnswered("adt", "m1"), Answered(later));
  ASSERT_TRUE(store->Write(std::move(batch)).ok());
  EXPECT_EQ(*store->ForgetAnswers(later + kAnswersKept - absl::Seconds(1), 10), 0u);
  EXPECT_TRUE(store->ReadAnswered("adt", "m1")->has_value());
  EXPECT_EQ(*store->ForgetAnswers(later + kAnswersKept + absl::Seconds(1), 10), 1u);
  EXPECT_FALSE(store->ReadAnswered("adt", "m1")->has_value());
}

TEST_F(AgentStoreTest, WhatWasErasedIsInNoFileOnceItIsCompacted) {
  constexpr size_t kLarge = size_t{2} << 20;
  const auto store = Open();
  ward::v1::Case known = KnownCase();
  known.mutable_person()->mutable_contact()->set_name(std::string(kLarge, 'N'));
  AgentBatch put = store->NewBatch();
  put.PutCase(kCase, std::nullopt, known);
  ASSERT_TRUE(store->Write(std::move(put)).ok());
  AgentBatch erase = store->NewBatch();
  erase.EraseCase(kCase, known);
  ASSERT_TRUE(store->Write(std::move(erase)).ok());
  EXPECT_GT(Bytes().size(), kLarge);
  ASSERT_TRUE(store->Compact().ok());
  EXPECT_LT(Bytes().size(), kLarge);
}

TEST_F(AgentStoreTest, RewritingEndsWhereAStopWasRequestedAndTheStoreGoesOn) {
  const std::unique_ptr<AgentStore> store = *AgentStore::Open(folder_.Options());
  AgentBatch first = store->NewBatch();
  first.PutWatchToken("first");
  ASSERT_TRUE(store->Write(std::move(first)).ok());
  std::stop_source stopping;
  stopping.request_stop();
  EXPECT_TRUE(store->Compact(stopping.get_token()).ok());
  AgentBatch second = store->NewBatch();
  second.PutWatchToken("second");
  EXPECT_TRUE(store->Write(std::move(second)).ok());
  EXPECT_TRUE(store->Compact().ok());
}

}  // namespace
}  // namespace envej::region
