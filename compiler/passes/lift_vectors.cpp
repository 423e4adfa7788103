// SPDX-License-Identifier: Apache-2.0
// A fully connected layer on a CxHxW map is a convolution whose kernel covers the map: flattening orders numbers as
// filters do, so the matrix's rows become filters as they stand. With a transposition to channels-last in between, the
// rows are reordered. Its result is a map of one pixel; Reshape, Flatten, Squeeze and Unsqueeze of such a map move
// nothing and go, also inside squeeze-excite blocks.
//
// A normalisation that differs from number to number of a flattened map is such a layer as well.
//
// One walk in topological order. `maps` holds each value's shape as a map; what keeps its rank is not in it.
//
// Preserved: the order of numbers, which is all that a reshape keeps and all that a matrix asks for; a normalisation
// taken into a matrix stays for other readers. Before: verified, shapes inferred. After: no Gemm over a picture's map,
// no reshape of a map of one pixel.
#include "compiler/passes/lift_vectors.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "compiler/passes/edit.hpp"

namespace sluice::passes {
namespace {

bool is_vector(const ir::Dims& dims) { return dims.size() == 4 && dims[0] == 1 && dims[2] == 1 && dims[3] == 1; }

// Gemm's constants as rows (outputs x inputs) and bias, alpha and beta applied.
struct Matrix {
  ir::Tensor rows;
  ir::Tensor bias;
};

std::optional<Matrix> matrix_of(const ir::Graph& graph, const ir::Node& gemm) {
  const auto found = graph.initialisers.find(gemm.inputs[1]);
  if (found == graph.initialisers.end() || found->second.is_integer()) return std::nullopt;
  const ir::Tensor& b = found->second;
  const bool is_transposed = gemm.integer("transB", 0) != 0;
  const std::int64_t outputs = b.dims[is_transposed ? 0 : 1], inputs = b.dims[is_transposed ? 1 : 0];
  Matrix matrix{ir::Tensor::zeros({outputs, inputs}), ir::Tensor::zeros({outputs})};
  const float alpha = gemm.real("alpha", 1.0f), beta = gemm.real("beta", 1.0f);
  for (std::int64_t o = 0; o < outputs; ++o) {
    for (std::int64_t i = 0; i < inputs; ++i) {
      matrix.rows.values[std::size_t(o * inputs + i)] =
          alpha * b.values[std::size_t(is_transposed ? o * inputs + i : i * outputs + o)];
    }
  }
  if (gemm.inputs.size() > 2 && !gemm.inputs[2].empty()) {
    const auto c = constant_per_channel(graph, gemm.inputs[2], {1, outputs});
    if (!c) return std::nullopt;
    for (std::size_t o = 0; o < c->size(); ++o) matrix.bias.values[o] = beta * (*c)[o];
  }
  return matrix;
}

// A normalisation of each of the matrix's inputs, taken into it.
void fold_input_affine(const ir::Graph& graph, const ir::Node& norm, Matrix& matrix) {
  const auto values = [&](std::size_t i) -> const std::vector<float>& {
    return graph.initialisers.at(norm.inputs[i]).values;
  };
  const std::int64_t outputs = matrix.rows.dims[0], inputs = matrix.rows.dims[1];
  for (std::int64_t i = 0; i < inputs; ++i) {
    const std::size_t c = static_cast<std::size_t>(i);
    const double factor = values(1)[c] / std::sqrt(double{values(4)[c]} + norm.real("epsilon", 1e-5f));
    const double offset = values(2)[c] - values(3)[c] * factor;
    for (std::int64_t o = 0; o < outputs; ++o) {
      float& weight = matrix.rows.values[static_cast<std::size_t>(o * inputs + i)];
      matrix.bias.values[static_cast<std::size_t>(o)] += static_cast<float>(offset * weight);
      weight = static_cast<float>(weight * factor);
    }
  }
}

// Rows that expect (height, width, channel) order, for a map in (channel, height, width) order.
void reorder_rows(ir::Tensor& rows, std::int64_t channels, std::int64_t pixels) {
  const ir::Tensor old = rows;
  const std::int64_t inputs = channels * pixels;
  for (std::int64_t o = 0; o < rows.dims[0]; ++o) {
    for (std::int64_t c = 0; c < channels; ++c) {
      for (std::int64_t p = 0; p < pixels; ++p) {
        rows.values[static_cast<std::size_t>(o * inputs + c * pixels + p)] =
            old.values[static_cast<std::size_t>(o * inputs + p * channels + c)];
      }
    }
  }
}

bool has_constant_parameters(const ir::Graph& graph, const ir::Node& norm) {
  return norm.integer("training_mode", 0) == 0 &&
         std::all_of(norm.inputs.begin() + 1, norm.inputs.end(), [&](const std::string& value) {
           return graph.is_constant(value) && !graph.initialisers.at(value).is_integer();
         });
}

class Lifter {
 public:
  explicit Lifter(ir::Graph& graph) : graph_(graph) {}

