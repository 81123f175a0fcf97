import { randomOf, seedOf } from '#models/random/random.ts';
import type { Calendar } from './scenario.ts';

const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;
const MODE_S = 4 * HOUR_S;
/** A shift's load changes within this time. */
const CHANGE_S = 1800;

/** Use of a machine over hours and days; without a calendar it runs continuously. */
export class MachineUse {
  readonly #calendar: Calendar | undefined;
  readonly #seed: number;

  constructor(calendar: Calendar | undefined, seed: number) {
    this.#calendar = calendar;
    this.#seed = seed;
  }

  /** Factor on its load; 0 at standstill. */
  load(timeS: number): number {
    if (!this.#calendar) return 1;
    return this.#stands(timeS) ? 0 : 1 - (1 - this.#calendar.nightLoad) * night(timeS);
  }

  /** Factor on its speed; 0 at standstill. */
  speed(timeS: number): number {
    if (!this.#calendar) return 1;
    if (this.#stands(timeS)) return 0;
    const { speeds, drive } = this.#calendar;
    const part = drive ? partAt(drive, timeS) : 1;
    return (
      part * speeds[Math.floor(randomOf(seedOf(this.#seed, 'speed', Math.floor(timeS / MODE_S)))() * speeds.length)]
    );
  }

  /** Deviation of the ambient temperature from the usual one, °C. */
  ambientOffset(timeS: number): number {
    if (!this.#calendar) return 0;
    const { ambientSwingDegC, heat } = this.#calendar;
    const day = timeS / DAY_S;
    const hot = heat && day >= heat.fromDay && day < heat.fromDay + heat.days ? heat.degC : 0;
    return ambientSwingDegC * Math.sin(2 * Math.PI * (day - 9 / 24)) + hot;
  }

  #stands(timeS: number): boolean {
    return (this.#calendar?.restsAtWeekends ?? false) && Math.floor(timeS / DAY_S) % 7 >= 5;
  }
}

/** Along the ramps of a drive. */
function partAt(drive: NonNullable<Calendar['drive']>, timeS: number): number {
  const last = drive[drive.length - 1];
  const since = timeS % last.atS;
  const next = drive.findIndex(({ atS }) => atS > since);
  const [from, to] = [drive[next - 1], drive[next]];
  return from.part + ((since - from.atS) / (to.atS - from.atS)) * (to.part - from.part);
}

/** 1 from 22 to 6 o'clock, 0 by day. */
function night(timeS: number): number {
  const s = timeS % DAY_S;
  const rising = Math.min(1, Math.max(0, (s - 22 * HOUR_S) / CHANGE_S));
  const falling = Math.min(1, Math.max(0, (6 * HOUR_S - s) / CHANGE_S));
  return Math.max(rising, falling);
}
