import { safeName } from '#models/contracts/names.ts';

export interface Proposal {
  /** An entry of `subscriptions`; null if nothing is recognised. */
  subscription: Record<string, unknown> | null;
  /** Topics it applies to. */
  topics: string[];
  /** Paths of arrays in its first message that it leaves out. */
  left: string[];
}

const PLACEHOLDER = /^(\+|\{.*\})$/;
const NAMED = /^\{(asset|point)\}$/;

/**
 * Makes each proposal match only its own topics, the most specific first: the first subscription that matches a topic
 * wins, and one for every topic of a hall would refuse payloads of another kind there. Pure.
 */
export function withoutOverlaps(proposals: readonly Proposal[]): Proposal[] {
  const known = proposals.filter(({ subscription }) => subscription !== null);
  const unknown = proposals.filter(({ subscription }) => subscription === null);
  const narrowed = new Set<Proposal>();
  const specific: Proposal[] = [];
  const general: Proposal[] = [];
  // The kind with the most topics keeps its general pattern.
  for (const proposal of known.toSorted((a, b) => a.topics.length - b.topics.length)) {
    const others = known.filter((other) => other !== proposal && !narrowed.has(other));
    if (others.some(({ topics }) => topics.some((topic) => fits(patternOf(proposal), topic)))) {
      narrowed.add(proposal);
      specific.push(...narrow(proposal));
    } else general.push(proposal);
  }
  const byOrder = (a: Proposal, b: Proposal) => known.indexOf(a) - known.indexOf(b);
  return [...specific, ...general.toSorted(byOrder), ...unknown];
}

const patternOf = ({ subscription }: Proposal): string => String(subscription?.topic);

function fits(pattern: string, topic: string): boolean {
  const [own, levels] = [pattern.split('/'), topic.split('/')];
  return own.length === levels.length && own.every((level, i) => PLACEHOLDER.test(level) || level === levels[i]);
}

/** Splits a proposal by the names at the last captured level, each of which becomes fixed in its pattern. */
function narrow(proposal: Proposal): Proposal[] {
  const { subscription, topics } = proposal;
  const pattern = patternOf(proposal).split('/');
  const at = pattern.findLastIndex((level) => NAMED.test(level));
  if (at < 0) return [proposal];
  const of = NAMED.exec(pattern[at])?.[1] ?? '';
  const names = new Set(topics.map((topic) => topic.split('/')[at]));
  return [...names].map((name) => ({
    ...proposal,
    topics: topics.filter((topic) => topic.split('/')[at] === name),
    subscription: { ...subscription, topic: pattern.with(at, name).join('/'), [of]: safeName(name) ?? name },
  }));
}
