import { DateTime } from 'luxon';
import { fitsName } from '#models/alerting/fitsName.ts';
import type { NotificationEvent } from '#models/alerting/notificationEvent.ts';
import type { NotifierConfig } from '../config.ts';
import type { Notice } from './notifier.ts';

/** A channel that is notified of what stays unacknowledged; `againMs` null: once. */
export interface Escalation {
  channel: string;
  afterMs: number;
  againMs: number | null;
}

/** Which channels are notified of what, and when. */
export class Routing {
  readonly #channels: ReadonlyMap<string, NotifierConfig>;

  constructor(configs: readonly NotifierConfig[]) {
    this.#channels = new Map(configs.map((config) => [nameOf(config), config]));
  }

  get channels(): string[] {
    return [...this.#channels.keys()];
  }

  channelsFor(event: NotificationEvent, notice: Notice): string[] {
    return [...this.#channels].flatMap(([name, config]) => (concerns(config, event, notice) ? [name] : []));
  }

  /** Channels that are notified of an alert that stays unacknowledged, after how long, and how often again. */
  escalations(): Escalation[] {
    return [...this.#channels].flatMap(([channel, { unacknowledgedMinutes, remindMinutes }]) =>
      unacknowledgedMinutes === undefined
        ? []
        : [
            {
              channel,
              afterMs: unacknowledgedMinutes * 60_000,
              againMs: remindMinutes === undefined ? null : remindMinutes * 60_000,
            },
          ],
    );
  }

  /** Whether one message of a channel carries many notifications. */
  isDigest(channel: string): boolean {
    const type = this.#channels.get(channel)?.type;
    return type === 'email' || type === 'slack' || type === 'teams';
  }

  /** The end of a channel's quiet hours; now outside of them, and always now for what is critical. */
  notBeforeMs(channel: string, notice: Notice, nowMs: number): number {
    const quiet = this.#channels.get(channel)?.quietHours;
    if (quiet === undefined || notice.severity === 'critical') return nowMs;
    const now = DateTime.fromMillis(nowMs, { zone: quiet.timeZone });
    const [from, to] = [quiet.from, quiet.to].map((clock) => at(now, clock));
    const isQuiet = from <= to ? now >= from && now < to : now >= from || now < to;
    if (!isQuiet) return nowMs;
    return (now < to ? to : to.plus({ days: 1 })).toMillis();
  }
}

const at = (day: DateTime, clock: string) => {
  const [hour, minute] = clock.split(':').map(Number);
  return day.set({ hour, minute, second: 0, millisecond: 0 });
};

export const nameOf = (config: NotifierConfig): string => config.name ?? config.type;

function concerns({ match, unacknowledgedMinutes }: NotifierConfig, event: NotificationEvent, notice: Notice): boolean {
  // A channel for escalations gets nothing else.
  if (unacknowledgedMinutes !== undefined && event !== 'unacknowledged') return false;
  if (match === undefined) return true;
  const { sites, machines, severities, audiences } = match;
  const machine = 'asset' in notice ? notice.asset : notice.item;
  return (
    (sites === undefined || sites.includes(notice.site)) &&
    (machines === undefined || machines.some((pattern) => fitsName(pattern, machine))) &&
    (severities === undefined || severities.includes(notice.severity)) &&
    (audiences === undefined || audiences.includes(audienceOf(notice)))
  );
}

/** Whom an alert is for: who runs the machines, who connects them, or who plans their parts. */
export function audienceOf(notice: Notice): 'plant' | 'integrator' | 'planner' {
  if ('item' in notice) return 'planner';
  return notice.audience ?? 'plant';
}