  void run() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const ir::Node& node = graph_.nodes[i];
      if (is_reshape(node) && drops_out(node)) {
        // Readers are still to be met, and ask for the rank they were written for; so it goes at the end.
        const ir::Dims map = map_of(node.inputs[0]);
        if (graph_.shapes.at(node.outputs[0]) != map) maps_[node.outputs[0]] = map;
        dropped_.insert(node.name);
        continue;
      }
      if (is_activation(node)) sink_reshape(i);
      if (is_norm_of_features(node)) become_gemm(graph_.nodes[i]);
      if (node.op == "Gemm") lift_gemm(graph_.nodes[i]);
      follow(i);
    }
    for (std::size_t i = 0; i < graph_.nodes.size();) {
      const std::string value = graph_.nodes[i].inputs.empty() ? "" : graph_.nodes[i].inputs[0];
      if (dropped_.count(graph_.nodes[i].name) != 0)
        remove_node(graph_, i, value);
      else
        ++i;
    }
  }

 private:
  const ir::Dims& map_of(const std::string& value) const {
    const auto found = maps_.find(value);
    return found != maps_.end() ? found->second : graph_.shapes.at(value);
  }

  // A reshape of one pixel to one pixel, in whatever rank it was written: 1xC, 1xCx1, C.
  bool drops_out(const ir::Node& node) const {
    const ir::Dims& in = map_of(node.inputs[0]);
    if (!is_vector(in)) return false;
    ir::Dims out = graph_.shapes.at(node.outputs[0]);
    if (out.size() == 1) out.insert(out.begin(), 1);
    return out.size() >= 2 && out[0] == 1 && out[1] == in[1] && ir::element_count(out) == in[1];
  }

  // Do only matrices read the value, be it through further normalisations?
  bool ends_in_matrices(const std::string& value, int most_steps = 16) const {
    const auto readers = graph_.consumers(value);
    return value != graph_.output && std::all_of(readers.begin(), readers.end(), [&](const ir::Node* reader) {
             const bool is_passing = is_reshape(*reader) || reader->op == "BatchNormalization";
             return reader->op == "Gemm" ||
                    (is_passing && most_steps > 0 && ends_in_matrices(reader->outputs[0], most_steps - 1));
           });
  }

  // A normalisation of each number of a flattened map that no matrix takes in, since something else reads it, too.
  bool is_norm_of_features(const ir::Node& node) const {
    if (node.op != "BatchNormalization" || !has_constant_parameters(graph_, node)) return false;
    const ir::Dims& row = graph_.shapes.at(node.inputs[0]);
    return row.size() == 2 && row[0] == 1 && row[1] <= kMostFeatures && maps_.count(node.inputs[0]) == 0 &&
           !ends_in_matrices(node.outputs[0]);
  }

