import { describe, expect, test } from 'vitest';
import { decode } from './decode.ts';
import { readXml } from './readXml.ts';
import { Router } from './route.ts';
import { subscriptionSchema } from './sourceConfig.ts';
import { timeReader } from './timeReader.ts';

const NOW_MS = Date.UTC(2026, 10, 27, 12);
const limits = { nowMs: NOW_MS, maxFutureMs: 300_000, readTime: timeReader('auto', 'UTC') };

/** `asset/point=value` for each value, `@` and its time, or the reason for a rejection. */
function valuesOf(subscription: object, text: string): string[] {
  const route = new Router([subscriptionSchema.parse({ topic: 't', ...subscription })]).find('t');
  if (route === null) throw new Error('no route');
  return decode(route, Buffer.from(text), limits).map((arrival) => {
    if (!arrival.ok) return arrival.rejection;
    const { block } = arrival;
    if (block.kind === 'waveform') return `${block.point}: ${block.samples.length} at ${block.sampleRateHz}`;
    const at =
      block.timeQuality === 'source' ? `@${new Date(block.timesUs[0] / 1000).toISOString().slice(11, 19)}` : '';
    return `${block.asset}/${block.point}=${block.values.join(',')}${at}`;
  });
}

/** As streamed by an MTConnect agent: components of a device, with samples by type. */
const STREAMS = `<?xml version="1.0" encoding="UTF-8"?>
<m:MTConnectStreams xmlns:m="urn:mtconnect.org:MTConnectStreams:1.7">
  <m:Streams><m:DeviceStream name="mill-3"><m:ComponentStream component="Rotary" name="S">
    <m:Samples>
      <m:SpindleSpeed dataItemId="s_rpm" timestamp="2026-11-27T11:59:58Z">1480.5</m:SpindleSpeed>
      <m:Temperature dataItemId="s_temp" timestamp="2026-11-27T11:59:57Z">61.2</m:Temperature>
      <m:Temperature dataItemId="m_temp" timestamp="2026-11-27T11:59:57Z">UNAVAILABLE</m:Temperature>
    </m:Samples>
  </m:ComponentStream></m:DeviceStream></m:Streams>
</m:MTConnectStreams>`;

describe('XML payloads', () => {
  test('elements of any name are points, named by an attribute', () => {
    const payload = {
      type: 'scalar',
      format: 'xml',
      xml: { lists: 'all' },
      each: {
        path: 'MTConnectStreams.Streams.*.DeviceStream.*.ComponentStream.*.Samples.*.*',
        asset: '^.^.^.^.^.^.@name',
        point: '@dataItemId',
      },
      value: '#text',
      time: '@timestamp',
    };
    const read = valuesOf({ payload }, STREAMS);
    expect(read).toEqual(['mill-3/s_rpm=1480.5@11:59:58', 'mill-3/s_temp=61.2@11:59:57', 'wrong_type']);
  });

  test('values at fixed paths', () => {
    const text = '<r t="2026-11-27T11:00:00Z"><temp unit="degC">61.2</temp><rpm>1480</rpm></r>';
    const payload = {
      type: 'scalar',
      format: 'xml',
      values: { temperature: 'r.temp.#text', speed: 'r.rpm' },
      time: 'r.@t',
    };
    expect(valuesOf({ asset: 'm', payload }, text)).toEqual(['m/temperature=61.2@11:00:00', 'm/speed=1480@11:00:00']);
  });

  test('a single element is a list if configured so', () => {
    const payload = {
      type: 'scalar',
      format: 'xml',
      xml: { lists: ['s'] },
      each: { path: 'r.s', point: '@id' },
      value: '@v',
    };
    expect(valuesOf({ asset: 'm', payload }, '<r><s id="a" v="1"/></r>')).toEqual(['m/a=1']);
    expect(valuesOf({ asset: 'm', payload }, '<r><s id="a" v="1"/><s id="b" v="2"/></r>')).toEqual(['m/a=1', 'm/b=2']);
  });

  test('samples in an element', () => {
    const payload = {
      type: 'waveform',
      framing: 'json',
      format: 'xml',
      keys: { samples: 'wave.#text', sampleRate: 'wave.@rate' },
    };
    const samples = Array.from({ length: 300 }, (_, i) => Math.sin(i / 5).toFixed(4)).join(' ');
    expect(valuesOf({ asset: 'm', point: '2H', payload }, `<wave rate="3200">${samples}</wave>`)).toEqual([
      '2H: 300 at 3200',
    ]);
  });
});

test.each([
  ['not well formed', '<a><b></a>'],
  ['no XML', '{"a":1}'],
  ['entities of its own', '<!DOCTYPE a [<!ENTITY x "1"><!ENTITY y "&x;&x;">]><a>&y;</a>'],
  ['too deep', '<a>'.repeat(60) + '</a>'.repeat(60)],
])('%s is refused', (_, text) => {
  expect(() => readXml(text)).toThrow();
});

test('predefined entities are decoded, and no name reaches the prototype', () => {
  expect(readXml('<a>1 &lt; 2 &amp; 3</a>')).toEqual({ a: '1 < 2 & 3' });
  try {
    readXml('<__proto__><polluted>1</polluted></__proto__>');
  } catch {
    // Refusing the name is acceptable, too.
  }
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
});
