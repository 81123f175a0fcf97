import { safeName } from '#models/contracts/names.ts';
import { parseJson, textOf } from './jsonText.ts';
import { parseLine } from './lineProtocol.ts';
import { numberOf } from './scalarValue.ts';
import { type Proposal, withoutOverlaps } from './separateProposals.ts';
import { timeReader } from './timeReader.ts';

const TIME_KEYS = /(time|timestamp|date|_at|^at|^ts|^t|_ts)(_?ms)?$/i;
const QUALITY_KEYS = /^(q|quality)$/i;
const NAME_KEYS =
  /^(id|tag|tagname|n|name|metric|tagpath|displayname|key|variable|path|node|nodeid|idshort|propertyalias|ch|channel|register)$/i;
const NUMBERED = /^(ch|channel|register)$/i;
const VALUE_KEYS = /^(v|val|value)$/i;
const EARLIEST_MS = Date.UTC(2000, 0, 1);
const MIN_SAMPLES = 32;
const MAX_VALUES = 200;
const MAX_DEPTH = 6;
const plainNumber = { scale: 1, offset: 0 };
const readTime = timeReader('auto', 'UTC');

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isNumber = (value: unknown): boolean => typeof numberOf(value, plainNumber) === 'number';

/** Proposes a mapping per kind of message: topics with equally many levels and payloads of the same structure. */
export function proposeMappings(samples: ReadonlyMap<string, Uint8Array>): Proposal[] {
  const groups = new Map<string, { payload: Record<string, unknown> | null; topics: string[] }>();
  for (const [topic, bytes] of samples) {
    const payload = proposePayload(bytes);
    const kind = `${topic.split('/').length} ${JSON.stringify(payload)}${payload === null ? topic : ''}`;
    const group = groups.get(kind);
    if (group) group.topics.push(topic);
    else groups.set(kind, { payload, topics: [topic] });
  }
  const proposals = [...groups.values()].map(({ payload, topics }) => ({
    subscription: payload && { ...proposeTopic(topics, payload, relatedTo(topics[0], samples)), payload },
    topics,
    left: payload?.values === undefined ? [] : arrayPaths(samples.get(topics[0]) as Uint8Array),
  }));
  return withoutOverlaps(proposals);
}

/** Arrays in a message mapped value by value: a device's data may be in an array beside a few numbers about it. */
function arrayPaths(bytes: Uint8Array): string[] {
  const parsed = parseJson(bytes);
  const found = parsed.ok ? leaves(parsed.value, '', 0) : [];
  return found.flatMap(({ path, value }) => (Array.isArray(value) && value.length > 0 ? [path] : []));
}

/** Topics with the same first level and number of levels: the levels that differ name machines and points. */
function relatedTo(topic: string, samples: ReadonlyMap<string, Uint8Array>): string[] {
  const [first, ...rest] = topic.split('/');
  return [...samples.keys()].filter((other) => {
    const levels = other.split('/');
    return levels[0] === first && levels.length === rest.length + 1;
  });
}

/** Topic levels that denote a message's kind. */
const KIND =
  /^(values?|data|telemetry|states?|status|sensors?|measurements?|events?|up|json|scalars?|process|params|metrics)$/i;

/**
 * Lets the levels that differ, or the last ones, name machine and point.
 * @param topics of the kind of message.
 * @param related these and others, from which naming levels are found.
 */
