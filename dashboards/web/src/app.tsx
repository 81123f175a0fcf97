import { signal, useSignal } from '@preact/signals';
import { token } from './api.ts';
import { MachinePage } from './machine/machinePage.tsx';
import { ModelsPage } from './models.tsx';
import { PlanPage } from './plan.tsx';
import { PlanItemPage } from './planItem.tsx';
import { PlantPage } from './plant/plantPage.tsx';
import { connection, keyOf, machines, planAlerts, problem } from './state.ts';

const route = signal(location.hash);
addEventListener('hashchange', () => {
  route.value = location.hash;
});

const CONNECTION_WORDS = {
  connecting: 'Connecting …',
  live: 'Live',
  lost: 'Connection lost: trying again',
  'not allowed': 'Not allowed',
};

export function App() {
  return (
    <>
      <header class="top">
        <h1>
          <a class="brand" href="#/">
            Millwright
          </a>
        </h1>
        <nav aria-label="Views">
          <a class="view" href="#/" aria-current={view() === 'machines' ? 'page' : undefined}>
            Machines
          </a>
          <a class="view" href="#/models" aria-current={view() === 'models' ? 'page' : undefined}>
            Models
          </a>
          <a class="view" href="#/plan" aria-current={view() === 'planning' ? 'page' : undefined}>
            Planning{planAlerts.value.length > 0 ? ` (${planAlerts.value.length})` : ''}
          </a>
        </nav>
        <span class={`connection ${connection.value.replace(' ', '-')}`} role="status">
          {CONNECTION_WORDS[connection.value]}
        </span>
      </header>
      <main>
        {problem.value && <p role="alert">{problem.value}</p>}
        {connection.value === 'not allowed' ? <TokenForm /> : <Content />}
      </main>
    </>
  );
}

/** Of an address that somebody typed: what cannot be decoded stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function view(): 'machines' | 'models' | 'planning' {
  if (route.value.startsWith('#/plan')) return 'planning';
  return route.value.startsWith('#/models') ? 'models' : 'machines';
}

function Content() {
  const item = /^#\/plan\/item\/([^/]+)\/([^/]*)$/.exec(route.value);
  if (item) return <PlanItemPage key={item[0]} item={decoded(item[1])} site={decoded(item[2])} />;
  if (view() === 'planning') return <PlanPage />;
  if (view() === 'models') return <ModelsPage />;
  const key = /^#\/machine\/(.+)$/.exec(route.value)?.[1];
  const machine = machines.value.find((m) => keyOf(m.health) === key);
  if (machine) return <MachinePage key={key} machine={machine} />;
  return <PlantPage />;
}

function TokenForm() {
  const text = useSignal('');
  const submit = (event: Event) => {
    event.preventDefault();
    token.keep(text.value.trim());
    location.reload();
  };
  return (
    <form class="token" onSubmit={submit}>
      <label>
        Token of this gateway
        <input
          type="password"
          required
          autocomplete="current-password"
          value={text.value}
          onInput={(e) => (text.value = e.currentTarget.value)}
        />
      </label>
      <button type="submit">Enter</button>
    </form>
  );
}
