// The journal of the real broker: signed, mirrored, and verified while it runs, stopped, copied, and from its mirror.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "broker/journal/mirror_folder.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/notice_messages.h"

namespace envej::system {
namespace {

namespace fs = std::filesystem;
using support::BrokerProcess;
using support::CallContext;
using support::Ended;
using support::kCode;
using testing::HasSubstr;

constexpr int kWhole = 0;
constexpr int kWrong = 1;
constexpr int kCannotRead = 4;

class JournalTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directory(mirror_);
    authorities_ = broker_.folder().Write("verify.pem", support::SharedAuthority().CertificatePem());
    ASSERT_TRUE(broker_.Start());
  }

  void Submit(int notices) {
    const auto intake = broker_.Intake(support::kRegion);
    for (int count = 0; count < notices; ++count) {
      v1::SubmitNoticeRequest request;
      *request.mutable_notice() = support::NewNotice(kCode);
      v1::SubmitNoticeResponse response;
      const grpc::Status status = intake->SubmitNotice(CallContext().get(), request, &response);
      EXPECT_TRUE(status.ok()) << status.error_message();
    }
  }

  Ended Verify(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(),
                     {support::ProgramPath("envej-broker"), "journal", "verify", "--authorities", authorities_});
    return support::RunProgram(arguments);
  }

  nlohmann::json VerifyJson(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--output", "json"});
    return nlohmann::json::parse(Verify(arguments).out);
  }

  std::vector<fs::path> MirrorFiles(const std::string& ending) const {
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(mirror_)) {
      if (entry.path().extension() == ending) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
  }

  BrokerProcess broker_{{.more = "journal: {checkpoint_seconds: 1, mirror: mirror}\n"}};
  const std::string mirror_ = broker_.folder().Path("mirror");
  std::string authorities_;
};

TEST_F(JournalTest, IsWholeWhileTheBrokerRunsAndWhenItHasStoppedAndInACopyAndInTheMirror) {
  std::atomic<bool> stop = false;
  std::thread submitter([&] {
    while (!stop) Submit(5);
  });
  for (int count = 0; count < 8; ++count) {
    const Ended verified = Verify({"--config", broker_.config()});
    EXPECT_EQ(verified.code, kWhole) << verified.out << verified.err;
  }
  stop = true;
  submitter.join();
  ASSERT_EQ(broker_.Stop().code, support::kDone);

  const nlohmann::json stopped = VerifyJson({"--config", broker_.config()});
  EXPECT_TRUE(stopped["whole"]) << stopped;
  const nlohmann::json& store = stopped["parts"].back();
  EXPECT_EQ(store["part"], "store");
  EXPECT_GE(store["last_batch"], 10);
  EXPECT_EQ(store["signed_up_to"], store["last_batch"]) << "a clean stop signs everything";
  EXPECT_EQ(store["mirrored_up_to"], store["last_batch"]) << "and mirrors it";

  const std::string copy = broker_.folder().Path("copy");
  fs::copy(broker_.data(), copy, fs::copy_options::recursive);
  EXPECT_EQ(Verify({"--data", copy}).code, kWhole);
  EXPECT_EQ(Verify({"--mirror", mirror_}).code, kWhole);
  // Nothing of the verification kept the broker from starting again.
  ASSERT_TRUE(broker_.Start());
  EXPECT_EQ(broker_.Stop().code, support::kDone);
}

TEST_F(JournalTest, AnOlderCopyInTheStoresPlaceIsFoundAgainstTheMirror) {
  Submit(5);
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  const std::string older = broker_.folder().Path("older");
  fs::copy(broker_.data(), older, fs::copy_options::recursive);
  ASSERT_TRUE(broker_.Start());
  Submit(3);
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  EXPECT_EQ(Verify({"--data", older}).code, kWhole);
  const Ended against_mirror = Verify({"--data", older, "--mirror", mirror_});
  EXPECT_EQ(against_mirror.code, kWrong);
  EXPECT_THAT(against_mirror.out, HasSubstr("store: batches 6 to 8: the record is missing"));

  // A broker that goes on from it is told, and the mirror keeps what it has.
  fs::remove_all(broker_.data());
  fs::copy(older, broker_.data(), fs::copy_options::recursive);
  ASSERT_TRUE(broker_.Start());
  Submit(1);
  const Ended stopped = broker_.Stop();
  EXPECT_EQ(stopped.code, support::kDone);
  EXPECT_THAT(stopped.err, HasSubstr("journal_mirror_failed"));
  EXPECT_EQ(Verify({"--mirror", mirror_}).code, kWhole);
  EXPECT_EQ(Verify({"--config", broker_.config()}).code, kWrong);
}

