#ifndef ENVEJ_REGION_CLIENT_HL7_MLLP_CONNECTION_H_
#define ENVEJ_REGION_CLIENT_HL7_MLLP_CONNECTION_H_

#include <openssl/ssl.h>

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/certificate.h"
#include "certs/listening_sockets.h"
#include "certs/openssl_pointers.h"

namespace envej::hl7 {

// Who sends.
struct Peer {
  std::string name;  // for the log: the certificate's URI name, else of its subject; printable, at most 128 bytes
  std::optional<certs::Certificate> certificate;  // nothing of a plain connection, which is from this machine
};

// One sender's connection, with TLS or without. Each wait has an end, whatever the sender does. Used by one thread at
// a time, but for Cut.
class MllpConnection {
 public:
  // `socket` is connected and does not block; `stop` is readable once all is to end. Without a context it is plain.
  // Null if the system gives no memory or no descriptor.
  static std::unique_ptr<MllpConnection> Make(Descriptor socket, int stop, std::shared_ptr<SSL_CTX> context);

  // Has the sender show its certificate. False if it does not within `time`, or all is to end. Of a plain connection
  // true.
  bool ShakeHands(absl::Duration time);
  // After the handshake.
  const Peer& peer() const { return peer_; }

  // From now on what is read must come within `time`.
  void SetReadingTime(absl::Duration time);
  // Waits for bytes. Empty if the sender has gone or the time is up, or once all is to end, however much of it is there
  // to be read. The bytes are there until the next call.
  absl::string_view Read();

  // False if the sender does not take it all within `time`; once all is to end, within `farewell`.
  bool Write(absl::string_view bytes, absl::Duration time, absl::Duration farewell);

  // Says that this is the end, so that what was written arrives.
  void End();

  // Ends every wait for the sender, now and later. Any thread.
  void Cut();

 private:
  MllpConnection(Descriptor socket, int stop, Descriptor timer, std::shared_ptr<SSL_CTX> context);

  bool ReadPeer();
  int ReadSome();
  int WriteSome(absl::string_view bytes);
  bool AwaitAfter(int result, short plain_events);
  bool WaitFor(short events);
  bool IsOver() const;
  void SetTimer(absl::Duration time);

  const Descriptor socket_;
  const int stop_;
  const Descriptor timer_;                  // a timerfd: readable once the time is up
  std::optional<absl::Duration> farewell_;  // while an answer is written
  bool is_ending_ = false;                  // all is to end, and that was seen
  const std::shared_ptr<SSL_CTX> context_;
  std::unique_ptr<SSL, certs::OpensslDeleter<&SSL_free>> ssl_;  // null of a plain connection
  Peer peer_;
  std::array<char, 16 << 10> buffer_;
};

}  // namespace envej::hl7

#endif  // ENVEJ_REGION_CLIENT_HL7_MLLP_CONNECTION_H_
