#include "certs/certificate_names.h"

#include <openssl/err.h>
#include <openssl/objects.h>

#include <optional>
#include <string>

#include "certs/pem.h"

namespace envej::certs {
namespace {

std::optional<SubjectAttribute> AttributeOf(const X509_NAME_ENTRY* entry) {
  switch (OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry))) {
    case NID_serialNumber:
      return SubjectAttribute::kSerialNumber;
    case NID_organizationIdentifier:
      return SubjectAttribute::kOrganizationIdentifier;
    default:
      return std::nullopt;
  }
}

std::string TextOf(const X509_NAME_ENTRY* entry) {
  unsigned char* bytes = nullptr;
  const int size = ASN1_STRING_to_UTF8(&bytes, X509_NAME_ENTRY_get_data(entry));
  if (size < 0) return "";
  std::string text(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
  OPENSSL_free(bytes);
  return text;
}

}  // namespace

CertificateNames NamesOf(const Certificate& certificate) {
  CertificateNames names;
  names.uris = UriNames(certificate.x509());
  const X509_NAME* subject = X509_get_subject_name(&certificate.x509());
  for (int index = 0; index < X509_NAME_entry_count(subject); ++index) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(subject, index);
    const std::optional<SubjectAttribute> attribute = AttributeOf(entry);
    if (attribute.has_value()) names.subject_names.push_back({.attribute = *attribute, .value = TextOf(entry)});
  }
  ERR_clear_error();
  return names;
}

}  // namespace envej::certs
