import { readFileSync } from 'node:fs';
import { createTransport } from 'nodemailer';
import { notificationLines, notificationTitle } from './notificationText.ts';
import type { Notification, Notifier } from './notifier.ts';
import type { EmailConfig } from './notifierConfig.ts';

const MOST = 50;
const TIMEOUT_MS = 20_000;

/** Sends e-mail over SMTP, with implicit TLS or STARTTLS, as the server offers it. */
export class EmailNotifier implements Notifier {
  readonly name: string;
  readonly most = MOST;
  readonly #config: EmailConfig;

  constructor(name: string, config: EmailConfig) {
    this.name = name;
    this.#config = config;
  }

  async notify(notifications: readonly Notification[]): Promise<void> {
    const { host, port, secure, requireTls, username, passwordFile, from, to } = this.#config;
    const pass = passwordFile === undefined ? '' : readFileSync(passwordFile, 'utf8').trim();
    const transport = createTransport({
      host,
      port,
      secure,
      requireTLS: requireTls,
      auth: username === undefined ? undefined : { user: username, pass },
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      // Device and user texts appear only in bodies, never as files or addresses.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    try {
      await transport.sendMail({
        from,
        to,
        subject: notificationTitle(notifications),
        text: notificationLines(notifications).join('\n'),
        // Mail servers drop a second message with the same id.
        messageId: `<${notifications
          .map((n) => n.key)
          .join('.')
          .slice(0, 180)}@millwright>`,
      });
    } finally {
      transport.close();
    }
  }
}
