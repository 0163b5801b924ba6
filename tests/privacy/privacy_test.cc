// Nothing of a person is found where it should not be, whatever way it went; and the same search finds everybody when
// sealing is left out.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "broker/clock.h"
#include "broker/log.h"
#include "tests/privacy/marker_search.h"
#include "tests/privacy/traffic.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/process.h"
#include "tests/support/sanitizer.h"

namespace envej::privacy {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;

const Programs kWithoutSealing = {.broker = "tests/envej-broker-without-sealing",
                                  .region = "tests/envej-region-without-sealing",
                                  .municipality = "tests/envej-municipality-without-sealing"};

constexpr char kWhyNotIntoMemory[] = "only root may, with CAP_SYS_PTRACE; and a sanitizer's own memory is too large";

bool MayLookIntoMemory(pid_t process) {
  return !support::kUnderSanitizer && std::ifstream(absl::StrCat("/proc/", process, "/mem")).is_open();
}

// A broker with a journal's mirror, and the traffic over it.
class World {
 public:
  explicit World(const Programs& programs)
      : program_(support::ProgramPath(programs.broker)),
        broker_({.more = "journal: {checkpoint_seconds: 1, mirror: mirror}\nmetrics: {listen: \"127.0.0.1:0\"}\n"
                         "operations: {listen: \"127.0.0.1:0\"}\n",
                 .program = programs.broker}),
        traffic_(programs, broker_) {
    fs::create_directory(broker_.folder().Path("mirror"));
  }

  // Everything that leaves the broker running, with two notices that wait.
  void Run() {
    ASSERT_TRUE(broker_.Start());
    traffic_.SendSealed();
    traffic_.SendPlain();
    traffic_.SendRefused();
    traffic_.SendMalformed();
    traffic_.SendMisplaced();
    traffic_.Deliver();
    traffic_.SendWhatWaits();
    traffic_.AskOperations();
    traffic_.AskPages();
    traffic_.RunOperationsProgram();
    traffic_.AskForMetrics();
  }

  void Verify() {
    for (const char* const form : {"text", "json"}) {
      const support::Ended verified =
          support::RunProgram({support::ProgramPath("envej-broker"), "journal", "verify", "--config", broker_.config(),
                               "--authorities", broker_.folder().Path("broker.authorities.pem"), "--output", form});
      EXPECT_EQ(verified.code, 0) << verified.out << verified.err;
      verified_.push_back(verified.out + verified.err);
    }
  }

  // The broker's whole folder: configuration, store, mirror and whatever else it may have left there.
  void SearchFiles(MarkerSearch& search) const {
    const absl::Status searched = search.SearchFolder(broker_.folder().Path(""));
    EXPECT_TRUE(searched.ok()) << searched;
  }

  // A copy of the store's files as they are, of a running broker or not.
  void SearchCopy(MarkerSearch& search) {
    const certs::TestDirectory elsewhere;
    fs::copy(broker_.data(), elsewhere.Path("copy"), fs::copy_options::recursive);
    const absl::Status searched = search.SearchFolder(elsewhere.Path("copy"));
    EXPECT_TRUE(searched.ok()) << searched;
  }

  // What `envej-broker backup` makes, of a running broker or not.
  void SearchBackup(MarkerSearch& search) {
    const certs::TestDirectory elsewhere;
    const std::string backups = elsewhere.Path("backups");
    const support::Ended made =
        support::RunProgram({program_, "backup", "--config", broker_.config(), "--to", backups});
    EXPECT_EQ(made.code, 0) << made.out << made.err;
    backed_up_.push_back(made.out + made.err);
    const absl::Status searched = search.SearchFolder(backups);
    EXPECT_TRUE(searched.ok()) << searched;
    EXPECT_GT(search.figures().files, 3u) << "a manifest, tables and what belongs to them";
  }

  // What everybody is told: log, answers, metrics, the clients' output, what they keep, and what verification says.
  void SearchWhatIsTold(MarkerSearch& search) {
    search.SearchText("the broker's log", logs_ + broker_.Log());
    for (const auto& [occasion, text] : traffic_.told()) search.SearchText(occasion, text);
    for (const std::string& text : verified_) search.SearchText("envej-broker journal verify", text);
    for (const std::string& text : backed_up_) search.SearchText("envej-broker backup", text);
    EXPECT_TRUE(search.SearchFolder(traffic_.kept_by_region()).ok());
    EXPECT_TRUE(search.SearchFile(traffic_.ledger()).ok());
  }

  void Restart() {
    logs_ += broker_.Log();
    ASSERT_TRUE(broker_.Start());
  }

  support::BrokerProcess& broker() { return broker_; }
  Traffic& traffic() { return traffic_; }

