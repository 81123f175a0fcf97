import { gatewayFilters, supplyFilter } from '#models/contracts/topics.ts';

/**
 * The subject of a topic, by the rules of nats-server's MQTT listener since 2.10: `/` separates as `.` does, and a `.`
 * within a level is `//`.
 * @throws RangeError for a topic that has no subject: with an empty level, a space or a control character.
 */
export function subjectOf(topic: string): string {
  const levels = topic.split('/');
  if (levels.some((level) => level === '' || /[\s\p{Cc}*>]/u.test(level)))
    throw new RangeError(`the topic ${topic} cannot pass through NATS: it has an empty level, a space, * or >`);
  return levels.map((level) => level.replaceAll('.', '//')).join('.');
}

/** The topic of such a subject. */
export function topicOf(subject: string): string {
  return subject
    .split('.')
    .map((level) => level.replaceAll('//', '.'))
    .join('/');
}

const subjects = [...gatewayFilters, supplyFilter].map((filter) =>
  filter
    .split('/')
    .map((level) => ({ '+': '*', '#': '>' })[level] ?? level)
    .join('.'),
);
const isStatus = (subject: string) => subject.endsWith('.status');

/** States of edges: every gateway gets the latest of each. */
export const STATUS_SUBJECTS = subjects.filter(isStatus);
/** All other messages of edges and planners: each goes to one gateway. */
export const MESSAGE_SUBJECTS = subjects.filter((subject) => !isStatus(subject));
