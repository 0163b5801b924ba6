#include "region-client/sources/hl7_listener.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "region-client/sources/source_name.h"

namespace envej::region {
namespace {

using options::TextRule;
using options::YamlMapping;

constexpr TextRule kListen = {.most_characters = 256};

certs::TlsFiles ReadTls(YamlMapping mapping) {
  certs::TlsFiles files{.certificate_chain = mapping.Path("certificate"),
                        .private_key = mapping.Path("key"),
                        .authorities = mapping.Path("authorities")};
  mapping.RefuseOtherKeys();
  return files;
}

absl::Status Named(const Hl7ListenerOptions& options, const absl::Status& status) {
  return {status.code(), absl::StrCat("hl7 listener ", options.name, ": ", status.message())};
}

}  // namespace

Hl7ListenerOptions ReadHl7Listener(YamlMapping& mapping) {
  Hl7ListenerOptions listener;
  listener.name = mapping.Text("name", kSourceName);
  listener.listen = mapping.Text("listen", kListen);
  if (mapping.Has("tls")) listener.tls = ReadTls(mapping.Mapping("tls"));
  listener.form = ReadHl7Form(mapping);
  mapping.RefuseOtherKeys();
  return listener;
}

Hl7Listener::Hl7Listener(const Hl7ListenerOptions& options, const Parts& parts)
    : files_(options.tls),
      now_(parts.now),
      source_({.name = options.name,
               .site = SiteOf(options.form, parts.copenhagen),
               .unsaid = options.form.unsaid,
               .desk = parts.desk,
               .now = parts.now,
               .log = parts.log}),
      failed_handshakes_(options.name, parts.now, parts.log) {}

absl::StatusOr<std::unique_ptr<Hl7Listener>> Hl7Listener::Start(const Hl7ListenerOptions& options, const Parts& parts) {
  std::unique_ptr<Hl7Listener> listener(new Hl7Listener(options, parts));
  if (options.tls.has_value()) {
    const absl::StatusOr<certs::TlsMaterial> material = certs::LoadTlsFiles(*options.tls, parts.now());
    if (!material.ok()) return Named(options, material.status());
    absl::StatusOr<std::unique_ptr<certs::ServerContext>> context = certs::ServerContext::Create(*material);
    if (!context.ok()) return Named(options, context.status());
    listener->context_ = *std::move(context);
  }
  const Hl7Source& source = listener->source_;
  absl::StatusOr<std::unique_ptr<hl7::MllpListener>> listening = hl7::MllpListener::Start(
      options.listen, listener->context_.get(),
      {.answer = [&source](const hl7::Peer& peer,
                           const std::string& message) { return source.Answer(peer.name, message); },
       .closed =
           [log = parts.log, name = options.name, &failed_handshakes = listener->failed_handshakes_](
               const hl7::Peer& peer, const absl::Status& why) {
             if (peer.name.empty()) {
               failed_handshakes.Add();
             } else {
               log(absl::StrCat(name, ": a connection of ", peer.name, " was closed: ", why.message()));
             }
           }});
  if (!listening.ok()) return Named(options, listening.status());
  listener->listener_ = *std::move(listening);
  return listener;
}

absl::Status Hl7Listener::Reload() {
  if (!files_.has_value()) return absl::OkStatus();
  const absl::StatusOr<certs::TlsMaterial> material = certs::LoadTlsFiles(*files_, now_());
  return material.ok() ? context_->Replace(*material) : material.status();
}

}  // namespace envej::region
