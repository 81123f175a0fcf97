import { expect, test } from 'vitest';
import type { MachineModels } from '#models/contracts/models.ts';
import type { Rollout } from '#models/contracts/rollout.ts';
import type { StatusMessage } from '#models/contracts/status.ts';
import { recordSent, stepRollout } from './rollout.ts';

const [MODEL, OLD] = ['a'.repeat(64), 'b'.repeat(64)];
const run = (id: string, rows: number) => ({ id, name: 'm', release: '1', rows, over: 0, failures: 0, msPerRow: 1 });

/** Three edges that carry out orders at once. */
class Plant {
  nowMs = 1_000_000_000;
  readonly machines: MachineModels[] = ['a', 'b', 'c'].map((asset) => ({
    asset,
    active: run(OLD, 100),
    candidate: null,
    previous: null,
    undone: null,
  }));
  readonly online = [true, true, true];
  readonly startedMs = [1, 1, 1];
  deaf = false;
  readonly last: StatusMessage['lastCommand'][] = [undefined, undefined, undefined];
  orders = 0;
  refuse: (target: number) => string | null = () => null;
  rollout: Rollout = {
    id: 1,
    model: MODEL,
    by: 'test',
    rows: 10,
    canaries: 1,
    targets: ['a', 'b', 'c'].map((asset, i) => ({ site: 's', edge: `e${i}`, asset })),
    stage: 'shadow',
    startedMs: 1000,
    stageMs: 1000,
  };

  edges(): StatusMessage[] {
    return this.machines.map((machine, i) => ({
      v: 1,
      site: 's',
      edge: `e${i}`,
      online: this.online[i],
      timeMs: this.nowMs,
      version: '0',
      startedMs: this.startedMs[i],
      models: [machine],
      ...(this.last[i] ? { lastCommand: this.last[i] } : {}),
    }));
  }

  step(): void {
    this.nowMs += 1000;
    const step = stepRollout(this.rollout, this.edges(), this.nowMs);
    this.rollout = step.rollout;
    for (const { target, order } of step.orders) {
      const id = `o${++this.orders}`;
      this.rollout = recordSent(this.rollout, target, id, order, this.nowMs);
      if (this.deaf) continue;
      const machine = this.machines[target];
      const detail = order.what === 'model' ? this.refuse(target) : null;
      this.last[target] = {
        id,
        what: order.what,
        outcome: detail ? 'refused' : 'done',
        detail: detail ?? '',
        timeMs: 0,
      };
      if (detail) continue;
      if (order.what === 'model' && order.stage === 'shadow') machine.candidate = run(MODEL, 0);
      else if (order.what === 'model') {
        machine.previous = machine.active;
        machine.active = run(MODEL, 0);
        machine.candidate = null;
      } else {
        if (machine.active?.id === MODEL) machine.active = run(OLD, 0);
        machine.candidate = null;
      }
    }
  }

  judge(rows: number): void {
    for (const { active, candidate } of this.machines) {
      if (active) active.rows += rows;
      if (candidate) candidate.rows += rows;
    }
  }

  get actives(): string[] {
    return this.machines.map((m) => m.active?.id[0] ?? '-');
  }
}

test('shadow everywhere, then one canary, then all; each stage waits for enough rows', () => {
  const plant = new Plant();
  for (let i = 0; i < 3; i++) plant.step();
  expect(plant.machines.every((m) => m.candidate?.id === MODEL)).toBe(true);
  expect(plant.rollout.stage).toBe('shadow');
  plant.judge(10);
  for (let i = 0; i < 3; i++) plant.step();
  expect([plant.rollout.stage, ...plant.actives]).toEqual(['canary', 'a', 'b', 'b']);
  plant.judge(9);
  plant.step();
  expect(plant.rollout.stage).toBe('canary');
  plant.judge(1);
  for (let i = 0; i < 3; i++) plant.step();
  expect([plant.rollout.stage, ...plant.actives]).toEqual(['everywhere', 'a', 'a', 'a']);
  plant.judge(10);
  plant.step();
  expect(plant.rollout.stage).toBe('done');
  const { orders } = plant;
  plant.step();
  expect(plant.orders).toBe(orders);
});

test('a refusal or rollback by one target rolls it back everywhere, and no other target gets it', () => {
  const plant = new Plant();
  plant.refuse = (target) => (target === 1 ? 'it does not see' : null);
  for (let i = 0; i < 5; i++) plant.step();
  expect(plant.rollout).toMatchObject({ stage: 'rolled_back', why: 's/e1/b: it does not see' });
  expect(plant.machines.every((m) => m.candidate === null)).toBe(true);

  const other = new Plant();
  for (let i = 0; i < 3; i++) other.step();
  other.judge(10);
  for (let i = 0; i < 2; i++) other.step();
  expect(other.actives).toEqual(['a', 'b', 'b']);
  // The canary's edge rolled it back by itself.
  other.machines[0] = {
    ...other.machines[0],
    active: run(OLD, 5),
    undone: { id: MODEL, why: 'it is worse', timeMs: other.nowMs },
  };
  for (let i = 0; i < 5; i++) other.step();
  expect(other.rollout).toMatchObject({ stage: 'rolled_back', why: 's/e0/a: it is worse' });
  expect(other.actives).toEqual(['b', 'b', 'b']);
});

test('an offline edge holds up the rollout, and gets or loses the model when it is back', () => {
  const plant = new Plant();
  plant.online[2] = false;
  for (let i = 0; i < 5; i++) plant.step();
  plant.judge(20);
  for (let i = 0; i < 5; i++) plant.step();
  expect(plant.rollout.stage).toBe('shadow');
  plant.online[2] = true;
  plant.step();
  plant.judge(20);
  plant.step();
  expect(plant.rollout.stage).toBe('canary');
  plant.online[1] = false;
  plant.rollout = { ...plant.rollout, stage: 'rolling_back', why: 'by command' };
  for (let i = 0; i < 40; i++) plant.step();
  expect(plant.rollout.stage).toBe('rolling_back');
  plant.online[1] = true;
  for (let i = 0; i < 40; i++) plant.step();
  expect(plant.rollout.stage).toBe('rolled_back');
  expect(plant.machines.every((m) => m.candidate === null)).toBe(true);
});

test('a machine that has not run enough is retried, without a rollback', () => {
  const plant = new Plant();
  plant.refuse = (target) => (target === 1 && plant.nowMs < 1_000_060_000 ? 'not yet: 3 rows' : null);
  for (let i = 0; i < 20; i++) plant.step();
  expect(plant.rollout).toMatchObject({ stage: 'shadow' });
  expect(plant.rollout.targets[1].said).toBe('not yet: 3 rows');
  expect(plant.orders).toBeLessThan(6);
  for (let i = 0; i < 80; i++) plant.step();
  expect(plant.machines[1].candidate?.id).toBe(MODEL);
});

test('a lost order is resent: at once to a restarted edge, else after two minutes', () => {
  const plant = new Plant();
  plant.deaf = true;
  plant.step();
  expect(plant.orders).toBe(3);
  plant.deaf = false;
  for (let i = 0; i < 5; i++) plant.step();
  expect(plant.orders).toBe(3);
  plant.startedMs[1] = 5000;
  plant.step();
  expect(plant.machines.map((m) => m.candidate?.id[0])).toEqual([undefined, 'a', undefined]);
  for (let i = 0; i < 125; i++) plant.step();
  expect(plant.machines.map((m) => m.candidate?.id[0])).toEqual(['a', 'a', 'a']);
});
