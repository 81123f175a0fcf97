import type { GatewayConfig } from '../config.ts';
import { createHistorian } from '../historian/createHistorian.ts';
import { clockFinding } from './checkServers.ts';
import { type Finding, fault, messageOf, ok, warning } from './finding.ts';

const ANSWER_MS = 5000;
const HOURS = { h: 1, d: 24, w: 168, y: 8760 };
/** VictoriaMetrics counts a bare number in months of 31 days. */
const MONTH_HOURS = 744;

/** Checks that the server of series answers queries on its database, and compares its clock with this machine's. */
export async function checkHistorian(config: GatewayConfig, now: () => number): Promise<Finding[]> {
  const { historian: settings } = config;
  if (settings.type === 'sqlite') return [];
  const { type, url, database } = settings;
  const [product, path] = type === 'influx' ? ['InfluxDB', '/ping'] : ['VictoriaMetrics', '/health'];
  try {
    const ping = await fetch(new URL(path, url), { signal: AbortSignal.timeout(ANSWER_MS) });
    const clock = clockFinding('clock', url, ping.headers.get('date'), now());
    const historian = await createHistorian(config, now);
    const tags = { site: 'doctor', edge: 'doctor', asset: 'doctor' };
    await historian.read({
      measurement: 'millwright_health',
      tags,
      field: 'index',
      fromMs: now() - 1000,
      toMs: now(),
      points: 1,
    });
    await historian.close();
    const flags = type === 'influx' ? [] : await victoriaFindings(url, settings.retentionDays);
    return [ok('historian', `${url} answers, database ${database}`), ...clock, ...flags];
  } catch (error) {
    return [
      fault(
        'historian',
        `${url}: ${messageOf(error)}`,
        `start ${product}, and check historian.url, database, username and passwordFile`,
      ),
    ];
  }
}

/** Findings about the server's settings, if readable: an account or a key may protect them. */
async function victoriaFindings(url: string, retentionDays: number): Promise<Finding[]> {
  const answer = await fetch(new URL('/flags', url), { signal: AbortSignal.timeout(ANSWER_MS) });
  return answer.ok ? flagFindings(await answer.text(), retentionDays) : [];
}

/** Compares the flags of a VictoriaMetrics, as its /flags lists them, with what the gateway relies on. Pure. */
export function flagFindings(flags: string, retentionDays: number): Finding[] {
  const flag = (name: string) => new RegExp(`^-${name}="?([^"\n]*)"?$`, 'm').exec(flags)?.[1];
  const findings: Finding[] = [];
  const keptHours = hoursOf(flag('retentionPeriod') ?? '1');
  if (keptHours !== null && keptHours < retentionDays * 24)
    findings.push(
      warning(
        'historian',
        `the server keeps ${Math.floor(keptHours / 24)} days, historian.retentionDays is ${retentionDays}: it drops older rows without an error`,
        `start it with -retentionPeriod=${Math.ceil(retentionDays)}d, or lower historian.retentionDays`,
      ),
    );
  const dedup = flag('dedup\\.minScrapeInterval') ?? '0s';
  if (dedup !== '1ms')
    findings.push(
      warning(
        'historian',
        dedup === '0s' ? 'the server keeps repeated rows' : `the server keeps one value per ${dedup} of each series`,
        'start it with -dedup.minScrapeInterval=1ms',
      ),
    );
  return findings;
}

/** Null: not a duration of this form. */
function hoursOf(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)([hdwy])?$/.exec(text);
  if (match === null) return null;
  const unit = match[2] as keyof typeof HOURS | undefined;
  return Number(match[1]) * (unit === undefined ? MONTH_HOURS : HOURS[unit]);
}
