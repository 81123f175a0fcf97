import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { AuditEntry } from '#models/contracts/audit.ts';
import { api } from '../api.ts';
import { isoTime, time } from '../format.ts';
import { t, term } from '../i18n/i18n.ts';
import { ScrollTable } from '../scroll.tsx';
import { AuditCheckLine } from './auditCheck.tsx';
import { type AuditSearch, addressOf, detailLines, requestOf, searchIn } from './auditFilter.ts';

const PAGE = 100;
/** Empty pages of results that are followed automatically; further ones need a click. */
const MOST_EMPTY = 20;

/** The audit log, newest first, with a check of its integrity. */
export function AuditPage() {
  const search = useSignal(searchIn(location.hash));
  const entries = useSignal<AuditEntry[]>([]);
  const next = useSignal<number | null>(null);
  const state = useSignal<'loading' | 'loaded'>('loading');
  const problem = useSignal<string | null>(null);

  const load = async (from: number | null) => {
    const requested = search.value;
    state.value = 'loading';
    try {
      let before = from;
      let found: AuditEntry[] = [];
      for (let step = 0; step < MOST_EMPTY && found.length === 0 && (step === 0 || before !== null); step++) {
        const page = await api.audit({ ...requestOf(requested), before: before ?? undefined, limit: PAGE });
        [found, before] = [page.entries, page.next ?? null];
      }
      // The user has changed the search meanwhile.
      if (requested !== search.value) return;
      entries.value = from === null ? found : [...entries.value, ...found];
      [next.value, problem.value] = [before, null];
    } catch (error) {
      if (requested !== search.value) return;
      problem.value = error instanceof Error ? error.message : String(error);
    }
    state.value = 'loaded';
  };
  useEffect(() => {
    history.replaceState(null, '', addressOf(search.value));
    void load(null);
  }, [search.value]);

  return (
    <section aria-labelledby="audit-title">
      <h2 id="audit-title">{t('Audit log')}</h2>
      <p class="quiet">
        {t('Every action of a person, a token or an edge, newest first. Entries cannot be changed or removed.')}
      </p>
      <AuditCheckLine />
      <SearchForm search={search.value} change={(part) => (search.value = { ...search.value, ...part })} />
      {problem.value && <p role="alert">{problem.value}</p>}
      {entries.value.length > 0 && (
        <ScrollTable
          label={t('Entries')}
          head={[t('Number'), t('Time'), t('Who'), t('Action'), t('Subject'), t('Details')]}
        >
          {entries.value.map((entry) => (
            <EntryRow key={entry.sequence} entry={entry} />
          ))}
        </ScrollTable>
      )}
      <p role="status" class="empty">
        {state.value === 'loading'
          ? t('Loading …')
          : entries.value.length === 0 && problem.value === null
            ? t('No matching entries.')
            : ''}
      </p>
      {next.value !== null && (
        <p class="tools">
          <button type="button" disabled={state.value === 'loading'} onClick={() => void load(next.value)}>
            {t('Older entries')}
          </button>
        </p>
      )}
    </section>
  );
}

function EntryRow({ entry: { sequence, atMs, who, what, subject, detail } }: { entry: AuditEntry }) {
  return (
    <tr data-audit={sequence}>
      <td>{sequence}</td>
      <td>
        <time dateTime={isoTime(atMs)}>{time(atMs)}</time>
      </td>
      <th scope="row">{who}</th>
      <td>{term(what)}</td>
      <td class="long">{subject}</td>
      <td class="long">
        {detailLines(detail).map((line) => (
          <div key={line}>{line}</div>
        ))}
      </td>
    </tr>
  );
}

const LABELS: Record<keyof AuditSearch, string> = {
  who: t('Who'),
  what: t('Action'),
  subject: t('Subject'),
  from: t('From'),
  to: t('Until'),
};

interface SearchProps {
  search: AuditSearch;
  change: (part: Partial<AuditSearch>) => void;
}

/** Applies when a field is left, or by Enter. */
function SearchForm({ search, change }: SearchProps) {
  return (
    <form class="controls" onSubmit={(event) => event.preventDefault()}>
      {Object.entries(LABELS).map(([field, label]) => (
        <SearchField
          key={field}
          label={label}
          isDay={field === 'from' || field === 'to'}
          value={search[field as keyof AuditSearch]}
          change={(value) => change({ [field]: value })}
        />
      ))}
      <button type="submit">{t('Search')}</button>
    </form>
  );
}

interface FieldProps {
  label: string;
  isDay: boolean;
  value: string;
  change: (value: string) => void;
}

function SearchField({ label, isDay, value, change }: FieldProps) {
  if (isDay)
    return (
      <label>
        {label} <input type="date" value={value} onChange={(e) => change(e.currentTarget.value)} />
      </label>
    );
  return (
    <label>
      {label} <input maxLength={200} value={value} onChange={(e) => change(e.currentTarget.value.trim())} />
    </label>
  );
}
