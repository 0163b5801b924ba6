#include "broker/commands/new_incarnation.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "absl/strings/match.h"
#include "broker/journal/commit_and_wait.h"
#include "broker/journal/mirror.h"
#include "broker/journal/mirror_folder.h"
#include "broker/journal/verification.h"
#include "broker/store/key_layout.h"
#include "broker/store/rocksdb_copy.h"
#include "broker/store/rocksdb_examination.h"
#include "broker/store/rocksdb_offline.h"
#include "broker/store/rocksdb_reader.h"
#include "broker/store/rocksdb_store.h"
#include "tests/broker/journal/journal_fixture.h"
#include "tests/broker/store/store_directory.h"

namespace envej::commands {
namespace {

namespace fs = std::filesystem;
using journal::Verification;
using store::RocksDbReader;
using store::StorePaths;

const std::string kNew(16, 'n');

// A store with a journal of five batches, of which a checkpoint covers three.
class NewIncarnationTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directory(mirror_);
    const std::unique_ptr<store::RocksDbStore> store = store::OpenStore(first_);
    journal::CommitBatches(*store, 1, 3);
    ASSERT_TRUE(*broker_.Writer(*store)->WriteNext(broker_.now()));
    journal::CommitBatches(*store, 4, 2);
    ASSERT_TRUE(store->Stop().ok());
  }

  // A copy of `from` as a new incarnation, as far as it is itself; ready to be opened.
  NewIncarnation Restore(const std::string& from, const std::string& to, const std::string& incarnation) {
    const std::unique_ptr<RocksDbReader> reader = *RocksDbReader::Open(from);
    const StorePaths paths(to);
    fs::create_directories(paths.engine);
    const absl::StatusOr<store::CopiedKeys> copied =
        store::CopyKeys(*reader, paths.engine, {.table_bytes = 1000, .progress = nullptr});
    EXPECT_TRUE(copied.ok()) << copied.status();
    const std::unique_ptr<store::RocksDbOffline> offline = *store::RocksDbOffline::Open(paths.engine);
    Reached reached;
    reached.head = **reader->Head();
    journal::RecoveryMark mark;
    mark.backup_batch = reached.head.batch;
    absl::StatusOr<NewIncarnation> begun = Begin(*offline, reached,
                                                 {.store_incarnation = incarnation,
                                                  .broker = "broker-1",
                                                  .now = broker_.now(),
                                                  .backup_epoch = *reader->Epoch()},
                                                 mark);
    EXPECT_TRUE(begun.ok()) << begun.status();
    EXPECT_TRUE(offline->Finish().ok());
    EXPECT_TRUE(store::HighWaterMarkFile::Create(paths.mark, begun->mark).ok());
    return *std::move(begun);
  }

  // Goes on in it, signs and mirrors.
  void Use(const std::string& path, int first_number) {
    const std::unique_ptr<store::RocksDbStore> store = store::OpenStore(path);
    ASSERT_NE(store, nullptr);
    journal::CommitBatches(*store, first_number, 2);
    const std::unique_ptr<journal::CheckpointWriter> writer = broker_.Writer(*store);
    for (absl::StatusOr<bool> more = true; *more; more = writer->WriteNext(broker_.now())) ASSERT_TRUE(more.ok());
    journal::Mirror mirror(*store, mirror_);
    for (absl::StatusOr<bool> more = true; *more; more = mirror.WriteNext()) ASSERT_TRUE(more.ok()) << more.status();
    ASSERT_TRUE(store->Stop().ok());
  }

  Verification VerifyStore(const std::string& path, const std::vector<journal::FormerIncarnation>& former) {
    const std::unique_ptr<RocksDbReader> reader = *RocksDbReader::Open(path);
    const store::BatchHead head = **reader->Head();
    journal::Expectation expectation;
    expectation.check_signature = broker_.Check();
    expectation.known = {{.batch = head.batch,
                          .hash = head.hash,
                          .store_incarnation = head.store_incarnation,
                          .named_by = "the store's head"}};
    expectation.former = former;
    const std::unique_ptr<journal::JournalSource> source =
        journal::SourceOf([&reader](const store::ScanRange& range) { return reader->Scan(range); });
    return journal::VerifyJournal(*source, expectation);
  }

  Verification VerifyMirrored(const std::string& incarnation, bool may_begin_restored) {
    const std::unique_ptr<journal::JournalSource> source =
        *journal::SourceOfMirror(journal::MirrorFolder(mirror_, incarnation));
    journal::Expectation expectation;
    expectation.check_signature = broker_.Check();
    expectation.known = {{.batch = 0, .hash = "", .store_incarnation = incarnation, .named_by = "the folder's name"}};
    expectation.may_begin_restored = may_begin_restored;
    return journal::VerifyJournal(*source, expectation);
  }

