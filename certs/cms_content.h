#ifndef ENVEJ_CERTS_CMS_CONTENT_H_
#define ENVEJ_CERTS_CMS_CONTENT_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "certs/openssl_pointers.h"
#include "certs/wiped_bytes.h"

namespace envej::certs {

// What goes into a CMS message and comes out of it, by the parts of OpenSSL that leave no plain copy behind: its whole
// operations (CMS_sign, CMS_encrypt, CMS_decrypt, CMS_verify) pass the content through buffers that they do not wipe.
// None of these empties OpenSSL's error queue.

// The whole of `der` as one message; nothing if it is no such, or anything follows it.
CmsPointer ParseCms(absl::string_view der);

// Signs or encrypts `content` into a message made with CMS_PARTIAL.
bool FillCms(CMS_ContentInfo& cms, absl::string_view content);

std::optional<WipedBytes> WriteCms(const CMS_ContentInfo& cms);

// All that can be read from a chain of CMS_dataInit; nothing if that fails or is more than `most` bytes.
std::optional<WipedBytes> Drain(BIO& chain, size_t most);

// Overwrites the content that a message holds. To be called before it is freed, if that is plain.
void WipeContent(CMS_ContentInfo& cms);

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_CMS_CONTENT_H_