 private:
  const std::string program_;
  support::BrokerProcess broker_;
  Traffic traffic_;
  std::string logs_;
  std::vector<std::string> verified_;
  std::vector<std::string> backed_up_;
};

void Print(const std::string& what, const MarkerSearch& search) {
  std::printf("  %-44s %5zu files and texts, %11zu bytes, %4zu markers in %zu encodings: %zu found\n", what.c_str(),
              search.figures().files, search.figures().bytes, search.markers().size(), search.encodings(),
              search.FoundMarkers().size());
}

// Nothing may have been found.
void ExpectNothing(const std::string& what, MarkerSearch& search) {
  Print(what, search);
  EXPECT_THAT(search.findings(), IsEmpty()) << what << ":\n" << search.Describe();
  search.Forget();
}

void PrintPaths(const MarkerSearch& search) {
  std::set<std::string> paths;
  for (const size_t marker : search.FoundMarkers()) paths.insert(search.markers()[marker].path);
  for (const std::string& path : paths) std::printf("    somebody sent %s\n", path.c_str());
}

std::vector<Marker> Only(const std::set<std::string>& paths, const std::vector<Marker>& markers) {
  std::vector<Marker> those;
  for (const Marker& marker : markers) {
    if (paths.count(marker.path) != 0) those.push_back(marker);
  }
  return those;
}

// That the process may write no core, now or soon.
bool WritesNoCore(pid_t process) {
  const absl::Time at_latest = absl::Now() + absl::Seconds(20);
  while (absl::Now() < at_latest) {
    std::ifstream limits(absl::StrCat("/proc/", process, "/limits"));
    for (std::string line; std::getline(limits, line);) {
      const std::vector<std::string> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
      if (absl::StartsWith(line, "Max core file size") && words[4] == "0" && words[5] == "0") return true;
    }
    absl::SleepFor(absl::Milliseconds(10));
  }
  return false;
}

TEST(PrivacyTest, NoProgramWithContentWritesACore) {
  rlimit core{};
  ASSERT_EQ(getrlimit(RLIMIT_CORE, &core), 0);
  if (core.rlim_max == 0) GTEST_SKIP() << "nothing here may write one";
  core.rlim_cur = core.rlim_max;
  ASSERT_EQ(setrlimit(RLIMIT_CORE, &core), 0);
  support::BrokerProcess broker;
  ASSERT_TRUE(broker.Start());
  EXPECT_TRUE(WritesNoCore(broker.process_id()));
  const certs::TestDirectory folder;
  std::vector<std::string> watch = {support::ProgramPath("envej-municipality"),
                                    "watch",
                                    "--municipality",
                                    support::kCode,
                                    "--into",
                                    folder.Path("received")};
  for (const std::string& argument : broker.MunicipalityArguments(support::kMunicipality)) watch.push_back(argument);
  const support::Process municipality(watch);
  EXPECT_TRUE(WritesNoCore(municipality.id()));
  std::vector<std::string> submit = {support::ProgramPath("envej-region"), "submit",
                                     folder.Write("notices.jsonl", "{}\n")};
  for (const std::string& argument : broker.RegionArguments(support::kRegion)) submit.push_back(argument);
  EXPECT_EQ(broker.Stop().code, support::kDone);  // for the region to wait for
  const support::Process region(submit);
  EXPECT_TRUE(WritesNoCore(region.id()));
  core.rlim_cur = 0;
  setrlimit(RLIMIT_CORE, &core);
}

TEST(PrivacyTest, NothingOfAPersonIsFoundInFilesLogsOrAnswers) {
  World world(Programs{});
  ASSERT_NO_FATAL_FAILURE(world.Run());
  world.Verify();
  std::optional<MarkerSearch> search(world.traffic().people().markers());
  world.SearchFiles(*search);
  ExpectNothing("the broker's folder while it runs", *search);
  world.SearchCopy(*search);
  ExpectNothing("a copy taken while it runs", *search);
  world.SearchBackup(*search);
  ExpectNothing("a backup made while it runs", *search);
  world.SearchWhatIsTold(*search);
  ExpectNothing("logs, answers, outputs, receipts", *search);

  world.traffic().Crash();
  search.emplace(world.traffic().people().markers());
  world.SearchFiles(*search);
  ExpectNothing("the broker's folder after SIGKILL", *search);
  ASSERT_NO_FATAL_FAILURE(world.Restart());
  world.SearchFiles(*search);
  ExpectNothing("the broker's folder after its restart", *search);
  EXPECT_EQ(world.broker().Stop().code, support::kDone);
  world.Verify();
  world.SearchFiles(*search);
  ExpectNothing("the broker's folder after its stop", *search);
  world.SearchCopy(*search);
  ExpectNothing("a copy taken after its stop", *search);
  world.SearchBackup(*search);
  ExpectNothing("a backup made after its stop", *search);
  world.SearchWhatIsTold(*search);
  ExpectNothing("logs, answers, outputs, receipts of all of it", *search);
}

TEST(PrivacyTest, ContentThatTheSenderSealedIsNowhereInTheBrokersMemory) {
  World world(Programs{});
  ASSERT_NO_FATAL_FAILURE(world.Run());
  if (!MayLookIntoMemory(world.broker().process_id())) GTEST_SKIP() << kWhyNotIntoMemory;
  const std::vector<Marker> markers = world.traffic().people().markers();
  MarkerSearch sealed(Only(world.traffic().sealed_by_sender(), markers));
  ASSERT_EQ(sealed.markers().size(), 6u * 4);
  ASSERT_TRUE(sealed.SearchMemory("memory", world.broker().process_id()).ok());
  ExpectNothing("memory: sealed by the sender, one waiting", sealed);

  // A figure, no promise: what was sent plain has been in buffers of gRPC, TLS and the system.
  MarkerSearch all(markers);
  ASSERT_TRUE(all.SearchMemory("memory", world.broker().process_id()).ok());
  Print("figure: memory, everybody, connections closed", all);
  PrintPaths(all);

  People one_more;
  v1::SubmitNoticeRequest request;
  *request.mutable_notice() = one_more.NoticeOn("plain, over a connection that stays open", support::kCode);
  v1::SubmitNoticeResponse answer;
  const auto intake = world.broker().Intake(support::kRegion);
  ASSERT_TRUE(intake->SubmitNotice(support::CallContext().get(), request, &answer).ok());
  MarkerSearch last(one_more.markers());
  ASSERT_TRUE(last.SearchMemory("memory", world.broker().process_id()).ok());
  Print("figure: memory, the last one, connection open", last);
  PrintPaths(last);
  EXPECT_EQ(world.broker().Stop().code, support::kDone);
}

// The positive control: the same traffic, programs and search, with certs/sealing.cc left out of the programs.
TEST(PrivacyControlTest, WithoutSealingTheSameSearchFindsEverybody) {
  World world(kWithoutSealing);
  ASSERT_NO_FATAL_FAILURE(world.Run());
  Traffic& traffic = world.traffic();
  const std::vector<Marker> markers = traffic.people().markers();
  MarkerSearch stored(Only(traffic.stored(), markers));
  ASSERT_EQ(stored.markers().size(), traffic.stored().size() * 4);
  world.SearchFiles(stored);
  Print("control: the broker's folder", stored);
  EXPECT_EQ(stored.FoundMarkers().size(), stored.markers().size()) << stored.Describe();
  stored.Forget();
  world.SearchCopy(stored);
  Print("control: a copy taken while it runs", stored);
  EXPECT_EQ(stored.FoundMarkers().size(), stored.markers().size()) << stored.Describe();

  // A backup holds what there is, and nothing of what there was: those who wait, of all who were stored.
  MarkerSearch waits(Only(traffic.waiting(), markers));
  ASSERT_EQ(waits.markers().size(), 2u * 4);
  world.SearchBackup(waits);
  Print("control: a backup made while it runs", waits);
  EXPECT_EQ(waits.FoundMarkers().size(), waits.markers().size()) << waits.Describe();

  MarkerSearch refused(markers);
  world.SearchFiles(refused);
  EXPECT_EQ(refused.FoundMarkers().size(), stored.markers().size()) << "what is refused is not kept either way";

  if (MayLookIntoMemory(world.broker().process_id())) {
    MarkerSearch waiting(Only(traffic.waiting(), markers));
    ASSERT_EQ(waiting.markers().size(), 2u * 4);
    ASSERT_TRUE(waiting.SearchMemory("memory", world.broker().process_id()).ok());
    Print("control: memory, those who wait", waiting);
    EXPECT_EQ(waiting.FoundMarkers().size(), waiting.markers().size()) << waiting.Describe();
  }

  traffic.Crash();
  MarkerSearch crashed(Only(traffic.stored(), traffic.people().markers()));
  ASSERT_EQ(crashed.markers().size(), stored.markers().size() + 4);
  world.SearchFiles(crashed);
  Print("control: the broker's folder after SIGKILL", crashed);
  EXPECT_EQ(crashed.FoundMarkers().size(), crashed.markers().size()) << crashed.Describe();
}

TEST(PrivacyControlTest, AMarkerThatIsLoggedIsFound) {
  People people;
  const Person person = people.On("logged");
  MarkerSearch search(people.markers());
  const SystemClock clock;
  testing::internal::CaptureStderr();
  Log(clock).Error(
      "control",
      {{"error", absl::StrCat(person.name, "\xff", person.phone)}, {"next", person.email}, {"street", person.street}});
  search.SearchText("log", testing::internal::GetCapturedStderr());
  EXPECT_EQ(search.FoundMarkers().size(), 4u) << search.Describe();
}

}  // namespace
}  // namespace envej::privacy