function proposeTopic(
  topics: readonly string[],
  payload: Record<string, unknown>,
  related: readonly string[],
): Record<string, unknown> {
  const levels = topics.map((topic) => topic.split('/'));
  const width = levels[0].length;
  const differingIn = (all: readonly string[][]) =>
    Array.from({ length: width }, (_, i) => i).filter((i) => new Set(all.map((l) => l[i])).size > 1);
  const differing = differingIn(levels);
  const naming = new Set([...differing, ...differingIn(related.map((topic) => topic.split('/')))]);
  const namesPoints =
    'values' in payload || 'each' in payload || ['senml', 'line_protocol'].includes(String(payload.type));
  const free = [...naming].sort((a, b) => a - b);
  const pattern = [...levels[0]];
  for (const i of differing) pattern[i] = '+';
  const point = namesPoints ? undefined : (free.pop() ?? (width > 1 ? width - 1 : undefined));
  const last = free.pop() ?? (point === undefined ? width - 1 : point > 0 ? point - 1 : undefined);
  // A level that denotes the kind of message does not name a machine: the one before it does.
  const isKind =
    last !== undefined && last > 1 && levels.every((l) => l[last] === levels[0][last] && KIND.test(l[last]));
  const asset = isKind ? last - 1 : last;
  if (point !== undefined) pattern[point] = '{point}';
  if (asset !== undefined) pattern[asset] = '{asset}';
  const topic = pattern.join('/');
  const only = safeName(levels[0][0]) ?? 'machine';
  return {
    topic,
    ...(asset === undefined && { asset: only }),
    ...(point === undefined && !namesPoints && { point: 'value' }),
  };
}

/** Settings for a payload; null if its kind is not recognised. */
export function proposePayload(bytes: Uint8Array): Record<string, unknown> | null {
  if (Buffer.from(bytes.subarray(0, 4)).toString('latin1') === 'MWF1') return { type: 'waveform', framing: 'header' };
  const parsed = parseJson(bytes);
  if (parsed.ok) return proposeJson(parsed.value);
  const text = textOf(bytes).trim();
  const lines = text.split('\n').map(parseLine);
  if (lines.every((line) => line !== null)) return { type: 'line_protocol' };
  return isNumber(text) ? { type: 'scalar', format: 'text', value: '' } : null;
}

function proposeJson(message: unknown): Record<string, unknown> | null {
  if (!isObject(message) && !Array.isArray(message)) return isNumber(message) ? { type: 'scalar', value: '' } : null;
  return proposeSenml(message) ?? proposeWaveform(message) ?? proposeElements(message) ?? proposeValues(message);
}

function proposeSenml(message: unknown): Record<string, unknown> | null {
  if (!Array.isArray(message) || message.length === 0) return null;
  const isRecord = (r: unknown) => isObject(r) && ('n' in r || 'bn' in r) && ['v', 'vb', 'vs'].some((key) => key in r);
  return message.every(isRecord) ? { type: 'senml' } : null;
}

/** Arrays of many numbers in an object, with a possible rate beside them. */
function proposeWaveform(message: unknown): Record<string, unknown> | null {
  const found = leaves(message, '', 0);
  const arrays = found.filter(
    ({ value }) => Array.isArray(value) && value.length >= MIN_SAMPLES && value.every((v) => typeof v === 'number'),
  );
  const rate = found.find(({ key }) => /^(fs|rate|samplerate|samplingrate|sample_rate|samplerate_?hz|odr)$/i.test(key));
  if (arrays.length === 0 || typeof rate?.value !== 'number' || rate.value < 10) return null;
  const time = found.find(isTime);
  const keys = { sampleRate: rate.path, ...(time && { time: time.path }) };
  if (arrays.length === 1) return { type: 'waveform', framing: 'json', keys: { samples: arrays[0].path, ...keys } };
  const axes = Object.fromEntries(arrays.map(({ path, key }) => [safeName(key) ?? path, path]));
  return { type: 'waveform', framing: 'json', axes, keys };
}

