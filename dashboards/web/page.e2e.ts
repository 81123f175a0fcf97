import { mkdtempSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MachineView } from '#models/contracts/api.ts';
import type { PlanAlert, PlanItem, PlanSeries } from '#models/contracts/plan.ts';
import { CHROMIUM } from '#simulators/endToEnd/browser.ts';
import { FULL_SIZE } from '#simulators/endToEnd/fullSize.ts';
import { installed } from '#simulators/endToEnd/servers.ts';
import { startMillwright } from '#simulators/endToEnd/services.ts';
import { until } from '#simulators/endToEnd/until.ts';
import { freePort } from '#simulators/freePort.ts';

/** Injected through the debugger: the page's content security policy blocks foreign script tags. */
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The demo that `npm start` runs, with its page in a real browser. */
describe.skipIf(!installed('chromium'))('npm start', () => {
  const directory = mkdtempSync(join(tmpdir(), 'millwright-demo-'));
  let port: number;
  let demo: ReturnType<typeof startMillwright>;
  let browser: Browser;
  let page: Page;
  let startedMs: number;
  const get = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).json();
  const planAlertsOf = async (item: string) =>
    ((await get('/api/v1/plan/alerts')) as PlanAlert[]).filter((a) => a.item === item);
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

  const bearing = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/plan/item?item=bearing+6205`);
    return answer.ok ? ((await answer.json()) as { item: PlanItem; series: PlanSeries }) : null;
  };
  let before: Awaited<ReturnType<typeof bearing>>;

  test('a plan exists before any machine fails: only history drives the demand for bearings', async () => {
    // Tables are read one by one: the first plans have machines but no maintenance history.
    await until(async () => {
      before = await bearing();
      return before !== null && before.item.machines.length >= 15 && before.series.history.quantity.length > 0;
    }, 25_000);
    expect(before!.item.machines.every((m) => m.stream !== 'alarmed')).toBe(true);
    expect(before!.item.runOutProbability).toBeLessThan(0.5);
    expect(await planAlertsOf('bearing 6205')).toEqual([]);
  });

  test('the page shows the first true alert with its defect within 90 seconds, without a reload', async () => {
    await page.waitForSelector('[data-alert]', { timeout: 100_000 });
    const seconds = (Date.now() - startedMs) / 1000;
    process.stderr.write(`first alert on the page after ${seconds.toFixed(0)} s\n`);
    expect(seconds).toBeLessThan(90);
    expect(await page.textContent('[data-alert] h3')).toContain('pump-101 2H: outer-race defect of the bearing');
  });

  test('the planner’s view: bearing demand rises before history shows it, and an alert recommends an order', async () => {
    await until(async () => (await planAlertsOf('bearing 6205')).length === 1, 40_000);
    const now = (await bearing())!;
    expect(now.item.expectedByMachines - before!.item.expectedByMachines).toBeGreaterThan(0.7);
    expect(now.series.forecast.byMachines[0] - before!.series.forecast.byMachines[0]).toBeGreaterThan(0.7);
    // History is unchanged.
    expect(now.series.history).toEqual(before!.series.history);
    expect(now.item.machines[0]).toMatchObject({ machine: 'pump-101', stream: 'alarmed' });
    await page.click('text=Planning');
    await page.waitForSelector('[data-plan-alert="bearing 6205"]');
    expect(await page.textContent('[data-plan-alert="bearing 6205"] h4')).toMatch(
      /runs out within its lead time of \d+ days .*: order \d+ now\. pump-101 will need it\./,
    );
    expect(await page.textContent('tr[data-item]:first-of-type')).toMatch(/bearing 6205.*pump-101/s);
    await page.click('tr[data-item="bearing 6205"] a');
    await page.waitForSelector('.chart canvas');
    expect(await page.textContent('[data-order-now]')).toMatch(/^\d+, for /);
    expect(await page.textContent('[data-why-order]')).toMatch(/below the reorder point of \d+.*fill up to \d+/);
    expect(await page.textContent('tr[data-machine="pump-101"]')).toContain('an alert stands');
    await page.fill('label:has-text("In stock") input', '50');
    await page.click('text=Try');
    await page.waitForFunction(() =>
      document.querySelector('[data-what-if]')?.textContent?.includes('Nothing was kept'),
    );
    expect(await page.textContent('[data-what-if]')).toMatch(/Would order 0 for 0 EUR;/);
    expect((await bearing())!.item.stock).toBe(0);
    await page.click('text=Planning');
    await page.waitForSelector('[data-exception] button');
    const accepted = await page.getAttribute('[data-exception]:has(button)', 'data-exception');
    await page.click('[data-exception]:has(button) button');
    await page.waitForSelector(`[data-exception="${accepted}"]:has(button)`, { state: 'detached' });
    await page.waitForSelector('summary:has-text("Decisions under way")', { timeout: 60_000 });
    await page.click('summary:has-text("Decisions under way")');
    expect(await page.textContent('[data-decision]')).toMatch(/order of \d+ accepted, not ordered yet/);
    await page.click('text=Machines >> nth=0');
  });

  test('shows nine machines of five kinds, the broken one first', async () => {
    await page.waitForFunction(() => document.querySelectorAll('.machine').length === 9);
    const kinds = await page.$$eval('.machine .quiet:nth-of-type(1)', (all) => all.map((e) => e.textContent));
    expect(new Set(kinds)).toEqual(new Set(['motor', 'pump', 'fan', 'gearbox', 'compressor']));
    await page.waitForFunction(() => document.querySelector('.machine strong')?.textContent === 'pump-101');
  });

  test('the map shows every machine in its place, the broken one first, and works by keyboard', async () => {
    await page.getByLabel('As a map').check();
    await page.waitForFunction(() => document.querySelectorAll('.map .spot').length === 9);
    expect(await page.textContent('.map .spot')).toMatch(/pump-101.*outer-race defect.*waits for/s);
    await page.focus('.map .spot');
    await page.keyboard.press('ArrowRight');
    const second = await page.evaluate(() => document.activeElement?.getAttribute('href'));
    expect(second).not.toContain('pump-101');
    expect(await page.getAttribute('.focused a', 'href')).toBe(second);
    await page.evaluate(AXE);
    const found = 'axe.run().then((r) => r.violations.map((v) => v.id))';
    expect(await page.evaluate(found)).toEqual([]);
    await page.getByLabel('As a map').uncheck();
  });

  test('has no accessibility violations, light and dark, narrow and wide, and never scrolls sideways', async () => {
    const views = {
      '#/': '.machine',
      '#/machine/demo/edge-1/pump-101': '.chart canvas',
      '#/alerts': '.alert',
      '#/work': 'table.plan',
      '#/models': 'h2',
      '#/value': 'section',
      '#/audit': 'section',
      '#/setup': 'table.plan',
      '#/wall': '.wall .machine',
      '#/parts': '.chart canvas',
      '#/plan': 'tr[data-item]',
      '#/plan/item/bearing%206205/': '.chart canvas',
    };
    for (const [path, drawn] of Object.entries(views)) {
      await page.goto(`http://127.0.0.1:${port}/${path}`);
      await page.waitForSelector(drawn);
      await page.$$eval('details', (all) => {
        for (const one of all) one.open = true;
      });
      await page.evaluate(AXE);
      // Colours do not depend on the width: all four combinations run before a release.
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        for (const width of FULL_SIZE ? [400, 1920] : [colorScheme === 'dark' ? 400 : 1920]) {
          await page.setViewportSize({ width, height: 900 });
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

  test('the failing pump in the work list; a photograph on its alert; a suppression window; reopening a closed alert', async () => {
    await page.goto(`http://127.0.0.1:${port}/#/work`);
    await page.waitForSelector('table.plan tbody tr');
    expect(await page.textContent('table.plan tbody tr:first-of-type')).toMatch(/pump-101.*outer.race/is);
    await page.goto(`http://127.0.0.1:${port}/#/alerts`);
    await page.waitForSelector('input[data-select]');
    await until(async () => {
      await page.keyboard.press('a');
      return (await page.getByText(/^[1-9]\d* selected$/).count()) > 0;
    }, 5000);
    await page.locator('.bulk input').fill('Bob');
    await page.getByRole('button', { name: 'Assign', exact: true }).first().click();
    await page.getByText(/^[1-9]\d* changed$/).waitFor();
    const alert = page.locator('.alert', { hasText: 'pump-101' }).first();
    await alert.getByText('Assigned to Bob').first().waitFor();
    await alert.locator('.lifecycle summary').click();
    await alert.locator('input[type=file]').setInputFiles({
      name: 'race.png',
      mimeType: 'image/png',
      buffer: Buffer.from('89504e470d0a1a0a', 'hex'),
    });
    await alert.getByText('race.png').first().waitFor();
    await alert.locator('.lifecycle li', { hasText: 'attached race.png' }).waitFor();
    await alert.getByLabel('Part').fill('6205');
    await alert.getByLabel('Damage').selectOption('moderate');
    await alert.getByRole('button', { name: 'Close: confirmed' }).click();
    await alert.getByText('outer race, 6205, moderate').waitFor();
    await alert.getByLabel('Reason').fill('it came back');
    await alert.getByRole('button', { name: 'Reopen' }).click();
    await alert.getByRole('button', { name: 'Close: confirmed' }).waitFor();
    const evidence = alert.locator('details', { hasText: 'Evidence' }).first();
    await evidence.locator('summary').click();
    await evidence.getByText(/Of 1 earlier alerts of the rule/).waitFor();
    await page.getByLabel('Reason', { exact: true }).last().fill('new seals');
    await page.getByLabel(/Machines, such as/).fill('fan-*');
    await page.getByRole('button', { name: 'Suppress alerts for maintenance' }).click();
    await page.getByText(/Maintenance at demo: fan-\*.*new seals/).waitFor();
    await page.getByRole('button', { name: 'End now' }).click();
    await page.getByText('No alerts are suppressed.').waitFor();
    await page.goto(`http://127.0.0.1:${port}/#/`);
  });

  test('a machine is compared with its sister, and its report is one self-contained file', async () => {
    await page.goto(`http://127.0.0.1:${port}/#/machine/demo/edge-1/pump-101`);
    await page.locator('[data-comparison]').selectOption('demo/edge-1/pump-102');
    await page.locator('figcaption', { hasText: 'second curve: comparison' }).first().waitFor();
    const button = page.getByRole('button', { name: 'Save as a report' }).first();
    const [saved] = await Promise.all([page.waitForEvent('download'), button.click()]);
    const report = readFileSync(await saved.path(), 'utf8');
    expect(report).toMatch(/outer race \(BPFO\).*data:image\/png/s);
    expect(report).not.toMatch(/<script|<button|href=|src="(?!data:)/);
  });

  test("a machine's page shows trends of the chosen feature, and its latest spectrum", async () => {
    await page.goto(`http://127.0.0.1:${port}/#/machine/demo/edge-1/pump-101`);
    await page.waitForFunction(() => document.querySelectorAll('.chart canvas').length >= 7);
    const titles = () => page.$$eval('.chart figcaption', (all) => all.map((e) => e.textContent ?? '').join());
    expect(await titles()).toMatch(/Health index.*2H Velocity RMS.*mm\/s.*temperature.*g peak over Hz/s);
    await page.selectOption('label:has-text("Vibration feature") select', 'kurtosis');
    await until(async () => (await titles()).includes('2H Kurtosis'), 10_000);
  });

  test('names of 200 letters, in other scripts or with markup are shown as text and never widen the page', async () => {
    const names = ['ü'.repeat(200), '<b>pump</b> \u200fאבג\u200f 101'];
    const machines = (await get('/api/v1/machines')) as MachineView[];
    machines.forEach(({ health }, i) => {
      // Live events use the machines' real names.
      Object.assign(health, { asset: `x-${i}`, displayName: names[i % 2] });
    });
    await page.route('**/api/v1/machines', (route) => route.fulfill({ json: machines }));
    await page.setViewportSize({ width: 400, height: 900 });
    await page.goto(`http://127.0.0.1:${port}/#/`);
    await page.reload();
    await page.getByText('<b>pump</b>').first().waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await page.unroute('**/api/v1/machines');
    await page.reload();
    await page.goto(`http://127.0.0.1:${port}/#/machine/demo/edge-1/pump-101`);
    await page.waitForSelector('.chart canvas');
  });

  test('charts follow a switch between light and dark', async () => {
    // Grid lines are one pixel wide, in the exact colour of the style sheet; new data redraw the canvas at any time.
    const isGridIn = ([red, green, blue]: number[]) =>
      page.$eval(
        '.chart canvas',
        (canvas, [r, g, b]) => {
          const { width, height } = canvas as HTMLCanvasElement;
          const context = (canvas as HTMLCanvasElement).getContext('2d') as CanvasRenderingContext2D;
          const { data } = context.getImageData(0, 0, width, height);
          let count = 0;
          for (let i = 0; i < data.length; i += 4)
            if (data[i] === r && data[i + 1] === g && data[i + 2] === b && data[i + 3] === 255) count++;
          return count > 100;
        },
        [red, green, blue],
      );
    const [light, dark] = [
      [0xdd, 0xe1, 0xe7],
      [0x32, 0x3a, 0x45],
    ];
    await page.emulateMedia({ colorScheme: 'light' });
    await until(() => isGridIn(light), 5000);
    await page.emulateMedia({ colorScheme: 'dark' });
    await until(() => isGridIn(dark), 5000);
    expect(await isGridIn(light)).toBe(false);
    await page.emulateMedia({ colorScheme: 'light' });
  });

  test('a recording on request: the envelope’s highest line is the defect’s, and the cursor jumps to it', async () => {
    const known = await page.$$eval('label:has-text("Recording") option', (all) => all.length);
    await page.click('text=Take a recording');
    await page.waitForSelector('.take output:has-text("Requested from edge-1")');
    await page.waitForFunction(
      (n) => document.querySelectorAll('section[aria-labelledby="recordings-title"] > label option').length > n,
      known,
      { timeout: 60_000 },
    );
    const envelope = page.locator('section[aria-label="Envelope spectrum"]');
    await envelope.locator('summary').click();
    const first = envelope.locator('tbody tr').first();
    expect(await first.getAttribute('data-peak')).toBe('BPFO');
    const hz = Number(await first.locator('td').first().textContent());
    await first.locator('button').click();
    expect(Number(await page.inputValue('label:has-text("Cursor, Hz") input'))).toBeCloseTo(hz, 1);
    await page.selectOption('label:has-text("Quantity") select', 'velocity');
    await page.selectOption('label:has-text("Frequency in") select', 'orders');
    const title = page.locator('section[aria-label="Spectrum"] figcaption');
    expect(await title.textContent()).toBe('Spectrum mm/s peak over orders');
  });

  test('the browser remembers the chosen language and units', async () => {
    await page.goto(`http://127.0.0.1:${port}/#/`);
    await page.getByLabel('Velocity').selectOption('in/s');
    await page.waitForFunction(() => /ISO zone A, 0\.0\d+ in\/s/.test(document.body.textContent ?? ''));
    await page.getByLabel('Language').selectOption('de');
    await page.waitForSelector('h2:has-text("Maschinen (9)")');
    expect(await page.getAttribute('html', 'lang')).toBe('de');
    await page.waitForFunction(() => /ISO-Zone A, 0,0\d+ in\/s/.test(document.body.textContent ?? ''));
    await page.getByLabel('Geschwindigkeit').selectOption('');
    await page.waitForFunction(() => /ISO-Zone A, \d+,\d+ mm\/s/.test(document.body.textContent ?? ''));
    await page.getByLabel('Sprache').selectOption('en');
    await page.waitForSelector('h2:has-text("Machines (9)")');
  });

  test('shows when the gateway is unreachable, and recovers when it returns', async () => {
    const status = () => page.textContent('[role=status]');
    expect(await status()).toBe('Live');
    const before = await activeIds();
    expect(await stop()).toBe(0);
    await until(async () => (await status())?.includes('lost') ?? false, 10_000);
    // The second start continues with the first one's data.
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