TEST_F(JournalTest, AChangedByteOfTheMirrorIsLocated) {
  Submit(6);
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  const fs::path file = MirrorFiles(".journal").back();
  std::fstream journal(file, std::ios::binary | std::ios::in | std::ios::out);
  journal.seekg(-1, std::ios::end);
  const int last = journal.get();
  journal.seekp(-1, std::ios::end);
  journal.put(static_cast<char>(last ^ 0x01));
  journal.close();
  const nlohmann::json verified = VerifyJson({"--mirror", mirror_});
  ASSERT_FALSE(verified["whole"]) << verified;
  EXPECT_EQ(verified["parts"][0]["findings"][0]["batch"], 6) << verified;
  EXPECT_EQ(Verify({"--mirror", mirror_}).code, kWrong);
}

TEST_F(JournalTest, AMirrorWhoseOldestFilesWereRemovedIsVerifiedFromThereOn) {
  Submit(3);
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  const size_t before = MirrorFiles(".journal").size();
  ASSERT_TRUE(broker_.Start());
  Submit(2);
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  const std::vector<fs::path> journals = MirrorFiles(".journal");
  const std::vector<fs::path> checkpoints = MirrorFiles(".checkpoint");
  for (size_t place = 0; place < before; ++place) fs::remove(journals[place]);
  const Ended pruned = Verify({"--mirror", mirror_});
  EXPECT_EQ(pruned.code, kWhole) << pruned.out;
  EXPECT_THAT(pruned.out, HasSubstr("verified from batch 4, earlier ones pruned under the checkpoint of batch 3"));
  EXPECT_EQ(VerifyJson({"--mirror", mirror_})["parts"][0]["pruned_up_to"], 3);
  for (size_t place = 0; place < before; ++place) fs::remove(checkpoints[place]);
  const Ended cut = Verify({"--mirror", mirror_});
  EXPECT_EQ(cut.code, kWrong);
  EXPECT_THAT(cut.out, HasSubstr("mirror: batches 1 to 3: the record is missing"));
}

TEST_F(JournalTest, ASignatureUnderOtherAuthoritiesDoesNotCount) {
  Submit(1);
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  authorities_ = broker_.folder().Write("other.pem", certs::TestAuthority("other").CertificatePem());
  const Ended verified = Verify({"--data", broker_.data()});
  EXPECT_EQ(verified.code, kWrong);
  EXPECT_THAT(verified.out, HasSubstr("under the authorities"));
}

TEST_F(JournalTest, AMirrorThatIsAwayAlarmsAndIsCaughtUp) {
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  fs::remove_all(mirror_);
  ASSERT_TRUE(broker_.Start());
  Submit(3);
  EXPECT_TRUE(broker_.WaitForLog("journal_mirror_failed"));
  fs::create_directory(mirror_);
  const Ended stopped = broker_.Stop();
  EXPECT_EQ(stopped.code, support::kDone);
  EXPECT_THAT(stopped.err, HasSubstr("journal_mirror_caught_up"));
  EXPECT_TRUE(VerifyJson({"--config", broker_.config()})["whole"]);
}

TEST_F(JournalTest, AMirrorThatHangsIsToldOfAndTheStopDoesNotWaitForIt) {
  Submit(2);
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  const fs::path folder = MirrorFiles(".checkpoint").back().parent_path();
  const fs::path next = absl::StrCat(journal::JournalFile(folder.string(), {3, 3}), ".new");
  ASSERT_EQ(mkfifo(next.c_str(), 0600), 0);  // whoever writes it waits for a reader that never comes

  ASSERT_TRUE(broker_.Start());
  Submit(1);
  EXPECT_TRUE(broker_.WaitForLog("journal_mirror_hangs"));
  Submit(1);
  const absl::Time before = absl::Now();
  const Ended stopped = broker_.Stop();
  EXPECT_LT(absl::Now() - before, absl::Seconds(20)) << "5 of them for the mirror";
  EXPECT_EQ(stopped.code, support::kDone);
  EXPECT_THAT(stopped.err, HasSubstr("journal_mirror_left_behind"));
  EXPECT_THAT(stopped.err, HasSubstr("\"stopped\""));
  const nlohmann::json store = VerifyJson({"--data", broker_.data()});
  EXPECT_TRUE(store["whole"]) << store;
  EXPECT_EQ(store["parts"][0]["signed_up_to"], 4) << store;

  fs::remove(next);
  ASSERT_TRUE(broker_.Start());
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  const nlohmann::json caught_up = VerifyJson({"--config", broker_.config()});
  EXPECT_TRUE(caught_up["whole"]) << caught_up;
  EXPECT_EQ(caught_up["parts"].back()["mirrored_up_to"], 4);
}

