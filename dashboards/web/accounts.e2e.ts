import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
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

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PASSWORD = 'correct horse battery';

/** A gateway with accounts, from its first start, in a real browser. */
describe.skipIf(!installed('chromium'))('accounts on the page', () => {
  const directory = mkdtempSync(join(tmpdir(), 'millwright-accounts-'));
  const firstPassword = join(directory, 'data', 'first-administrator.txt');
  let gateway: ReturnType<typeof startMillwright>;
  let browser: Browser;
  let page: Page;
  let url: string;
  const bobs = { oneTime: '', chosen: 'another battery horse' };

  beforeAll(async () => {
    const [port, brokerPort] = [await freePort(), await freePort()];
    url = `http://127.0.0.1:${port}`;
    const file = join(directory, 'gateway.yaml');
    const passwordFile = join(directory, 'broker-password');
    writeFileSync(passwordFile, 'a password of the broker');
    const config = {
      dataDirectory: join(directory, 'data'),
      broker: { url: `mqtt://127.0.0.1:${brokerPort}`, username: 'gateway', passwordFile },
      embeddedBroker: { port: brokerPort },
      brokerAccounts: { enrolment: {} },
      api: { port, accounts: {} },
    };
    writeFileSync(file, JSON.stringify(config));
    gateway = startMillwright(directory, 'gateway', ['gateway', file]);
    await until(
      () =>
        fetch(`${url}/readyz`).then(
          (answer) => answer.ok,
          () => false,
        ),
      30_000,
    );
    browser = await chromium.launch(CHROMIUM);
    page = await browser.newPage({ viewport: { width: 400, height: 800 } });
  });
  afterAll(async () => {
    await browser?.close();
    const ended = new Promise((resolve) => gateway.once('exit', resolve));
    gateway.kill('SIGTERM');
    await ended;
  });

  async function signIn(name: string, password: string) {
    await page.fill('label:has-text("Name") input', name);
    await page.fill('label:has-text("Password") input', password);
    await page.keyboard.press('Enter');
  }

  async function choose(present: string, chosen: string) {
    await page.fill('label:has-text("Current password") input', present);
    await page.fill('label:has-text("12 characters") input', chosen);
    await page.fill('label:has-text("Repeat new password") input', chosen);
    await page.keyboard.press('Enter');
  }

  const violations = async () => {
    await page.evaluate(AXE);
    return page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
      };
      return (await axe.run()).violations.map((v) => `${v.impact} ${v.id}: ${v.nodes.map((n) => n.html).join(' ')}`);
    });
  };

  test('the first administrator signs in with the one-time password and chooses another', async () => {
    const [name, oneTime] = readFileSync(firstPassword, 'utf8').split('\n');
    await page.goto(url);
    await page.waitForSelector('text=Use a token');
    expect(await violations()).toEqual([]);
    await signIn(name, 'wrong');
    await page.waitForSelector('[role=alert]:has-text("wrong name or password")');
    await signIn(name, oneTime);
    await page.waitForSelector('h2:has-text("Choose a password")');
    expect(await violations()).toEqual([]);
    await choose(oneTime, 'short');
    await page.waitForSelector('[role=alert]:has-text("12 to 200 characters")');
    await choose(oneTime, PASSWORD);
    await page.waitForSelector('.connection.live');
    expect(await page.textContent('.signed-in')).toContain('admin administrator');
    expect(existsSync(firstPassword)).toBe(false);
  });

  test('an administrator adds an account and a token of a service', async () => {
    await page.click('text=Accounts');
    await page.fill('form:has-text("Add an account") label:has-text("Name") input', 'bob');
    await page.selectOption('form:has-text("Add an account") select', 'viewer');
    await page.click('text=Add an account');
    const shown = await page.waitForSelector('[role=status]:has-text("One-time password of bob")');
    bobs.oneTime = /: ([\w-]+)\./.exec((await shown.textContent()) ?? '')?.[1] ?? '';
    await page.waitForSelector('tr[data-account="bob"]');
    await page.fill('form:has-text("Create a token") label:has-text("For") input', 'prometheus');
    await page.selectOption('form:has-text("Create a token") select >> nth=0', 'metrics');
    await page.check('text=of a service');
    await page.click('text=Create a token');
    const token = await page.waitForSelector('[role=status]:has-text("Token: mwt_")');
    const secret = /mwt_[\w-]+/.exec((await token.textContent()) ?? '')?.[0];
    const statusOf = async (path: string) =>
      (await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${secret}` } })).status;
    expect([await statusOf('/metrics'), await statusOf('/api/v1/alerts')]).toEqual([200, 403]);
    for (const width of [400, 1920]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await violations()).toEqual([]);
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      expect(sideways, `${width} px`).toBe(false);
    }
  });

  test('an empty plant leads to set-up, which issues an edge’s code and command, and revokes its account', async () => {
    await page.goto(`${url}/#/`);
    await page.click('text=Connect the first edge: set-up');
    await page.fill('label:has-text("Site") input', 'north');
    await page.fill('label:has-text("Edge") input', 'edge-7');
    await page.click('text=Create a one-time code');
    const command = await page.textContent('[data-command]');
    expect(command).toMatch(/^millwright edge enrol http:\/\/127\.0\.0\.1:\d+ --code mwe_[\w-]{43} --out /);
    expect(await violations()).toEqual([]);
    await page.click('tr[data-enrolment="north/edge-7"] button');
    await page.waitForSelector('tr[data-enrolment]', { state: 'detached' });
  });

  test('nothing is shown after sign-out; another account has its own role', async () => {
    await page.click('text=Sign out');
    await page.waitForSelector('h2:has-text("Sign in")');
    expect(await page.textContent('.connection')).toBe('Not signed in');
    await signIn('bob', bobs.oneTime);
    await page.waitForSelector('h2:has-text("Choose a password")');
    await choose(bobs.oneTime, bobs.chosen);
    await page.waitForSelector('.connection.live');
    expect(await page.textContent('nav')).toContain('Tokens');
    expect(await page.textContent('nav')).not.toContain('Accounts');
    const status = await page.evaluate(async () => (await fetch('/api/v1/accounts')).status);
    expect(status).toBe(403);
    // Scripts cannot read the session cookie.
    expect(await page.evaluate(() => document.cookie)).toBe('');
  });
});
