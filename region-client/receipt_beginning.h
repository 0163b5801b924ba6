#ifndef ENVEJ_REGION_CLIENT_RECEIPT_BEGINNING_H_
#define ENVEJ_REGION_CLIENT_RECEIPT_BEGINNING_H_

#include "absl/strings/string_view.h"

namespace envej::region {

// Whether `text` can be the beginning of a receipt as ToJsonLine writes one: its members by their names and in their
// order, each value of its type, and no spaces. A whole receipt is one too; what follows it is not.
bool IsReceiptBeginning(absl::string_view text);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_RECEIPT_BEGINNING_H_
