import { collectDefaultMetrics, Registry } from 'prom-client';
import { readMetrics } from '#models/metrics/readMetrics.ts';
import type { Agent } from './agent.ts';
import type { CertificateWatch } from './certificates/certificateWatch.ts';
import type { Commands } from './commands.ts';
import type { ModelHost } from './models/modelHost.ts';
import type { Outbox } from './outbox.ts';
import type { PlantPublisher } from './publish/plantPublisher.ts';
import { MAX_FAULTS, type Source } from './sources/source.ts';
import type { Uplink } from './uplink.ts';

/** The edge's metrics, read from its parts on each scrape: the hot path keeps no counters for them. */
export function edgeMetrics(
  agent: Agent,
  outbox: Outbox,
  uplink: Uplink,
  sources: readonly Source[],
  certificates: CertificateWatch,
  commands: Commands,
  host: ModelHost,
  publisher?: PlantPublisher,
): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const read = readMetrics(registry, 'millwright_edge');
  const sum = (pick: (p: ReturnType<typeof agent.pipeline.ledger>['points'][number]) => number) =>
    agent.pipeline.ledger().points.reduce((total, p) => total + pick(p), 0);

  read('messages_received_total', 'messages of known points', [], (set) =>
    set(
      {},
      sum((p) => p.received),
    ),
  );
  read('messages_delivered_total', 'accepted messages', [], (set) =>
    set(
      {},
      sum((p) => p.delivered),
    ),
  );
  read('messages_late_total', 'messages older than the newest one of their point', [], (set) =>
    set(
      {},
      sum((p) => p.late),
    ),
  );
  read('messages_duplicate_total', 'duplicate messages', [], (set) =>
    set(
      {},
      sum((p) => p.duplicate),
    ),
  );
  read('messages_rejected_total', 'rejected messages, by reason', ['reason'], (set) => {
    for (const [reason, n] of rejections(agent)) set({ reason }, n);
  });
  read('flaws_total', 'data-quality flaws of accepted data', ['flaw'], (set) => {
    const total = new Map<string, number>();
    for (const { flaws = {} } of agent.pipeline.ledger().points) addCounts(total, flaws);
    for (const [flaw, n] of total) set({ flaw }, n);
  });
  read('clock_offset_seconds', "offset of a machine's clock; positive: it is behind", ['asset'], (set) => {
    for (const { asset, offsetS } of agent.pipeline.clocks()) set({ asset }, offsetS);
  });
  read('clock_jumps_total', 'adjustments of machine clocks', [], (set) =>
    set(
      {},
      agent.pipeline.clocks().reduce((sum, { jumps }) => sum + jumps, 0),
    ),
  );
  read('messages_held', 'messages waiting for a commit', [], (set) => set({}, agent.pendingArrivals));
  read('windows_total', 'computed feature rows', [], (set) =>
    set(
      {},
      sum((p) => p.windows),
    ),
  );
  read('signal_engine', '1 for the signal engine in use', ['engine'], (set) =>
    set({ engine: agent.pipeline.engine }, 1),
  );
  read('gathered_points', 'points whose signal is buffered for a diagnosis', [], (set) =>
    set({}, agent.pipeline.diagnoses.gatheredPoints),
  );
  read(
    'gather_refused_blocks_total',
    'blocks not buffered for a diagnosis because all buffers were in use',
    [],
    (set) => set({}, agent.pipeline.diagnoses.refusedBlocks),
  );
  read('diagnoses_total', 'diagnoses of buffered signals', [], (set) => set({}, agent.pipeline.diagnoses.made));
  read('diagnoses_deferred_total', 'diagnoses deferred until more data arrive', [], (set) =>
    set({}, agent.pipeline.diagnoses.deferred),
  );
  read('points', 'known points', [], (set) => set({}, agent.pipeline.ledger().points.length));
  read('points_silent', 'points that used to send regularly and are silent', [], (set) =>
    set({}, agent.pipeline.silentPoints),
  );
  read('commits_total', 'transactions since the start', [], (set) => set({}, agent.commits));
  read('outbox_rows', 'messages not yet acknowledged by the gateway', [], (set) => set({}, outbox.counts.rows));
  read('outbox_bytes', 'size of the outbox', [], (set) => set({}, outbox.counts.bytes));
  read(
    'outbox_dropped_total',
    'messages dropped because the outbox was full or they were too old',
    ['why', 'kind'],
    (set) => {
      for (const [key, n] of Object.entries(outbox.counts.dropped)) {
        const [why, kind] = key.split('/');
        set({ why, kind }, n);
      }
    },
  );
  read('outbox_failing', '1 while the outbox cannot be written', [], (set) => set({}, agent.failure === null ? 0 : 1));
  read('uplink_connected', '1 while the uplink is connected to its broker', [], (set) =>
    set({}, uplink.connected ? 1 : 0),
  );
  if (publisher) {
    read('publish_connected', '1 while the broker of "publish" is connected', [], (set) =>
      set({}, publisher.connected ? 1 : 0),
    );
    read('publish_messages_total', 'messages published in the plant’s namespace', [], (set) =>
      set({}, publisher.published),
    );
    read('publish_waiting', 'topics whose latest message waits for the broker', [], (set) =>
      set({}, publisher.waiting),
    );
    read('publish_replaced_total', 'messages replaced by a newer one of their topic before they were sent', [], (set) =>
      set({}, publisher.replaced),
    );
  }
  read('uplink_resent_total', 'resent messages', [], (set) => set({}, uplink.resent));
  read('gateway_clock_offset_seconds', "offset of the gateway's clock; positive: it is behind", [], (set) => {
    if (uplink.gatewayClockOffsetS !== undefined) set({}, uplink.gatewayClockOffsetS);
  });
  read('commands_refused_total', 'refused commands, by reason', ['why'], (set) => {
    for (const [why, n] of commands.refused) set({ why }, n);
  });
  read('health_index', 'health index of a machine; 1 is the alert limit', ['asset'], (set) => {
    for (const { asset, index } of agent.pipeline.indices()) set({ asset }, index);
  });
  read('model_rows_total', 'rows of process values judged by a model', ['asset', 'role', 'model', 'runtime'], (set) => {
    for (const { labels, run } of modelRuns(agent)) set(labels, run.rows);
  });
  read(
    'model_rows_over_total',
    'rows that a model judged unlike its training',
    ['asset', 'role', 'model', 'runtime'],
    (set) => {
      for (const { labels, run } of modelRuns(agent)) set(labels, run.over);
    },
  );
  read('model_failures_total', 'rows on which a model failed', ['asset', 'role', 'model', 'runtime'], (set) => {
    for (const { labels, run } of modelRuns(agent)) set(labels, run.failures);
  });
  read('model_row_seconds', 'mean inference time of a row', ['asset', 'role', 'model', 'runtime'], (set) => {
    for (const { labels, run } of modelRuns(agent)) set(labels, run.msPerRow / 1000);
  });
  read('model_rows_skipped_total', 'rows not judged by a model, by reason', ['reason'], (set) => {
    for (const [reason, n] of Object.entries(agent.pipeline.skippedRows)) set({ reason }, n);
  });
  read('model_fits', '1 while the machine resembles the training of its model', ['asset'], (set) => {
    for (const { asset, fit } of agent.pipeline.models()) if (fit) set({ asset }, fit.advice === null ? 1 : 0);
  });
  read('model_process_restarts_total', 'restarts of the model process', [], (set) => set({}, host.restarts));
  read('model_files_waiting', 'machines whose model file was not accepted', [], (set) =>
    set({}, [...agent.models.files.values()].filter((one) => one.why !== null).length),
  );
  read('source_connected', '1 while the source is connected', ['source'], (set) => {
    for (const [i, s] of sources.entries()) set({ source: String(i) }, s.state === 'connected' ? 1 : 0);
  });
  read('source_events_total', 'events of a source', ['source', 'event'], (set) => {
    for (const [i, { events = new Map<string, number>() }] of sources.entries())
      for (const [event, n] of events) set({ source: String(i), event }, n);
  });
  read('source_faults', 'configured points that a source cannot deliver, by reason', ['source', 'reason'], (set) => {
    for (const [i, { faults = [] }] of sources.entries())
      for (const reason of new Set(faults.map((f) => f.reason)))
        set({ source: String(i), reason }, faults.filter((f) => f.reason === reason).length);
  });
  read(
    'source_point_fault',
    '1 for a point that cannot be delivered',
    ['source', 'asset', 'point', 'reason'],
    (set) => {
      for (const [i, { faults = [] }] of sources.entries())
        for (const { asset, point, reason } of faults.slice(0, MAX_FAULTS))
          set({ source: String(i), asset, point, reason }, 1);
    },
  );
  read(
    'subscription_messages_total',
    'messages of a subscription: accepted values, ignored and rejected messages',
    ['source', 'subscription', 'result'],
    (set) => {
      for (const { source, subscription, messages, values, ignored, rejected } of agent.outages?.subscriptions() ??
        []) {
        const refused = Object.values(rejected).reduce((total, n) => total + n, 0);
        for (const [result, n] of Object.entries({ messages, values, ignored, refused }))
          set({ source: String(source), subscription, result }, n);
      }
    },
  );
  read(
    'certificate_expiry_timestamp_seconds',
    "expiry of an OPC UA certificate: the edge's own and those of trusted servers",
    ['place', 'thumbprint'],
    (set) => {
      for (const { place, thumbprint, validToMs } of certificates.current) set({ place, thumbprint }, validToMs / 1000);
    },
  );
  return registry;
}

function modelRuns(agent: Agent) {
  return agent.pipeline
    .models()
    .flatMap(({ asset, active, candidate, previous }) =>
      Object.entries({ active, candidate, previous }).flatMap(([role, run]) =>
        run ? [{ run, labels: { asset, role, model: `${run.name} ${run.release}`, runtime: run.runtime ?? '' } }] : [],
      ),
    );
}

function rejections(agent: Agent): Map<string, number> {
  const { points, unmapped } = agent.pipeline.ledger();
  const total = new Map<string, number>();
  for (const counts of [unmapped, ...points.map((p) => p.rejected)]) addCounts(total, counts);
  return total;
}

function addCounts(total: Map<string, number>, counts: Partial<Record<string, number>>): void {
  for (const [name, n = 0] of Object.entries(counts)) total.set(name, (total.get(name) ?? 0) + n);
}
