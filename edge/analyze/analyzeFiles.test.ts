import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { SimulatedMachine } from '#simulators/machine.ts';
import { simulatedMachineSchema } from '#simulators/scenario.ts';
import { type AnalyzeOptions, AnalyzeUsageError, analyzeFiles } from './analyzeFiles.ts';
import { type ReadOptions, RecordingFormatError, readSamples } from './readSamples.ts';
import { sensitivityOf } from './signalScale.ts';

const folder = mkdtempSync(join(tmpdir(), 'analyze-'));
const fixture = new URL('../../models/health/diagnosis/fixtures/105.f32.gz', import.meta.url).pathname;
const options: AnalyzeOptions = {
  sampleRate: 12_000,
  speed: 1797,
  bearing: '6205',
  channel: '0',
  pulsesPerTurn: 1,
  unit: 'g',
  isoGroup: '2',
  isoFoundation: 'rigid',
};
const written = (name: string, content: string | Uint8Array) => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
};
const printed = (files: string[], change: Partial<AnalyzeOptions>) => {
  const lines: string[] = [];
  analyzeFiles(files, { ...options, ...change }, (line) => lines.push(line));
  return lines;
};
const VALUES = [0, 0.5, -0.25, 0.125];

/** Two channels, the second all zeros. */
function wav(tag: number, bits: number, write: (b: Buffer, value: number, at: number) => void): Buffer {
  const bytes = bits / 8;
  const wav = Buffer.alloc(44 + VALUES.length * 2 * bytes);
  wav.write('RIFF', 0).toString();
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(tag, 20);
  wav.writeUInt16LE(2, 22);
  wav.writeUInt32LE(8000, 24);
  wav.writeUInt16LE(bits, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(VALUES.length * 2 * bytes, 40);
  VALUES.forEach((v, i) => {
    write(wav, v, 44 + 2 * i * bytes);
  });
  return wav;
}

test.each<[string, string | Uint8Array, Partial<ReadOptions>, number[]]>([
  ['a.f32', new Uint8Array(Float32Array.from(VALUES).buffer), {}, VALUES],
  ['a.int16', new Uint8Array(Int16Array.from([1, -2, 3]).buffer), {}, [1, -2, 3]],
  ['e.wav', wav(1, 8, (b, v, at) => b.writeUInt8(128 + 128 * v, at)), {}, VALUES],
  ['f.wav', wav(3, 64, (b, v, at) => b.writeDoubleLE(v, at)), {}, VALUES],
  ['2004.02.12.10.32.39', '0.5\t1\n-0.25\t2\n0.125\t3\n', {}, [0.5, -0.25, 0.125]],
  ['a.txt', 'time acc\n0.0 1.5\n0.5 -2\n1.0 3\n', {}, [1.5, -2, 3]],
  ['c.csv', 'one,two\n0.5,1\n,2\n1.5,3\n', {}, [0.5, 1, 1.5]],
  ['a.csv', 'count,x\n0,1.5\n1,-2\n', { channel: 'x' }, [1.5, -2]],
  ['b.csv', '0;1.5\n1;-2\n', { channel: '1' }, [1.5, -2]],
  ['a.wav', wav(1, 16, (b, v, at) => b.writeInt16LE(v * 32_768, at)), {}, VALUES],
  ['b.wav', wav(1, 24, (b, v, at) => b.writeIntLE(v * 8_388_608, at, 3)), {}, VALUES],
  ['c.wav', wav(3, 32, (b, v, at) => b.writeFloatLE(v, at)), {}, VALUES],
  ['d.wav', wav(3, 32, (b, v, at) => b.writeFloatLE(v, at)), { channel: '1' }, [0, 0, 0, 0]],
])('reads %s', (name, content, change, expected) => {
  const read = readSamples(written(name, content), { channel: '0', ...change });
  expect([...read.samples]).toEqual(expected);
  expect(read.sampleRateHz).toBe(name.endsWith('wav') ? 8000 : name === 'a.txt' ? 2 : undefined);
});

test.each<[string, string | Uint8Array, Partial<ReadOptions>, RegExp]>([
  ['x.f32', new Uint8Array(6), {}, /whole number of 4-byte/],
  ['x.wav', 'no sound', {}, /not a WAV/],
  ['y.wav', wav(1, 16, (b, v, at) => b.writeInt16LE(v, at)), { channel: '2' }, /channel 2: there are 2/],
  ['x.csv', '1,2\n3,4\n', { channel: '2' }, /there are 2 columns/],
  ['y.csv', '1,2\n3,4\n', { channel: 'speed' }, /channel speed: there are 2 columns, 0, 1/],
  ['z.csv', 'time,vib,temp\n0,1,5\n1,-1,5\n2,3,5\n', {}, /column time is the time.*one of vib, temp/],
  ['z.bin', new Uint8Array([0, 1, 2, 255]), {}, /--format: one of f32, int16, csv, wav, npy, mat, uff/],
  ['w.csv', 'time,vib\n0,1\n1,2\n2,3\n3,much\n', { channel: 'vib' }, /line 5, column vib: found "much"/],
  ['v.f32', new Uint8Array(8), { channel: '1' }, /f32 holds one channel/],
  ['x.f32.gz', 'not packed', {}, /x\.f32\.gz/],
])('%s: the error names the problem', (name, content, change, message) => {
  const file = written(name, content);
  expect(() => readSamples(file, { channel: '0', ...change })).toThrow(RecordingFormatError);
  expect(() => readSamples(file, { channel: '0', ...change })).toThrow(message);
});

test('prints one object per file, in the order given, and continues after a file that allows no verdict', () => {
  const dead = written('dead.f32', new Uint8Array(4 * 24_000));
  const lines = printed([dead, fixture], { json: true }).map((line) => JSON.parse(line));
  expect(lines.map((l) => [l.file, l.verdict, l.fault])).toEqual([
    [dead, 'not_assessable', null],
    [fixture, 'fault', 'inner_race'],
  ]);
  expect(lines[1].iso).toMatchObject({ assessment: 'assessed', zone: 'A' });
  expect(lines[1].features.kurtosis).toBeGreaterThan(3);
});

test('the report shows fault, evidence and zone; the page holds it all, with names escaped', () => {
  const html = join(folder, 'report.html');
  const named = written('<b>.f32.gz', readFileSync(fixture));
  const [text] = printed([named], { html });
  expect(text).toMatch(/FAULT: inner_race[\s\S]*BPFI[\s\S]*zone A[\s\S]*█/);
  const page = readFileSync(html, 'utf8');
  expect(page).toContain('&lt;b&gt;.f32.gz');
  expect(page).not.toContain('<b>.f32');
  expect(page.match(/<polyline/g)).toHaveLength(3);
  expect(page).toContain('waterfall, 0 to');
  expect(page).not.toMatch(/NaN|undefined/);
});

test.each<[Partial<AnalyzeOptions>, RegExp]>([
  [{ bearing: '9999' }, /--bearing: found 9999; known: SKF 6205/],
  [{ factors: 'bpfo=3' }, /--factors: found bpfo=3/],
  [{ factors: 'bpfo=3,bpfi=x,bsf=2,ftf=0.4' }, /--factors/],
  [{ sampleRate: undefined }, /--sample-rate/],
  [{ tachoChannel: '1' }, /one of --speed, --tacho-channel and --speed-range/],
  [{ html: join(folder, 'nowhere', 'x.html') }, /--html: ENOENT/],
  [{ poles: 3 }, /--poles/],
])('%o is refused', (change, message) => {
  expect(() => printed([fixture], change)).toThrow(AnalyzeUsageError);
  expect(() => printed([fixture], change)).toThrow(message);
});

test('a missing file is reported before anything is printed', () => {
  expect(() => printed([fixture, 'nowhere.f32'], { json: true })).toThrow(/no such file: nowhere\.f32/);
});

describe('sensors of one machine', () => {
  const faulty = readSamples(fixture, { channel: '0' }).samples.subarray(0, 36_000);
  const noise = randomOf(8);
  const rows = Array.from(faulty, (v, i) => {
    const quiet = 0.05 * gaussian(noise);
    return `${i / 12_000},${(0.3 * v + quiet).toFixed(6)},${v.toFixed(6)},${(0.05 * gaussian(noise)).toFixed(6)}`;
  });
  const file = written('sensors.csv', `time,nde,de,ax\n${rows.join('\n')}`);

  test('one verdict, from the sensor where the fault is largest; the others are named with their results', {
    tags: 'slow',
  }, () => {
    const [line] = printed([file], { channels: 'nde,de,ax:axial', json: true, sampleRate: undefined });
    const found = JSON.parse(line);
    expect(found).toMatchObject({ files: [file], verdict: 'fault', fault: 'inner_race' });
    expect(found.sensors.map((s: { role: string }) => s.role)).toEqual(['cross_talk', 'source', 'shows_nothing']);
    expect(found.analyses).toHaveLength(3);
    const [text] = printed([file], { channels: 'nde,de,ax:axial' });
    expect(text).toMatch(/^FAULT: inner_race[\s\S]*cross-talk, at .*channel nde; not shown by .*channel ax/);
  });

  test('files are sensors, too; mistyped options are refused', () => {
    const found = JSON.parse(printed([fixture, fixture], { channels: '0', json: true })[0]);
    expect(found.sensors.map((s: { role: string }) => s.role)).toEqual(['source', 'cross_talk']);
    expect(() => printed([file], { channels: 'de,,ax' })).toThrow(/--channels: found de,,ax; channels such as/);
    expect(() => printed([file], { channels: 'de,de' })).toThrow(/channel de is named twice/);
    expect(() => printed([file], { channels: 'de', channel: 'nde' })).toThrow(/without --channel/);
  });
});

test('derived bearing geometry is marked as such; geometry from balls and diameters is exact', () => {
  const one = (bearing: string) => JSON.parse(printed([fixture], { bearing, json: true })[0]);
  // Its lines are not those of this 6205.
  const derived = one('6005');
  expect(derived.evidence.join()).toMatch(/bearing 6005: 1\d rolling elements, derived from 25 × 47 mm/);
  expect(derived.fault).not.toBe('inner_race');
  expect(one('UC205')).toMatchObject({ verdict: 'fault', fault: 'inner_race' });
  const typed = one('balls=9,ball=7.94,pitch=39.04');
  expect(typed).toMatchObject({ verdict: 'fault', fault: 'inner_race' });
  expect(typed.evidence.join()).not.toContain('derived');
  expect(() => printed([fixture], { bearing: 'balls=9,ball=7.94' })).toThrow(/--bearing: found .*allowed: balls=/);
});

describe('without a given speed', () => {
  const machine = new SimulatedMachine(
    simulatedMachineSchema.parse({
      name: 'm',
      kind: 'pump',
      ratedRpm: 1480,
      bearing: { bpfo: 3.5848, bpfi: 5.4152, bsf: 2.357, ftf: 0.398 },
      sensors: ['2H'],
      faults: [{ type: 'outer_race', point: '2H', onsetS: 0, firstG: 1, doublingS: 1e9 }],
    }),
    3,
  );
  const rate = 12_800;
  const speed = undefined;
  const wave = machine.waveform('2H', 10, rate, 6 * rate);
  const one = (files: string[], change: Partial<AnalyzeOptions>) =>
    JSON.parse(printed(files, { speed, sampleRate: rate, json: true, ...change })[0]);

  test('it is estimated from the signal', () => {
    const file = written('speed.f32', new Uint8Array(wave.buffer));
    const found = one([file], { speedRange: [900, 1800] });
    expect(found).toMatchObject({ verdict: 'fault', fault: 'outer_race' });
    const [, rpm] = /speed estimated from the signal: ([\d.]+) rpm/.exec(found.evidence[0]) ?? [];
    expect(Number(rpm) / machine.rpm(10)).toBeCloseTo(1, 2);
    expect(one([file], {})).toMatchObject({ verdict: 'not_assessable', reason: expect.stringContaining('speed') });
  });

  test('a tachometer provides it, and a varying one is tracked', () => {
    // The same machine while its speed falls by a fifth: time runs ever slower through the steady recording.
    const steadyHz = machine.rpm(10) / 60;
    const seconds = 6;
    const rows = ['vibration,tacho'];
    for (let i = 0; i < 5 * rate; i++) {
      const t = i / rate;
      const place = (t - (0.1 * t * t) / (seconds - 1)) * rate;
      const k = Math.floor(place);
      const value = wave[k] + (place - k) * (wave[k + 1] - wave[k]);
      rows.push(`${value.toFixed(5)},${((steadyHz * place) / rate) % 1 < 0.2 ? 5 : 0}`);
    }
    const file = written('tacho.csv', rows.join('\n'));
    const found = one([file], { channel: 'vibration', tachoChannel: 'tacho' });
    expect(found.evidence[0]).toMatch(/speed by the tachometer.*resampled over the shaft’s angle/);
    expect(found).toMatchObject({ verdict: 'fault', fault: 'outer_race' });
    const wrong = one([file], { channel: 'vibration', tachoChannel: 'vibration' });
    expect(wrong.verdict).toBe('not_assessable');
  });
});

describe('recordings as loggers write them', () => {
  const rows = (n: number, line: (i: number) => string) => Array.from({ length: n }, (_, i) => line(i)).join('\n');
  const wave = (i: number) => Math.sin(i).toFixed(4);
  const read = (name: string, text: string, channel = '0') => readSamples(written(name, text), { channel });

  test('preamble with rate, names, units, a time column with decimal commas', () => {
    const comma = (v: number) => v.toFixed(6).replace('.', ',');
    const text = `# logger SN 1\nOperator: Ann\n\nZeit;Beschl\n[s];[g]\n${rows(200, (i) => `${comma(i / 1000)};${wave(i).replace('.', ',')}`)}`;
    const { samples, sampleRateHz } = read('logger.csv', text);
    expect(sampleRateHz).toBeCloseTo(1000, 3);
    expect(samples[5]).toBeCloseTo(Math.sin(5), 3);
    expect(read('rate.txt', `Sample rate: 12.8 kHz\n${rows(20, wave)}`).sampleRateHz).toBe(12_800);
    expect(read('us.txt', `Sample rate: 25,600 Hz\n${rows(20, wave)}`).sampleRateHz).toBe(25_600);
    expect(read('de.txt', `Abtastrate: 25,6 kHz\n${rows(20, wave)}`).sampleRateHz).toBe(25_600);
  });

  test('times in milliseconds or as ISO texts', () => {
    expect(read('ms.csv', `time,x\nms,g\n${rows(50, (i) => `${i * 2},${wave(i)}`)}`).sampleRateHz).toBeCloseTo(500, 3);
    const iso = (i: number) => `2026-01-05T00:00:00.${String(i * 500).padStart(6, '0')}Z`;
    expect(read('iso.csv', `timestamp,acc\n${rows(50, (i) => `${iso(i)},${wave(i)}`)}`).sampleRateHz).toBeCloseTo(
      2000,
      1,
    );
  });

  test('a gap is named and not bridged; single missing samples are interpolated', () => {
    const text = `t,x\n${rows(100, (i) => `${(i < 40 ? i : i + 50) / 100},${wave(i)}`)}`;
    const gap = read('gap.csv', text);
    expect(gap.samples).toHaveLength(60);
    expect(gap.notes[0]).toMatch(/1 gaps in the time, 0\.500 s in all/);
    const one = read('nan.csv', `x\n${rows(2000, (i) => (i === 700 ? 'NaN' : wave(i)))}`);
    expect(one.notes).toEqual(['1 missing samples are bridged']);
    expect(one.samples[700]).toBeCloseTo((Math.sin(699) + Math.sin(701)) / 2, 3);
    expect(
      read(
        'many.csv',
        `x\n${rows(100, (i) => (i % 3 === 1 ? '' : wave(i))).replaceAll('\n\n', '\nNaN\n')}`,
      ).samples.some(Number.isNaN),
    ).toBe(true);
  });

  test('NumPy arrays of one and two dimensions', () => {
    const npy = (shape: string, values: number[]) => {
      const header = `{'descr': '<f8', 'fortran_order': False, 'shape': (${shape}), }\n`;
      const head = Buffer.from(`\x93NUMPY\x01\x00\x00\x00${header}`, 'latin1');
      head.writeUInt16LE(header.length, 8);
      return Buffer.concat([head, Buffer.from(Float64Array.from(values).buffer)]);
    };
    expect([...readSamples(written('a.npy', npy('3,', [1, 2, 3])), { channel: '0' }).samples]).toEqual([1, 2, 3]);
    expect([...readSamples(written('b.npy', npy('3, 2', [1, 2, 3, 4, 5, 6])), { channel: '1' }).samples]).toEqual([
      2, 4, 6,
    ]);
    expect([...readSamples(written('c.npy', npy('2, 3', [1, 2, 3, 4, 5, 6])), { channel: '1' }).samples]).toEqual([
      4, 5, 6,
    ]);
  });

  test('a rate that contradicts the file is refused, and counts need a scale', () => {
    const timed = written('timed.csv', `time,x\n${rows(500, (i) => `${i / 1000},${wave(i)}`)}`);
    expect(() => printed([timed], { sampleRate: 25_600 })).toThrow(
      /--sample-rate 25600, but the file itself says 1000 Hz/,
    );
    const counts = written('counts.int16', new Uint8Array(new Int16Array(5000).buffer));
    expect(() => printed([counts], {})).toThrow(/--scale.*or --sensitivity is needed/);
    expect(() => printed([counts], { sensitivity: '100 apples' })).toThrow(/a sensitivity such as 100mV\/g/);
    expect(sensitivityOf('100mV/g')).toEqual({ factor: 10, unit: 'g' });
    expect(sensitivityOf('4 V/(mm/s)')).toEqual({ factor: 0.25, unit: 'mm/s' });
  });
});
