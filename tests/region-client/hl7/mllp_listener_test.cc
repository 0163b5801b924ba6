#include "region-client/hl7/mllp_listener.h"

#include <thread>

#include "tests/region-client/hl7/mllp_fixture.h"

namespace envej::hl7 {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using MllpListenerTest = MllpFixture;

TEST_F(MllpListenerTest, MessagesOfOneConnectionAreAnsweredInOrder) {
  Start();
  const auto sender = Connect();
  EXPECT_TRUE(sender->Send(EncodeFrame("a") + "\r\n" + EncodeFrame("bc") + "\x0B" + "de"));
  EXPECT_EQ(sender->Answer(), "this machine: 1 of a");
  EXPECT_EQ(sender->Answer(), "this machine: 2 of bc");
  EXPECT_TRUE(sender->Send("f\x1C\r"));
  EXPECT_EQ(sender->Answer(), "this machine: 3 of def");
}

TEST_F(MllpListenerTest, WhatIsNotToBeAnsweredHasNoFrameAndKeepsTheConnection) {
  Start();
  const auto sender = Connect();
  EXPECT_TRUE(sender->SendMessage("none"));
  EXPECT_TRUE(sender->Send(EncodeFrame("none") + EncodeFrame("a")));
  EXPECT_EQ(sender->Answer(), "this machine: 1 of a");
}

TEST_F(MllpListenerTest, SendersAreKnownByTheirCertificates) {
  StartTls();
  const auto sender = ConnectTls();
  EXPECT_TRUE(sender->SendMessage("a"));
  EXPECT_EQ(sender->Answer(), absl::StrCat(kWard, ": 1 of a"));
  const std::string large(kMessageBytesMost, 'x');
  EXPECT_TRUE(sender->SendMessage(large));
  EXPECT_EQ(sender->Answer(), absl::StrCat(kWard, ": ", large.size(), " of ", large.substr(0, 20)));
}

TEST_F(MllpListenerTest, WhoShowsNoCertificateThatIsTakenIsNotHeard) {
  StartTls();
  const certs::TestAuthority other("other authority");
  certs::TlsFiles stranger = other.IssueFiles(directory_, "stranger", certs::ClientRequest(kWard));
  stranger.authorities = FilesOf(kWard).authorities;
  Sender unknown(listener_->port(), &stranger);
  unknown.SendMessage("a");
  EXPECT_EQ(unknown.Answer(), "closed");
  certs::TlsFiles none{.certificate_chain = {}, .private_key = {}, .authorities = stranger.authorities};
  Sender nobody(listener_->port(), &none);
  nobody.SendMessage("a");
  EXPECT_EQ(nobody.Answer(), "closed");
  const auto plain = Connect();
  EXPECT_TRUE(plain->SendMessage("MSH|^~"));
  plain->Answer();
  EXPECT_THAT(Closed(3), testing::Each(": no certificate that is taken was shown in time"));
}

TEST_F(MllpListenerTest, WhatTheContextIsReplacedWithCountsFromTheNextConnectionOn) {
  StartTls();
  const auto before = ConnectTls();
  EXPECT_TRUE(before->SendMessage("a"));
  EXPECT_EQ(before->Answer(), absl::StrCat(kWard, ": 1 of a"));
  const certs::TestAuthority next("next authority");
  ASSERT_TRUE(context_->Replace(MaterialOf(next)).ok());
  const certs::TlsFiles files = next.IssueFiles(directory_, "next", certs::ClientRequest(kWard));
  Sender after(listener_->port(), &files);
  EXPECT_TRUE(after.SendMessage("a"));
  EXPECT_EQ(after.Answer(), absl::StrCat(kWard, ": 1 of a"));
  EXPECT_TRUE(before->SendMessage("b"));
  EXPECT_EQ(before->Answer(), absl::StrCat(kWard, ": 1 of b"));
}

TEST_F(MllpListenerTest, PlainConnectionsAreTakenOnLoopbackAddressesAlone) {
  const MllpHandlers handlers{.answer = [](const Peer&, std::string message) { return message; }, .closed = {}};
  for (const char* const address : {"0.0.0.0:0", "[::]:0"}) {
    const auto listener = MllpListener::Start(address, nullptr, handlers);
    EXPECT_TRUE(absl::IsInvalidArgument(listener.status())) << address;
    EXPECT_THAT(listener.status().message(), HasSubstr("loopback"));
  }
  for (const char* const address : {"127.0.0.1:0", "127.8.0.1:0", "localhost:0"}) {
    EXPECT_TRUE(MllpListener::Start(address, nullptr, handlers).ok()) << address;
  }
  context_ = certs::ServerContext::Create(MaterialOf(authority_)).value();
  EXPECT_TRUE(MllpListener::Start("0.0.0.0:0", context_.get(), handlers).ok());
  EXPECT_TRUE(absl::IsUnavailable(MllpListener::Start("nowhere", nullptr, handlers).status()));
}

TEST_F(MllpListenerTest, WhatIsNoFrameEndsTheConnection) {
  Start();
  const auto sender = Connect();
  EXPECT_TRUE(sender->Send(EncodeFrame("a") + "MSH|secret"));
  EXPECT_EQ(sender->Answer(), "this machine: 1 of a");
  EXPECT_EQ(sender->Answer(), "closed");
  EXPECT_THAT(Closed(1), ElementsAre("this machine: something stands between the frames"));
}

TEST_F(MllpListenerTest, AMessageThatIsTooLongIsAnsweredAndEndsTheConnection) {
  MllpLimits limits;
  limits.message_bytes = 10;
  Start(limits);
  const auto sender = Connect();
  EXPECT_TRUE(sender->SendMessage(std::string(100'000, 'x')));
  EXPECT_EQ(sender->Answer(), "this machine: 11 of xxxxxxxxxxx");
  EXPECT_EQ(sender->Answer(), "closed");
  EXPECT_THAT(Closed(1), ElementsAre("this machine: a message is longer than 10 bytes"));
}

TEST_F(MllpListenerTest, WhoLeavesIsNotTold) {
  Start();
  Connect()->SendMessage("a");
  const auto sender = Connect();
  EXPECT_TRUE(sender->SendMessage("b"));
  EXPECT_EQ(sender->Answer(), "this machine: 1 of b");
  EXPECT_THAT(Closed(0), IsEmpty());
}

TEST_F(MllpListenerTest, StoppingLetsAnAnswerUnderWayGoOut) {
  for (const bool with_tls : {false, true}) {
    with_tls ? StartTls() : Start();
    const auto idle = with_tls ? ConnectTls() : Connect();
    const auto sender = with_tls ? ConnectTls() : Connect();
    EXPECT_TRUE(sender->SendMessage("hold"));
    WaitUntilHeld();
    EXPECT_TRUE(sender->SendMessage("another"));
    std::thread stopping([this] { listener_->Stop(); });
    EXPECT_EQ(idle->Answer(), "closed");
    Open();
    EXPECT_THAT(sender->Answer(), HasSubstr("4 of hold"));
    EXPECT_EQ(sender->Answer(), "closed");
    stopping.join();
  }
}

TEST_F(MllpListenerTest, StoppingEndsAllThatIsOpenAtOnce) {
  StartTls();
  const auto idle = ConnectTls();
  const auto within = ConnectTls();
  EXPECT_TRUE(
      within->Send("\x0B"
                   "MSH"));
  const auto silent = Connect();
  const absl::Time before = absl::Now();
  listener_->Stop();
  EXPECT_LT(absl::Now() - before, absl::Seconds(2));
  EXPECT_EQ(idle->Answer(), "closed");
  EXPECT_EQ(within->Answer(), "closed");
  EXPECT_EQ(silent->Answer(), "closed");
  EXPECT_LT(absl::Now() - before, absl::Seconds(4));
  EXPECT_EQ(support::ConnectTo(listener_->port()), -1);
  EXPECT_THAT(Closed(0), IsEmpty());
  listener_->Stop();
}

}  // namespace
}  // namespace envej::hl7
