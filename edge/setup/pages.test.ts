import { expect, test } from 'vitest';
import { setupPage } from './pages.ts';
import { Setup } from './setup.ts';

const HOSTILE = `"><script>alert('x')</script>`;

test('texts from devices and users are escaped', async () => {
  const setup = new Setup({
    read: () => JSON.stringify({ site: HOSTILE, assets: { a: { kind: HOSTILE, points: { p: { unit: HOSTILE } } } } }),
    start: async () => undefined,
    listen: async () => ({
      groups: [
        {
          subscription: { topic: HOSTILE },
          topics: [HOSTILE],
          points: [
            {
              asset: HOSTILE,
              point: HOSTILE,
              kind: 'waveform',
              shown: HOSTILE,
              spectrum: { stepHz: 1, amplitude: [1, 2] },
            },
          ],
          refused: [HOSTILE],
        },
      ],
      unknown: [HOSTILE],
    }),
    browse: async () => [
      {
        path: HOSTILE,
        nodeId: HOSTILE,
        dataType: HOSTILE,
        length: null,
        unit: HOSTILE,
        value: HOSTILE,
        status: 'Good',
      },
    ],
  });
  await setup.listen({ url: HOSTILE }, '#', 1);
  await setup.browse(HOSTILE);
  setup.isRunning = true;
  const page = setupPage(setup, { file: HOSTILE, problem: HOSTILE, notice: HOSTILE, status: [HOSTILE] });
  expect(page).not.toContain('<script');
  expect(page).toContain('&lt;script>');
  // Attributes must not end early either: quotation marks in them are escaped.
  expect(page).toContain('value="&quot;>&lt;script>');
});
