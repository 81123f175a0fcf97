import { escaped } from '#models/reports/page.ts';
import type { FoundGroup, FoundPoint } from './discover.ts';
import { usualUnits } from './discover.ts';
import type { KnownMachine, KnownPoint, Setup } from './setup.ts';

/** What the page shows beside the set-up itself. */
export interface PageState {
  file: string;
  /** Error of the last action. */
  problem: string | null;
  notice: string | null;
  /** Of the running edge, one line each. */
  status: readonly string[];
}

export const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui;margin:0 auto;max-width:68rem;padding:1rem}
section{border-top:1px solid #8888;margin-top:1.5rem}label{display:inline-block;margin:.25rem 1rem .25rem 0}
input,select{display:block;font:inherit;padding:.3rem;min-width:14rem}input[type=checkbox]{display:inline;min-width:0}
button{font:inherit;padding:.4rem 1rem}table{border-collapse:collapse}th,td{border-bottom:1px solid #8888;padding:.25rem .75rem;text-align:left}
pre{overflow-x:auto;padding:.75rem;border:1px solid #8888}.problem{border-left:.4rem solid #b3261e;padding:.5rem}.notice{border-left:.4rem solid #1e6b34;padding:.5rem}
svg{max-width:100%;height:5rem}fieldset{border:1px solid #8888;margin:.75rem 0}`;

const attribute = (text: string) => escaped(text).replaceAll('"', '&quot;');

interface Field {
  label: string;
  name: string;
  value?: string | undefined;
  type?: string;
  isRequired?: boolean;
  hint?: string;
}

const field = ({ label, name, value = '', type = 'text', isRequired = false, hint = '' }: Field) =>
  `<label>${escaped(label)}<input name="${attribute(name)}" type="${type}" value="${attribute(value)}" placeholder="${attribute(hint)}"${isRequired ? ' required' : ''}${type === 'number' ? ' step="any"' : ''}></label>`;

const select = (label: string, name: string, value: string | undefined, options: readonly string[]) =>
  `<label>${escaped(label)}<select name="${attribute(name)}">${['', ...options]
    .map(
      (o) => `<option${o === (value ?? '') ? ' selected' : ''} value="${attribute(o)}">${escaped(o || '–')}</option>`,
    )
    .join('')}</select></label>`;

const form = (action: string, content: string, button: string) =>
  `<form method="post" action="${action}">${content}<p><button>${escaped(button)}</button></p></form>`;

/** The whole set-up on one page: basics, sources, machines, review. Texts from devices and users are escaped. */
export function setupPage(setup: Setup, state: PageState): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Millwright set-up</title><link rel="stylesheet" href="/style.css"></head><body>
<h1>Set up an edge</h1>
<p>The result is <code>${escaped(state.file)}</code>. Nothing is stored before you review it.</p>
${state.problem === null ? '' : `<p class="problem" role="alert">${escaped(state.problem)}</p>`}
${state.notice === null ? '' : `<p class="notice" role="status">${escaped(state.notice)}</p>`}
${basicsSection(setup)}
${brokerSection(setup)}
${opcuaSection(setup)}
${machinesSection(setup.machines())}
${reviewSection(setup, state)}
</body></html>`;
}

function basicsSection({ basics }: Setup): string {
  const { site, edge, dataDirectory, uplinkUrl } = basics;
  return `<section><h2>1. This edge</h2>${form(
    '/basics',
    field({ label: 'Site', name: 'site', value: site, isRequired: true, hint: 'plant-1' }) +
      field({ label: 'Name of the edge', name: 'edge', value: edge, isRequired: true, hint: 'edge-1' }) +
      field({ label: 'Data directory', name: 'dataDirectory', value: dataDirectory, isRequired: true }) +
      field({
        label: "The gateway's broker",
        name: 'uplinkUrl',
        value: uplinkUrl,
        isRequired: true,
        hint: 'mqtt://gateway:1883',
      }),
    'Keep',
  )}</section>`;
}

function brokerSection({ discovery }: Setup): string {
  const listen = form(
    '/broker/listen',
    field({
      label: 'Broker',
      name: 'url',
      value: discovery?.broker.url,
      isRequired: true,
      hint: 'mqtt://broker:1883',
    }) +
      field({ label: 'User name', name: 'username', value: discovery?.broker.username }) +
      field({ label: 'File with the password', name: 'passwordFile', value: discovery?.broker.passwordFile }) +
      field({ label: 'Topics', name: 'filter', value: '#', isRequired: true }) +
      field({ label: 'Seconds', name: 'seconds', value: '10', type: 'number', isRequired: true }),
    'Listen',
  );
  if (discovery === null) return `<section><h2>2. MQTT sources</h2>${listen}</section>`;
  const groups = discovery.groups.map(groupFieldset).join('');
  const unknown =
    discovery.unknown.length === 0
      ? ''
      : `<p>Not recognised: ${discovery.unknown.slice(0, 20).map(escaped).join(', ')}. The cookbook has mappings for such payloads.</p>`;
  const add = discovery.groups.length === 0 ? '<p>No message was recognised.</p>' : form('/broker/add', groups, 'Add');
  return `<section><h2>2. MQTT sources</h2>${listen}${add}${unknown}</section>`;
}

function groupFieldset({ subscription, topics, points, refused }: FoundGroup, index: number): string {
  const rows = points
    .map(
      (p) =>
        `<tr><td>${escaped(p.asset)}</td><td>${escaped(p.point)}</td><td>${escaped(p.shown)}</td><td>${spectrumSvg(p)}</td></tr>`,
    )
    .join('');
  const no = refused.length === 0 ? '' : `<p>Refused: ${refused.slice(0, 5).map(escaped).join('; ')}</p>`;
  return `<fieldset><legend><label><input type="checkbox" name="group" value="${index}"${points.length > 0 ? ' checked' : ''}> ${escaped(String(subscription.topic))} (${topics.length} topics)</label></legend>
<table><thead><tr><th>Machine</th><th>Point</th><th>A message</th><th>Spectrum</th></tr></thead><tbody>${rows}</tbody></table>${no}
<pre>${escaped(JSON.stringify(subscription, null, 2))}</pre></fieldset>`;
}

const [WIDTH, HEIGHT] = [400, 80];

function spectrumSvg({ asset, point, spectrum }: FoundPoint): string {
  if (spectrum === null) return '';
  const { amplitude, stepHz } = spectrum;
  const most = Math.max(...amplitude, Number.MIN_VALUE);
  const at = (v: number, i: number) =>
    `${((i / Math.max(1, amplitude.length - 1)) * WIDTH).toFixed(1)},${(HEIGHT * (1 - v / most)).toFixed(1)}`;
  const label = `Spectrum of ${asset} ${point}, 0 to ${Math.round(stepHz * amplitude.length)} Hz, highest line ${most.toPrecision(3)}`;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${attribute(label)}"><polyline fill="none" stroke="currentColor" points="${amplitude.map(at).join(' ')}"/></svg>`;
}

function opcuaSection({ browsed }: Setup): string {
  const browse = form(
    '/opcua/browse',
    field({
      label: 'Endpoint',
      name: 'endpoint',
      value: browsed?.endpoint,
      isRequired: true,
      hint: 'opc.tcp://plc:4840',
    }),
    'Browse',
  );
  if (browsed === null) return `<section><h2>3. OPC UA sources</h2>${browse}</section>`;
  const rows = browsed.variables
    .map(
      ({ nodeId, path, dataType, length, value, unit, status }, i) =>
        `<tr><td><label><input type="checkbox" name="node" value="${i}"> ${escaped(path)}</label></td><td>${escaped(nodeId)}</td><td>${escaped(length === null ? dataType : `${dataType}[${length}]`)}</td><td>${escaped(status === 'Good' ? `${value ?? ''} ${unit ?? ''}` : status)}</td><td><input aria-label="Machine of ${attribute(path)}" name="asset-${i}"></td><td><input aria-label="Point of ${attribute(path)}" name="point-${i}"></td><td><input aria-label="Sample rate of ${attribute(path)}, Hz" name="rate-${i}" type="number" step="any"></td></tr>`,
    )
    .join('');
  const table = `<table><thead><tr><th>Node</th><th>Id</th><th>Type</th><th>Value</th><th>Machine</th><th>Point</th><th>Sample rate of an array, Hz</th></tr></thead><tbody>${rows}</tbody></table>`;
  return `<section><h2>3. OPC UA sources</h2>${browse}${form('/opcua/add', table, 'Add')}</section>`;
}

function machinesSection(machines: readonly KnownMachine[]): string {
  const forms = machines.map(({ asset, kind, ratedRpm, points }) =>
    form(
      '/machine',
      `<fieldset><legend>${escaped(asset)}</legend><input type="hidden" name="asset" value="${attribute(asset)}">
${field({ label: 'Kind', name: 'kind', value: kind, hint: 'pump' })}${field({ label: 'Rated speed, rpm', name: 'ratedRpm', value: ratedRpm?.toString(), type: 'number' })}
${points.map(pointFields).join('')}</fieldset>`,
      `Keep ${asset}`,
    ),
  );
  const none = '<p>Add a source first: its machines appear here.</p>';
  return `<section><h2>4. Machines</h2><p>Whatever you know helps the diagnosis; nothing of it is needed.</p>${forms.join('') || none}</section>`;
}

function pointFields({ point, kind, unit, role, hasBearing }: KnownPoint): string {
  const units = kind === undefined ? [...new Set([...usualUnits.waveform, ...usualUnits.value])] : usualUnits[kind];
  const bearing =
    kind === 'value'
      ? ''
      : field({ label: `Bearing of ${point}`, name: `bearing-${point}`, hint: hasBearing ? 'known' : '6205' });
  return `<div><input type="hidden" name="point" value="${attribute(point)}">${select(`Unit of ${point}`, `unit-${point}`, unit, units)}${kind === 'waveform' ? '' : select(`Role of ${point}`, `role-${point}`, role, ['condition', 'speed', 'load'])}${bearing}</div>`;
}

function reviewSection(setup: Setup, { status }: PageState): string {
  const faults = setup.faults();
  const diff = setup.diff();
  const wrong =
    faults.length === 0 ? '' : `<p>Still to do:</p><ul>${faults.map((f) => `<li>${escaped(f)}</li>`).join('')}</ul>`;
  const changes = diff === '' ? '<p>The file is as it is stored.</p>' : `<pre data-diff>${escaped(diff)}</pre>`;
  const start =
    faults.length === 0 ? form('/start', '', diff === '' ? 'Start the edge' : 'Store and start the edge') : '';
  const running = status.map((line) => `<li>${escaped(line)}</li>`).join('');
  const live = setup.isRunning
    ? `<h3>The edge runs</h3><ul data-status>${running}</ul><p><a href="/">Look again</a></p>`
    : '';
  return `<section><h2>5. Review and start</h2>${wrong}${changes}${start}${live}</section>`;
}
