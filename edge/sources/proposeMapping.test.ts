import { expect, test } from 'vitest';
import { Listening } from './listen.ts';
import { mappingLines, Samples } from './mappingText.ts';
import { proposeMappings } from './proposeMapping.ts';
import { sourceSchema } from './sourceConfig.ts';

const NOW_MS = Date.UTC(2026, 10, 27, 12);
const sine = Array.from({ length: 64 }, (_, i) => Math.sin(i));
const MESSAGES: [string, unknown][] = [
  ['plant/pump-1/temp', { value: 61.2, timestamp: NOW_MS }],
  ['plant/pump-1/flow', { value: 12, timestamp: NOW_MS }],
  ['plant/fan-2/temp', { value: 40, timestamp: NOW_MS }],
  ['lines/mixer', { temp: '61.2', drive: { rpm: 1480 }, state: 'RUN', ts: NOW_MS / 1000 }],
  [
    'iotgateway',
    {
      timestamp: NOW_MS,
      values: [
        { id: 'Temp', v: 61.2, q: true, t: NOW_MS },
        { id: 'Speed', v: 1480, q: true, t: NOW_MS },
      ],
    },
  ],
  ['wave/pump-1/2H', { fs: 5120, data: sine, ts: NOW_MS }],
  ['raw/x', 'no idea'],
];

function samplesOf(messages: [string, unknown][]): Samples {
  const samples = new Samples();
  for (const [topic, message] of messages) {
    const payload = Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
    samples.take({ topic, payload, retained: false });
  }
  return samples;
}

test('kinds of messages become subscriptions, with their values shown beside them', () => {
  const lines = mappingLines(samplesOf(MESSAGES), NOW_MS);
  const at = ' at 2026-11-27T12:00:00.000Z';
  for (const line of [
    `#   pump-1/temp = 61.2${at}`,
    `#   fan-2/temp = 40${at}`,
    `#   mixer/rpm = 1480${at}`,
    `#   iotgateway/Temp = 61.2${at}`,
    `#   iotgateway/Speed = 1480${at}`,
    `- topic: plant/{asset}/{point}`,
    `# not recognised: raw/x: no idea`,
  ])
    expect(lines.map((l) => l.trim())).toContain(line);
  expect(lines.join('\n')).toContain('pump-1/2H = 64 samples');
});

test('a non-numeric text is not mapped, and a time is not a value', () => {
  const [mapping] = proposeMappings(samplesOf([['lines/mixer', MESSAGES[3][1]]]).byTopic);
  expect(mapping.subscription).toMatchObject({ payload: { values: { temp: 'temp', rpm: 'drive.rpm' }, time: 'ts' } });
  expect(proposeMappings(samplesOf([['a/b', { state: 'RUN' }]]).byTopic)[0].subscription).toBeNull();
});

test("an uptime is a value, and Millwright's own messages are left out", () => {
  const [mapping, ...more] = proposeMappings(
    samplesOf([
      ['a/b', { uptime: 5000, timeMs: NOW_MS }],
      ['millwright/v1/s/e/status', { v: 1 }],
    ]).byTopic,
  );
  expect(mapping.subscription).toMatchObject({ payload: { values: { uptime: 'uptime' }, time: 'timeMs' } });
  expect(more).toEqual([]);
});

test('listening shows the result of a message, or a mapping that would accept it', () => {
  const source = sourceSchema.parse({
    type: 'mqtt',
    url: 'mqtt://x',
    subscriptions: [{ topic: '$share/g/plant/{asset}/{point}', payload: { type: 'scalar' } }],
  });
  if (source.type !== 'mqtt') throw new Error('no MQTT source');
  const listening = new Listening(source);
  expect(listening.filters).toEqual(['plant/+/+']);
  const take = (topic: string, text: string, retained = false) =>
    listening.take({ topic, payload: Buffer.from(text), retained }, NOW_MS);
  expect(take('plant/m/idle', '{"value":"idle"}')).toEqual([
    'plant/m/idle',
    '  m/idle: wrong_type',
    expect.stringMatching(/^ {2}→ .*payload\.states/),
  ]);
  expect(take('other', '1')).toEqual(['other', '  no subscription fits this topic']);
  expect(listening.summary().ok).toBe(false);
  expect(take('plant/m/temp', '{"value":7}')).toEqual(['plant/m/temp', '  m/temp = 7']);
  expect(listening.summary()).toEqual({
    ok: true,
    lines: ['$share/g/plant/{asset}/{point}: 2 messages, 1 values, 1 wrong_type', 'on no subscription: 1 messages'],
  });
});

test('nested array elements, with the time beside the array, and numbers as names', () => {
  const nested = {
    Version: 1,
    Collections: [{ TimeStamp: '2026-11-27T12:00:00Z', Tags: [{ Name: 'Temp', Value: 61.2 }] }],
  };
  const channels = { ch: [1, 2].map((ch) => ({ ch, v: 10 * ch, t: NOW_MS })) };
  const lines = mappingLines(
    samplesOf([
      ['wago', nested],
      ['daq', channels],
    ]),
    NOW_MS,
  ).map((l) => l.trim());
  for (const line of ['wago/Temp = 61.2', 'daq/1 = 10', 'daq/2 = 20'])
    expect(lines).toContain(`#   ${line} at 2026-11-27T12:00:00.000Z`);
});

test('unmapped arrays are named beside the mapped one', () => {
  const lines = mappingLines(samplesOf([['a/b', { fc: 3, data: [17012, 52429], none: [] }]]), NOW_MS);
  expect(lines.map((l) => l.trim())).toContain('# not mapped, arrays: data');
});

test('for a machine with two kinds of messages, the level before the kind is the machine', () => {
  const messages: [string, unknown][] = [
    ['hall/press/Pump 7/vib', { fs: 5120, y: sine, ts: NOW_MS }],
    ['hall/press/Pump 7/values', { temp: 61, rpm: 1480, ts: NOW_MS }],
  ];
  const topics = proposeMappings(samplesOf(messages).byTopic).map(({ subscription }) => subscription?.topic);
  expect(topics.toSorted()).toEqual(['hall/press/{asset}/values', 'hall/press/{asset}/vib']);
});
