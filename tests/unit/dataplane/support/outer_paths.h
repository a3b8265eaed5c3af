// Where the slots of tests go: paths that last as long as the process, since slots point at them.
#pragma once

#include <deque>

#include "dataplane/sa/outer_path.h"

namespace esplane::dataplane::test {

inline const OuterPath* outer_path(const Path& path, Encapsulation encapsulation) {
    static std::deque<OuterPath> all;
    for (const OuterPath& known : all) {
        if (known.path == path && known.encapsulation == encapsulation) return &known;
    }
    return &all.emplace_back(path, encapsulation);
}

}  // namespace esplane::dataplane::test
