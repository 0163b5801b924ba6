#include "tests/privacy/traffic.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <signal.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/support/exit_codes.h"
#include "tests/support/notice_messages.h"

namespace envej::privacy {
namespace {

using support::CallContext;
using support::kCode;
using support::kOtherCode;

std::string Line(const v1::Notice& notice) {
  std::string json;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(notice, &json).ok());
  return json + "\n";
}

}  // namespace

void Traffic::Told(const std::string& occasion, const grpc::Status& status) {
  told_.emplace_back(occasion, absl::StrCat(status.error_message(), "\n", status.error_details()));
}

void Traffic::Told(const std::string& occasion, const google::protobuf::MessageLite& answer) {
  told_.emplace_back(occasion, answer.SerializeAsString());
}

support::Ended Traffic::Run(const std::string& occasion, const std::vector<std::string>& arguments) {
  support::Ended ended = support::RunProgram(arguments);
  told_.emplace_back(occasion + ", standard output", ended.out);
  told_.emplace_back(occasion + ", standard error", ended.err);
  return ended;
}

v1::Notice Traffic::Stored(const std::string& path, const std::string& municipality_code) {
  stored_.insert(path);
  return people_.NoticeOn(path, municipality_code);
}

std::string Traffic::StoredLine(const std::string& path, const std::string& municipality_code) {
  sealed_by_sender_.insert(path);
  return Line(Stored(path, municipality_code));
}

void Traffic::Submit(const std::string& file_name, const std::string& lines, int accepted, int refused) {
  std::filesystem::create_directory(kept_by_region());
  std::vector<std::string> arguments = broker_.RegionArguments(support::kRegion);
  const std::vector<std::string> command = {
      support::ProgramPath(programs_.region), "submit", ward_.Write(file_name, lines), "--output", "json", "--receipts",
      ward_.Path("kept/receipts.jsonl")};
  arguments.insert(arguments.begin(), command.begin(), command.end());
  const support::Ended ended = Run("envej-region submit", arguments);
  EXPECT_THAT(ended.err, testing::HasSubstr(absl::StrCat("accepted ", accepted, ", already accepted 0, refused ",
                                                         refused, ", unsent 0")));
}

void Traffic::SendSealed() {
  v1::Notice without_consent = people_.NoticeOn("envej-region: without consent", kCode);
  without_consent.mutable_envelope()->clear_consent();
  v1::Notice with_number = people_.NoticeOn("envej-region: with a CPR number", kCode);
  with_number.mutable_citizen()->set_name(with_number.citizen().name() + " 010203-1234");
  std::string cut = Line(people_.NoticeOn("envej-region: a line cut short", kCode));
  cut.replace(cut.size() - 3, 2, "");
  std::string with_field = Line(people_.NoticeOn("envej-region: an unknown field", kCode));
  with_field.insert(1, absl::StrCat("\"", people_.On("envej-region: as a field's name").name, "\":1,"));
  std::string lines;
  for (const char* const municipality : {support::kNotParticipatingCode, support::kEndedAgreementCode, "9999"}) {
    absl::StrAppend(&lines,
                    Line(people_.NoticeOn(absl::StrCat("sealed by the sender, to ", municipality), municipality)));
    sealed_by_sender_.insert(absl::StrCat("sealed by the sender, to ", municipality));
  }
  absl::StrAppend(&lines, Line(without_consent), Line(with_number), cut, with_field,
                  people_.On("envej-region: a line of text").name, "\n",
                  StoredLine("sealed by the sender, delivered", kCode),
                  StoredLine("sealed by the sender, leased", kOtherCode));
  Submit("sealed.jsonl", lines, 2, 8);
}

grpc::Status Traffic::SubmitPlain(const std::string& occasion, const v1::Notice& notice) {
  v1::SubmitNoticeRequest request;
  *request.mutable_notice() = notice;
  v1::SubmitNoticeResponse answer;
  const grpc::Status status = broker_.Intake(support::kRegion)->SubmitNotice(CallContext().get(), request, &answer);
  Told(occasion, status);
  Told(occasion, answer);
  return status;
}

