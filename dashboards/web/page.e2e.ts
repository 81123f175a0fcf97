import { mkdtempSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM } from '#simulators/endToEnd/browser.ts';
import { installed } from '#simulators/endToEnd/servers.ts';
import { startMillwright } from '#simulators/endToEnd/services.ts';
import { until } from '#simulators/endToEnd/until.ts';
import { freePort } from '#simulators/freePort.ts';

/** Brought in through the debugger: the page's policy lets no foreign script in by a tag. */
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The demo as `npm start` runs it, and its page in a real browser. */
describe.skipIf(!installed('chromium'))('npm start', () => {
  const directory = mkdtempSync(join(tmpdir(), 'millwright-demo-'));
  let port: number;
  let demo: ReturnType<typeof startMillwright>;
  let browser: Browser;
  let page: Page;
  let startedMs: number;
  const get = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).json();
  const activeIds = async () => ((await get('/api/v1/alerts')) as { id: string }[]).map((a) => a.id);

  async function start() {
    demo = startMillwright(directory, 'demo', ['demo', '--data', directory, '--port', String(port)]);
    startedMs = Date.now();
    await until(
      () =>
        fetch(`http://127.0.0.1:${port}/readyz`).then(
          (r) => r.ok,
          () => false,
        ),
      30_000,
    );
  }

  async function stop(): Promise<number | null> {
    const ended = new Promise<number | null>((resolve) => demo.once('exit', (code) => resolve(code)));
    demo.kill('SIGINT');
    return ended;
  }

  beforeAll(async () => {
    port = await freePort();
    await start();
    browser = await chromium.launch(CHROMIUM);
    page = await browser.newPage({ viewport: { width: 400, height: 800 } });
    await page.goto(`http://127.0.0.1:${port}`);
  });
  afterAll(async () => {
    await browser?.close();
    if (demo.exitCode === null) await stop();
  });

  test('the first true alert is on the page within 90 seconds, live, with its defect', async () => {
    await page.waitForSelector('[data-alert]', { timeout: 100_000 });
    const seconds = (Date.now() - startedMs) / 1000;
    process.stderr.write(`first alert on the page after ${seconds.toFixed(0)} s\n`);
    expect(seconds).toBeLessThan(90);
    expect(await page.textContent('[data-alert] h3')).toContain('pump-101 2H: outer-race defect of the bearing');
  });

  test('shows nine machines of five kinds, the broken one first', async () => {
    await page.waitForFunction(() => document.querySelectorAll('.machine').length === 9);
    const kinds = await page.$$eval('.machine .quiet:nth-of-type(1)', (all) => all.map((e) => e.textContent));
    expect(new Set(kinds)).toEqual(new Set(['motor', 'pump', 'fan', 'gearbox', 'compressor']));
    await page.waitForFunction(() => document.querySelector('.machine strong')?.textContent === 'pump-101');
  });

  test('has no violation of accessibility, light and dark, narrow and wide, and never scrolls sideways', async () => {
    for (const path of ['#/', '#/machine/demo/edge-1/pump-101']) {
      await page.goto(`http://127.0.0.1:${port}/${path}`);
      await page.waitForSelector(path === '#/' ? '.machine' : '.chart canvas');
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        for (const width of [400, 1920]) {
          await page.setViewportSize({ width, height: 900 });
          await page.evaluate(AXE);
          const violations = await page.evaluate(async () => {
            const { axe } = globalThis as unknown as {
              axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
            };
            return (await axe.run()).violations.map((v) => `${v.id}: ${v.nodes[0].html}`);
          });
          expect(violations, `${path} ${colorScheme} ${width}`).toEqual([]);
          const overflow = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          );
          expect(overflow, `${path} ${width}`).toBeLessThanOrEqual(0);
        }
      }
    }
  });

  test('an alert is acknowledged by keyboard alone, with a name and a comment', async () => {
    await page.goto(`http://127.0.0.1:${port}/#/`);
    await page.waitForSelector('.acknowledge');
    for (let i = 0; i < 30; i++) {
      await page.keyboard.press('Tab');
      if (await page.evaluate(() => document.activeElement?.matches('.acknowledge input'))) break;
    }
    await page.keyboard.type('Ann');
    await page.keyboard.press('Tab');
    await page.keyboard.type('bearing ordered');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.alert.acknowledged');
    expect(await page.textContent('.alert.acknowledged')).toMatch(/Acknowledged by Ann.*bearing ordered/s);
    expect(await get('/api/v1/alerts')).toMatchObject([
      { state: 'acknowledged', acknowledgedBy: 'Ann', comment: 'bearing ordered' },
    ]);
  });

  test("one machine's page shows its trends and its newest spectrum", async () => {
    await page.goto(`http://127.0.0.1:${port}/#/machine/demo/edge-1/pump-101`);
    await page.waitForFunction(() => document.querySelectorAll('.chart canvas').length >= 7);
    const titles = await page.$$eval('.chart figcaption', (all) => all.map((e) => e.textContent ?? ''));
    expect(titles.join()).toMatch(/Health index.*2H RMS.*temperature.*g peak over Hz/s);
  });

  test('says so when the gateway is away, and goes on when it is back', async () => {
    const status = () => page.textContent('[role=status]');
    expect(await status()).toBe('Live');
    const before = await activeIds();
    expect(await stop()).toBe(0);
    await until(async () => (await status())?.includes('lost') ?? false, 10_000);
    // The second start goes on from the first one's data.
    await start();
    expect(await activeIds()).toEqual(before);
    await until(async () => (await status()) === 'Live', 15_000);
    await until(
      async () => (await get('/api/v1/ledger')).points.some((p: { received: number }) => p.received > 0),
      10_000,
    );
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    expect(await activeIds()).toEqual(before);
    expect(await stop()).toBe(0);
  });
});
