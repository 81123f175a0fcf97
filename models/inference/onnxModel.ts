import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** One operation of a graph; values are referenced by name. */
export interface OnnxNode {
  op: string;
  inputs: string[];
  output: string;
  /** Integers, lists of integers, or floats. */
  attributes?: Record<string, number | number[]>;
}

/** A graph of float32 with one input and one output, each a row count and fixed dimensions. */
export interface OnnxGraph {
  input: { name: string; shape: number[] };
  output: { name: string; shape: number[] };
  weights: { name: string; shape: number[]; values: Float32Array }[];
  nodes: OnnxNode[];
}

const FLOAT = 1;
const IR_VERSION = 8;
const OPSET = 13;

/**
 * The bytes of an ONNX model. Field numbers: onnx.proto of ONNX 1.12
 * (https://github.com/onnx/onnx/blob/v1.12.0/onnx/onnx.proto).
 */
export function onnxBytes({ input, output, weights, nodes }: OnnxGraph): Uint8Array {
  const graph = (w: BinaryWriter) => {
    for (const node of nodes) message(w, 1, (n) => writeNode(n, node));
    text(w, 2, 'graph');
    for (const { name, shape, values } of weights)
      message(w, 5, (t) => {
        for (const d of shape) whole(t, 1, d);
        whole(t, 2, FLOAT);
        text(t, 8, name);
        t.tag(9, WireType.LengthDelimited).bytes(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      });
    message(w, 11, (v) => writeValue(v, input));
    message(w, 12, (v) => writeValue(v, output));
  };
  const model = new BinaryWriter();
  whole(model, 1, IR_VERSION);
  text(model, 2, 'millwright');
  message(model, 7, graph);
  message(model, 8, (o) => whole(o, 2, OPSET));
  return model.finish();
}

function writeNode(w: BinaryWriter, { op, inputs, output, attributes = {} }: OnnxNode): void {
  for (const name of inputs) text(w, 1, name);
  text(w, 2, output);
  text(w, 4, op);
  for (const [name, value] of Object.entries(attributes))
    message(w, 5, (a) => {
      text(a, 1, name);
      if (Array.isArray(value)) {
        for (const v of value) whole(a, 8, v);
        whole(a, 20, 7);
      } else if (Number.isInteger(value)) {
        whole(a, 3, value);
        whole(a, 20, 2);
      } else {
        a.tag(2, WireType.Bit32).float(value);
        whole(a, 20, 1);
      }
    });
}

function writeValue(w: BinaryWriter, { name, shape }: { name: string; shape: number[] }): void {
  text(w, 1, name);
  message(w, 2, (type) =>
    message(type, 1, (tensor) => {
      whole(tensor, 1, FLOAT);
      message(tensor, 2, (dims) => {
        message(dims, 1, (d) => text(d, 2, 'rows'));
        for (const size of shape) message(dims, 1, (d) => whole(d, 1, size));
      });
    }),
  );
}

function message(w: BinaryWriter, field: number, write: (inner: BinaryWriter) => void): void {
  const inner = new BinaryWriter();
  write(inner);
  w.tag(field, WireType.LengthDelimited).bytes(inner.finish());
}

function text(w: BinaryWriter, field: number, value: string): void {
  w.tag(field, WireType.LengthDelimited).string(value);
}

function whole(w: BinaryWriter, field: number, value: number): void {
  w.tag(field, WireType.Varint).int64(value);
}
