import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { t } from '../i18n/i18n.ts';
import { TOPICS, type TopicName } from './topics.ts';

/** A button that explains the number beside it. The browser closes the explanation on Escape or a click elsewhere. */
export function Explain({ topic }: { topic: TopicName }) {
  const id = useId();
  const isOpen = useSignal(false);
  const { name } = TOPICS[topic];
  return (
    <>
      <button type="button" class="explain" popovertarget={id} aria-label={t('What is “{{name}}”?', { name })}>
        ?
      </button>
      <div
        id={id}
        popover="auto"
        role="dialog"
        aria-label={name}
        class="explanation"
        onToggle={(e) => (isOpen.value = (e as unknown as ToggleEvent).newState === 'open')}
      >
        {isOpen.value && <Explanation topic={topic} />}
      </div>
    </>
  );
}

/** Explanations of several numbers under one heading. */
export function Explanations({ title, topics }: { title: string; topics: readonly TopicName[] }) {
  const isOpen = useSignal(false);
  return (
    <details class="no-report" onToggle={(e) => (isOpen.value = e.currentTarget.open)}>
      <summary>{title}</summary>
      {isOpen.value && topics.map((topic) => <Explanation key={topic} topic={topic} />)}
    </details>
  );
}

function Explanation({ topic }: { topic: TopicName }) {
  const { name, meaning, unit, formula, source } = TOPICS[topic];
  return (
    <>
      <p>
        <strong>{name}</strong>: {meaning}
      </p>
      <dl>
        <dt>{t('Unit')}</dt>
        <dd>{unit}</dd>
        <dt>{t('Formula')}</dt>
        <dd>{formula}</dd>
        <dt>{t('Source')}</dt>
        <dd>{source}</dd>
      </dl>
    </>
  );
}
