/** Quotes a text for a shell command line where necessary. */
const quoted = (text: string) => (/^[A-Za-z0-9._:/@=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** The command with which an edge obtains its broker account. @param gateway its address. */
export const enrolCommand = (gateway: string, code: string): string =>
  `millwright edge enrol ${quoted(gateway)} --code ${quoted(code)} --out /etc/millwright/uplink`;

/** The command that serves the set-up page on an edge's computer. */
export const SETUP_COMMAND = 'millwright edge setup /etc/millwright/edge.yaml';
