import type { ZodType } from 'zod';
import { type AlertMessage, alertMessageSchema } from './alert.ts';
import { type Envelope, envelopeSchema, SCHEMA_VERSION } from './envelope.ts';
import { type EvidenceMessage, signalEvidenceSchema, valuesEvidenceSchema } from './evidence.ts';
import { type FeatureMessage, featureMessageSchema } from './featureVector.ts';
import { type HealthMessage, healthMessageSchema } from './health.ts';
import { type LedgerMessage, ledgerMessageSchema } from './ledger.ts';
import { type Want, wantSchema } from './modelPieces.ts';
import { type StatusMessage, statusMessageSchema } from './status.ts';
import { type MessageKind, type Origin, parseTopic } from './topics.ts';

/** A message that the gateway stores, at least in part. */
export type KeptMessage =
  | { kind: 'features'; body: FeatureMessage }
  | { kind: 'health'; body: HealthMessage }
  | { kind: 'alerts'; body: AlertMessage }
  | { kind: 'ledger'; body: LedgerMessage }
  | { kind: 'evidence'; body: EvidenceMessage }
  | { kind: 'status'; body: StatusMessage };

/** A valid message from an edge. */
export type EdgeMessage = KeptMessage | { kind: 'want'; body: Want };

export type Refusal =
  | 'unknown_topic'
  | 'too_large'
  | 'bad_json'
  | 'unknown_version'
  | 'contract_broken'
  | 'wrong_origin';

/** `envelope` identifies a refused message, if it can be read, so that its sender can discard it. */
export type Parsed =
  | { ok: true; message: EdgeMessage }
  | { ok: false; refusal: Refusal; detail: string; envelope?: Envelope };

const schemas: Record<EdgeMessage['kind'], ZodType<Origin>> = {
  features: featureMessageSchema,
  health: healthMessageSchema,
  alerts: alertMessageSchema,
  ledger: ledgerMessageSchema,
  evidence: signalEvidenceSchema,
  status: statusMessageSchema,
  want: wantSchema,
};

/** Chosen by kind: a union would report the errors of neither schema. */
function schemaOf(kind: EdgeMessage['kind'], body: unknown): ZodType<Origin> {
  return kind === 'evidence' && !Object.hasOwn(body as object, 'pieces') ? valuesEvidenceSchema : schemas[kind];
}

const refuse = (refusal: Refusal, detail: string, envelope?: Envelope): Parsed => ({
  ok: false,
  refusal,
  detail,
  envelope,
});

/** Largest message from an edge, in bytes. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** Parses a message on `topic`; never throws. Unknown fields are accepted, unknown versions are not. */
export function parseMessage(topic: string, payload: Uint8Array): Parsed {
  const address = parseTopic(topic);
  if (!address) return refuse('unknown_topic', topic.slice(0, 200));
  if (payload.length > MAX_MESSAGE_BYTES) return refuse('too_large', `${payload.length} bytes`);
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch (error) {
    return refuse('bad_json', String(error).slice(0, 200));
  }
  const version = (body as { v?: unknown } | null)?.v;
  if (version !== SCHEMA_VERSION) return refuse('unknown_version', `v is ${JSON.stringify(version)?.slice(0, 50)}`);
  const result = schemaOf(address.kind, body).safeParse(body);
  if (!result.success) {
    const issue = result.error.issues[0];
    const detail = `${issue.path.join('.')}: ${issue.message}`.slice(0, 200);
    return refuse('contract_broken', detail, envelopeOf(body, address));
  }
  if (!isOwnId(address, result.data as { id?: string })) {
    return refuse('wrong_origin', 'the id of an alert begins with its site and its edge', envelopeOf(body, address));
  }
  if (result.data.site !== address.site || result.data.edge !== address.edge) {
    return refuse(
      'wrong_origin',
      `${result.data.site}/${result.data.edge} on the topic of ${address.site}/${address.edge}`,
    );
  }
  return { ok: true, message: { kind: address.kind, body: result.data } as EdgeMessage };
}

/** Only if it is the sender's own: an edge must not have another edge's messages discarded. */
function envelopeOf(body: unknown, { site, edge }: Origin): Envelope | undefined {
  const { data } = envelopeSchema.safeParse(body);
  return data?.site === site && data.edge === edge ? data : undefined;
}

/** Whether an edge may use this id for an alert or its evidence. Requested evidence has the command's id, without dots. */
function isOwnId({ kind, site, edge }: Origin & { kind: MessageKind }, { id = '' }: { id?: string }): boolean {
  if (kind !== 'alerts' && kind !== 'evidence') return true;
  return id.startsWith(`${site}.${edge}.`) || (kind === 'evidence' && !id.includes('.'));
}