  // As a matrix with the factors on its diagonal.
  void become_gemm(ir::Node& norm) {
    const std::int64_t features = graph_.shapes.at(norm.inputs[0])[1];
    Matrix matrix{ir::Tensor::zeros({features, features}), ir::Tensor::zeros({features})};
    for (std::int64_t i = 0; i < features; ++i) matrix.rows.values[static_cast<std::size_t>(i * features + i)] = 1;
    fold_input_affine(graph_, norm, matrix);
    norm.op = "Gemm";
    norm.inputs = {norm.inputs[0], add_initialiser(graph_, norm.name + "_diagonal", std::move(matrix.rows)),
                   add_initialiser(graph_, norm.name + "_offsets", std::move(matrix.bias))};
    norm.attributes.clear();
  }

  // Relu(Flatten(x)) is Flatten(Relu(x)); so the reshape comes to stand just before the matrix, with the transposition
  // to channels-last in front of it.
  void sink_reshape(std::size_t index) {
    while (const auto earlier = sink_one(index)) index = *earlier;
  }

  // Where the element-wise node stands after it has changed places with what makes its operand; nothing where it has
  // not.
  std::optional<std::size_t> sink_one(std::size_t index) {
    ir::Node& node = graph_.nodes[index];
    const auto maker = index_of_producer(graph_, node.inputs[0]);
    if (!maker || !has_one_reader(graph_, node.inputs[0])) return std::nullopt;
    ir::Node& mover = graph_.nodes[*maker];
    if (!is_reshape(mover) && mover.op != "Transpose") return std::nullopt;
    if (dropped_.count(mover.name) != 0) return std::nullopt;  // its readers are taken as maps already
    const std::string map = mover.inputs[0], middle = mover.outputs[0], result = node.outputs[0];
    if (graph_.shapes.at(map).size() != 4 || maps_.count(map) != 0) return std::nullopt;
    // The mover's other inputs are defined before it, so it may stand later; the element-wise node goes first.
    node.inputs[0] = map;
    node.outputs[0] = middle;
    mover.inputs[0] = middle;
    mover.outputs[0] = result;
    graph_.shapes[middle] = graph_.shapes.at(map);
    std::rotate(graph_.nodes.begin() + static_cast<std::ptrdiff_t>(*maker),
                graph_.nodes.begin() + static_cast<std::ptrdiff_t>(*maker) + 1,
                graph_.nodes.begin() + static_cast<std::ptrdiff_t>(index) + 1);
    return maker;
  }

  void lift_gemm(ir::Node& gemm) {
    auto matrix = matrix_of(graph_, gemm);
    const ir::Dims& row = graph_.shapes.at(gemm.inputs[0]);
    // A column taken transposed is a row; reshapes before it do not care.
    const bool is_one_row = row.size() == 2 && row[gemm.integer("transA", 0) != 0 ? 1 : 0] == 1;
    if (!matrix || !is_one_row) return;
    std::string map = gemm.inputs[0];
    const ir::Dims flat{1, matrix->rows.dims[1]};
    bool is_channels_last = false;
    while (true) {
      const auto index = index_of_producer(graph_, map);
      if (!index) break;
      const ir::Node& maker = graph_.nodes[*index];
      const bool is_folded_norm = maker.op == "BatchNormalization" && map_of(map) == flat && !is_channels_last &&
                                  has_constant_parameters(graph_, maker);
      if (is_folded_norm) {
        fold_input_affine(graph_, maker, *matrix);
        graph_.folded[maker.name] = gemm.name;
      } else if (maker.op == "Transpose" && !is_channels_last && map_of(maker.inputs[0]).size() == 4 &&
                 maker.integers("perm", {}) == std::vector<std::int64_t>{0, 2, 3, 1}) {
        is_channels_last = true;
      } else if (!is_reshape(maker) || is_channels_last) {
        break;
      }
      map = maker.inputs[0];
    }
    const ir::Dims dims = map_of(map);
    if (dims.size() != 4 || dims[0] != 1 || ir::element_count(dims) != matrix->rows.dims[1]) return;
    if (is_channels_last) reorder_rows(matrix->rows, dims[1], dims[2] * dims[3]);
    const std::int64_t outputs = matrix->rows.dims[0];
    matrix->rows.dims = {outputs, dims[1], dims[2], dims[3]};
    gemm.inputs = {map, add_initialiser(graph_, gemm.name + "_weights", std::move(matrix->rows)),
                   add_initialiser(graph_, gemm.name + "_bias", std::move(matrix->bias))};
    gemm.op = "Conv";
    gemm.attributes = {{"kernel_shape", std::vector<std::int64_t>{dims[2], dims[3]}}};
    maps_[gemm.outputs[0]] = {1, outputs, 1, 1};
  }

