import type { MemberEvidence, ProcessScore } from './processState.ts';

/** Maximum number of members named. */
export const MAX_BY = 5;
const MEMBER_TEXTS: Record<string, string> = {
  sudden: 'a sudden change',
  spread: 'more or less unrest than usual',
  stuck: 'one value, repeated for too long',
  relation: 'not what the other values let expect',
  range: 'beyond all that it ever was',
};

/** Why a row of process values is unlike a model's training, a sentence each. Pure. */
export function processReasons({ channels, by = [] }: ProcessScore): string[] {
  const moved = `process values are unlike those of its training: ${channels.join(', ')}`;
  return [moved, ...by.slice(0, MAX_BY).map(memberReason)];
}

function memberReason({ member, channel, ratio }: MemberEvidence): string {
  return `${channel}: ${MEMBER_TEXTS[member] ?? member} (${ratio.toFixed(1)} times the limit)`;
}