void Traffic::SendPlain() {
  v1::Notice delivered = Stored("plain, delivered", kCode);
  EXPECT_TRUE(SubmitPlain("plain, delivered", delivered).ok());
  EXPECT_TRUE(SubmitPlain("plain, repeated", delivered).ok());
  v1::GetNoticeRequest get;
  get.set_municipality_code(kCode);
  get.set_notice_id(delivered.envelope().notice_id());
  v1::GetNoticeResponse got;
  EXPECT_TRUE(broker_.Intake(support::kRegion)->GetNotice(CallContext().get(), get, &got).ok());
  Told("GetNotice", got);
  v1::Notice other = people_.NoticeOn("plain, another person under a known id", kCode);
  *other.mutable_envelope() = delivered.envelope();
  EXPECT_FALSE(SubmitPlain("plain, another person under a known id", other).ok());
  EXPECT_TRUE(SubmitPlain("plain, leased", Stored("plain, leased", kOtherCode)).ok());
  EXPECT_TRUE(SubmitPlain("plain, returned", Stored("plain, returned", kOtherCode)).ok());

  v1::Notice with_fields = Stored("plain, with unknown fields outside the closed parts", kCode);
  const Person& stranger = people_.On("in an unknown field outside the closed parts");
  with_fields.GetReflection()
      ->MutableUnknownFields(&with_fields)
      ->AddLengthDelimited(900, stranger.name + stranger.email);
  v1::Envelope& envelope = *with_fields.mutable_envelope();
  envelope.GetReflection()->MutableUnknownFields(&envelope)->AddLengthDelimited(901, stranger.phone + stranger.street);
  EXPECT_TRUE(SubmitPlain("plain, with unknown fields", with_fields).ok());

  v1::SubmitNoticesRequest batch;
  *batch.add_notices() = Stored("plain, in a batch", kCode);
  *batch.add_notices() = people_.NoticeOn("plain, refused in a batch", "9999");
  *batch.add_notices() = people_.NoticeOn("plain, not UTF-8 in a batch", kCode);
  batch.mutable_notices(2)->mutable_citizen()->mutable_name()->append("\xff");
  v1::SubmitNoticesResponse answer;
  EXPECT_TRUE(broker_.Intake(support::kRegion)->SubmitNotices(CallContext().get(), batch, &answer).ok());
  ASSERT_EQ(answer.results_size(), 3);
  EXPECT_TRUE(answer.results(0).has_accepted());
  EXPECT_FALSE(answer.results(1).has_accepted());
  EXPECT_FALSE(answer.results(2).has_accepted());
  Told("a batch", answer);
}

