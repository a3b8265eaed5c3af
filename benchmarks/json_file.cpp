#include "benchmarks/json_file.h"

#include <fstream>
#include <stdexcept>

namespace esplane::bench {

void write_json(const std::string& file, const nlohmann::ordered_json& document) {
    std::ofstream out(file);
    out << document.dump(2) << '\n';
    if (!out.flush()) throw std::runtime_error("cannot write " + file);
}

}  // namespace esplane::bench
