#include "region-client/fhir/message.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "region-client/fhir/bundle.h"
#include "region-client/fhir/hospital_notification.h"
#include "region-client/fhir/identifier.h"

namespace envej::fhir {
namespace {

constexpr size_t kIdLength = 64;

// http://hl7.org/fhir/R4/datatypes.html#id
bool IsId(absl::string_view text) {
  return !text.empty() && text.size() <= kIdLength && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '.';
  });
}

// The resource's id; empty if it says none, or something that is no id.
std::string Id(const Place& resource) {
  const Place id = resource.Only("id");
  if (!id) return "";
  if (IsId(id.Value())) return std::string(id.Value());
  id.Wrong(Issue::kValue, "is no id: up to 64 letters, digits, hyphens and full stops");
  return "";
}

// http://hl7.org/fhir/R4/security-labels.html: of a test, which must not become a notice.
void RefuseTests(const Place& resource) {
  const Place meta = resource.Only("meta");
  for (const char* labels : {"security", "tag"}) {
    for (const Place& label : meta.All(labels)) {
      if (label.Text("code") == "HTEST") label.Wrong(Issue::kNotSupported, "says that this is a test");
    }
  }
}

Party ReadParty(const Place& end, const Place& organization) {
  return {.endpoint = end.Text("endpoint"),
          .sor_code = IdentifierOf(organization, kSorSystem),
          .ean_code = IdentifierOf(organization, kEanSystem),
          .name = organization.Text("name")};
}

void ReadEnds(const Bundle& bundle, Message& message) {
  const Place& header = bundle.header();
  message.ids = {.bundle_id = Id(bundle.root()), .header_id = Id(header)};
  message.sender = ReadParty(header.Only("source"), bundle.Find(header, header.Only("sender")));
  const std::vector<Place> destinations = header.All("destination");
  if (destinations.empty()) return;
  message.receiver = ReadParty(destinations[0], bundle.Find(header, destinations[0].Only("receiver")));
}

}  // namespace

Message ReadMessage(absl::string_view bytes, Form form, const absl::TimeZone& copenhagen, absl::Time now) {
  Message message;
  const auto elements = ReadElements(bytes, form);
  if (const auto* problem = std::get_if<Problem>(&elements)) {
    message.says = *problem;
    return message;
  }
  const Element& root = std::get<Element>(elements);
  if (root.name != "Bundle") {
    message.says = Problem{Issue::kNotSupported, "", "is no Bundle"};
    return message;
  }
  std::optional<Problem> problem;
  const Bundle bundle(Place(root, problem));
  ReadEnds(bundle, message);
  RefuseTests(bundle.root());
  RefuseTests(bundle.header());
  bundle.header().Required("id");
  message.says = ReadNotification(bundle, copenhagen, now);
  // An answer to an acknowledgement, however bad, could be answered in turn.
  const auto* no_concern = std::get_if<NoConcern>(&message.says);
  const bool is_acknowledgement = no_concern != nullptr && *no_concern == NoConcern::kAcknowledgement;
  if (problem.has_value() && !is_acknowledgement) message.says = *std::move(problem);
  return message;
}

}  // namespace envej::fhir
