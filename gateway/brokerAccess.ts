import { readFileSync } from 'node:fs';
import { gatewayFilters, supplyFilter, supplyReportTopic, TOPIC_ROOT } from '#models/contracts/topics.ts';
import { type BrokerSecret, hashBrokerPassword } from './brokerPassword.ts';
import type { GatewayConfig } from './config.ts';
import { edgeUsername } from './edgeUsername.ts';
import type { EnrolledEdge } from './identity/enrolmentTable.ts';

/** A broker client with the MQTT topic filters that it may publish and receive. */
export interface BrokerAccount {
  username: string;
  secret: BrokerSecret;
  publishes: readonly string[];
  receives: readonly string[];
}

/**
 * The configured accounts: the gateway, each edge under its own site and name only, machines, and planners.
 * @throws Error if a password is unreadable or empty, or the gateway has no account.
 */
export function accountsOf({ broker, brokerAccounts, notifiers }: GatewayConfig): BrokerAccount[] {
  const { edges = [], machines = [], planners = [] } = brokerAccounts ?? {};
  if (broker.username === undefined || broker.passwordFile === undefined)
    throw new Error('broker.username, broker.passwordFile: the gateway needs its own account');
  const gateway = {
    username: broker.username,
    secret: { password: passwordIn(broker.passwordFile) },
    publishes: [
      `${TOPIC_ROOT}/+/+/cmd/#`,
      supplyReportTopic('+'),
      ...notifiers.flatMap((n) => (n.type === 'mqtt' ? [n.topic] : [])),
    ],
    receives: [...gatewayFilters, supplyFilter],
  };
  return [
    gateway,
    ...edges.map((account) => ({
      username: edgeUsername(account),
      secret: { password: passwordIn(account.passwordFile) },
      ...edgeTopics(account),
    })),
    ...machines.map(({ username, passwordFile, publishes }) => ({
      username,
      secret: { password: passwordIn(passwordFile) },
      publishes,
      receives: [],
    })),
    ...planners.map(({ username, passwordFile }) => ({
      username,
      secret: { password: passwordIn(passwordFile) },
      publishes: [supplyFilter],
      receives: [supplyReportTopic('+')],
    })),
  ];
}

/** The account of an edge that enrolled. */
export const enrolledAccount = (edge: EnrolledEdge): BrokerAccount => ({
  username: edge.username,
  secret: { hash: edge.passwordHash },
  ...edgeTopics(edge),
});

/** An edge publishes under its own site and name only. */
function edgeTopics({ site, edge, receives }: { site: string; edge: string; receives: readonly string[] }) {
  return {
    publishes: gatewayFilters.map((filter) => filter.replace('+/+', `${site}/${edge}`)),
    receives: [`${TOPIC_ROOT}/${site}/${edge}/cmd/#`, ...receives],
  };
}

/** Mosquitto's `acl_file`. */
export function aclText(accounts: readonly BrokerAccount[]): string {
  const blocks = accounts.map(({ username, publishes, receives }) =>
    [
      `user ${username}`,
      ...publishes.map((filter) => `topic write ${filter}`),
      ...receives.map((filter) => `topic read ${filter}`),
    ].join('\n'),
  );
  return `# Written by millwright gateway broker-acl; changes are overwritten.\n${blocks.join('\n\n')}\n`;
}

/** Mosquitto's `password_file`, with a salted hash of each password. */
export function passwordText(accounts: readonly BrokerAccount[]): string {
  return accounts
    .map(
      ({ username, secret }) => `${username}:${'hash' in secret ? secret.hash : hashBrokerPassword(secret.password)}\n`,
    )
    .join('');
}

/**
 * Whether a filter covers every topic that `requested` matches. `requested` may itself be a filter, as in a
 * subscription. A filter that begins with a wildcard does not cover topics that begin with `$`. Pure.
 */
export function covers(filters: readonly string[], requested: string): boolean {
  return filters.some((filter) => coversOne(filter.split('/'), requested.split('/')));
}

function coversOne(filter: readonly string[], requested: readonly string[]): boolean {
  if (requested[0].startsWith('$') && /^[+#]$/.test(filter[0])) return false;
  for (const [i, level] of filter.entries()) {
    if (level === '#') return true;
    // The granted filter ends here, or `requested` is wider than it.
    if (i >= requested.length || requested[i] === '#') return false;
    if (level !== '+' && level !== requested[i]) return false;
  }
  return filter.length === requested.length;
}

function passwordIn(file: string): string {
  const password = readFileSync(file, 'utf8').trim();
  if (password === '') throw new Error(`${file} is empty: write the password into it`);
  return password;
}
