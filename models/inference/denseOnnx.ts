import { denseLayers } from './denseRuntime.ts';
import type { ModelArtifacts } from './modelRuntime.ts';
import { onnxBytes } from './onnxModel.ts';

const OPERATIONS = ['Identity', 'Relu', 'Tanh', 'Sigmoid'];

/** A sequential network of dense layers as ONNX, to run it elsewhere. @throws as `DenseNetwork`. */
export function denseOnnx(artifacts: ModelArtifacts): Uint8Array {
  const layers = denseLayers(artifacts);
  return onnxBytes({
    input: { name: 'x0', shape: [layers[0].inputs] },
    output: { name: `x${layers.length}`, shape: [layers[layers.length - 1].units] },
    weights: layers.flatMap(({ inputs, units, kernel, bias }, l) => [
      { name: `w${l}`, shape: [inputs, units], values: kernel },
      { name: `b${l}`, shape: [units], values: bias },
    ]),
    nodes: layers.flatMap(({ activation }, l) => [
      { op: 'Gemm', inputs: [`x${l}`, `w${l}`, `b${l}`], output: `s${l}` },
      { op: OPERATIONS[activation], inputs: [`s${l}`], output: `x${l + 1}` },
    ]),
  });
}
