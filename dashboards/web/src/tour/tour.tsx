import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n/i18n.ts';
import { worstFirst } from '../plant/worstFirst.ts';
import { keyOf, machines } from '../state.ts';

interface Step {
  title: string;
  text: string;
  address: () => string;
  /** The part of the page that the step is about. */
  selector: string;
}

const worstMachine = (): string => {
  const worst = machines.value.toSorted(worstFirst).at(0);
  return worst === undefined ? '#/' : `#/machine/${keyOf(worst.health)}`;
};

const STEPS: readonly Step[] = [
  {
    title: t('Machines'),
    text: t('Machines stand worst first. A card says what is wrong, since when, and what it waits for.'),
    address: () => '#/',
    selector: '.machines',
  },
  {
    title: t('Alerts'),
    text: t('An alert names the defect. Evidence lists the spectral lines for and against it; acknowledge it below.'),
    address: () => '#/',
    selector: '.alerts',
  },
  {
    title: t('Trends'),
    text: t('Trends stand in real units with their limits. Compare a machine with its sister, or zoom by dragging.'),
    address: worstMachine,
    selector: '[aria-labelledby=trends-title]',
  },
  {
    title: t('Recordings'),
    text: t('The signal behind an alert: spectra with the frequencies of its bearing by name, cursors, and the sound.'),
    address: worstMachine,
    selector: '[aria-labelledby=recordings-title]',
  },
  {
    title: t('Work'),
    text: t('Which machine to visit first: ranked by the risk that an hour of work avoids.'),
    address: () => '#/work',
    selector: 'main section',
  },
  {
    title: t('Planning'),
    text: t('The decisions that are due, and each part by its risk of running out. A failing machine raises demand.'),
    address: () => '#/plan',
    selector: 'main section',
  },
  {
    title: t('Set-up'),
    text: t('How the next edge is connected. The demo ends with Ctrl-C.'),
    address: () => '#/setup',
    selector: 'main section',
  },
];

/** The current step; null: no tour. The demo's address starts one. */
const step = signal<number | null>(location.hash === '#/tour' ? 0 : null);

export const startTour = (): void => {
  step.value = 0;
};

/** A panel at the foot of the page that guides through the views; the page stays usable. */
export function Tour() {
  const at = step.value;
  const panel = useRef<HTMLElement>(null);
  const shown = at === null ? undefined : STEPS.at(at);
  useEffect(() => {
    if (shown === undefined) return;
    location.hash = shown.address();
    panel.current?.focus();
    return pointAt(shown.selector);
  }, [at, shown !== undefined && machines.value.length > 0]);
  if (at === null || shown === undefined) return null;
  return (
    <aside class="tour" aria-label={t('Tour')} tabIndex={-1} ref={panel}>
      <h2>
        {shown.title} <small class="quiet">{t('{{at}} of {{count}}', { at: at + 1, count: STEPS.length })}</small>
      </h2>
      <p>{shown.text}</p>
      <p class="tools">
        <button type="button" disabled={at === 0} onClick={() => (step.value = at - 1)}>
          {t('Back')}
        </button>
        <button type="button" onClick={() => (step.value = at + 1 < STEPS.length ? at + 1 : null)}>
          {at + 1 < STEPS.length ? t('Next') : t('End the tour')}
        </button>
        {at + 1 < STEPS.length && (
          <button type="button" onClick={() => (step.value = null)}>
            {t('End the tour')}
          </button>
        )}
      </p>
    </aside>
  );
}

const LOOK_MS = 200;

/** Outlines an element once it exists. @returns a function that stops waiting and removes the outline. */
function pointAt(selector: string): () => void {
  let found: Element | null = null;
  const timer = setInterval(() => {
    found = document.querySelector(selector);
    if (found === null) return;
    clearInterval(timer);
    found.classList.add('tour-target');
    found.scrollIntoView({ block: 'start' });
  }, LOOK_MS);
  return () => {
    clearInterval(timer);
    found?.classList.remove('tour-target');
  };
}