TEST_F(JournalTest, AMirrorThatHoldsNothingOfTheStoreIsFound) {
  Submit(3);
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  const std::string folder = MirrorFiles(".checkpoint").back().parent_path().string();
  const std::string empty = broker_.folder().Path("empty");
  const std::string others = broker_.folder().Path("others");
  const std::string begun = broker_.folder().Path("begun");
  fs::create_directory(empty);
  fs::create_directories(absl::StrCat(others, "/", std::string(32, 'a')));
  fs::create_directories(begun / fs::path(folder).filename());
  for (const std::string& mirror : {empty, others, begun, folder}) {
    const Ended verified = Verify({"--data", broker_.data(), "--mirror", mirror});
    EXPECT_EQ(verified.code, kWrong) << verified.out;
    EXPECT_THAT(verified.out, HasSubstr("mirror: batches 1 to 3: the mirror holds nothing of this store's journal"));
    EXPECT_THAT(verified.out, HasSubstr("store " + broker_.data() + ": whole"));
    const nlohmann::json json = VerifyJson({"--data", broker_.data(), "--mirror", mirror});
    EXPECT_FALSE(json["whole"]);
    const nlohmann::json& part = json["parts"][json["parts"].size() - 2];
    EXPECT_EQ(part["place"], absl::StrCat(mirror, "/", fs::path(folder).filename().string()));
    EXPECT_FALSE(part["whole"]);
    EXPECT_EQ(part["findings"][0]["what"], "the mirror holds nothing of this store's journal");
  }
  std::ofstream(fs::path(others) / fs::path(folder).filename()) << "no folder";
  EXPECT_EQ(Verify({"--data", broker_.data(), "--mirror", others}).code, kCannotRead);
}

TEST_F(JournalTest, AMirrorThatEndsBeforeTheStoreIsFound) {
  Submit(3);
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  const std::string behind = broker_.folder().Path("behind");
  fs::copy(mirror_, behind, fs::copy_options::recursive);
  ASSERT_TRUE(broker_.Start());
  Submit(1);
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  EXPECT_EQ(Verify({"--data", broker_.data(), "--mirror", mirror_}).code, kWhole);
  const Ended verified = Verify({"--data", broker_.data(), "--mirror", behind});
  EXPECT_EQ(verified.code, kWrong) << verified.out;
  EXPECT_THAT(verified.out,
              HasSubstr("mirror: batch 4: not in the mirror, which ends before the store's checkpoints do"));
  EXPECT_THAT(verified.out, HasSubstr("signed up to batch 4 of 4, mirrored up to 3"));

  // So is one that was cut.
  fs::remove(MirrorFiles(".checkpoint").back());
  EXPECT_EQ(Verify({"--mirror", mirror_}).code, kWhole) << "its end is known only against the store";
  EXPECT_EQ(Verify({"--data", broker_.data(), "--mirror", mirror_}).code, kWrong);
}

TEST_F(JournalTest, APipeInTheMirrorCannotBeReadAndIsNotWaitedFor) {
  Submit(1);
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  for (const std::string ending : {".checkpoint", ".journal"}) {
    const fs::path file = MirrorFiles(ending).back();
    const fs::path aside = broker_.folder().Path("aside");
    fs::rename(file, aside);
    ASSERT_EQ(mkfifo(file.c_str(), 0600), 0);
    const Ended verified = Verify({"--config", broker_.config()});
    EXPECT_EQ(verified.code, kCannotRead) << verified.out;
    EXPECT_THAT(verified.out, HasSubstr(file.string() + ": it is no file"));
    EXPECT_THAT(VerifyJson({"--mirror", mirror_})["parts"][0]["error"].get<std::string>(), HasSubstr("it is no file"));
    fs::rename(aside, file);
  }
  EXPECT_EQ(Verify({"--config", broker_.config()}).code, kWhole);
}