  // What lifted operands make of the node's result. Where they cannot be taken as maps, a reshape gives them back as
  // the rows they were.
  void follow(std::size_t& index) {
    ir::Node& node = graph_.nodes[index];
    const ir::Dims& out = graph_.shapes.at(node.outputs[0]);
    const bool reads_lifted = std::any_of(node.inputs.begin(), node.inputs.end(),
                                          [&](const std::string& value) { return maps_.count(value) != 0; });
    if (node.op == "Conv" || !reads_lifted) return;
    static const std::set<std::string> kCarry{
        "Relu", "Clip", "HardSwish", "HardSigmoid", "Sigmoid", "BatchNormalization",
        "Add",  "Sub",  "Mul",       "Div",         "Concat"};
    const bool are_vectors = std::all_of(node.inputs.begin(), node.inputs.end(), [&](const std::string& value) {
      return value.empty() || graph_.is_constant(value) || is_vector(map_of(value));
    });
    const bool has_constants =
        node.op == "Add" || node.op == "Sub" || node.op == "Mul" || node.op == "Div" || node.op == "Concat"
            ? std::any_of(node.inputs.begin(), node.inputs.end(),
                          [&](const std::string& value) { return graph_.is_constant(value); })
            : false;
    const std::int64_t axis = node.integer("axis", 1);
    const bool is_carried = kCarry.count(node.op) != 0 && are_vectors && !has_constants && out.size() == 2 &&
                            out[0] == 1 && (node.op != "Concat" || axis == 1 || axis == -1);
    if (is_carried) {
      maps_[node.outputs[0]] = {1, out[1], 1, 1};
      if (node.op == "Concat") node.attributes["axis"] = std::int64_t{1};
      return;
    }
    give_back_rows(index);
  }

  void give_back_rows(std::size_t& index) {
    for (std::size_t k = 0; k < graph_.nodes[index].inputs.size(); ++k) {
      const std::string value = graph_.nodes[index].inputs[k];
      if (maps_.count(value) == 0) continue;
      const std::string shape =
          add_initialiser(graph_, value + "_row_shape", ir::Tensor::of_integers(graph_.shapes.at(value)));
      ir::Node row{.name = unused_name(graph_, value + "_row"),
                   .op = "Reshape",
                   .inputs = {value, shape},
                   .outputs = {unused_name(graph_, value + "_row")}};
      graph_.shapes[row.outputs[0]] = graph_.shapes.at(value);
      graph_.nodes[index].inputs[k] = row.outputs[0];
      graph_.nodes.insert(graph_.nodes.begin() + static_cast<std::ptrdiff_t>(index++), std::move(row));
    }
  }

  ir::Graph& graph_;
  std::map<std::string, ir::Dims> maps_;
  std::set<std::string> dropped_;  // reshapes that move nothing, by node name
};

}  // namespace

Status lift_vectors(ir::Graph& graph) {
  Lifter(graph).run();
  return ok();
}

}  // namespace sluice::passes
