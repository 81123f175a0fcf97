import type { RefObject } from 'preact';
import { time } from './format.ts';
import { language, t } from './i18n/i18n.ts';
import { fileNameOf, saveFile } from './saveFile.ts';

/** Omitted from a report, which is a static snapshot: controls and what depends on them. */
const OPERATED = 'button, form, input, select, textarea, .exports, .controls, .tools, .no-report, canvas.waterfall';

/** Buttons that save a part of the page as one file, or print it. @param of the part that contains them. */
export function ReportButtons({ of, name }: { of: RefObject<HTMLElement | null>; name: string }) {
  const title = t('Report of {{name}}', { name });
  const withPart = (act: (part: HTMLElement) => void) => async () => {
    if (of.current === null) return;
    await openEvidence(of.current);
    act(of.current);
  };
  return (
    <p class="tools no-report">
      <button
        type="button"
        onClick={withPart((part) =>
          saveFile(fileNameOf(title, 'html'), new Blob([reportOf(part, title)], { type: 'text/html' })),
        )}
      >
        {t('Save as a report (HTML)')}
      </button>
      <button type="button" onClick={withPart(printAlone)}>
        {t('Print, or save as PDF')}
      </button>
    </p>
  );
}

const DRAWN_MS = 300;

/** Opens all evidence, which belongs in a report but is rendered only when open. */
async function openEvidence(part: HTMLElement): Promise<void> {
  const closed = [...part.querySelectorAll<HTMLDetailsElement>('details.evidence:not([open])')];
  for (const one of closed) one.open = true;
  if (closed.length > 0) await new Promise((resolve) => setTimeout(resolve, DRAWN_MS));
}

/** A part of the page as a self-contained document: charts become pictures, and nothing refers to the gateway. */
function reportOf(part: HTMLElement, title: string): string {
  const report = document.implementation.createHTMLDocument(title);
  report.documentElement.lang = language;
  const policy = Object.assign(report.createElement('meta'), {
    httpEquiv: 'Content-Security-Policy',
    content: "default-src 'none'; img-src data:; style-src 'unsafe-inline'",
  });
  const charset = report.createElement('meta');
  charset.setAttribute('charset', 'utf-8');
  const style = Object.assign(report.createElement('style'), { textContent: styleSheets() });
  report.head.prepend(charset, policy, style);
  const heading = Object.assign(report.createElement('p'), {
    textContent: t('Report, {{time}}', { time: time(Date.now()) }),
  });
  const main = report.createElement('main');
  main.append(heading, withPictures(part));
  report.body.append(main);
  return `<!doctype html>${report.documentElement.outerHTML}`;
}

function withPictures(part: HTMLElement): HTMLElement {
  const copy = part.cloneNode(true) as HTMLElement;
  const [drawn, copied] = [part, copy].map((one) => [...one.querySelectorAll<HTMLCanvasElement>('canvas')]);
  copied.forEach((canvas, i) => {
    const label = canvas.closest('[role=img]')?.getAttribute('aria-label') ?? '';
    canvas.replaceWith(Object.assign(document.createElement('img'), { src: drawn[i].toDataURL(), alt: label }));
  });
  for (const one of copy.querySelectorAll(OPERATED)) one.remove();
  for (const one of copy.querySelectorAll('details')) one.open = true;
  for (const link of copy.querySelectorAll('a')) link.replaceWith(...link.childNodes);
  return copy;
}

/** The page's own; a drawing in a report is light, like paper. */
const styleSheets = (): string =>
  [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText)).join('\n');

/** Prints one part; the style sheet hides everything else. */
function printAlone(part: HTMLElement): void {
  part.classList.add('printed');
  document.body.classList.add('printing');
  const after = () => {
    part.classList.remove('printed');
    document.body.classList.remove('printing');
  };
  addEventListener('afterprint', after, { once: true });
  print();
}
