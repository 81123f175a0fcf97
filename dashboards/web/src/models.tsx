import type { ModelView } from '#models/contracts/api.ts';
import type { MachineModels, ModelRun } from '#models/contracts/models.ts';
import type { Rollout } from '#models/contracts/rollout.ts';
import type { StatusMessage } from '#models/contracts/status.ts';
import { api } from './api.ts';
import { number, percent, time } from './format.ts';
import { t, term } from './i18n/i18n.ts';
import { Table } from './table.tsx';
import { useLoaded, useTicks } from './useLoaded.ts';

const REFRESH_MS = 5000;

const STAGE_WORDS: Record<Rollout['stage'], string> = {
  shadow: t('shadow on all'),
  canary: t('live on canaries'),
  everywhere: t('live on all'),
  done: t('arrived'),
  rolling_back: t('rolling back'),
  rolled_back: t('rolled back'),
};

/** The process model of each machine, whether it still fits, and roll-outs in progress. */
export function ModelsPage() {
  const ticks = useTicks(REFRESH_MS);
  const { value, error } = useLoaded(() => Promise.all([api.edges(), api.models(), api.rollouts()]), [ticks.value]);
  if (value.value === null) return <p role={error.value ? 'alert' : 'status'}>{error.value ?? t('Loading …')}</p>;
  const [edges, models, rollouts] = value.value;
  const machines = edges.flatMap((edge) => (edge.models ?? []).map((its) => machineRow(edge, its)));
  return (
    <>
      {error.value && <p role="alert">{error.value}</p>}
      <h2>{t('Models on machines ({{count}})', { count: machines.length })}</h2>
      <p class="quiet">
        {t(
          'A machine with three slow values or more learns a model of them over its first week; others come from the registry.',
        )}
      </p>
      {machines.length > 0 && (
        <Table
          label={t('Models on machines')}
          head={[
            t('Machine'),
            t('Judges'),
            t('Rows'),
            t('Flagged rows'),
            t('Time a row'),
            t('In shadow'),
            t('Fit'),
            t('Last rolled back'),
          ]}
          rows={machines}
        />
      )}
      <h2>{t('Registry ({{count}})', { count: models.length })}</h2>
      {models.length > 0 && (
        <Table
          label={t('Registry')}
          head={[t('Model'), t('Id'), t('Kind'), t('Added'), t('Approved'), t('Runs on')]}
          rows={models.map(modelRow)}
        />
      )}
      <h2>{t('Roll-outs ({{count}})', { count: rollouts.length })}</h2>
      {rollouts.length > 0 && (
        <Table
          label={t('Roll-outs')}
          head={[t('Number'), t('Model'), t('Stage'), t('Since'), t('Machines'), t('Why')]}
          rows={rollouts.map((rollout) => rolloutRow(rollout, models))}
        />
      )}
    </>
  );
}

const named = ({ name, release }: Pick<ModelRun, 'name' | 'release'>) => `${name} ${release}`;

/** Members of the panel beside a machine's own model, each with the number of values it monitors. */
function membersText({ members = [] }: ModelRun): string {
  const watching = new Map<string, number>();
  for (const { member, channels } of members)
    if (channels > 0) watching.set(member, Math.max(channels, watching.get(member) ?? 0));
  const listed = [...watching].map(([member, channels]) => `${term(member)} ${number(channels)}`);
  return listed.length > 0 ? ` (${listed.join(', ')})` : '';
}

function machineRow({ site, edge, online }: StatusMessage, { asset, active, candidate, undone, fit }: MachineModels) {
  const drifted = fit?.drifted.map(({ channel }) => channel).join(', ');
  const fits =
    fit === undefined ? t('too few rows yet') : drifted ? t('moved: {{drifted}}', { drifted }) : t('as in training');
  return [
    `${site}/${edge}/${asset}${online ? '' : ` (${t('away')})`}`,
    active ? named(active) + membersText(active) : t('none'),
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
    term(kind),
    t('{{atMs}} by {{by}}', { atMs: time(added.atMs), by: added.by }),
    approved
      ? t('{{atMs}} by {{by}}', { atMs: time(approved.atMs), by: approved.by })
      : t('not approved: edges cannot fetch it'),
    where.length === 0 ? t('none') : where.map(({ site, edge, asset }) => `${site}/${edge}/${asset}`).join(', '),
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