void Traffic::SendRefused() {
  struct Refused {
    const char* path;
    void (*spoil)(v1::Notice& notice);
  };
  using N = v1::Notice&;
  const std::vector<Refused> refused = {
      {"refused: no consent", [](N n) { n.mutable_envelope()->clear_consent(); }},
      {"refused: a criterion", [](N n) { n.mutable_envelope()->mutable_criteria()->set_mental_illness(false); }},
      {"refused: a municipality that is none", [](N n) { n.mutable_envelope()->set_municipality_code("9999"); }},
      {"refused: no agreement", [](N n) { n.mutable_envelope()->set_municipality_code(support::kEndedAgreementCode); }},
      {"refused: no envelope", [](N n) { n.clear_envelope(); }},
      {"refused: a CPR number", [](N n) { n.mutable_citizen()->mutable_name()->append(" 010203-1234"); }},
      {"refused: a control character", [](N n) { n.mutable_citizen()->mutable_name()->append("\n"); }},
      {"refused: not normalised", [](N n) { n.mutable_citizen()->mutable_name()->append("A\u030A"); }},
      {"refused: a protected address", [](N n) { n.mutable_citizen()->set_name_and_address_protection(true); }},
      {"refused: an e-mail address", [](N n) { n.mutable_citizen()->mutable_email()->append("@"); }},
      {"refused: a phone number", [](N n) { n.mutable_citizen()->mutable_phone_numbers(0)->append("x"); }},
      {"refused: not UTF-8", [](N n) { n.mutable_citizen()->mutable_name()->append("\xff"); }},
      {"refused: an unknown field of the citizen",
       [](N n) {
         v1::Citizen& citizen = *n.mutable_citizen();
         citizen.GetReflection()->MutableUnknownFields(&citizen)->AddLengthDelimited(900, citizen.SerializeAsString());
       }},
  };
  for (const Refused& each : refused) {
    v1::Notice notice = people_.NoticeOn(each.path, kCode);
    each.spoil(notice);
    EXPECT_FALSE(SubmitPlain(each.path, notice).ok()) << each.path;
  }
  v1::SubmitNoticeRequest request;
  v1::SubmitNoticeResponse answer;
  for (const char* const caller : {support::kMunicipality, support::kOperations}) {
    *request.mutable_notice() = people_.NoticeOn(absl::StrCat("from ", caller), kCode);
    const grpc::Status status = broker_.Intake(caller)->SubmitNotice(CallContext().get(), request, &answer);
    EXPECT_FALSE(status.ok());
    Told(caller, status);
  }
  // It may come in time all the same: then it is refused for its municipality.
  *request.mutable_notice() = people_.NoticeOn("too late", support::kEndedAgreementCode);
  Told("too late",
       broker_.Intake(support::kRegion)->SubmitNotice(CallContext(absl::Milliseconds(1)).get(), request, &answer));
}

void Traffic::SubmitBytes(const std::string& path, const std::string& bytes) {
  const auto answer =
      support::CallWithBytes(broker_.ChannelFor(support::kRegion), "/envej.v1.IntakeService/SubmitNotice", bytes);
  EXPECT_FALSE(answer.status.ok()) << path;
  Told(path, answer.status);
}

void Traffic::SendMalformed() {
  const auto bytes_of = [this](const std::string& path) {
    v1::SubmitNoticeRequest request;
    *request.mutable_notice() = people_.NoticeOn(path, kCode);
    return request.SerializeAsString();
  };
  SubmitBytes("malformed: bytes before it", absl::StrCat("\xff\xff", bytes_of("malformed: bytes before it")));
  SubmitBytes("malformed: bytes after it", absl::StrCat(bytes_of("malformed: bytes after it"), "\xff\xff"));
  std::string cut = bytes_of("malformed: cut short");
  cut.pop_back();
  SubmitBytes("malformed: cut short", cut);
  const Person& text = people_.On("malformed: text");
  SubmitBytes("malformed: text", absl::StrCat(text.name, text.phone, text.email, text.street));

  const Person& large = people_.On("too large");
  for (const size_t bytes : {size_t{300} << 10, size_t{3} << 20}) {
    v1::Notice notice = people_.NoticeOn(absl::StrCat("too large: ", bytes), kCode);
    while (notice.citizen().name().size() < bytes) notice.mutable_citizen()->mutable_name()->append(large.name);
    EXPECT_FALSE(SubmitPlain("too large", notice).ok());
  }
  v1::SubmitNoticeRequest request;
  *request.mutable_notice() = people_.NoticeOn("compressed", kCode);
  v1::SubmitNoticeResponse answer;
  const auto context = CallContext();
  context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
  const grpc::Status compressed = broker_.Intake(support::kRegion)->SubmitNotice(context.get(), request, &answer);
  EXPECT_FALSE(compressed.ok());
  Told("compressed", compressed);
}

