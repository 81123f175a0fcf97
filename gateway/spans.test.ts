import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterEach, expect, test } from 'vitest';
import { inSpan } from './spans.ts';

afterEach(() => {
  trace.disable();
  context.disable();
});

/** An SDK that exports spans to memory. */
function startSdk(): InMemorySpanExporter {
  const exporter = new InMemorySpanExporter();
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return exporter;
}
const spansOf = (exporter: InMemorySpanExporter) =>
  exporter.getFinishedSpans().map((span) => {
    const { name, attributes, status, parentSpanContext } = span;
    return {
      name,
      attributes,
      isError: status.code === 2,
      parent: parentSpanContext?.spanId,
      id: span.spanContext().spanId,
    };
  });

test('without an SDK the work runs, and its result or error is passed on', async () => {
  expect(inSpan('a', {}, () => 1)).toBe(1);
  expect(await inSpan('a', {}, async () => 2)).toBe(2);
  expect(() =>
    inSpan('a', {}, () => {
      throw new Error('no');
    }),
  ).toThrow('no');
});

test('with an SDK, spans nest, and begin at the given time', async () => {
  const exporter = startSdk();
  const startMs = Date.now() - 5000;
  await inSpan('outer', { n: 2 }, async () => inSpan('inner', {}, () => 1), startMs);
  const [inner, outer] = spansOf(exporter);
  expect(outer).toMatchObject({ name: 'outer', attributes: { n: 2 }, isError: false, parent: undefined });
  expect(inner).toMatchObject({ name: 'inner', parent: outer.id });
  const [seconds, nanoseconds] = exporter.getFinishedSpans()[1].startTime;
  expect(1000 * seconds + nanoseconds / 1e6).toBeCloseTo(startMs, 0);
});

test('an error is recorded and ends its span', async () => {
  const exporter = startSdk();
  await expect(inSpan('later', {}, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(() =>
    inSpan('now', {}, () => {
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(spansOf(exporter)).toMatchObject([
    { name: 'later', isError: true },
    { name: 'now', isError: true },
  ]);
  expect(exporter.getFinishedSpans()[0].events[0].attributes?.['exception.message']).toBe('no');
});