TEST_F(JournalTest, WhatCannotBeReadOrIsNotAskedProperlyHasItsOwnCode) {
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  EXPECT_EQ(Verify({}).code, support::kUsage);
  EXPECT_EQ(Verify({"--config", broker_.config(), "--data", broker_.data()}).code, support::kUsage);
  EXPECT_EQ(Verify({"--data", broker_.data(), "--output", "xml"}).code, support::kUsage);
  EXPECT_EQ(Verify({"--data", broker_.folder().Path("none")}).code, kCannotRead);
  EXPECT_EQ(Verify({"--mirror", broker_.folder().Path("none")}).code, kCannotRead);
  // What can be read is verified all the same.
  const Ended without_mirror = Verify({"--data", broker_.data(), "--mirror", broker_.folder().Path("none")});
  EXPECT_EQ(without_mirror.code, kCannotRead);
  EXPECT_THAT(without_mirror.out, HasSubstr("store " + broker_.data() + ": whole"));
  authorities_ = broker_.folder().Path("none");
  EXPECT_EQ(Verify({"--data", broker_.data()}).code, support::kUsage);
}

TEST_F(JournalTest, ARegionProvesItsReceiptsOffline) {
  v1::SubmitNoticeRequest request;
  *request.mutable_notice() = support::NewNotice(kCode);
  v1::SubmitNoticeResponse accepted;
  ASSERT_TRUE(broker_.Intake(support::kRegion)->SubmitNotice(CallContext().get(), request, &accepted).ok());
  std::vector<std::string> status = {support::ProgramPath("envej-region"),
                                     "status",
                                     "--municipality",
                                     kCode,
                                     accepted.receipt().notice_id(),
                                     "--output",
                                     "json"};
  const std::vector<std::string> connection = broker_.ConnectionArguments(support::kRegion);
  status.insert(status.end(), connection.begin(), connection.end());
  std::string answer;
  for (int wait = 0; wait < 100 && !absl::StrContains(answer, "checkpointProof"); ++wait) {
    answer = support::RunProgram(status).out;
    absl::SleepFor(absl::Milliseconds(50));
  }
  ASSERT_EQ(broker_.Stop().code, support::kDone);

  nlohmann::json line = nlohmann::json::parse(answer);
  const std::string receipts = broker_.folder().Write("receipts.jsonl", line["receipt"].dump() + "\n");
  const auto verify = [&](const nlohmann::json& proof, const std::string& authorities) {
    const std::string proofs = broker_.folder().Write("proofs.jsonl", proof.dump() + "\n");
    return support::RunProgram({support::ProgramPath("envej-region"), "receipts", "verify", proofs, "--receipts",
                                receipts, "--authorities", authorities});
  };
  const Ended proven = verify(line, authorities_);
  EXPECT_EQ(proven.code, 0) << proven.out << proven.err;
  EXPECT_EQ(proven.out, "1 proven, 0 not proven\n");

  const std::string other = broker_.folder().Write("other.pem", certs::TestAuthority("other").CertificatePem());
  EXPECT_EQ(verify(line, other).code, support::kClientRefused);
  nlohmann::json changed = line;
  changed["receipt"]["revision"] = 2;
  EXPECT_EQ(verify(changed, authorities_).code, support::kClientRefused);
  changed = line;
  changed["checkpointProof"]["checkpoint"]["signature"] = "AAAA";
  EXPECT_EQ(verify(changed, authorities_).code, support::kClientRefused);
  const std::vector<std::pair<std::string, nlohmann::json>> others = {{"municipalityCode", "0147"},
                                                                      {"noticeId", "another"},
                                                                      {"revision", 2},
                                                                      {"origin", "another"},
                                                                      {"acceptedAt", "2026-01-01T00:00:00Z"}};
  for (const auto& [field, value] : others) {
    changed = line;
    ASSERT_TRUE(changed["status"].contains(field) || field == "origin");
    changed["status"][field] = value;
    const Ended disagrees = verify(changed, authorities_);
    EXPECT_EQ(disagrees.code, support::kClientRefused) << field;
    EXPECT_THAT(disagrees.out, HasSubstr("not proven: the status beside the receipt has another ")) << field;
  }
  changed = line;
  changed["status"]["state"] = "NOTICE_STATE_ACKNOWLEDGED";  // said later than the receipt, and not proven by it
  EXPECT_EQ(verify(changed, authorities_).code, 0);
  changed.erase("status");
  EXPECT_EQ(verify(changed, authorities_).code, 0);
  changed = line;
  changed.erase("checkpointProof");
  EXPECT_THAT(verify(changed, authorities_).out, HasSubstr("has no proof yet"));
  EXPECT_EQ(verify(line, broker_.folder().Path("none")).code, support::kClientUnusable);
}

}  // namespace
}  // namespace envej::system
