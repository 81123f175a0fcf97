import { DateTime } from 'luxon';
import { alertMatches } from '#models/alerting/alertMatch.ts';
import type { NotificationEvent } from '#models/alerting/notificationEvent.ts';
import type { Notice } from './notifier.ts';
import type { NotifierConfig } from './notifierConfig.ts';
import { atTimeOfDay, findNextDutyMs, isOnDuty } from './shifts.ts';

/** A channel that is notified of unacknowledged alerts; `againMs` null for once. */
export interface Escalation {
  channel: string;
  afterMs: number;
  againMs: number | null;
}

/** Selects the channels for each notification, and their times. */
export class Routing {
  readonly #channels: ReadonlyMap<string, NotifierConfig>;

  constructor(configs: readonly NotifierConfig[]) {
    this.#channels = new Map(configs.map((config) => [nameOf(config), config]));
  }

  get channels(): string[] {
    return [...this.#channels.keys()];
  }

  /** Channels matching an event: those on duty; if none of those with shifts is, all. */
  channelsFor(event: NotificationEvent, notice: Notice, nowMs: number): string[] {
    const concerned = [...this.#channels].filter(([, config]) => concerns(config, event, notice));
    const withShifts = concerned.filter(([, { shifts }]) => shifts !== undefined);
    const isCovered = withShifts.some(([, { shifts }]) => isOnDuty(shifts, nowMs));
    return concerned.filter(([, { shifts }]) => !isCovered || isOnDuty(shifts, nowMs)).map(([name]) => name);
  }

  /** Channels for the escalation of an alert, each with its delay and repeat interval. */
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

  /** Whether the channel combines several notifications in one message. */
  isDigest(channel: string): boolean {
    const type = this.#channels.get(channel)?.type;
    return type === 'email' || type === 'slack' || type === 'teams';
  }

  /** When a channel may be notified: after its quiet hours and in its next shift; at once of critical alerts. */
  notBeforeMs(channel: string, notice: Notice, nowMs: number): number {
    if (notice.severity === 'critical') return nowMs;
    const { shifts, quietHours } = this.#channels.get(channel) ?? {};
    const onDutyMs = findNextDutyMs(shifts, nowMs);
    return quietHours === undefined ? onDutyMs : endOfQuietMs(quietHours, onDutyMs);
  }
}

/** The end of the current quiet hours; the same time outside of them. */
function endOfQuietMs(quiet: NonNullable<NotifierConfig['quietHours']>, nowMs: number): number {
  const now = DateTime.fromMillis(nowMs, { zone: quiet.timeZone });
  const [from, to] = [quiet.from, quiet.to].map((clock) => atTimeOfDay(now, clock));
  const isQuiet = from <= to ? now >= from && now < to : now >= from || now < to;
  if (!isQuiet) return nowMs;
  return (now < to ? to : to.plus({ days: 1 })).toMillis();
}

export const nameOf = (config: NotifierConfig): string => config.name ?? config.type;

function concerns({ match, unacknowledgedMinutes }: NotifierConfig, event: NotificationEvent, notice: Notice): boolean {
  // An escalation channel gets no other notifications.
  if (unacknowledgedMinutes !== undefined && event !== 'unacknowledged') return false;
  if (match === undefined) return true;
  return (
    alertMatches(match, { ...notice, machine: 'asset' in notice ? notice.asset : notice.item }) &&
    (match.audiences === undefined || match.audiences.includes(audienceOf(notice)))
  );
}

/** The audience of an alert: those who run the machines, connect them, or plan their parts. */
export function audienceOf(notice: Notice): 'plant' | 'integrator' | 'planner' {
  if ('item' in notice) return 'planner';
  return notice.audience ?? 'plant';
}
