import type { Signal } from '@preact/signals';
import type { MachineView } from '#models/contracts/api.ts';
import { duration, time } from '../format.ts';
import { Explanations } from '../help/explain.tsx';
import { isTopic } from '../help/topics.ts';
import { t } from '../i18n/i18n.ts';
import { keyOf, machines } from '../state.ts';
import { FEATURES } from './features.ts';
import { type Comparison, endOf, type TrendSelection } from './trendLoad.ts';
import { pan, RANGES_S, type TrendWindow, widen } from './trendWindow.ts';

interface ControlsProps {
  machine: MachineView;
  wanted: Signal<TrendSelection>;
}

/** Controls of the trends: time window, features and comparison. */
export function TrendControls({ machine, wanted }: ControlsProps) {
  const { window, fields } = wanted.value;
  const change = (part: Partial<TrendSelection>) => (wanted.value = { ...wanted.value, ...part });
  const toggle = (field: string) =>
    change({ fields: fields.includes(field) ? fields.filter((f) => f !== field) : [...fields, field] });
  return (
    <>
      <div class="controls">
        <fieldset class="ranges">
          <legend>{t('Time range: last')}</legend>
          {RANGES_S.map((s) => (
            <label key={s}>
              <input
                type="radio"
                name="range"
                checked={window.rangeS === s && window.endMs === null}
                onChange={() => change({ window: { rangeS: s, endMs: null } })}
              />
              {duration(s)}
            </label>
          ))}
        </fieldset>
        <label>
          {t('Vibration feature')}{' '}
          <select
            value={fields.length === 1 ? fields[0] : ''}
            onChange={(e) => change({ fields: e.currentTarget.value === '' ? [] : [e.currentTarget.value] })}
          >
            <option value="">{fields.length > 1 ? t('several') : t('velocity RMS, or RMS')}</option>
            {FEATURES.map((f) => (
              <option key={f.field} value={f.field}>
                {f.label}
              </option>
            ))}
          </select>
        </label>
        <ComparisonChoice machine={machine} set={(comparison) => change({ comparison })} />
      </div>
      <Movement machine={machine} window={window} set={(moved) => change({ window: moved })} />
      <Explanations title={t('What the features mean')} topics={FEATURES.map(({ field }) => field).filter(isTopic)} />
      <details>
        <summary>{t('Several features together')}</summary>
        <p class="choices">
          {FEATURES.map(({ field, label }) => (
            <label key={field}>
              <input type="checkbox" checked={fields.includes(field)} onChange={() => toggle(field)} /> {label}
            </label>
          ))}
        </p>
      </details>
    </>
  );
}

interface MovementProps {
  machine: MachineView;
  window: TrendWindow;
  set: (window: TrendWindow) => void;
}

/** Pan back and forward, and zoom out; dragging across a chart zooms in. */
function Movement({ machine, window, set }: MovementProps) {
  const newestMs = machine.health.timeMs + 1000;
  const toMs = endOf(machine, window);
  return (
    <p class="tools">
      <button type="button" onClick={() => set(pan(window, -1, newestMs))}>
        {t('Earlier')}
      </button>
      <button type="button" disabled={window.endMs === null} onClick={() => set(pan(window, 1, newestMs))}>
        {t('Later')}
      </button>
      <button type="button" onClick={() => set(widen(window, newestMs))}>
        {t('Zoom out')}
      </button>
      <span class="quiet">
        {t('{{from}} to {{to}}; drag across a chart to zoom in', {
          from: time(toMs - 1000 * window.rangeS),
          to: time(toMs),
        })}
      </span>
    </p>
  );
}

const WEEK = 'week';

/** The week before, or a machine of the same kind. */
function ComparisonChoice({ machine, set }: { machine: MachineView; set: (comparison: Comparison) => void }) {
  const own = keyOf(machine.health);
  const sisters = machines.value.filter(({ health }) => health.kind === machine.health.kind && keyOf(health) !== own);
  const choose = (value: string) =>
    set(value === WEEK ? WEEK : (sisters.find(({ health }) => keyOf(health) === value)?.health ?? null));
  return (
    <label>
      {t('Compare with')}{' '}
      <select data-comparison onChange={(e) => choose(e.currentTarget.value)}>
        <option value="">{t('nothing')}</option>
        <option value={WEEK}>{t('the week before')}</option>
        {sisters.map(({ health }) => (
          <option key={keyOf(health)} value={keyOf(health)}>
            {health.displayName ?? health.asset}
          </option>
        ))}
      </select>
    </label>
  );
}
