import { api } from '../api.ts';
import { t } from '../i18n/i18n.ts';
import { planVersion } from '../state.ts';
import { useLoaded } from '../useLoaded.ts';
import { CurrentDecision } from './orderDecision.tsx';
import { planHref } from './planHref.ts';

/** Decisions in progress: from the acceptance of an order to its receipt. */
export function Decisions() {
  const { value, error } = useLoaded(() => api.decisions(), [planVersion.value]);
  const current = value.value ?? [];
  if (error.value) return <p role="alert">{error.value}</p>;
  if (current.length === 0) return null;
  return (
    <details>
      <summary>{t('Decisions under way ({{count}})', { count: current.length })}</summary>
      <ul>
        {current.map((decision) => (
          <li key={decision.id}>
            <a href={planHref(decision)}>
              {decision.item}
              {decision.site ? ` @ ${decision.site}` : ''}
            </a>
            <CurrentDecision decision={decision} />
          </li>
        ))}
      </ul>
    </details>
  );
}