void Traffic::Deliver() {
  v1::PullNoticesRequest pull;
  pull.set_municipality_code(kOtherCode);
  v1::PullNoticesResponse pulled;
  const auto inbox = broker_.Inbox(support::kOtherMunicipality);
  ASSERT_TRUE(inbox->PullNotices(CallContext().get(), pull, &pulled).ok());
  Told("a pull", pulled);
  ASSERT_EQ(pulled.items_size(), 3);
  v1::ReturnNoticesRequest give_back;
  give_back.set_municipality_code(kOtherCode);
  *give_back.add_returns()->mutable_lease() = pulled.items(2).lease().name();
  give_back.mutable_returns(0)->set_reason(v1::RETURN_REASON_NOT_RESIDENT);
  v1::ReturnNoticesResponse returned;
  ASSERT_TRUE(inbox->ReturnNotices(CallContext().get(), give_back, &returned).ok());
  EXPECT_TRUE(returned.results(0).has_returned_at());

  std::vector<std::string> arguments = broker_.MunicipalityArguments(support::kMunicipality);
  const std::vector<std::string> command = {
      support::ProgramPath(programs_.municipality), "pull", "--municipality", kCode, "--into", team_.Path("received")};
  arguments.insert(arguments.begin(), command.begin(), command.end());
  const support::Ended ended = support::RunProgram(arguments);
  EXPECT_EQ(ended.err, "received 4, already had 0, returned 0, acknowledged 4\n");
  told_.emplace_back("envej-municipality pull, standard error", ended.err);

  std::vector<std::string> connection = broker_.ConnectionArguments(support::kRegion);
  for (const char* const form : {"text", "json"}) {
    std::vector<std::string> status = {
        support::ProgramPath(programs_.region), "status", "--municipality", kCode, "--output", form};
    status.insert(status.end(), connection.begin(), connection.end());
    EXPECT_EQ(Run("envej-region status", status).code, support::kDone);
  }
}

void Traffic::SendWhatWaits() {
  Submit("waiting.jsonl", StoredLine("sealed by the sender, waiting", kOtherCode), 1, 0);
  EXPECT_TRUE(SubmitPlain("plain, waiting", Stored("plain, waiting", kOtherCode)).ok());
  waiting_ = {"sealed by the sender, waiting", "plain, waiting"};
}

void Traffic::AskForMetrics() {
  const std::string log = broker_.Log();
  constexpr absl::string_view kBeforePort = R"("event":"metrics_served","port":)";
  const size_t served = log.rfind(kBeforePort.data(), std::string::npos, kBeforePort.size());
  ASSERT_NE(served, std::string::npos) << log;
  httplib::Client client("127.0.0.1", std::atoi(log.c_str() + served + kBeforePort.size()));
  const httplib::Result metrics = client.Get("/metrics");
  ASSERT_TRUE(metrics);
  EXPECT_THAT(metrics->body, testing::HasSubstr("envej_"));
  told_.emplace_back("the metrics", metrics->body);
  const Person& person = people_.On("as a page of the metrics");
  const httplib::Result none = client.Get(absl::StrCat("/", person.phone, "/", person.email, "?name=", person.name));
  ASSERT_TRUE(none);
  EXPECT_EQ(none->status, 404);
  told_.emplace_back("a page that there is none of", none->body);
}

void Traffic::Crash() {
  const std::string path = "plain, while the broker was killed";
  v1::Notice notice = Stored(path, kCode);
  EXPECT_TRUE(SubmitPlain(path, notice).ok());
  std::thread sender([this, path, notice]() mutable {
    const auto intake = broker_.Intake(support::kRegion);
    grpc::Status status;
    while (status.ok()) {
      v1::SubmitNoticeRequest request;
      notice.mutable_envelope()->set_notice_id(support::NewNoticeId());
      *request.mutable_notice() = notice;
      v1::SubmitNoticeResponse answer;
      status = intake->SubmitNotice(CallContext().get(), request, &answer);
    }
    Told(path, status);
  });
  absl::SleepFor(absl::Milliseconds(100));
  broker_.Kill();
  sender.join();
}

}  // namespace envej::privacy
