import { DateTime } from 'luxon';
import { alertMatches } from '#models/alerting/alertMatch.ts';
import type { NotificationEvent } from '#models/alerting/notificationEvent.ts';
import type { NotifierConfig } from '../config.ts';
import type { Notice } from './notifier.ts';
import { atClock, isOnDuty, nextDutyMs } from './shifts.ts';

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

  /** Channels that an event concerns: those on duty, and, where none of those with shifts is, all. */
  channelsFor(event: NotificationEvent, notice: Notice, nowMs: number): string[] {
    const concerned = [...this.#channels].filter(([, config]) => concerns(config, event, notice));
    const withShifts = concerned.filter(([, { shifts }]) => shifts !== undefined);
    const isCovered = withShifts.some(([, { shifts }]) => isOnDuty(shifts, nowMs));
    return concerned.filter(([, { shifts }]) => !isCovered || isOnDuty(shifts, nowMs)).map(([name]) => name);
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

  /** When a channel may be notified: after its quiet hours and in its next shift; of what is critical now. */
  notBeforeMs(channel: string, notice: Notice, nowMs: number): number {
    if (notice.severity === 'critical') return nowMs;
    const { shifts, quietHours } = this.#channels.get(channel) ?? {};
    const onDutyMs = nextDutyMs(shifts, nowMs);
    return quietHours === undefined ? onDutyMs : endOfQuietMs(quietHours, onDutyMs);
  }
}

/** The end of quiet hours; the same time outside of them. */
function endOfQuietMs(quiet: NonNullable<NotifierConfig['quietHours']>, nowMs: number): number {
  const now = DateTime.fromMillis(nowMs, { zone: quiet.timeZone });
  const [from, to] = [quiet.from, quiet.to].map((clock) => atClock(now, clock));
  const isQuiet = from <= to ? now >= from && now < to : now >= from || now < to;
  if (!isQuiet) return nowMs;
  return (now < to ? to : to.plus({ days: 1 })).toMillis();
}

export const nameOf = (config: NotifierConfig): string => config.name ?? config.type;

function concerns({ match, unacknowledgedMinutes }: NotifierConfig, event: NotificationEvent, notice: Notice): boolean {
  // A channel for escalations gets nothing else.
  if (unacknowledgedMinutes !== undefined && event !== 'unacknowledged') return false;
  if (match === undefined) return true;
  return (
    alertMatches(match, { ...notice, machine: 'asset' in notice ? notice.asset : notice.item }) &&
    (match.audiences === undefined || match.audiences.includes(audienceOf(notice)))
  );
}

/** Whom an alert is for: who runs the machines, who connects them, or who plans their parts. */
export function audienceOf(notice: Notice): 'plant' | 'integrator' | 'planner' {
  if ('item' in notice) return 'planner';
  return notice.audience ?? 'plant';
}
