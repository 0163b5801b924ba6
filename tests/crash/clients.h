#ifndef ENVEJ_TESTS_CRASH_CLIENTS_H_
#define ENVEJ_TESTS_CRASH_CLIENTS_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "envej/v1/notice.pb.h"
#include "tests/crash/crash_ledger.h"
#include "tests/support/process.h"

namespace envej::crash {

// Runs a program again and again with the same arguments until it has done what it was told, however often it is killed
// meanwhile: by this, at a random moment within `kill_within` of its start, about every second time while `killing` is.
//
// Thread safety: one thread at a time; what is told to other threads is atomic.
class RepeatedProgram {
 public:
  RepeatedProgram(unsigned seed, const std::atomic<bool>& killing, std::chrono::milliseconds kill_within)
      : random_(seed), killing_(killing), kill_within_(kill_within) {}

  // Once: how it ended, 128 + SIGKILL if it was killed.
  support::Ended Once(const std::vector<std::string>& arguments);
  // Until it ends by itself with another code than "not reached". -1 after more than kAttempts.
  support::Ended UntilDone(const std::vector<std::string>& arguments);
  bool OneIn(int count) { return random_() % static_cast<unsigned>(count) == 0; }
  int UpTo(int most) { return 1 + static_cast<int>(random_() % static_cast<unsigned>(most)); }
  std::mt19937& random() { return random_; }
  int killed() const { return killed_; }

  static constexpr int kAttempts = 200;

 private:
  std::mt19937 random_;
  const std::atomic<bool>& killing_;
  const std::chrono::milliseconds kill_within_;
  std::atomic<int> killed_ = 0;
};

// What a client is told of the broker that it calls.
struct Connection {
  std::vector<std::string> arguments;  // as BrokerProcess gives them
  std::string folder;                  // of its own, to keep files in
  std::string inbox;                   // of a municipality's client: its code
};

// A ward's program: submits files of notices, revises and withdraws some of them, withdraws one that was never sent and
// then sends it late; each by `envej-region`, run again until it is done.
class Ward {
 public:
  Ward(CrashLedger& ledger, Connection connection, std::vector<std::string> codes, unsigned seed,
       const std::atomic<bool>& killing);

  // One file, and what becomes of its notices.
  void Round();
  int killed() const { return program_.killed(); }

 private:
  void Submit(const std::vector<v1::Notice>& notices);
  void Revise(std::vector<v1::Notice> notices);
  void Withdraw(const std::string& code, const std::vector<std::string>& ids);
  void SubmitLate();
  support::Ended Run(const std::string& command, const std::vector<std::string>& arguments);
  std::string Write(const std::vector<v1::Notice>& notices);
  void ReadReceipts();

  CrashLedger& ledger_;
  const Connection connection_;
  const std::vector<std::string> codes_;
  RepeatedProgram program_;
  int files_ = 0;
  std::streamoff receipts_read_ = 0;
};

// A mentor team's program and folder: `envej-municipality pull`, and somebody who takes files out of the folder.
class MentorTeam {
 public:
  MentorTeam(CrashLedger& ledger, Connection connection, unsigned seed, const std::atomic<bool>& killing);

  // One pull, and what it left in the folder; all of it is taken out if `all`, else most.
  void Round(bool all);
  int killed() const { return program_.killed(); }

 private:
  void Note(const std::string& events, uint64_t began);
  void TakeOut(bool all);

  CrashLedger& ledger_;
  const Connection connection_;
  RepeatedProgram program_;
};

// An invented name of letters alone that no other revision of any notice has.
std::string NameOf(const std::string& id, uint32_t revision);
v1::Notice NewNamedNotice(const std::string& code);

}  // namespace envej::crash

#endif  // ENVEJ_TESTS_CRASH_CLIENTS_H_