/** An array whose elements have a name and a value. */
function proposeElements(message: unknown): Record<string, unknown> | null {
  for (const { path, elements, holder } of arraysOfObjects(message, '', null, 0)) {
    const [first] = elements;
    const keys = Object.keys(first);
    const number = keys.find((key) => VALUE_KEYS.test(key) && isNumber(first[key]));
    const name = keys.find((key) => NAME_KEYS.test(key) && isNameOf(elements, key));
    if (name === undefined || number === undefined) continue;
    const within = { each: { ...(path !== '' && { path }), point: name }, value: number };
    const own = keys.map((key) => ({ key, path: key, value: first[key] }));
    // A time beside the array is two levels above an element; times of the whole message are found by name.
    const out = path.includes('.') ? '^.^.' : '';
    const outer = Object.entries(holder ?? {}).map(([key, v]) => ({ key, path: out + key, value: v }));
    return {
      type: 'scalar',
      ...within,
      ...qualityOf(own),
      ...timeSetting([...own, ...outer].filter((leaf) => leaf.key !== number)),
    };
  }
  return null;
}

/** Texts, or distinct numbers of inputs: other numbers may count messages. */
function isNameOf(elements: readonly Record<string, unknown>[], key: string): boolean {
  const names = elements.map((element) => element[key]);
  if (names.every((n) => typeof n === 'string')) return true;
  return NUMBERED.test(key) && names.every((n) => typeof n === 'number') && new Set(names).size === names.length;
}

interface ObjectArray {
  path: string;
  elements: Record<string, unknown>[];
  /** The object that contains the array. */
  holder: Record<string, unknown> | null;
}

/** Arrays of objects, the outermost first; only the first element of an array is searched. */
function arraysOfObjects(
  value: unknown,
  path: string,
  holder: Record<string, unknown> | null,
  depth: number,
): ObjectArray[] {
  if (depth > MAX_DEPTH) return [];
  const below = (key: string) => (path === '' ? key : `${path}.${key}`);
  if (isObject(value))
    return Object.entries(value).flatMap(([key, one]) => arraysOfObjects(one, below(key), value, depth + 1));
  if (!Array.isArray(value) || value.length === 0 || !value.every(isObject)) return [];
  return [{ path, elements: value, holder }, ...arraysOfObjects(value[0], below('*'), null, depth + 1)];
}

function proposeValues(message: unknown): Record<string, unknown> | null {
  if (Array.isArray(message)) return null;
  const found = leaves(message, '', 0);
  const stamps = found.filter(isTime);
  const numbers = found.filter((leaf) => !isTime(leaf) && !QUALITY_KEYS.test(leaf.key) && isNumber(leaf.value));
  if (numbers.length === 0) return null;
  const extra = { ...qualityOf(found), ...timeSetting(stamps) };
  if (numbers.length === 1 && VALUE_KEYS.test(numbers[0].key))
    return { type: 'scalar', ...(numbers[0].path !== 'value' && { value: numbers[0].path }), ...extra };
  const isUnique = (key: string) => numbers.filter((n) => n.key === key).length === 1;
  const values = numbers
    .slice(0, MAX_VALUES)
    .map(({ key, path }) => [safeName(isUnique(key) ? key : path.replaceAll('.', '-')) ?? path, path]);
  return { type: 'scalar', values: Object.fromEntries(values), ...extra };
}

interface Leaf {
  key: string;
  path: string;
  value: unknown;
}

function leaves(value: unknown, path: string, depth: number): Leaf[] {
  if (!isObject(value) || depth > MAX_DEPTH) return [];
  return Object.entries(value).flatMap(([key, one]): Leaf[] => {
    const its = path === '' ? key : `${path}.${key}`;
    return isObject(one) ? leaves(one, its, depth + 1) : [{ key, path: its, value: one }];
  });
}

/** An uptime is not a time. */
const isTime = ({ key, value }: Leaf): boolean => TIME_KEYS.test(key) && (readTime(value) ?? 0) > EARLIEST_MS;

function timeSetting(found: readonly Leaf[]): { time?: string } {
  const time = found.find(isTime);
  return time && time.path !== 'time' ? { time: time.path } : {};
}

function qualityOf(found: readonly Leaf[]): { quality?: string } {
  const quality = found.find(({ key }) => QUALITY_KEYS.test(key));
  return quality ? { quality: quality.path } : {};
}
