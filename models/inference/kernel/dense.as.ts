// Small dense networks, and products with a matrix, in AssemblyScript: compiled to WebAssembly with 128-bit SIMD by
// `npm run build:kernel`. Pointers are byte offsets into its memory; `denseRuntime.ts` and `matrixProduct.ts` in
// `models/inference` lay them out.

/** Activations, as `denseRuntime.ts` numbers them. */
const RELU: i32 = 1;
const TANH: i32 = 2;
const SIGMOID: i32 = 3;

/** Start of free memory, above the compiler's static data. */
export function freeFrom(): usize {
  return __heap_base;
}

/** Units of a block: four vectors are accumulated in parallel. */
const BLOCK: i32 = 16;

/**
 * Passes each row through all layers. A layer is five int32 in `plan`: inputs, units (both unpadded), activation, and
 * the offsets of its weights and its bias. Weights are stored input by input, padded to a multiple of 16 units, as do
 * bias and buffers. `rows` inputs are contiguous at `input`, outputs at `output`; `a` and `b` are buffers of the widest
 * layer.
 */
export function run(
  plan: usize,
  layers: i32,
  rows: i32,
  input: usize,
  output: usize,
  outputs: i32,
  a: usize,
  b: usize,
): void {
  const inputs = load<i32>(plan);
  for (let row = 0; row < rows; row++) {
    let from = input + ((<usize>(row * inputs)) << 2);
    let to = a;
    for (let l = 0; l < layers; l++) {
      const layer = plan + <usize>l * 20;
      dense(from, to, load<i32>(layer), load<i32>(layer, 4), load<i32>(layer, 12), load<i32>(layer, 16));
      activate(to, load<i32>(layer, 4), load<i32>(layer, 8));
      from = to;
      to = to == a ? b : a;
    }
    memory.copy(output + ((<usize>(row * outputs)) << 2), from, <usize>outputs << 2);
  }
}

function dense(input: usize, output: usize, inputs: i32, units: i32, weights: usize, bias: usize): void {
  const stride = (<usize>((units + BLOCK - 1) & -BLOCK)) << 2;
  for (let at: usize = 0; at < stride; at += 64) {
    let s0 = v128.load(bias + at);
    let s1 = v128.load(bias + at, 16);
    let s2 = v128.load(bias + at, 32);
    let s3 = v128.load(bias + at, 48);
    let w = weights + at;
    for (let i = 0; i < inputs; i++) {
      const x = v128.load32_splat(input + ((<usize>i) << 2));
      s0 = f32x4.add(s0, f32x4.mul(x, v128.load(w)));
      s1 = f32x4.add(s1, f32x4.mul(x, v128.load(w, 16)));
      s2 = f32x4.add(s2, f32x4.mul(x, v128.load(w, 32)));
      s3 = f32x4.add(s3, f32x4.mul(x, v128.load(w, 48)));
      w += stride;
    }
    v128.store(output + at, s0);
    v128.store(output + at, s1, 16);
    v128.store(output + at, s2, 32);
    v128.store(output + at, s3, 48);
  }
}

/**
 * A matrix times a vector, in double precision. The matrix is stored in blocks of eight rows, column by column; each
 * row is summed from the first column to the last, as in a plain loop.
 */
export function product(matrix: usize, vector: usize, output: usize, blocks: i32, columns: i32): void {
  const end = vector + ((<usize>columns) << 3);
  let m = matrix;
  for (let block = 0; block < blocks; block++) {
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    let s2 = f64x2.splat(0);
    let s3 = f64x2.splat(0);
    for (let at = vector; at < end; at += 8) {
      const x = v128.load64_splat(at);
      s0 = f64x2.add(s0, f64x2.mul(x, v128.load(m)));
      s1 = f64x2.add(s1, f64x2.mul(x, v128.load(m, 16)));
      s2 = f64x2.add(s2, f64x2.mul(x, v128.load(m, 32)));
      s3 = f64x2.add(s3, f64x2.mul(x, v128.load(m, 48)));
      m += 64;
    }
    const to = output + ((<usize>block) << 6);
    v128.store(to, s0);
    v128.store(to, s1, 16);
    v128.store(to, s2, 32);
    v128.store(to, s3, 48);
  }
}

function activate(values: usize, units: i32, activation: i32): void {
  if (activation == RELU) {
    const zero = f32x4.splat(0);
    const end = values + ((<usize>((units + 3) & -4)) << 2);
    for (let at = values; at < end; at += 16) v128.store(at, f32x4.max(v128.load(at), zero));
  } else if (activation == TANH) {
    for (let i = 0; i < units; i++) {
      const at = values + ((<usize>i) << 2);
      store<f32>(at, Mathf.tanh(load<f32>(at)));
    }
  } else if (activation == SIGMOID) {
    for (let i = 0; i < units; i++) {
      const at = values + ((<usize>i) << 2);
      store<f32>(at, 1 / (1 + Mathf.exp(-load<f32>(at))));
    }
  }
}
