import { expect, test } from 'vitest';
import type { Arrival, OnceSink, Sink, Source } from './source.ts';

/** A source that acknowledges, and its peer. */
export interface CheckedSource {
  source: Source;
  /** Lets the peer deliver one good value or signal; resolves when it is sent, not when it is acknowledged. */
  deliver: () => Promise<void>;
  /** Whether the peer's last delivery has been acknowledged. */
  acknowledged: () => boolean;
}

/** A sink with receipts in `receipts`: the same map represents one outbox before and after a restart. */
export function onceSink(sink: Sink, receipts = new Map<string, string>()): OnceSink {
  return {
    ...sink,
    acceptOnce(arrivals, { key, answer }, done) {
      receipts.set(key, answer);
      for (const arrival of arrivals) sink.accept(arrival, arrival === arrivals.at(-1) ? done : () => undefined);
    },
    receiptOf: (key) => receipts.get(key) ?? null,
  };
}

/** Checks common to all sources whose peer waits for an acknowledgement. */
export function checkSource(make: () => Promise<CheckedSource>): void {
  test('it connects, acknowledges what is durable and nothing sooner, and delivers nothing once it is stopped', async () => {
    const { source, deliver, acknowledged } = await make();
    const arrivals: Arrival[] = [];
    const waiting: (() => void)[] = [];
    expect(source.state).toBe('stopped');
    const sink: Sink = {
      accept(arrival, done) {
        arrivals.push(arrival);
        if (done) waiting.push(done);
      },
      whenReady: (resume) => resume(),
    };
    await source.start(onceSink(sink));
    await expect.poll(() => source.state, { timeout: 5000 }).toBe('connected');
    await deliver();
    await expect.poll(() => waiting.length, { timeout: 5000 }).toBe(1);
    expect(arrivals).toMatchObject([{ ok: true }]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(acknowledged()).toBe(false);
    waiting[0]();
    await expect.poll(acknowledged, { timeout: 5000 }).toBe(true);
    await source.stop();
    expect(source.state).toBe('stopped');
    await deliver();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(arrivals).toHaveLength(1);
    await source.stop();
  });

  test('while nothing can be kept it takes nothing, and it stops all the same', async () => {
    const { source, deliver, acknowledged } = await make();
    const arrivals: Arrival[] = [];
    await source.start(onceSink({ accept: (arrival) => arrivals.push(arrival), whenReady: () => undefined }));
    await expect.poll(() => source.state, { timeout: 5000 }).toBe('connected');
    await deliver();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(arrivals).toEqual([]);
    expect(acknowledged()).toBe(false);
    await source.stop();
  });
}
