import type { ModelView } from '#models/contracts/api.ts';
import type { MachineModels, ModelRun } from '#models/contracts/models.ts';
import type { Rollout } from '#models/contracts/rollout.ts';
import type { StatusMessage } from '#models/contracts/status.ts';
import { api } from './api.ts';
import { number, percent, time } from './format.ts';
import { Table } from './table.tsx';
import { useLoaded, useTicks } from './useLoaded.ts';

const REFRESH_MS = 5000;

const STAGE_WORDS: Record<Rollout['stage'], string> = {
  shadow: 'shadow on all',
  canary: 'live on canaries',
  everywhere: 'live on all',
  done: 'arrived',
  rolling_back: 'rolling back',
  rolled_back: 'rolled back',
};

/** The process model of each machine, whether it still fits, and roll-outs in progress. */
export function ModelsPage() {
  const ticks = useTicks(REFRESH_MS);
  const { value, error } = useLoaded(() => Promise.all([api.edges(), api.models(), api.rollouts()]), [ticks.value]);
  if (value.value === null) return <p role={error.value ? 'alert' : 'status'}>{error.value ?? 'Loading …'}</p>;
  const [edges, models, rollouts] = value.value;
  const machines = edges.flatMap((edge) => (edge.models ?? []).map((its) => machineRow(edge, its)));
  return (
    <>
      {error.value && <p role="alert">{error.value}</p>}
      <h2>Models on machines ({machines.length})</h2>
      <p class="quiet">
        A machine with three slow values or more learns a model of them over its first week; others come from the
        registry.
      </p>
      {machines.length > 0 && (
        <Table
          label="Models on machines"
          head={['Machine', 'Judges', 'Rows', 'Flagged rows', 'Time a row', 'In shadow', 'Fit', 'Last rolled back']}
          rows={machines}
        />
      )}
      <h2>Registry ({models.length})</h2>
      {models.length > 0 && (
        <Table
          label="Registry"
          head={['Model', 'Id', 'Kind', 'Added', 'Approved', 'Runs on']}
          rows={models.map(modelRow)}
        />
      )}
      <h2>Roll-outs ({rollouts.length})</h2>
      {rollouts.length > 0 && (
        <Table
          label="Roll-outs"
          head={['Number', 'Model', 'Stage', 'Since', 'Machines', 'Why']}
          rows={rollouts.map((rollout) => rolloutRow(rollout, models))}
        />
      )}
    </>
  );
}

const named = ({ name, release }: Pick<ModelRun, 'name' | 'release'>) => `${name} ${release}`;

function machineRow({ site, edge, online }: StatusMessage, { asset, active, candidate, undone, fit }: MachineModels) {
  const drifted = fit?.drifted.map(({ channel }) => channel).join(', ');
  const fits = fit === undefined ? 'too few rows yet' : drifted ? `moved: ${drifted}` : 'as in training';
  return [
    `${site}/${edge}/${asset}${online ? '' : ' (away)'}`,
    active ? named(active) : 'none',
    active ? number(active.rows) : '–',
    active && active.rows > 0 ? percent(active.over / active.rows) : '–',
    active ? `${number(active.msPerRow)} ms` : '–',
    candidate ? named(candidate) : '–',
    active ? (fit?.advice ?? fits) : '–',
    undone ? `${time(undone.timeMs)}: ${undone.why}` : '–',
  ];
}

function modelRow({ id, name, release, kind, added, approved, where }: ModelView) {
  return [
    named({ name, release }),
    id.slice(0, 12),
    kind,
    `${time(added.atMs)} by ${added.by}`,
    approved ? `${time(approved.atMs)} by ${approved.by}` : 'not approved: edges cannot fetch it',
    where.length === 0 ? 'none' : where.map(({ site, edge, asset }) => `${site}/${edge}/${asset}`).join(', '),
  ];
}

function rolloutRow({ id, model, stage, stageMs, targets, why }: Rollout, models: readonly ModelView[]) {
  const known = models.find((m) => m.id === model);
  return [
    String(id),
    known ? named(known) : model.slice(0, 12),
    STAGE_WORDS[stage],
    time(stageMs),
    targets.map(({ site, edge, asset }) => `${site}/${edge}/${asset}`).join(', '),
    why ?? '–',
  ];
}