  static void ExpectWhole(const Verification& verification) {
    EXPECT_TRUE(verification.status.ok()) << verification.status;
    ASSERT_EQ(verification.findings.count(), 0u)
        << verification.findings.kept()[0].batch << ": " << verification.findings.kept()[0].what;
  }

  const journal::SigningBroker broker_;
  const store::TemporaryDirectory directory_;
  const std::string mirror_ = directory_.path("mirror");
  const std::string first_ = directory_.path("first");
  const std::string second_ = directory_.path("second");
  const std::string third_ = directory_.path("third");
};

TEST_F(NewIncarnationTest, ItsJournalLeadsOnFromTheFormerOnes) {
  const NewIncarnation restored = Restore(first_, second_, kNew);
  ASSERT_EQ(restored.recovery.former.size(), 1u);
  EXPECT_EQ(restored.recovery.former[0].last_batch, 5u);
  Use(second_, 6);
  const Verification verification = VerifyStore(second_, restored.recovery.former);
  ExpectWhole(verification);
  EXPECT_EQ(verification.last_batch, 8u);
  EXPECT_EQ(verification.signed_up_to, 8u);
  EXPECT_EQ(verification.checkpoints, 3u) << "none is of two incarnations";
  const Verification mirrored = VerifyMirrored(kNew, true);
  ExpectWhole(mirrored);
  EXPECT_EQ(mirrored.restored_after, 5u);
  EXPECT_EQ(mirrored.batches, 3u);
  EXPECT_GE(VerifyMirrored(kNew, false).findings.count(), 1u);

  const std::string again(16, 'm');
  const NewIncarnation third = Restore(second_, third_, again);
  ASSERT_EQ(third.recovery.former.size(), 2u);
  Use(third_, 9);
  ExpectWhole(VerifyStore(third_, third.recovery.former));
  ExpectWhole(VerifyMirrored(again, true));
}

TEST_F(NewIncarnationTest, WhoeverHidesThatItWasRestoredIsFound) {
  const NewIncarnation restored = Restore(first_, second_, kNew);
  Use(second_, 6);
  EXPECT_EQ(VerifyStore(second_, {}).findings.count(), 5u) << "the batches of another store";
  std::vector<journal::FormerIncarnation> former = restored.recovery.former;
  former[0].last_batch = 4;
  EXPECT_GE(VerifyStore(second_, former).findings.count(), 1u);
  former[0].last_batch = 6;
  EXPECT_GE(VerifyStore(second_, former).findings.count(), 1u);
}

TEST_F(NewIncarnationTest, OpensWithAnEpochThatNoStoreOfBeforeHad) {
  const NewIncarnation restored = Restore(first_, second_, kNew);
  const std::unique_ptr<store::RocksDbStore> store = store::OpenStore(second_);
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(store->StartEpoch(), restored.mark.epoch + 1);
  EXPECT_GE(store->StartEpoch(), uint64_t{1} << 32);
  EXPECT_GE(store->LastPersistedTime(), broker_.now());
  std::set<uint64_t> epochs;
  for (char first = 0; first < 100; ++first) {
    const uint64_t epoch = EpochAfterRestore(77, std::string(16, first));
    EXPECT_EQ(epoch & 0xffffffffu, 0u);
    EXPECT_GT(epoch, uint64_t{77});
    EXPECT_TRUE(epochs.insert(epoch).second);
    EXPECT_GT(EpochAfterRestore(epoch + 5, kNew), epoch + 5);
  }
}

TEST_F(NewIncarnationTest, ACopyHoldsEveryKeyAndNothingThatWasDestroyed) {
  const std::string path = directory_.path("destroyed");
  {
    const std::unique_ptr<store::RocksDbStore> store = store::OpenStore(path);
    for (int number = 0; number < 50; ++number) {
      for (const bool destroyed : {false, true}) {
        store::Transition transition;
        const auto kind = destroyed ? store::Mutation::Kind::kDelete : store::Mutation::Kind::kPut;
        transition.mutations.push_back(
            {.kind = kind, .key = "c" + std::to_string(number), .value = destroyed ? "" : "marzipan"});
        ASSERT_EQ(journal::CommitAndWait(*store, std::move(transition)).kind, store::Outcome::Kind::kCommitted);
      }
    }
    ASSERT_TRUE(store->Stop().ok());
  }
  const auto holds_marker = [](const std::string& folder) {
    bool found = false;
    for (const auto& [name, bytes] : store::AllFiles(folder)) found = found || absl::StrContains(bytes, "marzipan");
    return found;
  };
  EXPECT_TRUE(holds_marker(path)) << "else this shows nothing";
  Restore(path, second_, kNew);
  EXPECT_FALSE(holds_marker(second_));
}

}  // namespace
}  // namespace envej::commands
