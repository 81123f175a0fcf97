import { expect, test } from 'vitest';
import { checkNats, serverFindings } from './checkNats.ts';

test('dots in names need a newer server, and large messages a higher payload limit', () => {
  expect(serverFindings('2.10.0', 4 * 1024 * 1024)).toEqual([]);
  expect(serverFindings('3.0.1', 8 * 1024 * 1024)).toEqual([]);
  expect(serverFindings('2.9.10', 1_048_576).map(({ text }) => text)).toEqual([
    expect.stringContaining('nats-server 2.9.10 disconnects edges'),
    expect.stringContaining('more than 1048576 bytes'),
  ]);
});

test('an absent cluster is reported with a remedy', async () => {
  const bounds = { replicas: 1, maxMegabytes: 1, maxHours: 1 };
  const findings = await checkNats({ type: 'nats', servers: ['nats://127.0.0.1:1'], ...bounds });
  expect(findings).toEqual([
    expect.objectContaining({ check: 'broker', state: 'fault', remedy: expect.stringContaining('jetstream') }),
  ]);
});
